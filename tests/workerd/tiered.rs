//! `store = "tiered"`: the gate, and the entrypoint that Workers Cache stands in front of.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Response, get, send};
use crate::server::Reply;
use crate::site::{ISSUER, ORIGIN, asked, bearer, policy, tell};
use crate::wrangler::Wrangler;

const READER: &str = r#"scope="reports:read""#;

/// With what stands in for Workers Cache.
static CACHED: LazyLock<Wrangler> =
    LazyLock::new(|| serve("tiered", "tests/workerd/workers_cache.mjs"));

/// As it is in `wrangler dev`: the entrypoint is called, and nothing is ever stored.
static UNCACHED: LazyLock<Wrangler> = LazyLock::new(|| serve("tiered-uncached", "src/worker.js"));

fn serve(name: &str, main: &str) -> Wrangler {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    policy["store"] = json!("tiered");
    Wrangler::serve_main(name, main, &policy, &[("TEST_SECRET", ISSUER.secret())])
}

#[track_caller]
fn ask(site: &Wrangler, members: &str, path: &str, fields: &[(&str, &str)]) -> Response {
    let token = bearer(members);
    get(site.port, path, &[&[("Authorization", token.as_str())], fields].concat())
}

#[track_caller]
fn status(response: &Response) -> String {
    response.field("cache-status").expect("it passed the gate")
}

/// The calls of the entrypoint for a path.
fn calls(path: &str) -> Vec<Value> {
    let log = CACHED.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter_map(|line| line.get("store").cloned())
        .filter(|call| call["path"] == path)
        .collect()
}

#[test]
fn what_is_stored_serves_everyone_who_may_have_it_and_nobody_else() {
    let path = "/reports/tiered?page=2";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60"), ("ETag", "\"v1\"")], "third"));
    let first = ask(&CACHED, READER, path, &[("Cookie", "a=1"), ("If-None-Match", "\"v1\"")]);
    assert_eq!((first.status, status(&first).as_str()), (304, "turnpike; fwd=miss; stored"));
    let second = ask(&CACHED, r#"scope="reports:read" sub=bob"#, path, &[("Accept", "a/b")]);
    assert_eq!((second.status, second.text().as_str()), (200, "third"));
    assert!(status(&second).starts_with("turnpike; hit; ttl="), "{}", status(&second));
    assert_eq!(second.field("cache-control").as_deref(), Some("private, max-age=60"));
    assert!(second.field("age").is_some());
    for (name, _) in &second.fields {
        assert!(!name.starts_with("turnpike-") && name != "cache-tag", "{name} is not theirs");
    }
    let head = send(CACHED.port, "HEAD", path, &[("Authorization", &bearer(READER))], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert!(status(&head).starts_with("turnpike; hit; ttl="));
    assert_eq!(asked(path), 1);

    let times = calls(path).len();
    let refused = get(CACHED.port, path, &[("If-None-Match", "\"v1\"")]);
    assert_eq!((refused.status, refused.code().as_str()), (401, "credentials_missing"));
    refused.assert_unstorable();
    let other_scope = ask(&CACHED, "", path, &[]);
    assert_eq!((other_scope.status, other_scope.field("cache-status")), (403, None));
    assert_eq!(calls(path).len(), times, "nothing is looked up for those who may not have it");
}

#[test]
fn the_entrypoint_and_the_origin_learn_nothing_of_who_asks() {
    let path = "/reports/tiered-nobody";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "x"));
    let fields = [("Cookie", "session=1"), ("X-Forwarded-Host", "evil.example")];
    ask(&CACHED, r#"scope="reports:read" sub=carol"#, path, &fields);
    let call = calls(path).pop().expect("it was called");
    let properties = call["props"].as_object().expect("there are some");
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["readers", "rules", "server"]);
    assert_eq!(properties["readers"], "shared");
    assert!(properties["server"].as_str().is_some_and(|server| server.starts_with("http://")));
    let fields = call["fields"].as_object().expect("there are some");
    for name in ["authorization", "cookie", "x-forwarded-host", "x-auth-subject"] {
        assert!(!fields.contains_key(name), "{name}: {fields:?}");
    }
    assert_eq!(fields["turnpike-tags"].as_str().map(|tags| tags.split(',').count()), Some(2));
    assert!(!call.to_string().contains("eyJ") && !call.to_string().contains("carol"));
    let seen = ORIGIN.seen_at(path).pop().expect("it was asked");
    let internal = seen.fields.iter().find(|(name, _)| name.starts_with("turnpike-"));
    assert_eq!(internal, None);
}

