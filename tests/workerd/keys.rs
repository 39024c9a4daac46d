//! Fetched keys, and key servers that fail in every way.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Response, get};
use crate::process::free_port;
use crate::server::{Reply, Server};
use crate::site::{ISSUER, ORIGIN, bearer, policy};
use crate::support::case::Message;
use crate::wrangler::Wrangler;

/// Whether the server of the aging set has gone down.
static IS_DOWN: AtomicBool = AtomicBool::new(false);

static KEY_SERVER: LazyLock<Server> = LazyLock::new(|| {
    Server::start(|request| {
        let set = ISSUER.jwks();
        let message = |status: u16, body: String| Message {
            start: status.to_string(),
            fields: Vec::new(),
            body,
        };
        match request.method_and_path().1 {
            "/silent" | "/mute" => Reply::Silence(Duration::from_secs(30)),
            "/dripping" => Reply::Dripping(message(200, set.to_string())),
            "/truncated" => Reply::Truncated(message(200, set.to_string())),
            "/redirect" => Reply::text(302, &[("Location", "/good")], ""),
            "/error" => Reply::text(500, &[], "broken"),
            "/html" => Reply::text(200, &[("Content-Type", "text/html")], "<!doctype html>"),
            "/empty" => Reply::json(&json!({ "keys": [] })),
            "/nothing" => Reply::text(200, &[], ""),
            "/aging" | "/graceless" if IS_DOWN.load(Ordering::Relaxed) => {
                Reply::text(500, &[], "down")
            }
            "/aging" | "/graceless" | "/renewed" => {
                Reply::text(200, &[("Cache-Control", "max-age=60")], &set.to_string())
            }
            "/unusable" => Reply::json(&unusable(set)),
            "/private" => Reply::json(&private(set)),
            "/huge" => Reply::json(&json!({ "keys": set["keys"], "padding": "x".repeat(300_000) })),
            _ => Reply::json(&set),
        }
    })
});

/// A set whose elliptic-curve keys are points on no curve.
fn unusable(mut set: Value) -> Value {
    for key in set["keys"].as_array_mut().expect("a list") {
        key["y"] = key["x"].clone();
    }
    set
}

/// A set whose keys all hold what nobody may publish.
fn private(mut set: Value) -> Value {
    for key in set["keys"].as_array_mut().expect("a list") {
        key["d"] = json!("AQAB");
    }
    set
}

const BROKEN: [&str; 12] = [
    "dead",
    "silent",
    "dripping",
    "truncated",
    "redirect",
    "error",
    "html",
    "empty",
    "nothing",
    "private",
    "huge",
    "unusable",
];

static SITE: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    let issuers = policy["issuers"].as_array_mut().expect("a list");
    let server = KEY_SERVER.url();
    let dead = format!("http://127.0.0.1:{}", free_port());
    for name in
        BROKEN.iter().chain(&["good", "cold", "flaky", "aging", "graceless", "renewed", "mute"])
    {
        let server = if *name == "dead" { &dead } else { &server };
        issuers.push(json!({
            "issuer": format!("https://{name}.example"),
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256", "RS256", "PS256", "EdDSA"],
            "jwks_uri": format!("{server}/{name}"),
            "grace": if *name == "graceless" { 0 } else { 3600 },
        }));
    }
    Wrangler::serve("keys", &policy, &[("TEST_SECRET", ISSUER.secret())])
});

fn ask(issuer: &str, members: &str) -> Response {
    let token = bearer(&format!("iss=https://{issuer}.example {members}"));
    get(SITE.port, "/elsewhere/keys", &[("Authorization", &token)])
}

#[test]
fn a_good_set_is_fetched_once() {
    for algorithm in ["ES256", "RS256", "PS256", "EdDSA", "ES256"] {
        assert_eq!(ask("good", &format!("alg={algorithm}")).status, 200, "{algorithm}");
    }
    assert_eq!(ask("good", "kid=unheard-of").code(), "token_invalid");
    assert_eq!(ask("good", "tamper=signature").code(), "token_invalid");
    assert_eq!(KEY_SERVER.count("/good"), 1);
}

