//! Whoever is after a stored answer without leave, or wants others to get a wrong one.
//!
//! That no cache in front of the filter keeps a refusal either, `cargo xtask cache-proof` shows with
//! real ones.

use std::thread;
use std::time::Duration;

use crate::client::{Response, get, send};
use crate::server::Reply;
use crate::site::{
    ORIGIN, READER, REFLECTED, SITE, asked, bearer, cache_status, cacheable, get_with, last_asked,
    tell, until_hit, until_stored,
};

/// Asserts that an answer is a refusal of ours which no cache may keep, and gives nothing away:
/// neither the stored answer nor that there is one.
#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str, secret: &str) {
    assert_eq!((response.status, response.code().as_str()), (status, code), "{response:?}");
    assert!(!response.text().contains(secret), "{response:?}");
    response.assert_unstorable();
}

/// Has an answer stored on a route for all who may read reports, and says how often the origin was
/// asked for that.
#[track_caller]
fn stored(path: &str, body: &str) -> usize {
    tell(path, cacheable(body));
    assert_eq!(until_stored(READER, path).text(), body);
    asked(path)
}

// Nobody, and who was somebody before.

#[test]
fn no_credentials_are_refused_although_a_copy_is_stored() {
    let path = "/reports/no-credentials";
    let times = stored(path, "third quarter");
    let refusals = [(); 3].map(|()| get(SITE.port, path, &[]));
    for refusal in &refusals {
        assert_refused(refusal, 401, "credentials_missing", "third quarter");
        let challenge = refusal.field("www-authenticate").expect("a challenge");
        assert!(challenge.starts_with("Bearer realm=\"Example Docs\", scope=\"reports:read\""));
        assert!(!challenge.contains("error"), "no error is named: {challenge}");
    }
    assert_eq!(asked(path), times, "the origin is not asked");
    // And what is refused where nothing is stored looks just the same.
    let nothing = get(SITE.port, "/reports/nothing-stored", &[]);
    let names = |response: &Response| -> Vec<String> {
        response.fields.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&nothing), names(&refusals[0]));
}

/// A cache that somebody switched on in front of the gate would answer the second one.
#[test]
fn the_second_refusal_is_made_anew_like_the_first() {
    let path = "/reports/second-refusal";
    stored(path, "third quarter");
    let [first, second] = [(); 2].map(|()| get(SITE.port, path, &[]));
    for refusal in [&first, &second] {
        assert_refused(refusal, 401, "credentials_missing", "third quarter");
        assert_eq!(refusal.field("age"), None);
    }
    let request_id = |response: &Response| response.field("x-request-id").expect("it has one");
    assert_ne!(request_id(&first), request_id(&second), "each has a line of its own in the log");
    SITE.expect_log(&[&request_id(&second), "\"status\":401"]);
}

#[test]
fn no_credentials_are_refused_before_conditions_and_ranges() {
    let path = "/reports/conditions";
    let times = stored(path, "third quarter");
    for condition in [
        ("If-None-Match", "\"v1\""),
        ("If-None-Match", "*"),
        ("If-Modified-Since", "Mon, 02 Nov 2026 10:00:00 GMT"),
        ("If-Match", "\"v0\""),
        ("If-Unmodified-Since", "Mon, 02 Nov 1998 10:00:00 GMT"),
        ("Range", "bytes=0-4"),
        ("Range", "bytes=900-"),
        ("Cache-Control", "only-if-cached"),
    ] {
        let refusal = get(SITE.port, path, &[condition]);
        assert_refused(&refusal, 401, "credentials_missing", "third");
    }
    let head = send(SITE.port, "HEAD", path, &[("If-None-Match", "\"v1\"")], b"");
    assert_eq!(head.status, 401);
    assert!(head.body.is_empty());
    head.assert_unstorable();
    assert_eq!(asked(path), times);
}

