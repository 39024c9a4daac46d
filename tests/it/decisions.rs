//! Decisions at their bounds: what takes a policy or a key set of its own, so that no case shows it.

use http::HeaderMap;
use serde_json::{Value, json};
use turnpike::gate::{Denial, Screening, screen};
use turnpike::keys::{KeyFault, KeySet, MAX_SET_BYTES};
use turnpike::policy::{Policy, TokenType};
use turnpike::request::{CredentialSource, Head, present};
use turnpike::time::UnixTime;
use turnpike::token::{Algorithm, TokenFault, UntrustedToken};

use crate::site::{ISSUER, NOW, Site, TestEnvironment, header_map};
use crate::support::token::{token, with_keys};

const URL: &str = "https://docs.example.com/elsewhere";

/// A policy with one issuer, which has these members more.
fn policy(more: &Value) -> Value {
    let mut issuer = json!({
        "issuer": "https://issuer.example",
        "audiences": ["https://docs.example.com"],
        "algorithms": ["ES256"],
    });
    for (name, value) in more.as_object().expect("members") {
        issuer[name] = value.clone();
    }
    with_keys(json!({ "issuers": [issuer] }), &ISSUER)
}

fn bearer(members: &str) -> HeaderMap {
    let value = format!("Bearer {}", token(members, &ISSUER, NOW.0));
    header_map(&[("authorization".to_owned(), value)])
}

/// Whether a token of this description is good for an issuer with these members.
#[track_caller]
fn check(issuer: &Value, members: &str, expected: &Result<(), Denial>) {
    let site = Site::of(&policy(issuer));
    assert_eq!(site.admit("GET", URL, &bearer(members)).map(|_| ()), *expected, "{members}");
}

#[test]
fn a_bound_of_lifetime_or_age_needs_iat() {
    let missing = || Err(Denial::TokenInvalid(TokenFault::Claims));
    check(&json!({ "max_lifetime": 900 }), "iat=-", &missing());
    check(&json!({ "max_age": 900 }), "iat=-", &missing());
    check(&json!({}), "iat=-", &Ok(()));
}

#[test]
fn a_token_may_live_as_long_as_its_bounds_say() {
    let lifetime = json!({ "max_lifetime": 600 });
    check(&lifetime, "iat=0 exp=600", &Ok(()));
    check(&lifetime, "iat=0 exp=601", &Err(Denial::TokenInvalid(TokenFault::Lifetime)));
    // 30 s of leeway.
    let age = json!({ "max_age": 300 });
    check(&age, "iat=-329", &Ok(()));
    check(&age, "iat=-330", &Err(Denial::TokenExpired));
    check(&json!({}), "iat=30", &Ok(()));
    check(&json!({}), "iat=31", &Err(Denial::TokenInvalid(TokenFault::IssuedInFuture)));
}

#[test]
fn what_is_granted_ends_when_its_token_is_refused() {
    let end = |issuer: &Value, members: &str| {
        let site = Site::of(&policy(issuer));
        let permit = site.admit("GET", URL, &bearer(members)).expect("a good token");
        let end = permit.expires_at().expect("it ends").0;
        let at = |now| site.admit_at("GET", URL, &bearer(members), UnixTime(now)).map(|_| ());
        assert_eq!((at(end - 1), at(end)), (Ok(()), Err(Denial::TokenExpired)), "{members}");
        end.checked_sub(NOW.0).expect("it is later")
    };
    // 30 s of leeway.
    let age = json!({ "max_age": 300 });
    assert_eq!(end(&json!({}), "exp=600"), 630);
    assert_eq!(end(&json!({}), "exp=600 iat=-"), 630);
    assert_eq!(end(&age, "iat=0 exp=600"), 330);
    assert_eq!(end(&age, "iat=-100 exp=600"), 230);
    assert_eq!(end(&age, "iat=0 exp=200"), 230);
    // The latest date that a token can name: the end of time is not reached.
    assert_eq!(end(&json!({}), "exp=@9007199254740991"), 9_007_199_254_741_021 - NOW.0);
}

#[test]
fn what_needs_no_token_does_not_end() {
    let mut policy = policy(&json!({}));
    policy["routes"] = json!([{ "path": "/open", "access": "public" }]);
    let site = Site::of(&policy);
    let url = "https://docs.example.com/open";
    let permit = site.admit("GET", url, &bearer("exp=600")).expect("it is public");
    assert_eq!(permit.expires_at(), None);
}

