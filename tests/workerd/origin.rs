//! To the origin and back.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{get, send};
use crate::process::free_port;
use crate::server::Reply;
use crate::site::{ISSUER, ORIGIN, SITE, bearer, get_with, policy, tell};
use crate::wrangler::Wrangler;

#[test]
fn an_origin_that_is_dead_is_502() {
    let mut policy = policy();
    policy["origin"] = json!(format!("http://127.0.0.1:{}", free_port()));
    let site = Wrangler::serve("dead-origin", &policy, &[("TEST_SECRET", ISSUER.secret())]);
    let token = bearer("");
    let problem = get(site.port, "/elsewhere", &[("Authorization", &token)]);
    assert_eq!((problem.status, problem.code().as_str()), (502, "origin_unreachable"));
    problem.assert_unstorable();
    let page = get(site.port, "/elsewhere", &[("Authorization", &token), ("Accept", "text/html")]);
    assert_eq!(page.status, 502);
    assert!(page.text().contains("<h1>The site does not answer</h1>"));
    page.assert_unstorable();
}

#[test]
fn bodies_go_through_whole() {
    let large = "0123456789abcdef".repeat(256 * 1024);
    tell("/elsewhere/large", Reply::text(200, &[("Content-Type", "text/plain")], &large));
    assert!(get_with("", "/elsewhere/large").text() == large, "4 MB down");
    let response = send(
        SITE.port,
        "POST",
        "/elsewhere/up",
        &[("Authorization", &bearer(""))],
        large.as_bytes(),
    );
    assert_eq!(response.status, 200);
    let received = ORIGIN.seen_at("/elsewhere/up").pop().expect("the origin is asked");
    assert!(received.body == large, "4 MB up");
}

#[test]
fn a_field_named_in_connection_still_arrives() {
    let token = bearer("sub=alice");
    let path = "/elsewhere/connection";
    let response = send(
        SITE.port,
        "GET",
        path,
        &[("Authorization", &token), ("Connection", "X-Auth-Subject")],
        b"",
    );
    assert_eq!(response.status, 200);
    let received = ORIGIN.seen_at(path).pop().expect("the origin is asked");
    assert_eq!(received.field("x-auth-subject"), Some("alice"));
}

#[test]
fn a_slow_origin_holds_up_nobody_else() {
    tell("/elsewhere/slow", Reply::Silence(Duration::from_secs(3)));
    get_with("", "/elsewhere/quick");
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(get_with("", "/elsewhere/slow").status, 502));
        std::thread::sleep(Duration::from_millis(100));
        let started = Instant::now();
        assert_eq!(get_with("", "/elsewhere/quick").status, 200);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    });
}