#[test]
fn a_good_token_is_served_right_after_a_refusal_and_a_refusal_right_after_that() {
    let path = "/reports/refused-first";
    tell(path, cacheable("third quarter"));
    let refuse = || {
        let refusal = get(SITE.port, path, &[]);
        assert_refused(&refusal, 401, "credentials_missing", "third quarter");
    };
    refuse();
    let first = get_with(READER, path);
    assert_eq!((first.status, first.text().as_str()), (200, "third quarter"));
    assert_eq!(cache_status(&first), "turnpike; fwd=uri-miss; stored", "no refusal was stored");
    refuse();
    assert_eq!(until_stored(READER, path).text(), "third quarter");
    refuse();
    assert_eq!(until_stored(READER, path).text(), "third quarter");
    assert_eq!(asked(path), 1);
}

/// The very token for which the answer was stored, and which was found good before.
#[test]
fn a_token_that_expires_gets_nothing_that_it_got_before() {
    let path = "/reports/expires";
    tell(path, cacheable("third quarter"));
    // 30 s of leeway: good for 3 s.
    let token = bearer(&format!("{READER} exp=-27"));
    let ask = || get(SITE.port, path, &[("Authorization", &token)]);
    assert_eq!(until_hit(ask).status, 200);
    let times = asked(path);
    thread::sleep(Duration::from_millis(3500));
    assert_refused(&ask(), 401, "token_expired", "third quarter");
    assert_eq!(until_stored(READER, path).text(), "third quarter", "others still get it");
    assert_eq!(asked(path), times);
}

#[test]
fn without_the_scope_nobody_gets_what_was_stored_for_those_who_have_it() {
    let path = "/reports/scope";
    let times = stored(path, "third quarter");
    for members in ["", "scope=reports:write", "sub=root scope=reports", "scope=REPORTS:READ"] {
        let refusal = get_with(members, path);
        assert_refused(&refusal, 403, "scope_insufficient", "third quarter");
        let challenge = refusal.field("www-authenticate").expect("a challenge");
        let expected = r#"error="insufficient_scope", scope="reports:read""#;
        assert!(challenge.contains(expected), "{challenge}");
    }
    assert_eq!(asked(path), times);
}

#[test]
fn who_is_refused_gets_no_stale_answer_and_starts_no_revalidation() {
    let path = "/reports/stale-refused";
    let control = ("Cache-Control", "max-age=1, stale-while-revalidate=60");
    tell(path, Reply::text(200, &[control, ("ETag", "\"v1\"")], "first"));
    until_stored(READER, path);
    let times = asked(path);
    thread::sleep(Duration::from_millis(2100));
    let expired = bearer(&format!("{READER} exp=-60"));
    assert_refused(
        &get(SITE.port, path, &[("Authorization", &expired)]),
        401,
        "token_expired",
        "first",
    );
    assert_refused(&get(SITE.port, path, &[]), 401, "credentials_missing", "first");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(asked(path), times, "who is refused makes nobody ask the origin");
    // Who is not, gets the stale one, and the origin hears nothing of whoever that is.
    let fields = [
        ("Authorization", bearer(READER)),
        ("Cookie", "session=s3cret".to_owned()),
        ("X-Auth-Subject", "root".to_owned()),
        ("X-Forwarded-For", "192.0.2.1".to_owned()),
        ("If-None-Match", "\"other\"".to_owned()),
    ];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let stale = get(SITE.port, path, &fields);
    assert!(cache_status(&stale).ends_with("detail=stale-while-revalidate"), "{stale:?}");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(asked(path), times + 1);
    let revalidation = last_asked(path);
    for name in ["authorization", "cookie", "x-access-token", "x-auth-subject", "x-forwarded-for"] {
        assert_eq!(revalidation.field(name), None, "{name} of {revalidation:?}");
    }
    assert_eq!(revalidation.field("if-none-match"), Some("\"v1\""), "of what is stored");
}

// One for another.

