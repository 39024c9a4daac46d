//! The order of the checks, put to the core: of two things that are wrong, the earlier is told.

use std::sync::LazyLock;

use issuer::{Algorithm, Issuer};
use serde_json::{Map, Value, json};
use turnpike::time::UnixTime;

use super::checks::{Check, Outcome};
use super::{Answered, Question, Site, Who, decide};

const NOW: u64 = 1_800_000_000;

pub(super) static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::seeded(7));
pub(super) static FOREIGN: LazyLock<Issuer> = LazyLock::new(|| Issuer::seeded(8));

fn site() -> Site {
    let mut jwks = ISSUER.jwks();
    jwks["keys"].as_array_mut().unwrap().retain(|key| key["alg"] == "ES256");
    let policy = json!({
        "hosts": ["docs.example.com"],
        "credentials": ["cookie:__Host-token"],
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks": jwks,
        }],
        "routes": [{
            "path": "/step-up/*",
            "scopes": ["reports:read"],
            "acr_values": ["phr"],
        }],
        "identity": { "headers": { "X-Team": "team" } },
    });
    Site::of(&policy)
}

/// A request with its token in parts, all of which are right until something is done to them.
struct Parts {
    method: &'static str,
    host: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    algorithm: Algorithm,
    signer: &'static Issuer,
    /// Cookies besides.
    cookies: &'static str,
}

fn right() -> Parts {
    let object = |value: Value| value.as_object().unwrap().clone();
    Parts {
        method: "GET",
        host: "docs.example.com",
        path: "/step-up/x".to_owned(),
        headers: Vec::new(),
        header: object(json!({ "typ": "at+jwt", "kid": "es256" })),
        claims: object(json!({
            "iss": "https://issuer.example",
            "aud": "https://docs.example.com",
            "sub": "alice",
            "exp": NOW + 60,
            "scope": "reports:read",
            "acr": "phr",
            "team": "docs",
        })),
        algorithm: Algorithm::Es256,
        signer: &ISSUER,
        cookies: "",
    }
}

type Fault = fn(&mut Parts);

