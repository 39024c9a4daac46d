//! What is stored under which key, and how it comes back. Only the store itself is the platform's.

use std::sync::LazyLock;

use http::HeaderMap;
use turnpike::cache::{
    CacheKey, INTERNAL_FIELDS, MAX_STORED_BYTES, Skip, Storing, decide, restore, stored_copy,
};
use turnpike::fields::Headers;
use turnpike::gate::Permit;

use crate::site::{ISSUER, NOW, Site, apply, header_map};
use crate::support::token::token;

static SITE: LazyLock<Site> = LazyLock::new(Site::of_cases);

fn permit(method: &str, path: &str) -> Permit<'static> {
    let token = token("scope=\"reports:read reports:write\"", &ISSUER, NOW.0);
    let headers = header_map(&[("authorization".to_owned(), format!("Bearer {token}"))]);
    SITE.admit(method, &format!("https://docs.example.com{path}"), &headers).expect("a good token")
}

fn fields(lines: &[(&str, &str)]) -> HeaderMap {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    header_map(&lines.iter().map(owned).collect::<Vec<_>>())
}

/// Whether an answer with these fields, fresh for a minute, is stored.
#[track_caller]
fn check(lines: &[(&str, &str)], expected: Result<u64, Skip>) {
    let mut all = fields(&[("cache-control", "max-age=60")]);
    all.extend(fields(lines));
    let decided = match decide(&permit("GET", "/reports/x"), 200, &all, NOW) {
        Storing::Store { ttl, .. } => Ok(ttl),
        Storing::Skip(why) => Err(why),
    };
    assert_eq!(decided, expected, "{lines:?}");
}

#[test]
fn an_answer_may_vary_on_its_encoding_alone() {
    check(&[("vary", "Accept-Encoding")], Ok(60));
    check(&[("vary", ", accept-encoding,")], Ok(60));
    check(&[("vary", "Cookie")], Err(Skip::Vary));
    check(&[("vary", "*")], Err(Skip::Vary));
}

#[test]
fn an_answer_is_stored_up_to_8_mib() {
    assert_eq!(MAX_STORED_BYTES, 8_388_608);
    check(&[("content-length", "0")], Ok(60));
    check(&[("content-length", "8388608")], Ok(60));
    check(&[("content-length", "8388609")], Err(Skip::Size));
}

#[test]
fn a_targeted_field_counts_when_it_is_a_dictionary() {
    let targeted = |value| [("cdn-cache-control", value)];
    for valid in ["max-age=5", "max-age=5, x.y-z_1*=2", "*a, max-age=5"] {
        check(&targeted(valid), Ok(5));
    }
    for invalid in ["", "max-age=5, 1a", "max-age=5, a b", "-a, max-age=5", "max-age=5, a=\""] {
        check(&targeted(invalid), Ok(60));
    }
}

#[test]
fn what_is_stored_comes_back_while_it_is_fresh() {
    let leaving = fields(&[
        ("cache-control", "private, max-age=60"),
        ("vary", "Authorization"),
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("content-length", "5"),
        ("age", "7"),
        ("cf-cache-status", "MISS"),
    ]);
    let copy = apply(&stored_copy(&leaving, 53, 7, NOW), leaving.clone());
    assert_eq!(copy.get("cache-control").expect("for the store"), "public, max-age=53");
    for name in ["vary", "content-encoding", "content-length", "age"] {
        assert!(copy.get(name).is_none(), "{name}");
    }
    for (later, left) in [(0, 53), (52, 1)] {
        let (edits, still_fresh) = restore(&copy, NOW.plus(later)).expect("it is fresh");
        assert_eq!(still_fresh, left);
        let back = apply(&edits, copy.clone());
        for name in ["cache-control", "vary", "content-type"] {
            assert_eq!(back.get(name), leaving.get(name), "{name}");
        }
        assert_eq!(Headers::get(&back, "age"), Some((7 + later).to_string()));
        assert!(INTERNAL_FIELDS.iter().all(|name| back.get(*name).is_none()));
        assert!(back.get("cf-cache-status").is_none());
    }
    assert!(restore(&copy, NOW.plus(53)).is_none(), "its time is over");
    assert!(restore(&leaving, NOW).is_none(), "it was not stored by us");
}

#[test]
fn a_key_is_the_partition_and_the_url() {
    let key = |method, path| CacheKey::of(&permit(method, path)).map(|key| key.as_str().to_owned());
    let shared = "https://docs.example.com/shared/reports/x?a=1";
    assert_eq!(key("GET", "/reports/x?a=1").as_deref(), Some(shared));
    assert_eq!(key("HEAD", "/reports/x?a=1").as_deref(), Some(shared));
    assert_eq!(key("POST", "/reports/x?a=1"), None);
    assert_eq!(key("GET", "/elsewhere"), None);
    let mine = key("GET", "/mine/x").expect("it is cached");
    assert!(mine.starts_with("https://docs.example.com/subject-") && mine.ends_with("/mine/x"));
}

#[test]
fn what_changes_a_resource_ends_its_copy() {
    let stored = CacheKey::of(&permit("GET", "/reports/x"));
    let ended = |method, status| CacheKey::invalidated_by(&permit(method, "/reports/x"), status);
    for (method, status) in [("POST", 200), ("PUT", 204), ("DELETE", 303), ("X-ANY", 399)] {
        assert_eq!(ended(method, status), stored, "{method} {status}");
    }
    for (method, status) in [("POST", 199), ("POST", 400), ("GET", 200), ("QUERY", 200)] {
        assert_eq!(ended(method, status), None, "{method} {status}");
    }
}