#[test]
fn a_type_is_named_in_any_case_and_never_for_another_purpose() {
    let access = [Some("at+jwt"), Some("AT+JWT"), Some("application/at+jwt")];
    let jwt = [Some("JWT"), Some("jwt"), Some("application/jwt")];
    let unnamed = [None, Some("x"), Some("")];
    let others = [Some("dpop+jwt"), Some("application/secevent+JWT"), Some("+jwt")];
    let check = |required: TokenType, expected: [bool; 4]| {
        for (types, expected) in [access, jwt, unnamed, others].into_iter().zip(expected) {
            for typ in types {
                assert_eq!(required.accepts(typ), expected, "{required:?} {typ:?}");
            }
        }
    };
    check(TokenType::AccessToken, [true, false, false, false]);
    check(TokenType::Jwt, [true, true, false, false]);
    check(TokenType::Any, [true, true, true, false]);
}

#[test]
fn routes_of_one_path_are_found_wherever_they_stand() {
    let mut policy = policy(&json!({}));
    policy["routes"] = json!([
        { "path": "/a", "methods": ["GET"] },
        { "path": "/b", "methods": ["GET"] },
        { "path": "/a", "methods": ["POST"], "scopes": ["write"] },
    ]);
    let site = Site::of(&policy);
    let admit = |method| site.admit(method, "https://docs.example.com/a", &bearer("")).map(|_| ());
    assert_eq!(admit("GET"), Ok(()));
    assert_eq!(admit("POST"), Err(Denial::ScopeInsufficient { required: "write".to_owned() }));
}

#[test]
fn a_presentation_tells_whether_a_set_has_its_key() {
    let policy =
        Policy::parse(&policy(&json!({})).to_string(), &TestEnvironment).expect("it is valid");
    let headers = bearer("");
    let head = Head { method: "GET", url: URL, headers: &headers };
    let Screening::Presented(presentation) = screen(&policy, &head, NOW) else {
        panic!("it is a token");
    };
    let set =
        |jwks: &Value| KeySet::parse(&jwks.to_string(), &[Algorithm::Es256]).expect("a key set");
    assert!(presentation.is_known_to(&set(&ISSUER.jwks())));
    assert!(!presentation.is_known_to(&set(&json!({ "keys": [] }))));
    assert_eq!(set(&ISSUER.jwks()).keys().len(), 1);
}

#[test]
fn debug_output_tells_nothing_of_a_token() {
    let policy = policy(&json!({}));
    let site = Site::of(&policy);
    let permit = format!("{:?}", site.admit("GET", URL, &bearer("")).expect("a good token"));
    assert!(permit.contains("Principal(..)") && !permit.contains("alice"), "{permit}");

    let policy = Policy::parse(&policy.to_string(), &TestEnvironment).expect("it is valid");
    let headers = bearer("");
    let head = Head { method: "GET", url: URL, headers: &headers };
    let screening = format!("{:?}", screen(&policy, &head, NOW));
    assert!(screening.contains("UntrustedToken { jws: Jws { algorithm: Es256, .. }, .. }"));
    assert!(screening.contains("VerifyingKey { algorithm: Es256, .. }"));
    assert!(!screening.contains("alice"), "{screening}");

    let credential = present(&[CredentialSource::Bearer], &headers).expect("one").expect("a token");
    assert_eq!(format!("{credential:?}"), "Credential(..)");
    let untrusted = UntrustedToken::parse(&credential).expect("a JWT");
    assert_eq!(format!("{:?}", untrusted.claims()), "Claims(..)");
}

#[test]
fn a_refusal_that_will_pass_says_when() {
    let site = Site::of(&policy(&json!({})));
    let retry_after = |denial: Denial| {
        let answer = site.refusal(&denial, "GET", URL, &HeaderMap::new());
        answer.fields.value_of("retry-after").map(str::to_owned)
    };
    assert_eq!(retry_after(Denial::KeysUnavailable { retry_after: 7 }).as_deref(), Some("7"));
    assert_eq!(retry_after(Denial::Misconfigured).as_deref(), Some("30"));
    assert_eq!(retry_after(Denial::OriginUnreachable), None);
}

#[test]
fn a_secret_is_as_long_as_its_hash() {
    for (algorithm, bytes) in
        [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)]
    {
        let secret = [b's'; 64];
        assert!(KeySet::shared(&[&secret[..bytes]], &[algorithm]).is_ok());
        let refused = KeySet::shared(&[&secret[..bytes - 1]], &[algorithm]);
        assert_eq!(refused.err(), Some(KeyFault::ShortSecret));
    }
}

#[test]
fn the_promised_bounds_are_those() {
    assert_eq!(MAX_SET_BYTES, 262_144, "256 KiB for a key set");
}
