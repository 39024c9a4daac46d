//! Clients who leave before they are answered.
//!
//! `wrangler dev` keeps it from the Worker that its client has left, so here workerd itself listens.

use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client;
use crate::secrets;
use crate::server::{Reply, Server};
use crate::site::{ISSUER, ORIGIN, bearer, policy};
use crate::support::case::Message;
use crate::workerd::Workerd;

static KEY_SERVER: LazyLock<Server> = LazyLock::new(|| {
    Server::start(|_| {
        let body = ISSUER.jwks().to_string();
        let message = Message { start: "200".to_owned(), fields: Vec::new(), body };
        Reply::Late(Duration::from_millis(1000), message)
    })
});

/// Asks, and is ready to leave when dropped: an answer that is there and was not read makes a
/// reset of the end of the connection, which is all that the Worker hears of.
fn about_to_leave(port: u16, fields: &str) -> TcpStream {
    let mut leaving = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    let unread = "GET /public/unread HTTP/1.1\r\nHost: docs.example.com\r\n\r\n";
    let request =
        format!("{unread}GET /elsewhere/left HTTP/1.1\r\nHost: docs.example.com\r\n{fields}\r\n");
    secrets::note(request.as_bytes());
    leaving.write_all(request.as_bytes()).expect("it reads");
    leaving
}

#[test]
fn a_client_who_leaves_harms_nobody() {
    const LEAVING: usize = 20;
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    policy["issuers"].as_array_mut().expect("a list").push(json!({
        "issuer": "https://left.example",
        "audiences": ["https://docs.example.com"],
        "algorithms": ["ES256"],
        "jwks_uri": format!("{}/left", KEY_SERVER.url()),
    }));
    let workerd = Workerd::serve("leaving", &policy);
    let token = bearer("iss=https://left.example");
    let leaving: Vec<TcpStream> = (0..LEAVING)
        .map(|_| about_to_leave(workerd.port, &format!("Authorization: {token}\r\n")))
        .collect();
    let started = Instant::now();
    while KEY_SERVER.count("/left") == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the keys are never asked for");
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(300));
    drop(leaving);

    let fields = [("Authorization", token.as_str())];
    for _ in 0..10 {
        assert_eq!(client::get(workerd.port, "/elsewhere/stayed", &fields).status, 200);
    }
    assert_eq!(KEY_SERVER.count("/left"), 1, "the fetch outlived the one who began it");

    // A request that does not come to its end keeps its memory until it is collected.
    let ended = || {
        let is_left =
            |line: &&str| line.contains("\"event\":\"request\"") && line.contains("\"status\":200");
        workerd.log().lines().filter(is_left).count()
    };
    // Who leaves has asked twice.
    let expected = LEAVING * 2 + 10;
    let started = Instant::now();
    while ended() < expected {
        let log = workerd.log();
        assert!(started.elapsed() < Duration::from_secs(10), "{} of {expected}:\n{log}", ended());
        thread::sleep(Duration::from_millis(50));
    }
}

/// The platform keeps up what has begun for no longer than half a minute after its client has left.
/// Here it is not asked to at all, so it stops everything at once. /memory answers with how much of
/// it there is, after a garbage collection.
const NOTHING_OUTLIVES: &str = r#"
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...all) {
  const instance = new Instance(...all);
  memory = instance.exports.memory;
  return instance;
};
const { default: gate } = await import("./src/worker.js");

const soon = () => new Promise((done) => setTimeout(done, 50));

export default {
  async fetch(request, env, ctx) {
    if (request.url.endsWith("/memory")) {
      for (let round = 0; round < 3; round += 1) {
        gc();
        await soon();
      }
      return new Response(memory.buffer.byteLength);
    }
    return gate.fetch(request, env, { waitUntil() {} });
  },
};
"#;

#[test]
fn what_the_platform_stops_gives_its_memory_back() {
    const LEAVING: usize = 100;
    let origin = Server::start(|request| match request.method_and_path().1 {
        "/public/unread" => Reply::text(200, &[], "hello"),
        _ => Reply::Silence(Duration::from_secs(60)),
    });
    let mut policy = policy();
    policy["origin"] = json!(origin.url());
    policy["routes"] = json!([{ "path": "/*", "access": "public" }]);
    let workerd = Workerd::serve_behind("stopped", &policy, NOTHING_OUTLIVES);
    let memory = || -> usize {
        client::get(workerd.port, "/memory", &[]).text().parse().expect("it is a number")
    };
    let large = format!("X-Large: {}\r\n", "x".repeat(16 * 1024));
    let mut after = Vec::new();
    for round in 1..=4 {
        let leaving: Vec<TcpStream> =
            (0..LEAVING).map(|_| about_to_leave(workerd.port, &large)).collect();
        let started = Instant::now();
        while origin.count("/elsewhere/left") < round * LEAVING {
            assert!(started.elapsed() < Duration::from_secs(10), "the origin is not asked");
            thread::sleep(Duration::from_millis(10));
        }
        drop(leaving);
        after.push(memory());
    }
    // As many wait at the same time in each round, so none needs more than the first.
    let grown = after.last().zip(after.first()).map(|(last, first)| last - first);
    assert!(grown < Some(LEAVING * 16 * 1024), "{after:?}");
}