/// What has each check fail, and no other; in the order in which they can be put together.
const FAULTS: [(Check, Fault); 17] = [
    (Check::Host, |it| it.host = "other.example.com"),
    (Check::Method, |it| it.method = "TRACE"),
    (Check::Route, |it| it.path = "/Step-Up/x".to_owned()),
    (Check::Url, |it| it.path += "//y"),
    (Check::Credentials, |it| it.cookies = "; __Host-token=another"),
    (Check::Page, |it| {
        let headers = [("Upgrade", "websocket"), ("Origin", "https://evil.example")];
        it.headers.extend(headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }),
    (Check::Token, |it| put(&mut it.header, "crit", json!(["x"]))),
    (Check::Issuer, |it| put(&mut it.claims, "iss", json!("https://evil.example"))),
    (Check::Algorithm, |it| it.algorithm = Algorithm::EdDsa),
    (Check::Type, |it| put(&mut it.header, "typ", json!("dpop+jwt"))),
    (Check::Binding, |it| put(&mut it.claims, "cnf", json!({ "jkt": "x" }))),
    (Check::Audience, |it| put(&mut it.claims, "aud", json!("https://other.example"))),
    (Check::Scopes, |it| put(&mut it.claims, "scope", json!("reports:write"))),
    (Check::Claims, |it| put(&mut it.claims, "scope", json!(["reports:read"]))),
    (Check::Dates, |it| put(&mut it.claims, "exp", json!(NOW - 60))),
    (Check::Keys, |it| put(&mut it.header, "kid", json!("another"))),
    (Check::Signature, |it| it.signer = &FOREIGN),
];

const LAST: [(Check, Fault); 2] = [
    (Check::Authentication, |it| put(&mut it.claims, "acr", json!("pwd"))),
    (Check::Identity, |it| put(&mut it.claims, "team", json!("x".repeat(5000)))),
];

fn put(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

fn decided(site: &Site, faults: &[Fault]) -> super::Decision {
    let mut parts = right();
    for fault in faults {
        fault(&mut parts);
    }
    put(&mut parts.header, "alg", json!(parts.algorithm.name()));
    let (header, claims) = (Value::Object(parts.header), Value::Object(parts.claims));
    let token = parts.signer.sign(parts.algorithm, &header, &claims);
    let cookie = format!("__Host-token={token}{}", parts.cookies);
    parts.headers.push(("Cookie".to_owned(), cookie));
    let question = Question {
        method: parts.method.to_owned(),
        url: format!("https://{}{}", parts.host, parts.path),
        headers: parts.headers,
        who: Who::Nobody,
        at: UnixTime(NOW),
    };
    let decision = decide(site, &question).expect("it is a request");
    let printed = decision.text() + &decision.json().to_string();
    assert!(!printed.contains(&token) && !printed.contains(token.split('.').nth(2).unwrap()));
    decision
}

/// The one check that failed; those before it passed, and those behind it were not reached.
fn failed(decision: &super::Decision) -> Option<Check> {
    let at = decision.rows.iter().position(|row| row.outcome == Outcome::Failed)?;
    let (before, rest) = decision.rows.split_at(at);
    let (row, behind) = rest.split_first().expect("it is there");
    assert!(before.iter().all(|row| row.outcome == Outcome::Passed), "{}", decision.text());
    assert!(behind.iter().all(|row| row.outcome == Outcome::NotReached), "{}", decision.text());
    Some(row.check)
}

#[test]
fn a_request_in_which_nothing_is_wrong_passes() {
    let decision = decided(&site(), &[]);
    assert!(
        matches!(decision.answer, Answered::Passes { would_deny: None }),
        "{}",
        decision.text()
    );
    assert_eq!(failed(&decision), None);
    let key = decision.key.expect("the signature was verified");
    assert_eq!((key.algorithm, key.id.as_deref()), ("ES256", Some("es256")));
    assert_eq!(key.thumbprint.map(|it| it.len()), Some(43));
}

#[test]
fn each_fault_is_found_by_its_check_and_the_earlier_of_two_is_told() {
    let site = site();
    let all: Vec<(Check, Fault)> = FAULTS.into_iter().chain(LAST).collect();
    for (index, (check, fault)) in all.iter().enumerate() {
        assert_eq!(failed(&decided(&site, &[*fault])), Some(*check), "{}", check.name());
        for (other, second) in all.iter().skip(index).skip(1) {
            let found = failed(&decided(&site, &[*fault, *second]));
            assert_eq!(found, Some(*check.min(other)), "{} and {}", check.name(), other.name());
        }
    }
}

#[test]
fn all_at_once_is_the_first() {
    let faults: Vec<Fault> = FAULTS.iter().map(|(_, fault)| *fault).collect();
    assert_eq!(failed(&decided(&site(), &faults)), Some(Check::Url));
}

#[test]
fn what_the_edge_does_besides_is_told_as_well() {
    let site = Site::of(&json!({
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks_uri": "https://issuer.example/jwks.json",
        }],
        "routes": [
            { "path": "/mine/*", "cache": "subject" },
            { "path": "/mine/open", "methods": ["GET"], "access": "public" },
        ],
        "origin": "https://origin.example.com",
        "assertion": { "keys": ["KEY"], "issuer": "https://docs.example.com" },
    }));
    let send = |method: &str, path: &str, fields: &[(&str, &str)], who: Who| {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let question = Question {
            method: method.to_owned(),
            url: format!("https://docs.example.com{path}"),
            headers: fields.collect(),
            who,
            at: UnixTime(NOW),
        };
        decide(&site, &question).expect("it is a request")
    };
    let ask = |path, fields: &[(&str, &str)]| send("GET", path, fields, Who::Claims(Map::new()));
    // Only a WebSocket is for one client alone. The address is the one that Cloudflare saw.
    let decision = ask("/mine/x", &[("Upgrade", "h2c"), ("X-Forwarded-For", "127.0.0.1")]);
    assert!(decision.cache.is_some(), "{}", decision.text());
    let asked = decision.asked.expect("it passes");
    let sets =
        ["surrogate-capability", "x-auth-subject", "x-forwarded-for", "x-turnpike-assertion"];
    assert_eq!(asked.sets, sets);
    assert_eq!(asked.removes, ["authorization"]);
    assert!(ask("/mine/x", &[("Upgrade", "websocket")]).cache.is_none());
    let keys = ask("/.well-known/turnpike/jwks.json", &[]);
    assert!(keys.text().contains("a request for the keys of assertions"), "{}", keys.text());
    // A preflight falls under the route of what it asks for.
    let fields = [("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "GET")];
    let decision = send("OPTIONS", "/mine/open", &fields, Who::Nobody);
    assert_eq!(decision.route.expect("it passes").name, "/mine/open");
}