#[test]
fn subjects_have_entries_of_their_own() {
    let path = "/mine/tiered";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "of alice"));
    let cookie = [("Cookie", "theme=dark")];
    assert_eq!(ask(&CACHED, "sub=alice", path, &cookie).text(), "of alice");
    assert_eq!(ORIGIN.seen_at(path)[0].field("cookie"), None);
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "of bob"));
    assert_eq!(ask(&CACHED, "sub=bob", path, &[]).text(), "of bob");
    assert_eq!(ask(&CACHED, "sub=alice", path, &[]).text(), "of alice");
    assert_eq!(asked(path), 2);
    let readers: Vec<_> = calls(path).iter().map(|call| call["props"]["readers"].clone()).collect();
    assert!(readers[0] == readers[2] && readers[0] != readers[1], "{readers:?}");
    assert!(!readers[0].to_string().contains("alice"));
}

#[test]
fn what_must_not_be_stored_is_not() {
    let hostile = ("CDN-Cache-Control", "max-age=600");
    let public = ("Cache-Control", "public, s-maxage=600");
    for (name, reply, detail) in [
        (
            "private",
            Reply::text(200, &[("Cache-Control", "private, max-age=60")], "x"),
            "forbidden",
        ),
        ("cookie", Reply::text(200, &[public, ("Set-Cookie", "a=1")], "x"), "set-cookie"),
        ("vary", Reply::text(200, &[public, ("Vary", "Cookie")], "x"), "vary"),
        ("unauthorized", Reply::text(401, &[public, hostile], "x"), "status"),
        ("forbidden", Reply::text(403, &[public, hostile], "x"), "status"),
        ("error", Reply::text(500, &[public, hostile], "x"), "status"),
    ] {
        let path = format!("/reports/tiered-{name}");
        tell(&path, reply);
        for times in 1..=2 {
            let response = ask(&CACHED, READER, &path, &[]);
            assert_eq!(status(&response), format!("turnpike; fwd=miss; detail={detail}"));
            assert_eq!(response.field("cdn-cache-control"), None);
            assert_eq!(asked(&path), times, "{name}");
        }
    }
}

#[test]
fn variants_are_told_apart_and_what_means_the_same_is_not() {
    let path = "/reports/tiered-variants";
    let fields = [("Cache-Control", "max-age=60"), ("Vary", "Accept-Language, Accept-Encoding")];
    for (language, times) in
        [("de, en;q=0.5", 1), ("DE,en; q=0.5", 1), ("fr", 2), ("de,en;q=0.5", 2), ("fr", 2)]
    {
        tell(path, Reply::text(200, &fields, &language.to_ascii_lowercase()[..2]));
        let response = ask(&CACHED, READER, path, &[("Accept-Language", language)]);
        let expected = if language.contains('d') || language.contains('D') { "de" } else { "fr" };
        assert_eq!((response.text().as_str(), asked(path)), (expected, times), "{language}");
        assert_eq!(
            response.field("vary").as_deref(),
            Some("Accept-Language, Accept-Encoding, Authorization, Cookie, x-access-token")
        );
    }
}

#[test]
fn stale_answers_are_served_as_their_origin_allows() {
    let path = "/reports/tiered-stale";
    let control = "max-age=1, stale-while-revalidate=2, stale-if-error=60";
    tell(path, Reply::text(200, &[("Cache-Control", control)], "first"));
    ask(&CACHED, READER, path, &[]);
    tell(path, Reply::text(500, &[], "broken"));
    thread::sleep(Duration::from_millis(1500));
    let behind = ask(&CACHED, READER, path, &[]);
    assert!(status(&behind).ends_with("; detail=stale-while-revalidate"), "{}", status(&behind));
    thread::sleep(Duration::from_millis(2500));
    let failing = ask(&CACHED, READER, path, &[]);
    assert_eq!((failing.status, failing.text().as_str()), (200, "first"));
    assert!(status(&failing).ends_with("; detail=stale-if-error"), "{}", status(&failing));
    assert_eq!(ask(&CACHED, "exp=-100", path, &[]).status, 401, "never without a valid token");

    let strict = "/reports/tiered-strict";
    tell(strict, Reply::text(200, &[("Cache-Control", "max-age=1")], "first"));
    ask(&CACHED, READER, strict, &[]);
    tell(strict, Reply::text(500, &[], "broken"));
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(ask(&CACHED, READER, strict, &[]).status, 500);
}

