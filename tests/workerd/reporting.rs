//! Refusals that are only reported, a policy that is to come, and what the log says of both.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Response, get, send};
use crate::server::{Reply, Server};
use crate::site::{ISSUER, ORIGIN, bearer, policy};
use crate::wrangler::Wrangler;

const LOG_KEY: &str = "a key for the log of the tests, long enough";

/// Reports what `/private/*` would refuse, and enforces the rest. In the policy to come, `/moved/*`
/// needs a scope.
static SITE: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    present["log_key"] = json!("LOG_KEY");
    let routes = present["routes"].as_array_mut().expect("a list");
    routes.push(json!({ "path": "/watched/*", "mode": "report", "scopes": ["watched:read"], "cache": "shared", "ttl": 60 }));
    let mut next = present.clone();
    next["percent"] = json!(0);
    let routes = next["routes"].as_array_mut().expect("a list");
    routes.push(json!({ "path": "/moved/*", "scopes": ["moved:read"] }));
    serve("reporting", &present, &next)
});

fn serve(name: &str, present: &Value, next: &Value) -> Wrangler {
    let vars = json!({
        "TURNPIKE": present,
        "TURNPIKE_NEXT": next,
        "TEST_SECRET": ISSUER.secret(),
        "LOG_KEY": LOG_KEY,
    });
    Wrangler::serve_with(name, "src/worker.js", &vars)
}

#[track_caller]
fn ask(site: &Wrangler, path: &str, fields: &[(&str, &str)]) -> Response {
    get(site.port, path, fields)
}

/// The line of a request that was told its id, as JSON.
#[track_caller]
fn line(site: &Wrangler, path: &str) -> Value {
    let line = site.expect_log(&["\"event\":\"request\"", path]);
    let start = line.find("{\"event\"").expect("it is a line of ours");
    serde_json::from_str(&line[start..]).expect("it is JSON")
}

#[test]
fn what_is_only_reported_passes_as_nobody_and_past_the_store() {
    let forged = format!("{}x", bearer("scope=\"watched:read\""));
    let (expired, other) = (bearer("exp=-900"), bearer("scope=other"));
    for (number, (authorization, code)) in [
        (None, "credentials_missing"),
        (Some(forged.as_str()), "token_invalid"),
        (Some("Bearer a b"), "credentials_malformed"),
        (Some(&expired), "token_expired"),
        (Some(&other), "scope_insufficient"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut fields = vec![("X-Auth-Subject", "root")];
        fields.extend(authorization.map(|value| ("Authorization", value)));
        let path = format!("/watched/{number}");
        for _ in 0..2 {
            let response =
                ask(&SITE, &path, &[&fields[..], &[("X-Auth-Subject", "root")]].concat());
            assert_eq!((response.status, response.text().as_str()), (200, "hello"), "{code}");
            assert_eq!(response.field("cache-status").as_deref(), Some("turnpike; fwd=bypass"));
        }
        let asked = ORIGIN.seen_at(&path);
        assert_eq!(asked.len(), 2, "it comes from the origin each time");
        assert!(asked.iter().all(|request| request.field("x-auth-subject").is_none()));
        SITE.expect_log(&["would_deny", "\"route\":\"/watched/*\"", code]);
    }
    let good = bearer("scope=\"watched:read\"");
    let response = ask(&SITE, "/watched/good", &[("Authorization", &good)]);
    assert_eq!(response.field("cache-status").as_deref(), Some("turnpike; fwd=uri-miss; stored"));
}

#[test]
fn what_is_wrong_with_the_request_itself_is_refused_all_the_same() {
    assert_eq!(ask(&SITE, "/watched//x", &[]).code(), "url_ambiguous");
    assert_eq!(ask(&SITE, "/private/x", &[]).code(), "credentials_missing");
}

#[test]
fn a_request_has_a_line_with_everything_but_secrets() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let token = bearer("sub=\"a-person\"");
    let fields = [("Authorization", token.as_str()), ("traceparent", parent.as_str())];
    let response = ask(&SITE, "/private/logged", &fields);
    assert_eq!(response.status, 200);
    let asked = &ORIGIN.seen_at("/private/logged")[0];
    assert_eq!(asked.field("traceparent"), Some(parent.as_str()));
    let line = line(&SITE, TRACE);
    for (name, expected) in [
        ("method", json!("GET")),
        ("outcome", json!("passed")),
        ("status", json!(200)),
        ("issuer", json!("https://issuer.example")),
        ("cache", json!("bypass")),
    ] {
        assert_eq!(line[name], expected, "{name} in {line}");
    }
    assert_eq!(line["key"].as_str().map(str::len), Some(8), "{line}");
    assert_eq!(line["subject"].as_str().map(str::len), Some(16), "{line}");
    assert!(line["outside_ms"].is_u64(), "{line}");
    assert!(!SITE.log().contains("a-person"));
}

