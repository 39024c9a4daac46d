//! What is stored, and how it comes out again. Who must not get it: `adversarial.rs`.

use std::io::Read;
use std::thread;
use std::time::Duration;

use flate2::read::GzDecoder;

use crate::client::{Response, get, send};
use crate::server::Reply;
use crate::site::{READER, SITE, asked, bearer, cacheable, get_with, tell, until_stored};

#[test]
fn a_shared_copy_serves_everyone_who_may_have_it() {
    let path = "/reports/shared-copy";
    tell(path, cacheable("third quarter"));
    let first = get_with(READER, path);
    assert_eq!(first.field("cache-status").as_deref(), Some("turnpike; fwd=uri-miss; stored"));
    assert_eq!(first.field("cache-control").as_deref(), Some("private, max-age=60"));
    until_stored(READER, path);
    let times = asked(path);

    let other = get_with(r#"scope="reports:read" sub=bob"#, path);
    assert_eq!((other.status, other.text().as_str()), (200, "third quarter"));
    assert!(other.field("cache-status").unwrap().starts_with("turnpike; hit; ttl="));
    assert_eq!(other.field("cache-control").as_deref(), Some("private, max-age=60"));
    assert!(other.field("age").is_some());
    assert_eq!(other.field("vary"), first.field("vary"));
    assert_eq!(first.field("vary").as_deref(), Some("Authorization, Cookie, x-access-token"));
    for (name, _) in &other.fields {
        assert!(!name.starts_with("turnpike-"), "{name} is ours alone");
    }

    let head = send(SITE.port, "HEAD", path, &[("Authorization", &bearer(READER))], b"");
    assert_eq!(head.status, 200);
    assert!(head.field("cache-status").unwrap().starts_with("turnpike; hit"));

    assert_eq!(asked(path), times, "the origin was not asked again");
}

#[test]
fn the_query_is_part_of_the_key() {
    tell("/reports/query?page=1", cacheable("one"));
    tell("/reports/query?page=2", cacheable("two"));
    until_stored(READER, "/reports/query?page=1");
    assert_eq!(get_with(READER, "/reports/query?page=2").text(), "two");
    assert_eq!(get_with(READER, "/reports/query?page=1").text(), "one");
}

#[test]
fn a_head_before_the_first_get_leaves_no_empty_copy() {
    let path = "/reports/head-first";
    tell(path, cacheable("whole"));
    let head = send(SITE.port, "HEAD", path, &[("Authorization", &bearer(READER))], b"");
    assert_eq!(head.status, 200);
    assert_eq!(get_with(READER, path).text(), "whole");
    until_stored(READER, path);
    assert_eq!(get_with(READER, path).text(), "whole");
}

#[test]
fn what_is_too_large_is_passed_on_and_not_stored() {
    let path = "/reports/large";
    let large = "0123456789abcdef".repeat(9 * 64 * 1024);
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], &large));
    for times in 1..=2 {
        let response = get_with(READER, path);
        assert_eq!(
            response.field("cache-status").as_deref(),
            Some("turnpike; fwd=uri-miss; detail=size")
        );
        assert!(response.text() == large, "9 MB");
        assert_eq!(asked(path), times);
    }
}

#[test]
fn a_copy_ends_with_its_lifetime() {
    let path = "/reports/short";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=2")], "hello"));
    until_stored(READER, path);
    let times = asked(path);
    thread::sleep(Duration::from_millis(2500));
    let later = get_with(READER, path);
    assert_eq!(later.field("cache-status").as_deref(), Some("turnpike; fwd=uri-miss; stored"));
    assert_eq!(asked(path), times + 1);
}

/// "hello " forty times, by gzip.
const GZIPPED: [u8; 29] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 200, 24, 49, 36, 0, 158, 80, 148,
    125, 240, 0, 0, 0,
];