#[test]
fn parts_are_cut_from_what_is_stored() {
    let path = "/reports/tiered-parts";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "0123456789"));
    for range in ["bytes=2-4", "bytes=5-6"] {
        let part = ask(&CACHED, READER, path, &[("Range", range)]);
        let expected = if range == "bytes=2-4" { "234" } else { "56" };
        assert_eq!((part.status, part.text().as_str()), (206, expected));
        assert!(part.field("content-range").is_some_and(|range| range.ends_with("/10")));
    }
    let seen = ORIGIN.seen_at(path);
    assert_eq!((seen.len(), seen[0].field("range")), (1, None), "the whole is asked for, once");
    for fields in
        [[("Range", "bytes=99-100")].as_slice(), &[("Range", "bytes=2-4"), ("If-Range", "\"x\"")]]
    {
        let whole = ask(&CACHED, READER, path, fields);
        assert_eq!((whole.status, whole.text().as_str()), (200, "0123456789"));
    }
    assert_eq!(asked(path), 1);
}

#[test]
fn what_a_request_changes_is_forgotten_for_everyone() {
    let path = "/mine/tiered-changed";
    tell(
        path,
        Reply::text(200, &[("Cache-Control", "max-age=60"), ("Cache-Tag", "news,a")], "old"),
    );
    ask(&CACHED, "sub=alice", path, &[]);
    ask(&CACHED, "sub=bob", path, &[]);
    send(CACHED.port, "POST", path, &[("Authorization", &bearer("sub=bob"))], b"");
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "new"));
    for _ in 0..50 {
        if ask(&CACHED, "sub=alice", path, &[]).text() == "new" {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("the old answer stays");
}

#[test]
fn what_is_stored_can_be_purged_by_tag_by_route_and_by_url() {
    let path = "/mine/tiered-purged?page=1";
    let url = format!("turnpike-url:http://docs.example.com{path}");
    let fields = [("Cache-Control", "max-age=60"), ("Cache-Tag", "news,sports")];
    for (times, tag) in ["News", "turnpike-route:/mine/*", &url, "else"].iter().enumerate() {
        tell(path, Reply::text(200, &fields, "x"));
        ask(&CACHED, "sub=dora", path, &[]);
        let tag = tag.replace(':', "%3A").replace('/', "%2F").replace('?', "%3F");
        let purged = get(CACHED.port, &format!("/purge?tag={}", tag.replace('=', "%3D")), &[]);
        assert_eq!(purged.json(), json!({ "success": true }));
        assert_eq!(asked(path), times + 1, "{tag}");
    }
    let kept = ask(&CACHED, "sub=dora", path, &[]);
    assert!(status(&kept).starts_with("turnpike; hit"), "no tag of its own was purged");
    assert_eq!(kept.field("cache-tag"), None);
}

#[test]
fn the_platform_can_call_nothing_else() {
    let exports = get(CACHED.port, "/exports", &[]).json();
    assert_eq!(exports["names"], json!(["TurnpikeStore", "default"]));
    let why = exports["fill"].as_str().expect("it cannot be called");
    assert!(why.contains("fill"), "{why}");
}

#[test]
fn nothing_depends_on_the_store() {
    let path = "/reports/tiered-uncached";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "x"));
    for times in 1..=2 {
        let response = ask(&UNCACHED, READER, path, &[]);
        assert_eq!((response.status, asked(path)), (200, times));
        assert_eq!(status(&response), "turnpike; fwd=miss; stored");
    }
    let changed = send(UNCACHED.port, "POST", path, &[("Authorization", &bearer(READER))], b"");
    assert_eq!(changed.status, 200);
    UNCACHED.expect_log(&["could not be purged from the tiered store"]);
}

#[test]
fn without_the_entrypoint_the_origin_is_asked() {
    let site = serve("tiered-without", "tests/workerd/gate_alone.mjs");
    let path = "/reports/tiered-without";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "x"));
    let response = ask(&site, READER, path, &[]);
    assert_eq!((response.status, status(&response).as_str()), (200, "turnpike; fwd=bypass"));
    site.expect_log(&["the tiered store does not answer"]);
}

#[test]
fn an_origin_that_does_not_answer_is_no_fault_of_the_store() {
    for (name, reply) in [
        ("silent", Reply::Silence(Duration::ZERO)),
        ("unasked-304", Reply::text(304, &[("ETag", "\"a\"")], "")),
    ] {
        let path = format!("/reports/tiered-{name}");
        tell(&path, reply);
        let response = ask(&UNCACHED, READER, &path, &[]);
        assert_eq!((response.status, response.code().as_str()), (502, "origin_unreachable"));
        response.assert_unstorable();
        UNCACHED.expect_log(&["the origin does not answer"]);
        assert_eq!(asked(&path), 1);
        let part = ask(&UNCACHED, READER, &path, &[("Range", "bytes=0-9")]);
        assert_eq!((part.status, asked(&path)), (502, 2), "it is asked once for a part as well");
    }
    assert!(!UNCACHED.log().contains("the tiered store does not answer"));
}
