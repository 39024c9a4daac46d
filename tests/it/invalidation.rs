//! What a request that changes something makes the cache forget.

use std::sync::LazyLock;

use http::HeaderMap;
use serde_json::json;
use turnpike::cache::CacheKey;

use crate::site::{ISSUER, NOW, Site, header_map};
use crate::support::token::token;

/// Reading and writing one path are two routes here.
static SITE: LazyLock<Site> = LazyLock::new(|| {
    Site::of(&json!({
        "realm": "test",
        "origin": "https://origin.example",
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"],
            "jwks": ISSUER.jwks(),
        }],
        "routes": [
            { "path": "/docs/*", "methods": ["GET", "HEAD"], "cache": "shared", "scopes": ["read"] },
            { "path": "/docs/*", "methods": ["POST", "PUT"], "scopes": ["write"] },
            { "path": "/news/*", "methods": ["GET"], "access": "public", "cache": "shared" },
            { "path": "/mine/*", "cache": "subject" },
            { "path": "/team/*", "methods": ["GET"], "cache": "claim:team" },
            { "path": "/team/*", "methods": ["PUT"], "scopes": ["write"] },
            { "path": "/team/*", "methods": ["PATCH"], "cache": "claim:office" },
        ],
    }))
});

const SERVER: &str = "https://docs.example.com";

fn key_of(path: &str) -> String {
    let permit = SITE.admit("GET", &format!("{SERVER}{path}"), &fields());
    CacheKey::of(&permit.expect("it may pass")).expect("it is stored").to_url()
}

fn fields() -> HeaderMap {
    let token = token(r#"scope="read write" team=blue office=1"#, &ISSUER, NOW.0);
    header_map(&[("authorization".to_owned(), format!("Bearer {token}"))])
}

#[track_caller]
fn forgets(method: &str, path: &str, status: u16, answer: &[(&str, &str)], expected: &[&str]) {
    let answer: Vec<_> =
        answer.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let permit = SITE.admit(method, &format!("{SERVER}{path}"), &fields()).expect("it may pass");
    let keys = CacheKey::invalidated_by(SITE.policy(), &permit, status, &header_map(&answer));
    let keys: Vec<_> = keys.iter().map(CacheKey::to_url).collect();
    assert_eq!(keys, expected.iter().map(|path| key_of(path)).collect::<Vec<_>>());
}

#[test]
fn what_was_changed_is_forgotten_under_the_key_of_those_who_read_it() {
    forgets("PUT", "/docs/a", 204, &[], &["/docs/a"]);
    forgets("POST", "/docs/a?b=c", 303, &[], &["/docs/a?b=c"]);
    forgets("DELETE", "/mine/a", 200, &[], &["/mine/a"]);
    forgets("POST", "/news/a", 200, &[], &["/news/a"]);
    forgets("PUT", "/team/a", 200, &[], &["/team/a"]);
    forgets("PATCH", "/team/a", 200, &[], &["/team/a"]);
    forgets("POST", "/elsewhere", 200, &[("location", "/team/a")], &["/team/a"]);
    forgets("POST", "/elsewhere", 200, &[], &[]);
}

#[test]
fn what_changed_nothing_makes_nothing_be_forgotten() {
    forgets("GET", "/docs/a", 200, &[("location", "/docs/b")], &[]);
    forgets("QUERY", "/mine/a", 200, &[], &[]);
    for status in [400, 404, 500] {
        forgets("PUT", "/docs/a", status, &[("location", "/docs/b")], &[]);
    }
}

#[test]
fn what_the_answer_names_on_the_same_server_is_forgotten_as_well() {
    for reference in [
        "/docs/new",
        "/docs/new#part",
        "new",
        "https://docs.example.com/docs/new",
        "https://DOCS.example.com/docs/n%65w",
        "https://origin.example/docs/new",
    ] {
        let named = ["/docs/list", "/docs/new"];
        forgets("POST", "/docs/list", 201, &[("location", reference)], &named);
        forgets("POST", "/docs/list", 201, &[("content-location", reference)], &named);
    }
    let both = [("location", "/docs/new"), ("content-location", "/mine/copy")];
    forgets("POST", "/docs/list", 201, &both, &["/docs/list", "/docs/new", "/mine/copy"]);
    for elsewhere in [
        "https://other.example/docs/new",
        "http://docs.example.com/docs/new",
        "https://docs.example.com:8443/docs/new",
        "https://docs.example.com.other.example/docs/new",
        "https://docs.example.com@other.example/docs/new",
        "//other.example/docs/new",
        // Of the same server, but nobody has to look this far (RFC 9111 section 4.4: MAY).
        "../docs/new",
    ] {
        forgets("POST", "/docs/list", 201, &[("location", elsewhere)], &["/docs/list"]);
    }
}

/// Of a token, only the claims are kept that the policy which decides has answers differ by.
#[test]
fn copies_by_a_claim_are_forgotten_where_the_deciding_policy_names_it() {
    let mut plain = json!({
        "realm": "test",
        "origin": "https://origin.example",
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks": { "keys": ISSUER.jwks()["keys"].as_array().unwrap().iter()
                .filter(|key| key["alg"] == "ES256").cloned().collect::<Vec<_>>() },
        }],
    });
    let forgotten = |present: &serde_json::Value| {
        let url = format!("{SERVER}/team/a");
        let present = Site::of(present);
        let permit = present.admit("PUT", &url, &fields()).expect("it may pass");
        CacheKey::invalidated_by(SITE.policy(), &permit, 204, &header_map(&[])).len()
    };
    assert_eq!(forgotten(&plain), 0);
    plain["routes"] = json!([{ "path": "/other/*", "cache": "claim:team" }]);
    assert_eq!(forgotten(&plain), 1);
}
