//! Pages of other origins, under policies that the cases do not have.

use serde_json::{Value, json};
use turnpike::gate::Denial;

use crate::site::{ISSUER, Site, header_map};
use crate::support::case::Message;
use crate::support::token::with_keys;

fn site(cors: Option<Value>) -> Site {
    let mut policy = json!({
        "origin": "https://origin.example",
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
        }],
        "routes": [
            { "path": "/open/*", "access": "public", "methods": ["GET"] },
            { "path": "/around/*", "scopes": ["edit"] },
            { "path": "/around/open", "access": "public", "methods": ["GET"] },
        ],
    });
    if let Some(cors) = cors {
        policy["cors"] = cors;
    }
    Site::of(&with_keys(policy, &ISSUER))
}

const PREFLIGHT: &str = "OPTIONS /files/a
Origin: https://app.example.com
Access-Control-Request-Method: PUT
Access-Control-Request-Headers: authorization
X-Api-Key: secret
X-Auth-Subject: mallory
X-HTTP-Method-Override: DELETE";

#[test]
fn without_a_list_the_origin_answers_preflights_as_from_nobody() {
    let answers = "200
Access-Control-Allow-Origin: https://app.example.com
Access-Control-Allow-Headers: authorization
Cache-Control: max-age=60
CDN-Cache-Control: max-age=60
Content-Type: text/html
Set-Cookie: a=b
ETag: \"x\"
Vary: Origin

what only alice may see";
    let outcome = site(None).serve(&Message::parse(PREFLIGHT), Some(&Message::parse(answers)));
    let received = outcome.received.expect("the origin is asked");
    let names: Vec<&str> = received.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["access-control-request-headers", "access-control-request-method", "origin"]
    );
    let expected = "200
Access-Control-Allow-Headers: authorization
Access-Control-Allow-Origin: https://app.example.com
Cache-Control: no-store
Cache-Status: turnpike; fwd=method
Vary: Origin
";
    assert_eq!(outcome.answer.to_string(), expected);
}

#[test]
fn what_is_no_preflight_needs_a_token_all_the_same() {
    for cors in [None, Some(json!({ "origins": ["*"] }))] {
        let site = site(cors);
        for changed in [
            PREFLIGHT.replace("OPTIONS", "GET"),
            PREFLIGHT.replace("Access-Control-Request-Method", "X-Other"),
            PREFLIGHT.replace("Origin:", "X-Origin:"),
            PREFLIGHT.replace("X-Api-Key: secret", "Content-Length: 1"),
            PREFLIGHT.replace("X-Api-Key: secret", "Cookie: a=b"),
        ] {
            let outcome = site.serve(&Message::parse(&changed), None);
            assert_eq!(outcome.answer.status(), 401, "{changed}");
        }
    }
}

/// A route for GET alone: what is asked for decides, not that it is asked by OPTIONS.
#[test]
fn a_preflight_falls_under_the_route_of_what_it_asks_for() {
    let site = site(Some(json!({ "origins": ["https://app.example.com"] })));
    let plain = Message::parse("204\nX-Own: 1\nAccess-Control-Allow-Origin: *");
    let of = |method: &str| {
        let preflight = PREFLIGHT.replace("/files/", "/open/").replace("PUT", method);
        site.serve(&Message::parse(&preflight), Some(&plain))
    };
    let open = of("GET");
    assert_eq!(open.answer.field("access-control-allow-origin"), Some("*"));
    // By itself, OPTIONS would need a token there: a preflight is no way around it.
    let received = open.received.expect("the origin is asked");
    assert_eq!((received.field("x-api-key"), open.answer.field("x-own")), (None, None));
    // Another method of that path needs a token.
    let protected = of("PUT");
    assert!(protected.received.is_none());
    assert_eq!(protected.answer.field("access-control-allow-methods"), Some("GET"));
    // Or what the route around that path asks for.
    let around = Message::parse(&PREFLIGHT.replace("/files/a", "/around/open"));
    let fallen = site.serve(&around, Some(&plain)).answer;
    assert_eq!(fallen.field("access-control-allow-methods"), Some("GET, PUT"));
}

#[test]
fn every_origin_may_read_but_bring_no_cookies() {
    let site = site(Some(json!({ "origins": ["*"], "max_age": 0 })));
    let outcome = site.serve(&Message::parse(PREFLIGHT), None);
    let field = |name: &str| outcome.answer.field(name).map(str::to_owned);
    assert_eq!(field("access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(field("access-control-allow-credentials"), None);
    assert_eq!(field("access-control-max-age").as_deref(), Some("0"));
    let refused = site.serve(&Message::parse("GET /files/a\nOrigin: null"), None).answer;
    assert_eq!(refused.field("access-control-allow-origin"), Some("*"));
    assert!(!refused.field("vary").expect("it varies").contains("Origin"));
    // Who does not say where the page is from is no page.
    let refused = site.serve(&Message::parse("GET /files/a"), None).answer;
    assert_eq!(refused.field("access-control-allow-origin"), None);
}

/// Neither preflights nor the metadata of the resource are answered under another name.
#[test]
fn nothing_is_answered_without_a_token_under_a_name_that_is_not_served() {
    let site = Site::of_cases();
    let metadata = "/.well-known/oauth-protected-resource/v1";
    let plain = "GET METADATA\nHost: other.example".replace("METADATA", metadata);
    let asked = [PREFLIGHT.to_owned(), PREFLIGHT.replace("/files/a", metadata)];
    for request in asked.map(|asked| format!("{asked}\nHost: other.example")).iter().chain([&plain])
    {
        assert_eq!(site.serve(&Message::parse(request), None).answer.status(), 421, "{request}");
    }
}

/// Where origins are listed, preflights are answered before the gate; it makes no permit for them.
#[test]
fn the_gate_itself_passes_no_preflight_where_origins_are_listed() {
    let preflight = Message::parse(PREFLIGHT);
    let headers = header_map(&preflight.fields);
    let admitted = |cors| {
        let site = site(cors);
        site.admit("OPTIONS", "https://docs.example.com/files/a", &headers).map(|_| ())
    };
    assert_eq!(admitted(None), Ok(()));
    let listed = Some(json!({ "origins": ["https://app.example.com"] }));
    assert_eq!(admitted(listed), Err(Denial::CredentialsMissing));
}
