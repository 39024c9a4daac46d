//! The signed word for the origin: what it says, how long it is used, where its keys are.

use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderMap;
use serde_json::{Value, json};
use turnpike::cache::CacheKey;
use turnpike::gate::Permit;
use turnpike::origin::{Assertions, Draft, signed};
use turnpike::policy::Policy;
use turnpike::time::UnixTime;

use crate::identity::bearer;
use crate::site::{NOW, Site, TestEnvironment, policy_of_cases};
use crate::support::case::Message;

fn policy(assertion: &Value) -> Value {
    let mut policy = policy_of_cases();
    policy["assertion"] = assertion.clone();
    policy
}

fn site() -> Site {
    Site::of(&policy(&json!({
        "keys": ["ASSERTION_KEY", "NEXT_KEY"],
        "issuer": "https://docs.example.com",
        "claims": ["email", "/realm_access/roles", "big", "none"],
    })))
}

fn permit<'s>(site: &'s Site, method: &str, path: &str, claims: &Value) -> Permit<'s> {
    let headers = HeaderMap::from_iter([bearer(claims)]);
    let url = format!("https://docs.example.com{path}");
    site.admit(method, &url, &headers).expect("it is a good token")
}

fn parts(message: &str) -> [Value; 2] {
    let (header, claims) = message.split_once('.').expect("two parts");
    [header, claims].map(|part| {
        let bytes = Base64UrlUnpadded::decode_vec(part).expect("base64url");
        serde_json::from_slice(&bytes).expect("JSON")
    })
}

#[test]
fn it_says_who_asks_for_whom_and_for_how_long() {
    let site = site();
    let claims = json!({
        "sub": "al\"ice", "email": "a@example.com", "realm_access": { "roles": ["a", { "b": [1] }] },
        "big": [1, 12_345_678_901_234_567_890_123.0_f64], "secret": "stays",
    });
    let permit = permit(&site, "POST", "/reports/x", &{
        let mut claims = claims;
        claims["scope"] = json!("reports:read");
        claims
    });
    let draft = Draft::of(site.policy(), &permit).expect("it is asked for");
    let (message, expires) = draft.message(NOW, "some-id");
    assert_eq!(expires, NOW.plus(60));
    let [header, claims] = parts(&message);
    let key_id = draft.key().id();
    let expected = json!({ "alg": "ES256", "kid": key_id, "typ": "turnpike-assertion+jwt" });
    assert_eq!(header, expected);
    assert_eq!(
        claims,
        json!({
            "iss": "https://docs.example.com",
            "aud": "https://origin.example",
            "sub": "al\"ice",
            "token_issuer": "https://issuer.example",
            "route": "/reports/*",
            "email": "a@example.com",
            "/realm_access/roles": ["a", { "b": [1] }],
            "iat": NOW.0,
            "exp": NOW.0 + 60,
            "jti": "some-id",
        })
    );
    assert_eq!(signed("a.b", b"\xff"), "a.b._w");
}

#[test]
fn it_outlives_no_token() {
    let site = site();
    for (left, lifetime) in [(600, 60), (60, 60), (59, 59), (1, 1), (-10, -10)] {
        let expires = NOW.0.checked_add_signed(left).expect("a date");
        let permit = permit(&site, "GET", "/elsewhere", &json!({ "exp": expires }));
        let draft = Draft::of(site.policy(), &permit).expect("it is asked for");
        let (message, told) = draft.message(NOW, "");
        let expected = NOW.0.checked_add_signed(lifetime).expect("a date");
        assert_eq!(told.0, expected);
        assert_eq!(parts(&message)[1]["exp"], expected);
    }
}

#[test]
fn nobody_is_asserted_where_nobody_is_told() {
    let site = site();
    let asserts = |method: &str, path: &str| {
        let claims = json!({ "scope": "reports:read", "tenant": "acme" });
        Draft::of(site.policy(), &permit(&site, method, path, &claims)).is_some()
    };
    for path in ["/public/x", "/open/x", "/reports/x", "/ttl/x", "/tenant/x"] {
        assert!(!asserts("GET", path) && !asserts("HEAD", path), "{path}");
    }
    assert!(asserts("GET", "/elsewhere") && asserts("GET", "/mine/x"));
    assert!(asserts("POST", "/reports/x"), "its answer is for nobody else");
    // Without `assertion`, never.
    let without = Site::of_cases();
    let permit = permit(&without, "GET", "/elsewhere", &json!({}));
    assert!(Draft::of(without.policy(), &permit).is_none());
}

