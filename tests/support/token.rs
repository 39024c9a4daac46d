//! Tokens by description: `{{token scope="reports:read" exp=-60}}`.
//!
//! `alg`, `typ` and `kid` go to the header, everything else to the claims; dates are relative to
//! now, or absolute with an `@`; `name=-` leaves a member out; values are JSON, or a bare word. `tamper=` spoils the result.
//! `{{long 9000}}` is that many letters.

use issuer::{Algorithm, Issuer};
use serde_json::{Map, Value, json};

/// Replaces every `{{...}}` of a text.
pub fn fill(text: &str, issuer: &Issuer, now: u64) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (description, after) = after.split_once("}}").expect("{{ is closed");
        filled.push_str(before);
        filled.push_str(&match description.split_once(' ').unwrap_or((description, "")) {
            ("token", members) => token(members, issuer, now),
            ("long", length) => "a".repeat(length.parse().expect("a length")),
            _ => panic!("unknown: {description}"),
        });
        rest = after;
    }
    filled + rest
}

/// The issuers of the test policy.
pub const ISSUER: &str = "https://issuer.example";
pub const SECRET_ISSUER: &str = "https://secret.example";
pub const AUDIENCE: &str = "https://docs.example.com";

/// One token.
pub fn token(members: &str, issuer: &Issuer, now: u64) -> String {
    let mut algorithm = "ES256".to_owned();
    let mut tamper = String::new();
    let mut header = Map::new();
    let mut claims = Map::from_iter([
        ("aud".to_owned(), json!(AUDIENCE)),
        ("sub".to_owned(), json!("alice")),
        ("exp".to_owned(), json!(now + 600)),
        ("iat".to_owned(), json!(now)),
    ]);
    header.insert("typ".to_owned(), json!("at+jwt"));
    let mut chosen_kid = None;
    for (name, value) in pairs(members) {
        match name.as_str() {
            "alg" => algorithm = value.as_str().expect("alg is a word").to_owned(),
            "tamper" => tamper = value.as_str().expect("tamper is a word").to_owned(),
            "kid" => chosen_kid = Some(value),
            "typ" | "crit" | "b64" | "jku" | "cty" => put(&mut header, &name, value),
            "exp" | "nbf" | "iat" if value.is_i64() => {
                let offset = value.as_i64().expect("an offset");
                put(&mut claims, &name, json!(now.checked_add_signed(offset).expect("a date")));
            }
            _ => match value.as_str().and_then(|word| word.strip_prefix('@')) {
                Some(date) => put(&mut claims, &name, date.parse::<i64>().expect("a date").into()),
                None => put(&mut claims, &name, value),
            },
        }
    }
    let signing: Algorithm = algorithm.parse().unwrap_or(match algorithm.as_str() {
        "Ed25519" => Algorithm::EdDsa,
        _ => Algorithm::Es256,
    });
    header.insert("alg".to_owned(), json!(algorithm));
    match (chosen_kid, signing) {
        (Some(kid), _) => put(&mut header, "kid", kid),
        (None, Algorithm::Hs256) => {}
        (None, signing) => put(&mut header, "kid", json!(signing.kid())),
    }
    let issued_by = if matches!(signing, Algorithm::Hs256) { SECRET_ISSUER } else { ISSUER };
    claims.entry("iss".to_owned()).or_insert_with(|| json!(issued_by));
    header.retain(|_, value| !value.is_null());
    claims.retain(|_, value| !value.is_null());
    let signed = issuer.sign(signing, &Value::Object(header), &Value::Object(claims));
    spoil(signed, &tamper)
}

fn spoil(token: String, how: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').expect("a token has dots");
    match how {
        "" => token,
        // The first character: the last one may hold spare bits.
        "signature" => {
            let (first, rest) = signature.split_at(1);
            format!("{signed}.{}{rest}", if first == "A" { "B" } else { "A" })
        }
        "unsigned" => format!("{signed}."),
        "cut" => signed.to_owned(),
        "padded" => format!("{token}="),
        "four-parts" => format!("{token}.e30"),
        other => panic!("unknown way to spoil: {other}"),
    }
}

/// `-` leaves the member out: null is what is swept away at the end.
fn put(members: &mut Map<String, Value>, name: &str, value: Value) {
    let value = if value == json!("-") { Value::Null } else { value };
    members.insert(name.to_owned(), value);
}

/// `a=1 b="x y" c=word`: values that are JSON are read as such.
fn pairs(text: &str) -> Vec<(String, Value)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').expect("name=value");
        let mut values = serde_json::Deserializer::from_str(after).into_iter::<Value>();
        let (value, used) = match values.next() {
            Some(Ok(value)) => (value, values.byte_offset()),
            _ => {
                let end = after.find(' ').unwrap_or(after.len());
                (json!(after[..end]), end)
            }
        };
        pairs.push((name.trim().to_owned(), value));
        rest = after[used..].trim_start();
    }
    pairs
}
