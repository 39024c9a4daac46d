//! The metadata of the protected resource (RFC 9728), under policies that the cases do not have.

use serde_json::{Value, json};
use turnpike::policy::Policy;

use crate::site::{ISSUER, Site, TestEnvironment};
use crate::support::case::Message;
use crate::support::token::with_keys;

fn policy(resource: &Value) -> Value {
    let policy = json!({
        "credentials": ["cookie:at"],
        "issuers": [{
            "issuer": "not a URL",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
        }],
        "resource": resource,
    });
    with_keys(policy, &ISSUER)
}

#[test]
fn the_document_says_what_is_configured_and_leaves_out_what_is_not() {
    let site = Site::of(&policy(&json!({ "resource": "https://api.example.com/v1" })));
    let get = |path: &str| site.serve(&Message::parse(&format!("GET {path}")), None).answer;
    let answer = get("/.well-known/oauth-protected-resource/v1");
    let document: Value = serde_json::from_str(&answer.body).expect("it is JSON");
    assert_eq!(document, json!({ "resource": "https://api.example.com/v1" }));
    let elsewhere = get("/.well-known/oauth-protected-resource");
    assert_eq!(elsewhere.status(), 401);
    let challenge = "Bearer realm=\"Protected content\", resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource/v1\"";
    assert_eq!(elsewhere.field("www-authenticate"), Some(challenge));

    let all = json!({
        "resource": "https://api.example.com/",
        "authorization_servers": ["https://as.example.com/tenant"],
        "scopes_supported": ["read", "write"],
        "resource_name": "The API",
        "resource_documentation": "https://docs.example.com/api?v=1#top",
        "resource_policy_uri": "https://docs.example.com/policy",
        "resource_tos_uri": "https://docs.example.com/terms",
    });
    let site = Site::of(&policy(&all));
    let answer =
        site.serve(&Message::parse("GET /.well-known/oauth-protected-resource"), None).answer;
    assert_eq!(serde_json::from_str::<Value>(&answer.body).expect("it is JSON"), all);
}

#[test]
fn every_problem_has_its_place() {
    let check = |resource: &Value, expected: &[&str]| {
        let problems =
            Policy::parse(&policy(resource).to_string(), &TestEnvironment).expect_err("invalid");
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected);
    };
    let identifier = |text: &str, problem: &str| {
        check(&json!({ "resource": text }), &[&format!("resource.resource: {problem}")]);
    };
    identifier("http://api.example.com", "`http://api.example.com` must be an https: URL");
    identifier("https://api.example.com/#a", "must have neither a query nor a fragment");
    identifier("https://api.example.com/?a", "must have neither a query nor a fragment");
    identifier("https://api.example.com/a\"b", "must not hold a quote");
    identifier("https://API.example.com", "must be written `https://api.example.com/`");
    identifier("https://api.example.com/%7ea", "must be written `https://api.example.com/~a`");
    identifier("", "must not be empty");
    check(
        &json!({
            "authorization_servers": ["http://as.example.com", "https://as.example.com/#a"],
            "scopes_supported": ["a b"],
            "resource_name": 7,
            "resource_documentation": "docs",
            "resource_tos_uri": "ftp://docs.example.com",
            "jwks": {},
        }),
        &[
            "resource: `resource` is missing",
            "resource.authorization_servers[0]: `http://as.example.com` must be an https: URL",
            "resource.authorization_servers[1]: must have neither a query nor a fragment",
            "resource.scopes_supported[0]: must be one scope: ASCII without spaces, quotes and backslashes",
            "resource.resource_name: must be a string, not a number",
            "resource.resource_documentation: `docs` must be an https: URL",
            "resource.resource_tos_uri: `ftp://docs.example.com` must be an https: URL",
            "resource: unknown field `jwks`",
        ],
    );
    check(&json!([]), &["resource: must be a table, not a list"]);
}