#[test]
fn two_subjects_never_see_each_others_copy() {
    let path = "/mine/page";
    tell(path, cacheable("for alice"));
    assert_eq!(get_with("sub=alice", path).text(), "for alice");
    until_stored("sub=alice", path);
    tell(path, cacheable("for bob"));
    assert_eq!(get_with("sub=bob", path).text(), "for bob");
    until_stored("sub=bob", path);
    assert_eq!(get_with("sub=alice", path).text(), "for alice");
    // The same name with another issuer is another subject.
    tell(path, cacheable("for the other alice"));
    assert_eq!(get_with("alg=HS256 sub=alice", path).text(), "for the other alice");
    // And nobody is none.
    assert_refused(&get(SITE.port, path, &[]), 401, "credentials_missing", "alice");
}

#[test]
fn no_url_reaches_into_the_copies_of_others() {
    tell("/mine/inner", cacheable("for alice"));
    until_stored("sub=alice", "/mine/inner");
    tell("/mine/inner", cacheable("for mallory"));
    // The key is made of server, partition and path with query, in this order.
    for path in [
        "/shared/mine/inner",
        "/subject-x/mine/inner",
        "/mine/inner?sub=alice",
        "/mine/inner?/../subject-x/mine/inner",
        "/mine/inner#alice",
        "/mine/inner?#/mine/inner",
        "/mine/%2e%2e/mine/inner",
        "/mine/./inner",
        "/mine//inner",
        "/mine/x%2f..%2finner",
    ] {
        let response = get_with("sub=mallory", path);
        assert!(matches!(response.status, 200 | 400), "{path}: {response:?}");
        assert!(!response.text().contains("for alice"), "{path}: {response:?}");
    }
}

const MISS: &str = "turnpike; fwd=uri-miss; stored";

#[test]
fn each_of_two_readers_gets_the_language_that_he_asks_for() {
    let path = "/reports/languages";
    let ask = |subject: &str, language: &str| {
        let token = bearer(&format!("{READER} sub={subject}"));
        get(SITE.port, path, &[("Authorization", &token), ("Accept-Language", language)])
    };
    let answer = |language: &str, body: &str| {
        let fields = [
            ("Cache-Control", "max-age=60"),
            ("Vary", "Accept-Language"),
            ("Content-Language", language),
        ];
        tell(path, Reply::text(200, &fields, body));
    };
    answer("en", "hello");
    until_hit(|| ask("alice", "en"));
    answer("de", "hallo");
    assert_eq!(until_hit(|| ask("bob", "de")).text(), "hallo");
    assert_eq!(until_hit(|| ask("alice", "en")).text(), "hello");
    let of_other = until_hit(|| ask("alice", "de"));
    assert_eq!(of_other.text(), "hallo", "a variant is shared like everything on this route");
    assert_eq!(of_other.field("content-language").as_deref(), Some("de"));
}

/// Each of three readers has the origin asked.
#[test]
fn what_must_not_be_shared_is_fetched_every_time() {
    let replies: [(&str, &[(&str, &str)]); 9] = [
        ("private", &[("Cache-Control", "private, max-age=60")]),
        ("no-store", &[("Cache-Control", "no-store")]),
        ("no-cache", &[("Cache-Control", "no-cache, max-age=60")]),
        ("set-cookie", &[("Cache-Control", "max-age=60"), ("Set-Cookie", "x=y")]),
        ("vary-cookie", &[("Cache-Control", "max-age=60"), ("Vary", "Cookie")]),
        ("vary-authorization", &[("Cache-Control", "max-age=60"), ("Vary", "Authorization")]),
        ("vary-token", &[("Cache-Control", "max-age=60"), ("Vary", "accept, X-ACCESS-TOKEN")]),
        ("vary-all", &[("Cache-Control", "max-age=60"), ("Vary", "*")]),
        ("for-cloudflare", &[("Cache-Control", "max-age=60"), ("CDN-Cache-Control", "no-store")]),
    ];
    for (name, fields) in replies {
        let path = format!("/reports/unshared-{name}");
        for (times, subject) in ["alice", "bob", "carol"].into_iter().enumerate() {
            tell(&path, Reply::text(200, fields, &format!("for {subject}")));
            let response = get_with(&format!("{READER} sub={subject}"), &path);
            assert_eq!(response.status, 200);
            assert_eq!(response.text(), format!("for {subject}"), "{name}");
            assert_eq!(asked(&path), times + 1, "{name}");
        }
    }
}

