//! The Worker under the policy of `tests/cases`, with more issuers, an origin and key servers.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use issuer::Issuer;
use serde_json::{Value, json};

use crate::client::{self, Response};
use crate::process::root;
use crate::server::{Reply, Server};
use crate::support::case::Message;
use crate::support::token::{self, with_keys};
use crate::wrangler::Wrangler;

pub static ISSUER: LazyLock<Issuer> = LazyLock::new(Issuer::generate);

/// Answers by path. What is not told otherwise gets a plain 200.
static TOLD: LazyLock<Mutex<BTreeMap<String, Reply>>> = LazyLock::new(Mutex::default);

/// Where this is in a path, the origin tells everybody what it received, its fields included: a
/// mistake, which shows what of a request could get into the answer that others will be given.
pub const REFLECTED: &str = "/reflected/";

pub static ORIGIN: LazyLock<Server> = LazyLock::new(|| {
    Server::start(|request| {
        let path = request.method_and_path().1;
        let told = TOLD.lock().expect("no test panics with it");
        let plain = || Reply::text(200, &[("Content-Type", "text/plain")], "hello");
        if path.contains(REFLECTED) {
            return cacheable(&format!("{}\n{:?}", request.start, request.fields));
        }
        told.get(path).cloned().unwrap_or_else(plain)
    })
});

pub static SITE: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    Wrangler::serve("site", &policy, &[("TEST_SECRET", ISSUER.secret())])
});

/// The policy of the cases with the keys of the test issuer.
pub fn policy() -> Value {
    let text =
        fs::read_to_string(root().join("tests/cases/policy.toml")).expect("the policy is there");
    let policy = toml::from_str(&text).expect("the policy is TOML");
    with_keys(policy, &ISSUER)
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970").as_secs()
}

/// Tells the origin what to answer for a path.
pub fn tell(path: &str, reply: Reply) {
    TOLD.lock().expect("no test panics with it").insert(path.to_owned(), reply);
}

/// `Bearer` and a token by description.
pub fn bearer(members: &str) -> String {
    format!("Bearer {}", token::token(members, &ISSUER, now()))
}

/// Asks the site with a token by description.
#[track_caller]
pub fn get_with(members: &str, path: &str) -> Response {
    client::get(SITE.port, path, &[("Authorization", &bearer(members))])
}

/// Who may read what is below `/reports/`, and much else.
pub const READER: &str = r#"scope="reports:read""#;

/// An answer that may be stored.
pub fn cacheable(body: &str) -> Reply {
    Reply::text(200, &[("Cache-Control", "max-age=60"), ("ETag", "\"v1\"")], body)
}

/// What the cache says of an answer that passed the gate.
#[track_caller]
pub fn cache_status(response: &Response) -> String {
    response.field("cache-status").unwrap_or_else(|| panic!("refused: {response:?}"))
}

/// Asks until an answer comes out of the store, fresh or not. Storing goes on behind the answer.
#[track_caller]
pub fn until_hit(ask: impl Fn() -> Response) -> Response {
    for _ in 0..50 {
        let response = ask();
        if cache_status(&response).starts_with("turnpike; hit") {
            return response;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it is never stored");
}

/// Asks at a path with a token by description until the answer comes out of the store.
#[track_caller]
pub fn until_stored(members: &str, path: &str) -> Response {
    until_hit(|| get_with(members, path))
}

/// What the origin was asked last at a path.
#[track_caller]
pub fn last_asked(path: &str) -> Message {
    ORIGIN.seen_at(path).pop().unwrap_or_else(|| panic!("the origin was never asked at {path}"))
}

/// What the origin was asked at a path so far.
pub fn asked(path: &str) -> usize {
    ORIGIN.count(path)
}

/// Fields the platform adds or takes; what is left is ours and the origin's.
pub fn is_the_platforms(name: &str) -> bool {
    const OF_THE_WIRE: [&str; 10] = [
        "date",
        "connection",
        "keep-alive",
        "content-length",
        "transfer-encoding",
        "host",
        "accept-encoding",
        "x-forwarded-proto",
        "sec-websocket-key",
        "sec-websocket-version",
    ];
    OF_THE_WIRE.contains(&name) || name.starts_with("cf-") || name.starts_with("mf-")
}

pub fn message(response: Response) -> Message {
    response.message().normalized(is_the_platforms)
}
