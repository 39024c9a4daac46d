//! Many at once who need the same keys, keys that come and go.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{self, Response};
use crate::server::{Reply, Server};
use crate::site::{ISSUER, ORIGIN, bearer, policy};
use crate::support::case::Message;
use crate::wrangler::Wrangler;

/// Whether the key server of `/rotating` publishes the key that it signs with next.
static HAS_ROTATED: AtomicBool = AtomicBool::new(false);

/// Whether the key server of `/departing` has withdrawn its key.
static HAS_DEPARTED: AtomicBool = AtomicBool::new(false);

static KEY_SERVER: LazyLock<Server> = LazyLock::new(|| {
    Server::start(|request| {
        let host = request.field("host").unwrap_or_default();
        let base = format!("http://{host}");
        let metadata = |issuer: &str| {
            Reply::json(&json!({ "issuer": issuer, "jwks_uri": format!("{base}/found") }))
        };
        match request.method_and_path().1 {
            "/herd" => late(300),
            "/rotating" => {
                let kids: &[&str] = if HAS_ROTATED.load(Ordering::Relaxed) {
                    &["es256", "next"]
                } else {
                    &["es256"]
                };
                Reply::json(&named(kids))
            }
            "/departing" => {
                let kid = if HAS_DEPARTED.load(Ordering::Relaxed) { "next" } else { "es256" };
                Reply::text(200, &[("Cache-Control", "max-age=60")], &named(&[kid]).to_string())
            }
            // What is found at the second one speaks for the first.
            "/oidc/.well-known/openid-configuration"
            | "/false/.well-known/openid-configuration" => metadata(&format!("{base}/oidc")),
            "/.well-known/oauth-authorization-server/oauth" => metadata(&format!("{base}/oauth")),
            "/found" => Reply::json(&ISSUER.jwks()),
            _ => Reply::text(404, &[], "not here"),
        }
    })
});

fn late(milliseconds: u64) -> Reply {
    let body = ISSUER.jwks().to_string();
    let message = Message { start: "200".to_owned(), fields: Vec::new(), body };
    Reply::Late(Duration::from_millis(milliseconds), message)
}

/// The key for ES256 under other names.
fn named(kids: &[&str]) -> Value {
    let set = ISSUER.jwks();
    let keys = set["keys"].as_array().expect("a list");
    let key = keys.iter().find(|key| key["kid"] == "es256").expect("a key");
    let renamed = kids.iter().map(|kid| {
        let mut key = key.clone();
        key["kid"] = json!(kid);
        key
    });
    json!({ "keys": renamed.collect::<Vec<_>>() })
}

static SITE: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    let server = KEY_SERVER.url();
    let issuers = policy["issuers"].as_array_mut().expect("a list");
    for name in ["herd", "rotating", "departing"] {
        issuers.push(json!({
            "issuer": format!("https://{name}.example"),
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks_uri": format!("{server}/{name}"),
        }));
    }
    Wrangler::serve("key-storms", &policy, &[("TEST_SECRET", ISSUER.secret())])
});

/// Apart from the storms: two fetches in a row have two seconds.
static DISCOVERING: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    let server = KEY_SERVER.url();
    let issuers = policy["issuers"].as_array_mut().expect("a list");
    for name in ["oidc", "oauth", "false", "nowhere"] {
        issuers.push(json!({
            "issuer": format!("{server}/{name}"),
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "discovery": true,
        }));
    }
    Wrangler::serve("discovering", &policy, &[("TEST_SECRET", ISSUER.secret())])
});

fn ask(members: &str) -> Response {
    client::get(SITE.port, "/elsewhere/storms", &[("Authorization", &bearer(members))])
}