/// The same, where the origin says so only when it is asked whether its answer is still right.
#[test]
fn a_cookie_goes_to_the_one_it_is_set_for_and_never_into_a_copy() {
    let path = "/reports/cookie";
    let cookie = [("Cache-Control", "max-age=60"), ("Set-Cookie", "session=of-alice")];
    tell(path, Reply::text(200, &cookie, "first"));
    let first = get_with(&format!("{READER} sub=alice"), path);
    assert_eq!(first.field("set-cookie").as_deref(), Some("session=of-alice"));
    assert_eq!(cache_status(&first), "turnpike; fwd=uri-miss; detail=set-cookie");
    assert_eq!(first.field("cache-control").as_deref(), Some("private, max-age=60"));
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=1"), ("ETag", "\"v1\"")], "second"));
    let second = until_stored(&format!("{READER} sub=bob"), path);
    assert_eq!((second.text().as_str(), second.field("set-cookie")), ("second", None));

    tell(path, Reply::text(304, &cookie, ""));
    thread::sleep(Duration::from_millis(2100));
    let revalidated = get_with(&format!("{READER} sub=alice"), path);
    assert_eq!((revalidated.status, revalidated.text().as_str()), (200, "second"));
    assert_eq!(
        cache_status(&revalidated),
        "turnpike; fwd=stale; fwd-status=304; detail=set-cookie",
        "it is not stored anew"
    );
    tell(path, cacheable("third"));
    thread::sleep(Duration::from_millis(200));
    for _ in 0..3 {
        let other = get_with(&format!("{READER} sub=bob"), path);
        assert_eq!(other.field("set-cookie"), None, "{other:?}");
    }
}

// What others would get instead.

#[test]
fn an_auth_answer_of_the_origin_is_never_stored() {
    const TARGETED: [&str; 5] = [
        "cdn-cache-control",
        "cloudflare-cdn-cache-control",
        "surrogate-control",
        "edge-control",
        "x-accel-expires",
    ];
    for status in [401, 403, 407] {
        let path = format!("/reports/auth-answer-{status}");
        let mut fields = vec![
            ("Cache-Control", "public, max-age=600, s-maxage=600"),
            ("Expires", "Sat, 02 Nov 2999 10:00:00 GMT"),
            ("Last-Modified", "Mon, 02 Nov 1998 10:00:00 GMT"),
            ("ETag", "\"refused\""),
        ];
        fields.extend(TARGETED.map(|name| (name, "max-age=600")));
        tell(&path, Reply::text(status, &fields, "no"));
        for times in 1..=3 {
            let response = get_with(READER, &path);
            assert_eq!((response.status, response.text().as_str()), (status, "no"));
            assert_eq!(response.field("cache-control").as_deref(), Some("no-store"));
            for gone in TARGETED.iter().chain(&["expires", "last-modified", "etag", "age"]) {
                assert_eq!(response.field(gone), None, "{gone} of {status}");
            }
            assert_eq!(asked(&path), times, "the origin is asked every time");
        }
        // And once it lets people in, they are in at once.
        tell(&path, cacheable("welcome"));
        assert_eq!(get_with(READER, &path).text(), "welcome");
    }
}

