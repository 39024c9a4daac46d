//! Tokens and keys of a real identity provider, which rotates its keys, crashes and comes back.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Response, get};
use crate::flow::Flow;
use crate::provider::Provider;
use crate::site::{ISSUER, ORIGIN, policy};
use crate::wrangler::Wrangler;

/// The provider signs tokens for the first with RS256, for the second with ES256.
const RESOURCES: [&str; 2] = ["https://docs.example.com", "https://api.example.com"];

/// Where the provider publishes where its keys are.
const METADATA: &str = "/.well-known/openid-configuration";

/// For this long, a set that was just fetched is taken for the whole truth.
const COOLDOWN: Duration = Duration::from_secs(30);

/// For this long, a failure to fetch is remembered where there are no keys.
const RETRY: Duration = Duration::from_secs(5);

/// Providers with a Worker that trusts them all; each is for one test alone.
struct Place {
    steady: Provider,
    announcing: Provider,
    abrupt: Provider,
    crashing: Provider,
    late: Provider,
    /// From the late provider, before it went down.
    token_of_late: String,
    worker: Wrangler,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let steady = Provider::start("steady", json!({}));
    let announcing = Provider::start("announcing", json!({ "max_age": 60 }));
    // So slow that many requests come while the keys are under way.
    let abrupt = Provider::start("abrupt", json!({ "delay": 500 }));
    let crashing = Provider::start("crashing", json!({}));
    let late = Provider::start("late", json!({}));
    let token_of_late = late.token(RESOURCES[0], "reports:read");
    late.kill();

    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    let issuers = policy["issuers"].as_array_mut().expect("a list");
    issuers.extend([&announcing, &abrupt].map(with_jwks_uri));
    issuers.extend([&steady, &crashing, &late].map(with_discovery));
    let worker = Wrangler::serve("identity", &policy, &[("TEST_SECRET", ISSUER.secret())]);
    Place { steady, announcing, abrupt, crashing, late, token_of_late, worker }
});

/// A provider as a policy names it.
fn with_discovery(provider: &Provider) -> Value {
    json!({
        "issuer": provider.issuer(),
        "audiences": RESOURCES,
        "algorithms": ["RS256", "ES256"],
        "discovery": true,
    })
}

/// The same, with the place of its keys.
fn with_jwks_uri(provider: &Provider) -> Value {
    let mut issuer = with_discovery(provider);
    issuer.as_object_mut().expect("a table").remove("discovery");
    issuer["jwks_uri"] = json!(format!("{}/jwks", provider.issuer()));
    issuer
}

fn ask(path: &str, token: &str) -> Response {
    let bearer = format!("Bearer {token}");
    get(PLACE.worker.port, path, &[("Authorization", &bearer)])
}

#[track_caller]
fn assert_pass(tokens: &[String]) {
    for token in tokens {
        let response = ask("/elsewhere/identity", token);
        assert_eq!(response.status, 200, "{}", response.text());
    }
}

/// Asserts that the token is not blamed, and gives what `Retry-After` says.
#[track_caller]
fn assert_keys_unavailable(response: &Response) -> u64 {
    assert_eq!((response.status, response.code().as_str()), (503, "keys_unavailable"));
    assert_eq!(response.field("www-authenticate"), None);
    response.assert_unstorable();
    response.field("retry-after").expect("a time").parse().expect("seconds")
}

#[test]
fn tokens_of_a_provider_are_judged() {
    let provider = &PLACE.steady;
    for resource in RESOURCES {
        let token = provider.token(resource, "reports:read reports:write");
        let response = ask("/both/identity", &token);
        assert_eq!(response.status, 200, "{resource}: {}", response.text());
        let received = ORIGIN.seen_at("/both/identity").pop().expect("the origin is asked");
        assert_eq!(received.field("x-auth-subject"), Some("reader"));

        let narrow = provider.token(resource, "reports:read");
        let response = ask("/both/identity", &narrow);
        assert_eq!((response.status, response.code().as_str()), (403, "scope_insufficient"));
    }

    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let wide = parts(&provider.token(RESOURCES[0], "reports:read reports:write"));
    let narrow = parts(&provider.token(RESOURCES[0], "reports:read"));
    let forged = format!("{}.{}.{}", narrow[0], wide[1], narrow[2]);
    let elsewhere = provider.token("https://payroll.example.com", "reports:read");
    let (id_token, opaque) = provider.sign_in();
    for (token, reason) in
        [(forged, "signature"), (elsewhere, "audience"), (id_token, "type"), (opaque, "malformed")]
    {
        let response = ask("/both/identity", &token);
        assert_eq!((response.status, response.code().as_str()), (401, "token_invalid"), "{reason}");
        let id = response.field("x-request-id").expect("an id");
        PLACE.worker.expect_log(&[&id, &format!("\"reason\":\"{reason}\"")]);
    }
    assert_eq!(ORIGIN.count("/both/identity"), RESOURCES.len(), "the others did not pass");
    assert_eq!((provider.count(METADATA), provider.count("/jwks")), (1, 1));
}

/// What happens to a provider while requests flow.
const SCENARIOS: [(&str, fn()); 3] = [
    ("an announced rotation", an_announced_rotation),
    ("an abrupt rotation", an_abrupt_rotation),
    ("a crash", a_crash),
];

