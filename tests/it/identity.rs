//! What the origin is told of who asks: claims in fields, the token, and nothing of a client's.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use issuer::Algorithm;
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use serde_json::{Value, json};
use turnpike::cache::CacheKey;
use turnpike::gate::Permit;
use turnpike::origin::{self, Purpose};
use turnpike::policy::Policy;

use crate::site::{ISSUER, NOW, Site, TestEnvironment, apply, policy_of_cases};
use crate::support::case::Message;
use crate::support::token::{AUDIENCE, ISSUER as IDENTIFIER};

static SITE: LazyLock<Site> = LazyLock::new(Site::of_cases);

/// The fields of the policy of the cases, with the pointer to the claim in each.
const FIELDS: [(&str, &str); 3] = [
    ("x-user-email", "/email"),
    ("x-user-roles", "/realm_access/roles"),
    ("x-forwarded-user", "/preferred_username"),
];

#[test]
fn every_problem_has_its_place() {
    let check = |identity: &Value, expected: &[&str]| {
        let mut policy = policy_of_cases();
        policy["identity"] = identity.clone();
        let problems = Policy::parse(&policy.to_string(), &TestEnvironment).expect_err("invalid");
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected);
    };
    let reserved = "means something else to servers, or is set by the filter; choose another name, like X-User-Email";
    for name in [
        "Host",
        "cookie",
        "Authorization",
        "Content-Type",
        "Connection",
        "Transfer-Encoding",
        "Upgrade",
        "Sec-Fetch-User",
        "CF-Connecting-IP",
        "X-Auth-Subject",
        "x-auth-claim-tenant",
        "X-Turnpike-Assertion",
        "Turnpike-Made-For",
        "X-Original-URL",
        "X-Forwarded-Host",
        "Surrogate-Capability",
    ] {
        let problem = format!("identity.headers.{name}: {reserved}");
        check(&json!({ "headers": { name: "email" } }), &[&problem]);
    }
    for (name, written) in [
        ("", ""),
        ("X_User", "X_User"),
        ("X.User", "\"X.User\""),
        ("X User", "\"X User\""),
        ("X-Zoë", "\"X-Zoë\""),
    ] {
        let problem = format!(
            "identity.headers.{written}: must be the name of a field in letters, digits and `-`, like X-User-Email"
        );
        check(&json!({ "headers": { name: "email" } }), &[&problem]);
    }
    let pointer = "is no JSON Pointer: `~` is written `~0` there, and `/` in a name `~1`";
    check(
        &json!({
            "headers": {
                "X-A": "/a~b",
                "X-B": "/a~",
                "X-C": 7,
                "X-D": "",
                "X-E": "a~b",
                "X-Same": "a",
                "x-same": "b",
                "X-Access-Token": "c",
            },
            "token": "pass",
            "header": {},
        }),
        &[
            &format!("identity.headers.X-A: {pointer}"),
            "identity.headers.X-Access-Token: is where `credentials` has the token; choose another name",
            &format!("identity.headers.X-B: {pointer}"),
            "identity.headers.X-C: must be a string, not a number",
            "identity.headers.X-D: must not be empty",
            "identity.headers.x-same: is given twice",
            "identity.token: `pass` is not one of strip, keep",
            "identity: unknown field `header`, did you mean `headers`?",
        ],
    );
    check(&json!({ "headers": {} }), &["identity.headers: must not be empty"]);
    check(&json!([]), &["identity: must be a table, not a list"]);
}

/// A token with these claims besides.
pub fn bearer(claims: &Value) -> (HeaderName, HeaderValue) {
    let mut all = json!({ "iss": IDENTIFIER, "aud": AUDIENCE, "sub": "alice", "exp": NOW.0 + 600 });
    for (name, value) in claims.as_object().expect("claims") {
        all[name] = value.clone();
    }
    let token = format!("Bearer {}", ISSUER.token(Algorithm::Es256, &all));
    (http::header::AUTHORIZATION, token.parse().expect("a field value"))
}

fn admit<'s>(site: &'s Site, method: &str, path: &str, headers: &HeaderMap) -> Permit<'s> {
    let url = format!("https://docs.example.com{path}");
    site.admit(method, &url, headers).expect("it is a good token")
}

/// The fields of a request as the origin gets them.
fn received(site: &Site, permit: &Permit<'_>, headers: &HeaderMap) -> HeaderMap {
    let edits = origin::request(site.policy(), permit, headers, &Purpose::Relay);
    apply(&edits, headers.clone())
}

#[test]
fn what_is_too_long_to_be_told_is_refused() {
    let admit = |email: String| {
        let headers = HeaderMap::from_iter([bearer(&json!({ "email": email }))]);
        SITE.admit("GET", "https://docs.example.com/elsewhere", &headers)
    };
    for (letter, most) in [("a", 4096), (" ", 1365)] {
        assert!(admit(letter.repeat(most)).is_ok(), "{most}");
        let denial = admit(letter.repeat(most + 1)).expect_err("it is too long");
        assert_eq!((denial.code(), denial.reason()), ("token_invalid", Some("claim_too_long")));
    }
}