/// Paths that end like a file that a cache would keep for everyone.
#[test]
fn what_is_stored_goes_by_the_route_and_not_by_how_a_path_ends() {
    for (number, end) in
        [".css", "/x.css", ";a.js", "?.js", "?x=/y.png", "/favicon.ico", "/robots.txt"]
            .into_iter()
            .enumerate()
    {
        let fields = [("Cache-Control", "public, max-age=60"), ("Content-Type", "text/css")];
        let mine = format!("/mine/account-{number}{end}");
        tell(&mine, Reply::text(200, &fields, "of alice"));
        until_stored("sub=alice", &mine);
        assert_refused(&get(SITE.port, &mine, &[]), 401, "credentials_missing", "alice");
        tell(&mine, Reply::text(200, &fields, "of bob"));
        let other = get_with("sub=bob", &mine);
        assert_eq!((cache_status(&other).as_str(), other.text().as_str()), (MISS, "of bob"));
        assert_eq!(other.field("cache-control").as_deref(), Some("private, max-age=60"));

        let uncached = format!("/elsewhere/account-{number}{end}");
        tell(&uncached, Reply::text(200, &fields, "of alice"));
        for times in 1..=2 {
            let response = get_with("sub=alice", &uncached);
            assert_eq!(cache_status(&response), "turnpike; fwd=bypass", "{uncached}");
            assert_eq!(asked(&uncached), times, "{uncached}");
        }
        assert_refused(&get(SITE.port, &uncached, &[]), 401, "credentials_missing", "alice");
    }
    for path in
        ["/mine/account%0a.css", "/mine/account%00.css", "/mine/account%3b.css", "/mine/a%2f.css"]
    {
        assert_refused(&get_with("sub=alice", path), 400, "url_ambiguous", "alice");
    }
}

/// Names of fields that a client may send and that are no part of the key.
pub fn unkeyed() -> Vec<&'static str> {
    let lines = include_str!("unkeyed.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
}

const EVIL: &str = "evil.example";

/// The origin shows in its answer whatever it received. So what an attacker sends with the first
/// request would be in the answer that is stored for everyone, if it got there: with its name, so a
/// few at once will do.
#[test]
fn no_field_of_a_client_gets_into_what_others_are_given() {
    // On a public route, nobody even needs a token to try.
    for (route, token) in [("reports", Some(bearer(READER))), ("open", None)] {
        for (number, names) in unkeyed().chunks(8).enumerate() {
            let usual: Vec<(&str, &str)> =
                token.iter().map(|token| ("Authorization", token.as_str())).collect();
            poison(&format!("/{route}{REFLECTED}{number}"), names, &usual);
        }
    }
}

fn poison(path: &str, names: &[&str], usual: &[(&str, &str)]) {
    let evil: Vec<(&str, &str)> = names.iter().map(|name| (*name, EVIL)).collect();
    let attack = [usual, &evil].concat();
    let attempt = get(SITE.port, path, &attack);
    assert_eq!(attempt.status, 200, "{names:?}: {attempt:?}");
    assert_eq!(cache_status(&attempt), MISS, "{names:?} do not change what is stored");
    let text = attempt.text();
    assert!(text.starts_with(&format!("GET {path}\n")), "{names:?} change what is asked: {text}");
    assert!(!text.contains(EVIL), "one of {names:?} reaches the origin: {text}");
    let victim = until_hit(|| get(SITE.port, path, usual));
    assert_eq!(victim.text(), text, "{names:?}");
    for (name, value) in &victim.fields {
        assert!(!value.contains(EVIL), "one of {names:?} comes back in {name}");
    }
    let again = get(SITE.port, path, &attack);
    assert!(cache_status(&again).starts_with("turnpike; hit"), "{names:?} change the key");
    assert_eq!(asked(path), 1, "{names:?}");
}

/// A path or a method in a field of the client opens nothing that the URL does not.
#[test]
fn no_field_of_a_client_chooses_the_route() {
    for names in unkeyed().chunks(20) {
        for value in ["/public/x", "https://docs.example.com/public/x", "OPTIONS", "true"] {
            let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
            let response = get(SITE.port, "/reports/chosen", &fields);
            assert_eq!(response.status, 401, "one of {names:?}: {value}");
        }
    }
    assert_eq!(asked("/reports/chosen"), 0);
}

// Methods.

fn ask(method: &str, path: &str, body: &[u8]) -> Response {
    send(SITE.port, method, path, &[("Authorization", &bearer("sub=alice"))], body)
}