#[test]
fn a_refusal_has_a_line_that_names_the_route() {
    let response = ask(&SITE, "/reports/q3", &[]);
    let id = response.field("x-request-id").expect("it has an id");
    let line = line(&SITE, &id);
    assert_eq!(line["outcome"], json!("denied"));
    assert_eq!(line["route"], json!("/reports/*"));
    assert_eq!(line["code"], json!("credentials_missing"));
}

#[test]
fn the_next_policy_is_compared_and_does_not_decide() {
    let token = bearer("scope=other");
    for _ in 0..2 {
        assert_eq!(ask(&SITE, "/moved/x", &[("Authorization", &token)]).status, 200);
    }
    let line = SITE.expect_log(&["\"event\":\"difference\"", "\"next_route\":\"/moved/*\""]);
    for part in [
        "\"route\":\"(unnamed)\"",
        "\"verdict\":\"passed\"",
        "\"next_verdict\":\"scope_insufficient\"",
        "\"compared\":",
    ] {
        assert!(line.contains(part), "{part} is missing in {line}");
    }
    let moved = bearer("scope=\"moved:read\"");
    assert_eq!(ask(&SITE, "/moved/same-verdict", &[("Authorization", &moved)]).status, 200);
}

#[test]
fn the_next_policy_decides_for_its_share_of_subjects() {
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    let mut next = present.clone();
    let routes = next["routes"].as_array_mut().expect("a list");
    routes.push(json!({ "path": "/moved/*", "scopes": ["moved:read"] }));
    next["percent"] = json!(50);
    // Another key server of the same issuer must not share keys with the present one.
    let site = serve("reporting-share", &present, &next);
    let status = |subject: usize| {
        let token = bearer(&format!("sub=\"person-{subject}\""));
        ask(&site, "/moved/x", &[("Authorization", &token)]).status
    };
    let statuses: Vec<u16> = (0..40).map(status).collect();
    let refused = statuses.iter().filter(|status| **status == 403).count();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 403)), "{statuses:?}");
    assert!((8..=32).contains(&refused), "{refused} of 40");
    assert_eq!(statuses, (0..40).map(status).collect::<Vec<_>>(), "whoever moved has moved");
    assert_eq!(ask(&site, "/moved/x", &[]).code(), "credentials_missing");
}

#[test]
fn whom_the_present_policy_would_refuse_falls_to_the_next_one_by_name_as_well() {
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    let routes = present["routes"].as_array_mut().expect("a list");
    routes.push(json!({ "path": "/tried/*", "scopes": ["tried"], "mode": "report" }));
    let mut next = present.clone();
    next["routes"].as_array_mut().and_then(Vec::pop);
    next["routes"]
        .as_array_mut()
        .expect("a list")
        .push(json!({ "path": "/tried/*", "scopes": ["tried"] }));
    next["percent"] = json!(50);
    let site = serve("reporting-refused", &present, &next);
    let status = |subject: usize| {
        let token = bearer(&format!("sub=\"person-{subject}\""));
        ask(&site, "/tried/x", &[("Authorization", &token)]).status
    };
    let refused = (0..40).filter(|subject| status(*subject) == 403).count();
    assert!((8..=32).contains(&refused), "{refused} of 40");
}