#[test]
fn one_is_used_again_until_half_of_its_time_has_passed() {
    let site = site();
    let draft = |path: &str, claims: Value| {
        let permit = permit(&site, "GET", path, &claims);
        Draft::of(site.policy(), &permit).expect("it is asked for")
    };
    let at = |seconds: u64| NOW.plus(seconds);
    let alice = || draft("/elsewhere", json!({ "email": "a" }));
    let mut kept = Assertions::default();
    kept.keep(alice(), "first".to_owned(), NOW, at(60));
    assert_eq!(kept.find(&alice(), NOW), Some("first"));
    assert_eq!(kept.find(&alice(), at(30)), Some("first"));
    assert_eq!(kept.find(&alice(), at(31)), None);
    // Not for another subject, issuer, claim or route.
    for other in [
        draft("/elsewhere", json!({ "sub": "bob", "email": "a" })),
        draft("/elsewhere", json!({ "email": "b" })),
        draft("/elsewhere", json!({})),
        draft("/mine/x", json!({ "email": "a" })),
    ] {
        assert_eq!(kept.find(&other, NOW), None, "{other:?}");
    }
    // Not for a token that ends sooner.
    let exp = |seconds: u64| draft("/elsewhere", json!({ "email": "a", "exp": at(seconds).0 }));
    assert_eq!(kept.find(&exp(59), NOW), None);
    assert_eq!(kept.find(&exp(60), NOW), Some("first"));
    // At the end of a token, another one would last no longer.
    kept.keep(exp(20), "last".to_owned(), NOW, at(20));
    assert_eq!(kept.find(&exp(20), at(19)), Some("last"));
    assert_eq!(kept.find(&exp(20), at(25)), Some("last"));
    assert_eq!(kept.find(&exp(300), at(11)), None);
    assert_eq!(kept.find(&exp(300), at(10)), Some("last"));
    // As many as fit; with one more, they begin anew.
    let subject = |number: usize| draft("/mine/x", json!({ "sub": format!("{number}") }));
    let subjects: Vec<_> = (0..257).map(subject).collect();
    let mut kept = Assertions::new();
    let mut count_after = |number: usize| {
        kept.keep(subject(number), "other".to_owned(), NOW, at(60));
        subjects.iter().filter(|draft| kept.find(draft, NOW).is_some()).count()
    };
    let counts: Vec<usize> = (0..257).map(&mut count_after).skip(254).collect();
    assert_eq!(counts, [255, 256, 1]);
    assert!(!format!("{kept:?}").contains("other"), "what is signed is a secret while it is good");
}

#[test]
fn those_with_the_same_subject_share_what_is_asserted_of_both() {
    let site = site();
    let key = |email: &str| {
        let permit = permit(&site, "GET", "/mine/x", &json!({ "big": email }));
        CacheKey::of(&permit).expect("it is stored")
    };
    assert_eq!(key("a"), key("a"));
    assert_ne!(key("a"), key("b"));
}

#[test]
fn what_is_too_long_to_be_asserted_is_refused() {
    let site = site();
    let admit = |length: usize| {
        let headers = HeaderMap::from_iter([bearer(&json!({ "big": "a".repeat(length) }))]);
        site.admit("GET", "https://docs.example.com/elsewhere", &headers)
    };
    // With `,"big":""` around it.
    assert!(admit(4087).is_ok());
    let denial = admit(4088).expect_err("it is too long");
    assert_eq!((denial.code(), denial.reason()), ("token_invalid", Some("claim_too_long")));
}

#[test]
fn the_public_keys_can_be_had_by_anyone_and_the_private_ones_by_nobody() {
    let site = site();
    let get = |request: &str| site.serve(&Message::parse(request), None).answer;
    let path = "/.well-known/turnpike/jwks.json";
    let answer = get(&format!("GET {path}"));
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.field("content-type"), Some("application/json"));
    assert_eq!(answer.field("cache-control"), Some("public, max-age=300"));
    let document: Value = serde_json::from_str(&answer.body).expect("JSON");
    let keys = document["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 2);
    for key in keys {
        let names: Vec<_> = key.as_object().expect("a key").keys().collect();
        let is_public =
            |name: &&String| ["alg", "crv", "kid", "kty", "use", "x", "y"].contains(&name.as_str());
        assert!(names.iter().all(is_public), "{names:?}");
    }
    assert_eq!(get(&format!("HEAD {path}")).body, "");
    // At this path and by these methods alone.
    for request in [
        "POST /.well-known/turnpike/jwks.json",
        "GET /.well-known/turnpike/jwks.json/",
        "GET /.well-known/turnpike",
    ] {
        assert_eq!(get(request).status(), 401, "{request}");
    }
    let elsewhere = "GET /.well-known/turnpike/jwks.json\nHost: other.example.com";
    assert_eq!(get(elsewhere).status(), 421);
    let without = Site::of_cases();
    let answer = without.serve(&Message::parse(&format!("GET {path}")), None).answer;
    assert_eq!(answer.status(), 401);
}

