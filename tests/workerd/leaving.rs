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

    // A request that does not come to its end keeps its memory for ever.
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
