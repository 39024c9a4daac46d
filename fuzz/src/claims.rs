//! Header and claims of any text, signed well: what is granted is what any other reader reads.

use crate::{ISSUER, NOW, POLICY, admit, bearer, check_refusal};
use issuer::Algorithm;
use serde::Deserialize;
use serde_json::Value;

const URL: &str = "https://docs.example.com/reports/claims";

/// Read by another parser, which refuses names that are given twice.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    scope: String,
}

/// Once, with one input.
pub fn run(text: &str) {
    let (header, claims) = text.split_once('\n').unwrap_or(("", text));
    // A secret signs a hundred times faster than a key pair.
    let token = ISSUER.sign_text(Algorithm::Hs256, header, claims);
    let headers = bearer(&token);
    let permit = match admit(&POLICY, "GET", URL, &headers) {
        Ok(permit) => permit,
        Err(denial) => return check_refusal(&denial, "GET", URL, &headers),
    };
    let header: Header = serde_json::from_str(header).expect("another parser reads it");
    let claims: Claims = serde_json::from_str(claims).expect("another parser reads it");
    assert_eq!(header.alg, "HS256");
    let typ = header.typ.unwrap_or_default().to_ascii_lowercase();
    assert!(matches!(typ.as_str(), "at+jwt" | "application/at+jwt"));
    let principal = permit.principal().expect("it is a protected route");
    assert_eq!((&principal.issuer, &principal.subject), (&claims.iss, &claims.sub));
    assert_eq!(claims.iss, "https://secret.example");
    let audience = "https://docs.example.com";
    let is_listed = |list: &Vec<Value>| list.iter().any(|one| one == audience);
    assert!(claims.aud == audience || claims.aud.as_array().is_some_and(is_listed));
    let (now, leeway) = (NOW.0 as f64, 30.0);
    assert!(now < claims.exp + leeway);
    assert!(claims.nbf.is_none_or(|nbf| nbf < now + leeway + 1.0));
    assert!(claims.iat.is_none_or(|iat| iat < now + leeway + 1.0));
    assert!(claims.scope.split(' ').any(|scope| scope == "reports:read"));
}