/// Takes a minute: a set can have no shorter lifetime, and a crash needs two cooldowns.
#[test]
fn no_rotation_and_no_outage_refuses_a_good_token() {
    LazyLock::force(&PLACE);
    thread::scope(|scope| {
        for (name, scenario) in SCENARIOS {
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn_scoped(scope, scenario).expect("a thread can be started");
        }
    });
}

/// The new keys are fetched behind an answer before anything is signed with them: nobody waits.
fn an_announced_rotation() {
    let provider = &PLACE.announcing;
    let flow = Flow::new(provider, &RESOURCES, PLACE.worker.port);
    thread::scope(|scope| {
        let _end = flow.run(scope, 4);
        provider.expect_request("/jwks");
        let started = Instant::now();
        provider.tell("announce");
        thread::sleep(Duration::from_secs(50).saturating_sub(started.elapsed()));
        assert_eq!(provider.count("/jwks"), 2, "renewed after 48 s of 60");
        provider.tell("switch");
        thread::sleep(Duration::from_secs(2));
        provider.tell("retire");
        thread::sleep(Duration::from_secs(3));
    });
    flow.assert_passed("an announced rotation", 2);
    assert_eq!(provider.count("/jwks"), 2);
}

/// The requests with tokens of an unknown key wait for the one fetch.
fn an_abrupt_rotation() {
    let provider = &PLACE.abrupt;
    let flow = Flow::new(provider, &RESOURCES, PLACE.worker.port);
    thread::scope(|scope| {
        let _end = flow.run(scope, 8);
        provider.expect_request("/jwks");
        thread::sleep(COOLDOWN + Duration::from_secs(3));
        assert_eq!(provider.count("/jwks"), 1);
        provider.tell("rotate");
        thread::sleep(Duration::from_secs(4));
    });
    flow.assert_passed("an abrupt rotation", 2);
    assert_eq!(provider.count("/jwks"), 2);
}

/// Keys in memory stay good; tokens of keys that cannot be had are not blamed.
fn a_crash() {
    let provider = &PLACE.crashing;
    let tokens = RESOURCES.map(|resource| provider.token(resource, "reports:read"));
    assert_pass(&tokens);
    let fetched = Instant::now();
    provider.tell("rotate");
    let newer = RESOURCES.map(|resource| provider.token(resource, "reports:read"));
    provider.kill();

    while fetched.elapsed() < COOLDOWN + Duration::from_secs(1) {
        assert_pass(&tokens);
        thread::sleep(Duration::from_millis(500));
    }
    let looked = Instant::now();
    for token in newer.iter().chain(&newer) {
        let retry = assert_keys_unavailable(&ask("/elsewhere/identity", token));
        assert!((1..=COOLDOWN.as_secs()).contains(&retry), "{retry}");
    }
    assert_pass(&tokens);

    provider.restart();
    let back = until_it_passes(&newer[0], &tokens);
    assert!(back - looked < COOLDOWN + Duration::from_secs(2), "{:?}", back - looked);
    assert_pass(&newer);
    assert_pass(&[provider.token(RESOURCES[0], "reports:read")]);
    assert_eq!((provider.count(METADATA), provider.count("/jwks")), (2, 2), "once per process");
}

#[test]
fn a_worker_that_starts_before_its_provider_recovers_by_itself() {
    let Place { late, token_of_late, .. } = &*PLACE;
    let is_refused_in_time = || -> Duration {
        let started = Instant::now();
        let retry = assert_keys_unavailable(&ask("/elsewhere/identity", token_of_late));
        assert!((1..=RETRY.as_secs()).contains(&retry), "{retry}");
        let waited = started.elapsed();
        assert!(waited < Duration::from_millis(2500), "{waited:?}");
        waited
    };
    let dead = is_refused_in_time();

    // It listens, and says nothing.
    late.restart();
    late.tell("hang");
    thread::sleep(RETRY);
    let hanging = at_once(8, is_refused_in_time);
    assert_eq!(late.count(METADATA), 1, "asked once for all");
    assert!(hanging > Duration::from_secs(1), "the deadline was not reached: {hanging:?}");

    late.kill();
    late.restart();
    let ready = Instant::now();
    let back = until_it_passes(token_of_late, &[]) - ready;
    assert!(back < RETRY + Duration::from_secs(1), "{back:?}");
    eprintln!("a late provider: dead {dead:?}, hanging {hanging:?}, back after {back:?}");
}

/// The longest of several waits, which begin at the same time.
fn at_once(threads: usize, wait: impl Fn() -> Duration + Sync) -> Duration {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&wait)).collect();
        let waits = threads.into_iter().map(|thread| thread.join().expect("no panic"));
        waits.max().expect("there are some")
    })
}

/// Asks until the token passes, and for 503 meanwhile; `others` pass all the time.
fn until_it_passes(token: &str, others: &[String]) -> Instant {
    let started = Instant::now();
    loop {
        assert_pass(others);
        let response = ask("/elsewhere/identity", token);
        if response.status == 200 {
            return Instant::now();
        }
        assert_keys_unavailable(&response);
        assert!(started.elapsed() < Duration::from_secs(60), "it does not recover");
        thread::sleep(Duration::from_millis(200));
    }
}