#[test]
fn a_next_policy_that_is_wrong_closes_the_gate_only_where_it_is_to_decide() {
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    let mut next = present.clone();
    next["leeway"] = json!("x");
    let site = serve("reporting-wrong", &present, &next);
    assert_eq!(ask(&site, "/private/x", &[("Authorization", &bearer(""))]).status, 200);
    site.expect_log(&["\"event\":\"next_misconfigured\"", "leeway: must be"]);

    // It is to decide for somebody: nobody knows how.
    next["percent"] = json!(101);
    let site = serve("reporting-closed", &present, &next);
    assert_eq!(ask(&site, "/private/x", &[("Authorization", &bearer(""))]).code(), "misconfigured");
    let percent = "percent: must be a whole number from 0 to 100";
    site.expect_log(&["\"event\":\"misconfigured\"", percent, "leeway: must be"]);
}

#[test]
fn nobody_waits_for_keys_of_a_policy_that_does_not_decide() {
    let keys = Server::start(|_| Reply::Silence(Duration::from_secs(30)));
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    let mut next = present.clone();
    let issuer = next["issuers"][0].as_object_mut().expect("a table");
    issuer.remove("jwks");
    issuer.insert("jwks_uri".to_owned(), json!(keys.url()));
    let site = serve("reporting-slow", &present, &next);
    ask(&site, "/public/awake", &[]);
    let began = Instant::now();
    assert_eq!(ask(&site, "/private/x", &[("Authorization", &bearer(""))]).status, 200);
    let passed = began.elapsed();
    // The time that a fetch of keys is given is 2 s.
    site.expect_log(&["\"event\":\"difference\"", "\"next_verdict\":\"keys_unavailable\""]);
    assert!(passed < Duration::from_millis(1500), "{passed:?}");
    assert_eq!(keys.count("/"), 1);
}

#[test]
fn what_one_policy_lets_change_the_other_one_forgets() {
    let mut present = policy();
    present["origin"] = json!(ORIGIN.url());
    let mut next = present.clone();
    let add = |policy: &mut Value, route: Value| {
        policy["routes"].as_array_mut().expect("a list").push(route);
    };
    add(&mut present, json!({ "path": "/twice/*", "cache": "shared", "ttl": 60 }));
    add(&mut next, json!({ "path": "/twice/*", "cache": "shared", "ttl": 90 }));
    add(&mut next, json!({ "path": "/moved/*", "scopes": ["moved:read"] }));
    next["percent"] = json!(50);
    let site = serve("reporting-change", &present, &next);
    let tokens = (0..40).map(|subject| bearer(&format!("sub=\"person-{subject}\"")));
    let has_moved =
        |token: &String| ask(&site, "/moved/x", &[("Authorization", token)]).status == 403;
    let (moved, stayed): (Vec<String>, Vec<String>) = tokens.partition(has_moved);
    let status = |token: &str| {
        let response = ask(&site, "/twice/x", &[("Authorization", token)]);
        response.field("cache-status").unwrap_or_default()
    };
    for (changes, reads) in [(&moved[0], &stayed[0]), (&stayed[0], &moved[0])] {
        let until_hit = Instant::now() + Duration::from_secs(10);
        while !status(reads).contains("hit") {
            assert!(Instant::now() < until_hit, "it is stored");
            thread::sleep(Duration::from_millis(20));
        }
        let fields = [("Authorization", changes.as_str())];
        assert_eq!(send(site.port, "POST", "/twice/x", &fields, b"").status, 200);
        let until_gone = Instant::now() + Duration::from_secs(10);
        while status(reads).contains("hit") {
            assert!(Instant::now() < until_gone, "it is forgotten");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
