//! Tokens by description: `{{token scope="reports:read" exp=-60}}`.
//!
//! `alg`, `typ` and `kid` go to the header, everything else to the claims; dates are relative to
//! now, or absolute with an `@`; `more` and `more-header` are members as text; `name=-` leaves a member out; values are JSON, or a bare word. `tamper=` spoils the result.
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

/// A policy whose issuers without a secret have the keys of this one, those that fit.
pub fn with_keys(mut policy: Value, issuer: &Issuer) -> Value {
    for trusted in policy["issuers"].as_array_mut().expect("issuers") {
        if trusted.get("secret").is_none() {
            let fits = |alg: &Value| {
                let algorithms = trusted["algorithms"].as_array().expect("algorithms");
                algorithms.contains(alg)
                    || (alg == "EdDSA" && algorithms.contains(&json!("Ed25519")))
            };
            let mut jwks = issuer.jwks();
            jwks["keys"].as_array_mut().expect("keys").retain(|key| fits(&key["alg"]));
            trusted["jwks"] = jwks;
        }
    }
    policy
}

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
    let mut more = (String::new(), String::new());
    for (name, value) in pairs(members) {
        match name.as_str() {
            "alg" => algorithm = value.as_str().expect("alg is a word").to_owned(),
            "tamper" => tamper = value.as_str().expect("tamper is a word").to_owned(),
            "more" => more.1 = format!(",{}", value.as_str().expect("members as text")),
            "more-header" => more.0 = format!(",{}", value.as_str().expect("members as text")),
            "kid" => chosen_kid = Some(value),
            "typ" | "crit" | "b64" | "jku" | "x5u" | "jwk" | "x5c" | "cty" => {
                put(&mut header, &name, value);
            }
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
        (None, signing) => put(&mut header, "kid", json!(signing.kid())),
    }
    let issued_by = if signing.kid().is_none() { SECRET_ISSUER } else { ISSUER };
    claims.entry("iss".to_owned()).or_insert_with(|| json!(issued_by));
    header.retain(|_, value| !value.is_null());
    claims.retain(|_, value| !value.is_null());
    let text = |members: Map<String, Value>, more: String| {
        let text = Value::Object(members).to_string();
        format!("{}{more}}}", text.trim_end_matches('}'))
    };
    let signed = issuer.sign_text(signing, &text(header, more.0), &text(claims, more.1));
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
