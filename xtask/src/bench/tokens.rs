//! Tokens, signed before anything is measured, and requests that carry them.

use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use issuer::{Algorithm, Issuer};
use serde_json::{Value, json};

/// Who issues tokens.
pub(super) const ISSUER: &str = "https://issuer.example";
/// Whom they are for.
pub(super) const AUDIENCE: &str = "https://docs.example.com";

const LIFETIME: u64 = 3600;

/// Tokens of an algorithm that differ in `jti` and subject, and in nothing else.
pub(super) fn distinct(issuer: &Issuer, algorithm: Algorithm, count: usize) -> Vec<String> {
    let now = now();
    on_both_cores(count, |number| token(issuer, algorithm, number, (ISSUER, now)))
}

/// One of these.
pub(super) fn numbered(issuer: &Issuer, algorithm: Algorithm, number: usize) -> String {
    token(issuer, algorithm, number, (ISSUER, now()))
}

/// The same of an issuer that nobody knows.
pub(super) fn foreign(issuer: &Issuer, algorithm: Algorithm, count: usize) -> Vec<String> {
    let now = now();
    on_both_cores(count, |number| {
        token(issuer, algorithm, number, ("https://elsewhere.example", now))
    })
}

/// The same, an hour after their time.
pub(super) fn expired(issuer: &Issuer, algorithm: Algorithm, count: usize) -> Vec<String> {
    let then = now().saturating_sub(LIFETIME.saturating_mul(2));
    on_both_cores(count, |number| token(issuer, algorithm, number, (ISSUER, then)))
}

/// What was never a token.
pub(super) fn misshapen() -> Vec<String> {
    ["x", "not-a-token", "a.b", "a.b.c", "a.b.c.d", "..", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30."]
        .map(str::to_owned)
        .into()
}

fn token(
    issuer: &Issuer,
    algorithm: Algorithm,
    number: usize,
    (issued_by, now): (&str, u64),
) -> String {
    let claims = json!({
        "iss": issued_by,
        "aud": AUDIENCE,
        "sub": format!("user-{number}"),
        "client_id": "reader",
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
        "jti": format!("{number:032x}"),
        "scope": "openid profile reports:read",
    });
    issuer.token(algorithm, &claims)
}

/// RSA takes its time.
fn on_both_cores(count: usize, make: impl Fn(usize) -> String + Sync) -> Vec<String> {
    let half = count / 2;
    thread::scope(|scope| {
        let later = scope.spawn(|| (half..count).map(&make).collect::<Vec<_>>());
        let mut tokens: Vec<_> = (0..half).map(&make).collect();
        tokens.extend(later.join().unwrap_or_default());
        tokens
    })
}

/// The public key that tokens of an algorithm are verified with, as a set.
pub(super) fn jwks(issuer: &Issuer, algorithm: Algorithm) -> Value {
    let mut jwks = issuer.jwks();
    if let Some(keys) = jwks.get_mut("keys").and_then(Value::as_array_mut) {
        keys.retain(|key| key.get("kid").and_then(Value::as_str) == algorithm.kid());
    }
    jwks
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