#[test]
fn every_problem_has_its_place() {
    let problems = |policy: &Value| {
        let problems = Policy::parse(&policy.to_string(), &TestEnvironment).expect_err("invalid");
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let check = |assertion: &Value, expected: &[&str]| {
        assert_eq!(problems(&policy(assertion)), expected);
    };
    let no_key = "is no private JWK on P-256 or of Ed25519; `cargo xtask assertion-key` makes one";
    check(
        &json!({ "keys": ["TEST_SECRET", "NO_SUCH_KEY", "SAME_KEY", "NEXT_KEY"], "issuer": "docs" }),
        &[
            &format!("assertion.keys[0]: the secret `TEST_SECRET` {no_key}"),
            "assertion.keys[1]: there is no secret `NO_SUCH_KEY`; set it with `wrangler secret put NO_SUCH_KEY`",
            "assertion.keys[3]: `NEXT_KEY` is a key given before",
            "assertion.keys: names more than two secrets: the key that signs and the one to come",
            "assertion.issuer: `docs` must be an https: URL",
        ],
    );
    check(
        &json!({ "keys": ["{\"kty\":\"EC\"}"], "issuer": "https://docs.example.com" }),
        &[
            "assertion.keys[0]: must be the name of a secret, like JWT_SECRET: words in capitals, joined by `_`",
        ],
    );
    check(
        &json!({ "keys": ["SMALL_KEY"], "issuer": "https://docs.example.com" }),
        &[&format!("assertion.keys: one of the secrets {no_key}")],
    );
    check(
        &json!({ "keys": ["NEXT_KEY", "NEXT_KEY"], "issuer": "https://docs.example.com" }),
        &["assertion.keys[1]: is given twice"],
    );
    check(
        &json!({
            "audience": "", "lifetime": 9, "claims": ["email", "sub", "exp", "/a~b", "email"], "header": "X",
        }),
        &[
            "assertion: `keys` is missing",
            "assertion: `issuer` is missing",
            "assertion.audience: must not be empty",
            "assertion.lifetime: must be a whole number from 10 to 300",
            "assertion.claims[1]: `sub` is what the filter itself says, or nothing that it can repeat",
            "assertion.claims[2]: `exp` is what the filter itself says, or nothing that it can repeat",
            "assertion.claims[3]: is no JSON Pointer: `~` is written `~0` there, and `/` in a name `~1`",
            "assertion.claims[4]: is given twice",
            "assertion: unknown field `header`",
        ],
    );
    check(&json!([]), &["assertion: must be a table, not a list"]);
    // Without a URL of the origin, nobody knows for whom it is.
    let mut own = policy(&json!({ "keys": ["NEXT_KEY"], "issuer": "https://docs.example.com" }));
    for origin in [Value::Null, json!("binding:ORIGIN")] {
        own["origin"] = origin;
        if own["origin"].is_null() {
            own.as_object_mut().expect("a table").remove("origin");
        }
        let missing =
            "assertion: `audience` is missing: `origin` is no URL that could stand in for it";
        assert_eq!(problems(&own), [missing]);
    }
    let mut large = policy(&json!({ "keys": ["NEXT_KEY"], "issuer": "https://docs.example.com" }));
    large["assertion"]["lifetime"] = json!(301);
    assert_eq!(problems(&large), ["assertion.lifetime: must be a whole number from 10 to 300"]);
}

#[test]
fn the_end_of_time_is_no_end() {
    let site = site();
    let draft = Draft::of(site.policy(), &permit(&site, "GET", "/elsewhere", &json!({})));
    let (_, expires) = draft.expect("it is asked for").message(UnixTime(u64::MAX), "");
    assert_eq!(expires, NOW.plus(600));
}