#[test]
fn other_methods_reach_the_origin_every_time_and_leave_no_copy() {
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "PROPFIND", "LOCK"] {
        let path = format!("/mine/method-{method}");
        let body: &[u8] = if matches!(method, "OPTIONS" | "DELETE") { b"" } else { b"four" };
        tell(&path, cacheable("of the method"));
        for times in 1..=2 {
            let response = ask(method, &path, body);
            assert_eq!((response.status, response.text().as_str()), (200, "of the method"));
            assert_eq!(cache_status(&response), "turnpike; fwd=method", "{method}");
            assert_eq!(asked(&path), times, "{method}");
            let received = last_asked(&path);
            assert_eq!(received.start, format!("{method} {path}"));
            assert_eq!(received.body.as_bytes(), body, "{method}");
        }
        tell(&path, cacheable("of GET"));
        assert_eq!(get_with("sub=alice", &path).text(), "of GET", "{method} left no copy");
        assert_refused(
            &send(SITE.port, method, &path, &[], body),
            401,
            "credentials_missing",
            "of GET",
        );
    }
}

#[test]
fn what_succeeds_in_changing_something_is_the_end_of_its_copy() {
    // Safe methods change nothing (RFC 9110 section 9.2.1), and neither does what fails.
    for (method, status, is_forgotten) in [
        ("POST", 201, true),
        ("PUT", 204, true),
        ("DELETE", 204, true),
        ("PATCH", 200, true),
        ("POST", 303, true),
        ("PROPPATCH", 200, true),
        ("POST", 422, false),
        ("DELETE", 404, false),
        ("PUT", 500, false),
        ("OPTIONS", 200, false),
        ("QUERY", 200, false),
    ] {
        let path = format!("/mine/changed-{method}-{status}");
        tell(&path, cacheable("old"));
        until_stored("sub=alice", &path);
        tell(&path, Reply::text(status, &[], ""));
        assert_eq!(ask(method, &path, b"").status, status);
        tell(&path, cacheable("new"));
        thread::sleep(Duration::from_millis(200));
        let expected = if is_forgotten { "new" } else { "old" };
        assert_eq!(get_with("sub=alice", &path).text(), expected, "{method} {status}");
    }
}

#[test]
fn what_somebody_else_may_not_change_stays_stored() {
    let path = "/mine/not-yours";
    tell(path, cacheable("of alice"));
    until_stored("sub=alice", path);
    let times = asked(path);
    for token in [None, Some(bearer("sub=alice exp=-60")), Some(bearer("tamper=signature"))] {
        let fields: Vec<(&str, &str)> =
            token.iter().map(|token| ("Authorization", token.as_str())).collect();
        assert_eq!(send(SITE.port, "DELETE", path, &fields, b"").status, 401);
    }
    assert_eq!(asked(path), times);
    let with_other = send(SITE.port, "PUT", path, &[("Authorization", &bearer("sub=bob"))], b"x");
    assert_eq!(with_other.status, 200);
    thread::sleep(Duration::from_millis(200));
    assert!(cache_status(&get_with("sub=alice", path)).starts_with("turnpike; hit"));
}

/// TRACE gets to the Worker, which refuses it. CONNECT and what workerd has never heard of do not:
/// it answers them itself, with no copy and no origin at hand.
#[test]
fn no_odd_method_gets_a_copy_or_to_the_origin() {
    let path = "/reports/odd-method";
    let times = stored(path, "third quarter");
    let token = bearer(READER);
    for credentials in [&[][..], &[("Authorization", token.as_str())]] {
        let trace = send(SITE.port, "TRACE", path, credentials, b"");
        assert_refused(&trace, 405, "method_not_allowed", "third quarter");
        let allowed = trace.field("allow").expect("it says what is allowed");
        assert!(allowed.starts_with("GET, HEAD, ") && !allowed.contains("TRACE"), "{allowed}");
        assert!(!trace.text().contains(&token), "nothing of the request comes back");
        for (method, status) in
            [("CONNECT", 500), ("TRACK", 501), ("BREW", 501), ("get", 501), ("trace", 501)]
        {
            let refusal = send(SITE.port, method, path, credentials, b"");
            assert_eq!(refusal.status, status, "{method}");
            assert!(!refusal.text().contains("third quarter"), "{method}");
        }
    }
    assert_eq!(asked(path), times);
    assert!(ORIGIN.seen_at(path).iter().all(|asked| asked.start.starts_with("GET ")));
    assert_eq!(until_stored(READER, path).text(), "third quarter");
}
