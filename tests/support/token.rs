//! Tokens by description: `{{token scope="reports:read" exp=-60}}`.
//!
//! `alg`, `typ`, `kid` and other names of JOSE go to the header, everything else to the claims.
//! Values are JSON, or a bare word; `name=-` leaves a member out; `more` and `more-header` are
//! members as text. Dates are relative to now, or absolute with an `@`.
//!
//! `key=foreign` signs with a key of the same `kid` that is another issuer's, `key=pem`, `der` or
//! `jwk` with the public key of that `kid` as the secret; `jwk=foreign` is such a key in the header.
//! `payload=token` puts a token where claims belong. `tamper=` spoils the result: see `tamper.rs`.
//!
//! `{{long 9000}}` is that many letters.

use std::sync::LazyLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use issuer::{Algorithm, Issuer};
use serde_json::{Map, Value, json};

use super::tamper::Tamper;

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
pub const STRICT_ISSUER: &str = "https://strict.example";
pub const AUDIENCE: &str = "https://docs.example.com";

/// Has the keys of `strict.example`. They have the names of those of the other issuer, and are
/// others.
pub static FOREIGN: LazyLock<Issuer> = LazyLock::new(Issuer::generate);

/// A policy whose issuers without a secret have their keys, those that fit.
pub fn with_keys(mut policy: Value, issuer: &Issuer) -> Value {
    for trusted in policy["issuers"].as_array_mut().expect("issuers") {
        if trusted.get("secret").is_none() {
            let fits = |alg: &Value| {
                let algorithms = trusted["algorithms"].as_array().expect("algorithms");
                algorithms.contains(alg)
                    || (alg == "EdDSA" && algorithms.contains(&json!("Ed25519")))
            };
            let is_strict = trusted["issuer"] == STRICT_ISSUER;
            let mut jwks = if is_strict { FOREIGN.jwks() } else { issuer.jwks() };
            jwks["keys"].as_array_mut().expect("keys").retain(|key| fits(&key["alg"]));
            trusted["jwks"] = jwks;
        }
    }
    policy
}

/// One token.
pub fn token(members: &str, issuer: &Issuer, now: u64) -> String {
    let mut algorithm = "ES256".to_owned();
    let (mut tamper, mut key, mut payload) = (Tamper::default(), String::new(), String::new());
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
        let word = || value.as_str().expect("a word").to_owned();
        match name.as_str() {
            "alg" => algorithm = word(),
            "tamper" => tamper = Tamper::named(&word()),
            "key" => key = word(),
            "payload" => payload = word(),
            "more" => more.1 = format!(",{}", word()),
            "more-header" => more.0 = format!(",{}", word()),
            "kid" => chosen_kid = Some(value),
            "jwk" if value == "foreign" => put(&mut header, "jwk", public_jwk(&FOREIGN, "es256")),
            "typ" | "crit" | "b64" | "jku" | "x5u" | "jwk" | "x5c" | "cty" => {
                put(&mut header, &name, value);
            }
            "exp" | "nbf" | "iat" | "auth_time" if value.is_i64() => {
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
    put(&mut header, "kid", chosen_kid.unwrap_or_else(|| json!(signing.kid())));
    let issued_by = if signing.kid().is_none() { SECRET_ISSUER } else { ISSUER };
    claims.entry("iss".to_owned()).or_insert_with(|| json!(issued_by));
    let (own, foreign) =
        if claims["iss"] == STRICT_ISSUER { (&*FOREIGN, issuer) } else { (issuer, &*FOREIGN) };
    header.retain(|_, value| !value.is_null());
    claims.retain(|_, value| !value.is_null());
    let kid = header.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
    let header = tamper.text("header", &object(header, &more.0));
    // Some ways to spoil a token need letters that not every token has: another `jti` makes another.
    let mut tokens = (0..100).filter_map(|attempt| {
        if attempt > 0 {
            claims.insert("jti".to_owned(), json!(attempt.to_string()));
        }
        let claims = match payload.as_str() {
            "" => tamper.text("claims", &object(claims.clone(), &more.1)),
            "token" => token("", issuer, now).into_bytes(),
            other => panic!("unknown payload: {other}"),
        };
        let parts =
            [tamper.spelled("header", &header)?, tamper.spelled("claims", &claims)?].join(".");
        let signature = match key.as_str() {
            "" => own.signature(signing, parts.as_bytes()),
            "foreign" => foreign.signature(signing, parts.as_bytes()),
            form => issuer::mac(signing, &public_key(own, &kid, form), parts.as_bytes()),
        };
        let signature = tamper.spelled("signature", &tamper.signature(signature))?;
        Some(tamper.token(format!("{parts}.{signature}")))
    });
    tokens.next().unwrap_or_else(|| panic!("no token can be spoiled like this: {members}"))
}

/// A token of these very texts, signed with ES256.
pub fn signed(header: &str, claims: &str, issuer: &Issuer) -> String {
    let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let parts = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
    let signature = issuer.signature(Algorithm::Es256, parts.as_bytes());
    format!("{parts}.{}", encode(&signature))
}

/// The key of this `kid` as it is published.
fn public_jwk(issuer: &Issuer, kid: &str) -> Value {
    let set = issuer.jwks();
    let mut keys = set["keys"].as_array().expect("keys").iter();
    keys.find(|key| key["kid"] == kid).expect("a key of this kid").clone()
}

/// The same in forms that a careless verifier may take for a secret.
pub fn public_key(issuer: &Issuer, kid: &str, form: &str) -> Vec<u8> {
    let algorithm = Algorithm::all().find(|algorithm| algorithm.kid() == Some(kid));
    let der = issuer.public_der(algorithm.expect("a key of this kid"));
    match form {
        "der" => der,
        "pem" => {
            let text = Base64::encode_string(&der);
            let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
            let lines = lines.collect::<Vec<_>>().join("\n");
            format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n").into_bytes()
        }
        "jwk" => public_jwk(issuer, kid).to_string().into_bytes(),
        other => panic!("unknown key: {other}"),
    }
}

/// A JSON object of these members, and more as text.
fn object(members: Map<String, Value>, more: &str) -> String {
    let text = Value::Object(members).to_string();
    format!("{}{more}}}", text.strip_suffix('}').expect("an object"))
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