#[test]
fn those_with_the_same_subject_share_what_is_told_of_both() {
    let key = |claims: Value| {
        let headers = HeaderMap::from_iter([bearer(&claims)]);
        CacheKey::of(&admit(&SITE, "GET", "/mine/x", &headers)).expect("it is stored")
    };
    let reader = || json!({ "email": "a@example.com", "realm_access": { "roles": ["reader"] } });
    assert_eq!(key(reader()), key(reader()));
    let mut admin = reader();
    admin["realm_access"]["roles"] = json!(["reader", "admin"]);
    assert_ne!(key(reader()), key(admin), "another role, another copy");
    assert_ne!(key(reader()), key(json!({})));
    // The value of one field is not that of another.
    let (email, user) = (json!({ "email": "a" }), json!({ "preferred_username": "a" }));
    assert_ne!(key(email), key(user));
}

#[test]
fn a_kept_token_goes_on_where_its_answer_is_not_stored() {
    let mut policy = policy_of_cases();
    policy["identity"]["token"] = json!("keep");
    let keeping = Site::of(&policy);
    let (_, value) = bearer(&json!({ "scope": "reports:read" }));
    let token = value.to_str().expect("ASCII").strip_prefix("Bearer ").expect("it is one");
    let received = |site: &Site, method: &str, path: &str| {
        let message = format!(
            "{method} {path}\nAuthorization: Bearer {token}\nCookie: a=b; __Host-access_token={token}\nX-Access-Token: {token}\nX_access_token: {token}\nSec-WebSocket-Protocol: chat, bearer.{token}"
        );
        let answers = Message::parse("200\n\nhello");
        site.serve(&Message::parse(&message), Some(&answers)).received.expect("it is asked")
    };
    let cookies = format!("a=b; __Host-access_token={token}");
    for (method, path) in [("GET", "/elsewhere"), ("POST", "/reports/x"), ("POST", "/mine/x")] {
        let kept = received(&keeping, method, path);
        assert_eq!(kept.field("authorization"), Some(format!("Bearer {token}").as_str()), "{path}");
        assert_eq!(kept.field("cookie"), Some(cookies.as_str()), "{path}");
        assert_eq!(kept.field("x-access-token"), Some(token), "{path}");
        assert_eq!(kept.field("x_access_token"), None, "another spelling is another field");
        assert_eq!(kept.field("sec-websocket-protocol"), Some("chat"), "{path}");
        assert_eq!(kept.field("x-auth-subject"), Some("alice"), "{path}");
        assert!(!received(&SITE, method, path).to_string().contains(token), "it is stripped");
    }
    // Where it is not looked at, and where the answer is for others or outlives it.
    for path in ["/public/x", "/open/x", "/reports/x", "/ttl/x", "/mine/x"] {
        assert!(!received(&keeping, "GET", path).to_string().contains(token), "{path}");
    }
}