#[test]
fn an_issuer_tells_where_its_keys_are() {
    let server = KEY_SERVER.url();
    let discover = |name: &str| {
        let token = bearer(&format!("iss={server}/{name}"));
        client::get(DISCOVERING.port, "/elsewhere/discovered", &[("Authorization", &token)])
    };
    assert_eq!(discover("oidc").status, 200, "by OpenID Connect Discovery");
    assert_eq!(discover("oauth").status, 200, "by RFC 8414");
    for name in ["false", "nowhere"] {
        let response = discover(name);
        assert_eq!(
            (response.status, response.code().as_str()),
            (503, "keys_unavailable"),
            "{name}"
        );
        response.assert_unstorable();
    }
    DISCOVERING.expect_log(&["/false\"", "the metadata is that of another issuer"]);
    assert_eq!(KEY_SERVER.count("/found"), 2);
}

#[test]
fn a_thousand_who_find_no_keys_cause_one_fetch() {
    LazyLock::force(&SITE);
    let token = bearer("iss=https://herd.example");
    let fields = [("Authorization", token.as_str())];
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    thread::scope(|scope| {
        let asking: Vec<_> = (0..1000)
            .map(|_| scope.spawn(|| client::get(SITE.port, "/elsewhere/herd", &fields).status))
            .collect();
        for asked in asking {
            *statuses.entry(asked.join().expect("it is answered")).or_default() += 1;
        }
    });
    assert_eq!(statuses, BTreeMap::from([(200, 1000)]));
    assert_eq!(KEY_SERVER.count("/herd"), 1);
}

/// Takes a minute: a cooldown is half of one.
#[test]
fn a_flood_of_unknown_keys_neither_storms_the_key_server_nor_hides_a_rotation() {
    const FLOOD: Duration = Duration::from_secs(60);
    const TOKENS: usize = 10_000;
    LazyLock::force(&SITE);
    let started = Instant::now();
    assert_eq!(ask("iss=https://rotating.example").status, 200);
    let sent = AtomicUsize::new(0);
    let picked_up = thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // For a minute, or for longer where the machine is slow.
                while started.elapsed() < FLOOD || sent.load(Ordering::Relaxed) < TOKENS {
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    let response =
                        ask(&format!("iss=https://rotating.example kid=unheard-{number}"));
                    assert_eq!(response.code(), "token_invalid");
                    let due = FLOOD * u32::try_from(number).expect("it is small")
                        / u32::try_from(TOKENS).expect("it is small");
                    thread::sleep(due.saturating_sub(started.elapsed()));
                }
            });
        }
        let rotated = scope.spawn(|| {
            thread::sleep(Duration::from_secs(10));
            HAS_ROTATED.store(true, Ordering::Relaxed);
            let rotated = Instant::now();
            while ask("iss=https://rotating.example kid=next").status != 200 {
                assert_eq!(ask("iss=https://rotating.example").status, 200, "the old key is good");
                thread::sleep(Duration::from_millis(200));
            }
            rotated.elapsed()
        });
        rotated.join().expect("the new key is found")
    });
    let (seconds, fetches) = (started.elapsed().as_secs(), KEY_SERVER.count("/rotating"));
    let sent = sent.load(Ordering::Relaxed);
    eprintln!(
        "{sent} unknown keys in {seconds} s: {fetches} fetches; rotation seen after {picked_up:?}"
    );
    // One at first, and one per cooldown.
    let cooldowns = usize::try_from(seconds / 30).expect("it is short");
    assert!((2..=1 + cooldowns).contains(&fetches), "{fetches} fetches");
    assert!(picked_up < Duration::from_secs(32), "{picked_up:?}");
}

/// Takes a minute, the shortest lifetime a set can have.
#[test]
fn a_token_that_was_verified_is_refused_when_its_key_is_withdrawn() {
    let token = bearer("iss=https://departing.example");
    let ask = || client::get(SITE.port, "/elsewhere/departing", &[("Authorization", &token)]);
    assert_eq!(ask().status, 200);
    assert_eq!(ask().status, 200, "and again, from memory");
    HAS_DEPARTED.store(true, Ordering::Relaxed);
    assert_eq!(ask().status, 200, "the set in hand still has its key");
    thread::sleep(Duration::from_secs(50));
    // The renewal goes on behind this answer.
    assert_eq!(ask().status, 200);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(ask().code(), "token_invalid");
    assert_eq!(KEY_SERVER.count("/departing"), 2);
}