#[test]
fn a_key_server_that_fails_is_no_fault_of_the_token() {
    LazyLock::force(&SITE);
    std::thread::scope(|scope| {
        for name in BROKEN {
            scope.spawn(move || {
                let started = Instant::now();
                let response = ask(name, "");
                let waited = started.elapsed();
                assert_eq!(
                    (response.status, response.code().as_str()),
                    (503, "keys_unavailable"),
                    "{name}"
                );
                let retry: u64 = response.field("retry-after").expect(name).parse().expect(name);
                assert!((1..=60).contains(&retry), "{name}: {retry}");
                assert_eq!(response.field("www-authenticate"), None, "{name}");
                response.assert_unstorable();
                // The deadline is 2 s; the rest is for a busy machine.
                assert!(waited < Duration::from_secs(4), "{name}: {waited:?}");
            });
        }
    });
    SITE.expect_log(&["\"event\":\"alarm\"", "https://private.example"]);
    for name in BROKEN.into_iter().filter(|name| *name != "unusable") {
        SITE.expect_log(&["\"event\":\"keys\"", &format!("https://{name}.example")]);
    }
}

#[test]
fn nobody_waits_long_for_a_key_server_that_says_nothing() {
    let others = bearer("iss=https://mute.example kid=another");
    LazyLock::force(&SITE);
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let started = Instant::now();
                let fields = [("Authorization", others.as_str())];
                let response = get(SITE.port, "/elsewhere/mute", &fields);
                let waited = started.elapsed();
                assert_eq!((response.status, response.code().as_str()), (503, "keys_unavailable"));
                assert!(response.field("retry-after").is_some());
                assert!(waited < Duration::from_millis(2500), "{waited:?}");
            });
        }
    });
    assert_eq!(KEY_SERVER.count("/mute"), 1, "one asks, the others wait for what comes of it");
}

#[test]
fn a_failure_is_remembered_for_a_moment() {
    ask("error", "");
    let asked = KEY_SERVER.count("/error");
    let again = ask("error", "");
    assert_eq!(again.code(), "keys_unavailable");
    assert_eq!(KEY_SERVER.count("/error"), asked, "the key server is left alone");
}

#[test]
fn an_unknown_key_is_not_looked_for_right_after_a_fetch() {
    assert_eq!(ask("flaky", "").status, 200);
    // For 30 s the set in hand is taken for the whole truth.
    assert_eq!(ask("flaky", "kid=rotated").code(), "token_invalid");
    assert_eq!(KEY_SERVER.count("/flaky"), 1);
}

/// Takes a minute, the shortest lifetime a set can have.
#[test]
fn a_set_is_renewed_ahead_of_its_end_and_outlives_it_for_a_while() {
    assert_eq!(ask("renewed", "").status, 200);
    assert_eq!(ask("aging", "").status, 200);
    assert_eq!(ask("graceless", "").status, 200);
    IS_DOWN.store(true, Ordering::Relaxed);

    thread::sleep(Duration::from_secs(49));
    assert_eq!(ask("renewed", "").status, 200);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(KEY_SERVER.count("/renewed"), 2, "renewed behind the answer");
    assert_eq!(ask("renewed", "").status, 200);
    assert_eq!(KEY_SERVER.count("/renewed"), 2, "and then it is young again");

    thread::sleep(Duration::from_secs(12));
    assert_eq!(ask("aging", "").status, 200, "a good token passes for the grace");
    SITE.expect_log(&["https://aging.example", "past its lifetime"]);
    assert_eq!(ask("aging", "tamper=signature").code(), "token_invalid");
    assert_eq!(ask("aging", "kid=rotated").code(), "keys_unavailable");
    assert_eq!(ask("graceless", "").code(), "keys_unavailable", "its grace is over");
    IS_DOWN.store(false, Ordering::Relaxed);
}

#[test]
fn bad_tokens_cause_no_fetch() {
    let refused = [
        "exp=-",
        "exp=-60",
        "nbf=120",
        "iat=120",
        "typ=JWT",
        "aud=nobody",
        "alg=none tamper=unsigned",
        "crit=[\"exp\"]",
    ];
    for members in refused {
        assert_eq!(ask("cold", members).status, 401, "{members}");
    }
    assert_eq!(ask("unheard-of", "").status, 401);
    assert_eq!(KEY_SERVER.count("/cold"), 0);
}