#[test]
fn what_a_client_says_is_for_one_hop_goes_no_further() {
    let mut headers = HeaderMap::from_iter([bearer(&json!({ "email": "a@example.com" }))]);
    let named = "close, X-Dropped , x-auth-subject, X-User-Email, CF-Connecting-IP, Upgrade,,";
    for (name, value) in [
        ("connection", named),
        ("x-dropped", "1"),
        ("x-stays", "1"),
        ("cf-connecting-ip", "192.0.2.1"),
        ("upgrade", "websocket"),
        ("keep-alive", "timeout=5"),
        ("te", "trailers"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let told = received(&SITE, &admit(&SITE, "GET", "/elsewhere", &headers), &headers);
    for (name, value) in [
        ("connection", None),
        ("x-dropped", None),
        ("keep-alive", None),
        ("x-stays", Some("1")),
        ("te", Some("trailers")),
        ("upgrade", Some("websocket")),
        ("cf-connecting-ip", Some("192.0.2.1")),
        ("x-auth-subject", Some("alice")),
        ("x-user-email", Some("a@example.com")),
    ] {
        assert_eq!(told.get(name).map(|value| value.to_str().expect("ASCII")), value, "{name}");
    }
}

#[test]
fn the_address_of_a_client_is_what_cloudflare_saw() {
    let token = bearer(&json!({ "email": "a@example.com" }));
    let forged = ["x-forwarded-for", "true-client-ip", "x-real-ip", "x-client-ip", "client-ip"];
    let told = |seen: Option<&'static str>, path: &str| {
        let mut headers = HeaderMap::from_iter([token.clone()]);
        for name in forged {
            headers.insert(name, HeaderValue::from_static("203.0.113.7, 192.0.2.1"));
        }
        headers.extend(seen.map(|seen| {
            (HeaderName::from_static("cf-connecting-ip"), HeaderValue::from_static(seen))
        }));
        let told = received(&SITE, &admit(&SITE, "GET", path, &headers), &headers);
        forged.map(|name| told.get(name).map(|value| value.to_str().expect("ASCII").to_owned()))
    };
    for path in ["/elsewhere", "/public/x"] {
        let [by, of, real, others @ ..] = told(Some("192.0.2.1"), path);
        assert_eq!([by, of, real], [const { "192.0.2.1" }; 3].map(|it| Some(it.to_owned())));
        assert_eq!(others, [None, None]);
        assert_eq!(told(None, path), [const { None }; 5], "nobody knows");
    }
}

#[test]
fn thousands_of_names_in_connection_take_no_longer() {
    let mut headers = HeaderMap::from_iter([bearer(&json!({ "email": "a@example.com" }))]);
    for number in 0..4000 {
        let name = HeaderName::try_from(format!("x{number}")).expect("a name");
        headers.insert(name, HeaderValue::from_static("1"));
    }
    let received = |connection: String| {
        let mut headers = headers.clone();
        headers.insert("connection", HeaderValue::try_from(connection).expect("a value"));
        let permit = admit(&SITE, "GET", "/elsewhere", &headers);
        let began = std::time::Instant::now();
        let told = received(&SITE, &permit, &headers);
        (began.elapsed(), told.contains_key("x1"))
    };
    let (few, is_there) = received("x1, x2".to_owned());
    assert!(!is_there);
    let (many, is_there) = received("y,".repeat(8000));
    assert!(is_there);
    assert!(many < few * 20, "{few:?} {many:?}");
}

/// Some JSON, with more words than anything else.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => prop::collection::btree_map("[a-z]{1,3}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What a claim says, as the README has it, if it can be told at all.
fn words(claim: &Value) -> Option<Vec<String>> {
    let word = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(item.to_string()),
        Value::Number(number) => number.as_i64().map(|number| number.to_string()),
        _ => None,
    };
    let words = match claim {
        Value::Array(items) => items.iter().map(word).collect::<Option<Vec<_>>>()?,
        one => vec![word(one)?],
    };
    (words.len() > 1 || words.iter().any(|word| !word.is_empty())).then_some(words)
}

/// A name as some client may spell it: each letter in either case, each `-` one of three.
fn spelled(name: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(0..6_u8, name.len()).prop_map(move |choices| {
        let letters = name.chars().zip(choices).map(|(letter, choice)| match (letter, choice) {
            ('-', 0 | 1) => '_',
            ('-', 2) => '.',
            (letter, 3..) => letter.to_ascii_uppercase(),
            (letter, _) => letter,
        });
        letters.collect()
    })
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let name = prop_oneof![
        spelled("x-user-email"),
        spelled("x-user-roles"),
        spelled("x-forwarded-user"),
        spelled("x-auth-subject"),
        spelled("x-auth-claim-tenant"),
        spelled("x-turnpike-assertion"),
        spelled("client-cert"),
        spelled("remote-user"),
    ];
    prop::collection::vec(name, 0..12)
}

proptest! {
    #[test]
    fn nobody_but_the_filter_says_who_asks(
        names in names(),
        nominated in names(),
        claims in [json(), json(), json()],
        route in 0..5_usize,
    ) {
        let [email, roles, user] = claims;
        let claims = json!({
            "email": email, "realm_access": { "roles": roles }, "preferred_username": user,
            "scope": "reports:read", "tenant": "acme",
        });
        let (method, path) = [
            ("GET", "/elsewhere"), ("GET", "/mine/x"), ("POST", "/reports/x"),
            ("GET", "/public/x"), ("GET", "/tenant/x"),
        ][route];
        let mut headers = HeaderMap::from_iter([bearer(&claims)]);
        for name in names {
            let name: HeaderName = name.parse().expect("a field name");
            headers.append(name, HeaderValue::from_static("mallory"));
        }
        headers.insert("connection", nominated.join(", ").parse().expect("a field value"));
        let told = received(&SITE, &admit(&SITE, method, path, &headers), &headers);
        for (name, value) in &told {
            prop_assert!(value != "mallory", "{}", name);
            prop_assert_eq!(told.get_all(name).iter().count(), 1);
        }
        let is_told = route < 3;
        prop_assert_eq!(told.contains_key("x-auth-subject"), is_told);
        for (name, pointer) in FIELDS {
            let words = claims.pointer(pointer).and_then(words).filter(|_| is_told);
            let value = told.get(name).map(|value| value.to_str().expect("visible ASCII"));
            let read = value.map(|value| {
                let word = |word| percent_decode_str(word).decode_utf8().expect("UTF-8").into_owned();
                value.split(',').map(word).collect::<Vec<_>>()
            });
            prop_assert_eq!(read, words, "{}", name);
        }
    }
}