#[test]
fn a_compressed_answer_comes_out_of_the_cache_as_it_went_in() {
    let path = "/reports/gzip";
    let fields = [
        ("Cache-Control", "max-age=60"),
        ("Content-Encoding", "gzip"),
        ("Content-Type", "text/plain"),
    ];
    tell(path, Reply::bytes(200, &fields, &GZIPPED));
    let plain = "hello ".repeat(40);
    let token = bearer(READER);
    for accepted in ["", "gzip", "identity"] {
        let response =
            get(SITE.port, path, &[("Authorization", &token), ("Accept-Encoding", accepted)]);
        assert_eq!(decoded(&response), plain, "Accept-Encoding: {accepted}: {response:?}");
        until_stored(READER, path);
    }
    assert_eq!(asked(path), 1);
}

#[test]
fn a_coding_that_the_platform_does_not_undo_stays_with_its_body() {
    let path = "/reports/gzip-in-capitals";
    let fields = [("Cache-Control", "max-age=60"), ("Content-Encoding", "GZIP")];
    tell(path, Reply::bytes(200, &fields, &GZIPPED));
    for _ in 0..2 {
        let response = get_with(READER, path);
        assert_eq!(response.field("content-encoding").as_deref(), Some("GZIP"));
        assert_eq!(response.body, GZIPPED);
        thread::sleep(Duration::from_millis(200));
    }
}

fn decoded(response: &Response) -> String {
    match response.field("content-encoding").as_deref() {
        None => response.text(),
        Some("gzip") => {
            let mut text = String::new();
            let read = GzDecoder::new(response.body.as_slice()).read_to_string(&mut text);
            read.unwrap_or_else(|error| panic!("{error}: {response:?}"));
            text
        }
        Some(other) => panic!("{other} is not what was sent"),
    }
}

#[test]
fn every_status_that_is_stored_comes_out_again() {
    for status in [200, 201, 203, 299, 300, 301, 302, 303, 307, 308, 404, 410] {
        let path = format!("/reports/status-{status}");
        let fields = [("Cache-Control", "max-age=60"), ("Location", "/elsewhere")];
        tell(&path, Reply::text(status, &fields, "body"));
        until_stored(READER, &path);
        let times = asked(&path);
        let hit = get_with(READER, &path);
        assert_eq!((hit.status, hit.text().as_str()), (status, "body"));
        assert_eq!(hit.field("location").as_deref(), Some("/elsewhere"));
        assert_eq!(asked(&path), times, "{status}");
    }
}

#[test]
fn the_date_of_an_answer_stays_that_of_its_making() {
    const DATE: (&str, &str) = ("Date", "Mon, 02 Nov 2026 10:00:00 GMT");
    let path = "/ttl/date";
    tell(path, Reply::text(200, &[DATE], "old"));
    until_stored(READER, path);
    let hit = get_with(READER, path);
    assert!(hit.field("cache-status").unwrap().starts_with("turnpike; hit"));
    assert_eq!(hit.field("date").as_deref(), Some(DATE.1));
}

#[test]
fn what_was_changed_is_asked_for_anew() {
    let path = "/mine/changed";
    tell(path, cacheable("old"));
    until_stored("sub=alice", path);
    tell(path, cacheable("new"));
    let put = send(SITE.port, "PUT", path, &[("Authorization", &bearer("sub=alice"))], b"new");
    assert_eq!(put.status, 200);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(get_with("sub=alice", path).text(), "new");
}

#[test]
fn what_was_changed_or_is_new_is_forgotten_for_those_who_read_it() {
    let (list, new, other) = ("/written/list", "/written/list/new", "/written/other");
    for path in [list, new, other] {
        tell(path, cacheable("old"));
        until_stored(READER, path);
        tell(path, cacheable("new"));
    }
    let created = Reply::text(201, &[("Location", "/written/list/new")], "");
    tell(list, created);
    let post = send(SITE.port, "POST", list, &[("Authorization", &bearer("sub=bob"))], b"x");
    assert_eq!(post.status, 201);
    tell(list, cacheable("new"));
    thread::sleep(Duration::from_millis(300));
    for (path, text) in [(list, "new"), (new, "new"), (other, "old")] {
        assert_eq!(get_with(READER, path).text(), text, "{path}");
    }
}
