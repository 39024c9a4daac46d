//! What becomes of a stored answer when it is stale, asked for in part, or one of several.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Response, get};
use crate::server::Reply;
use crate::site::{
    READER, SITE, asked, bearer, cache_status as status, get_with, last_asked, tell,
    until_hit as until_stored,
};
use crate::support::case::Message;

/// Asks as a reader, with more fields.
#[track_caller]
fn read(path: &str, fields: &[(&str, &str)]) -> Response {
    let token = bearer(READER);
    get(SITE.port, path, &[&[("Authorization", token.as_str())], fields].concat())
}

#[test]
fn a_stale_answer_is_revalidated_and_fresh_again() {
    let path = "/reports/revalidated";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=1"), ("ETag", "\"v1\"")], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(304, &[("Cache-Control", "max-age=60"), ("X-New", "yes")], ""));
    thread::sleep(Duration::from_millis(2100));
    let times = asked(path);

    let revalidated = read(path, &[]);
    assert_eq!(status(&revalidated), "turnpike; fwd=stale; fwd-status=304; stored");
    assert_eq!((revalidated.status, revalidated.text().as_str()), (200, "first"));
    assert_eq!(revalidated.field("x-new").as_deref(), Some("yes"));
    assert_eq!(last_asked(path).field("if-none-match"), Some("\"v1\""));
    let again = until_stored(|| read(path, &[]));
    assert_eq!((again.text().as_str(), again.field("x-new").as_deref()), ("first", Some("yes")));
    assert_eq!(asked(path), times + 1);
}

#[test]
fn a_stale_answer_is_replaced_when_it_is_no_longer_right() {
    let path = "/reports/replaced";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=1"), ("ETag", "\"v1\"")], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60"), ("ETag", "\"v2\"")], "second"));
    thread::sleep(Duration::from_millis(2100));
    let replaced = read(path, &[]);
    assert_eq!(status(&replaced), "turnpike; fwd=stale; stored");
    assert_eq!(replaced.text(), "second");
    assert_eq!(until_stored(|| read(path, &[])).text(), "second");
}

#[test]
fn what_the_origin_withdraws_is_forgotten() {
    let path = "/reports/withdrawn";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=1"), ("ETag", "\"v1\"")], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(403, &[("Cache-Control", "max-age=60")], "no more"));
    thread::sleep(Duration::from_millis(2100));
    assert_eq!(read(path, &[]).status, 403);
    thread::sleep(Duration::from_millis(100));
    assert_eq!(status(&read(path, &[])), "turnpike; fwd=uri-miss; detail=status");
}

#[test]
fn a_stale_answer_is_served_while_it_is_revalidated() {
    let path = "/reports/while-revalidating";
    let control = ("Cache-Control", "max-age=1, stale-while-revalidate=60");
    tell(path, Reply::text(200, &[control], "first"));
    until_stored(|| read(path, &[]));
    let slowly = |body: &str| Message {
        start: "200".to_owned(),
        fields: vec![("Cache-Control".to_owned(), "max-age=60".to_owned())],
        body: body.to_owned(),
    };
    tell(path, Reply::Late(Duration::from_millis(500), slowly("second")));
    thread::sleep(Duration::from_millis(2100));
    let times = asked(path);

    for _ in 0..5 {
        let stale = read(path, &[]);
        assert_eq!(stale.text(), "first");
        assert!(status(&stale).ends_with("; detail=stale-while-revalidate"), "{}", status(&stale));
        assert!(status(&stale).starts_with("turnpike; hit; ttl=-"), "{}", status(&stale));
    }
    thread::sleep(Duration::from_millis(900));
    assert_eq!(read(path, &[]).text(), "second");
    assert_eq!(asked(path), times + 1, "one revalidation for all");
}

#[test]
fn what_the_origin_withdraws_is_forgotten_behind_an_answer_too() {
    let withdrawals = [
        ("forbidden", 403, "max-age=60"),
        ("missing", 404, "no-store"),
        ("private", 200, "private, max-age=60"),
        ("failed", 503, "max-age=60"),
    ];
    let path = |name: &str| format!("/reports/withdrawn-behind-{name}");
    for (name, _, _) in withdrawals {
        let control = ("Cache-Control", "max-age=1, stale-while-revalidate=60");
        tell(&path(name), Reply::text(200, &[control], "first"));
        until_stored(|| read(&path(name), &[]));
    }
    thread::sleep(Duration::from_millis(2100));
    for (name, status, control) in withdrawals {
        tell(&path(name), Reply::text(status, &[("Cache-Control", control)], "no more"));
        assert_eq!(read(&path(name), &[]).text(), "first", "once more, while the origin is asked");
    }
    thread::sleep(Duration::from_millis(500));
    for (name, status, _) in withdrawals {
        // An origin that fails has withdrawn nothing.
        let expected = if status == 503 { (200, "first") } else { (status, "no more") };
        let later = read(&path(name), &[]);
        assert_eq!((later.status, later.text().as_str()), expected, "{name}");
    }
}

#[test]
fn what_is_revalidated_behind_an_answer_is_asked_for_with_nobodys_credentials() {
    let path = "/mine/revalidated-behind";
    let token = bearer("").trim_start_matches("Bearer ").to_owned();
    let fields = [("X-Access-Token", token.as_str()), ("Authorization", "Basic dXNlcjpwYXNz")];
    let ask = || get(SITE.port, path, &fields);
    let control = ("Cache-Control", "public, max-age=1, stale-while-revalidate=60");
    tell(path, Reply::text(200, &[control], "first"));
    assert_eq!(status(&ask()), "turnpike; fwd=uri-miss; stored");
    assert_eq!(last_asked(path).field("authorization"), Some("Basic dXNlcjpwYXNz"));
    until_stored(ask);
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], "second"));
    let is_second = || {
        thread::sleep(Duration::from_millis(200));
        ask().text() == "second"
    };
    assert!((0..50).any(|_| is_second()), "it is never revalidated");
    assert_eq!(last_asked(path).field("authorization"), None, "it is for nobody in particular");
}

#[test]
fn a_304_that_nobody_asked_for_is_a_failure() {
    let path = "/reports/unasked-304";
    tell(path, Reply::text(304, &[("Cache-Control", "max-age=60")], ""));
    for fields in [&[][..], &[("If-None-Match", "\"a\"")]] {
        let broken = read(path, fields);
        assert_eq!((broken.status, broken.code().as_str()), (502, "origin_unreachable"));
    }
    let control = ("Cache-Control", "max-age=1, stale-if-error=60");
    tell(path, Reply::text(200, &[control], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(304, &[("Cache-Control", "max-age=60")], ""));
    thread::sleep(Duration::from_millis(2100));
    for _ in 0..2 {
        let stale = read(path, &[]);
        assert_eq!((stale.status, stale.text().as_str()), (200, "first"));
        assert!(status(&stale).ends_with("; detail=stale-if-error"), "{}", status(&stale));
    }
}

#[test]
fn a_stale_answer_stands_in_for_an_origin_that_fails() {
    let path = "/reports/if-error";
    let control = ("Cache-Control", "max-age=1, stale-if-error=60");
    tell(path, Reply::text(200, &[control], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(503, &[], "down"));
    thread::sleep(Duration::from_millis(2100));
    let stale = read(path, &[]);
    assert_eq!((stale.status, stale.text().as_str()), (200, "first"));
    assert!(status(&stale).ends_with("; detail=stale-if-error"), "{}", status(&stale));
    let anonymous = get(SITE.port, path, &[]);
    assert_eq!((anonymous.status, anonymous.field("cache-status")), (401, None));

    let path = "/reports/no-stand-in";
    let control = ("Cache-Control", "max-age=1, stale-if-error=60, must-revalidate");
    tell(path, Reply::text(200, &[control], "first"));
    until_stored(|| read(path, &[]));
    tell(path, Reply::text(503, &[], "down"));
    thread::sleep(Duration::from_millis(2100));
    assert_eq!(read(path, &[]).status, 503, "the origin wants no stale answer");
}

#[test]
fn the_operator_lets_stale_answers_stand_in() {
    let path = "/standing-in/page";
    tell(path, Reply::text(200, &[("Cache-Control", "max-age=1")], "first"));
    until_stored(|| read(path, &[]));
    thread::sleep(Duration::from_millis(2100));
    for fails in [Reply::text(503, &[], "down"), Reply::Silence(Duration::from_millis(10))] {
        tell(path, fails);
        let stale = read(path, &[]);
        assert_eq!((stale.status, stale.text().as_str()), (200, "first"));
        assert!(status(&stale).ends_with("; detail=stale-if-error"), "{}", status(&stale));
    }
    tell(path, Reply::text(404, &[], "gone"));
    assert_eq!(read(path, &[]).status, 404, "that is an answer");
}

#[test]
fn a_client_is_spared_what_it_has() {
    let path = "/reports/not-modified";
    let fields = [("Cache-Control", "max-age=60"), ("ETag", "\"v1\""), ("X-Kept", "yes")];
    tell(path, Reply::text(200, &fields, "first"));
    let missed = read(path, &[("If-None-Match", "\"v1\"")]);
    assert_eq!((missed.status, missed.text().as_str()), (304, ""));
    assert_eq!(last_asked(path).field("if-none-match"), None, "all of it was wanted, to store it");
    let hit = until_stored(|| read(path, &[("If-None-Match", "W/\"v1\", \"v0\"")]));
    assert_eq!((hit.status, hit.text().as_str()), (304, ""));
    assert_eq!(hit.field("etag").as_deref(), Some("\"v1\""));
    assert_eq!(hit.field("content-type"), None);
    let other = read(path, &[("If-None-Match", "\"v0\"")]);
    assert_eq!((other.status, other.text().as_str()), (200, "first"));
}

#[test]
fn a_field_named_private_goes_to_whoever_asked() {
    let path = "/reports/named-private";
    let fields =
        [("Cache-Control", "max-age=60, private=\"x-mine\""), ("X-Mine", "1"), ("X-All", "2")];
    tell(path, Reply::text(200, &fields, "hello"));
    assert_eq!(read(path, &[]).field("x-mine").as_deref(), Some("1"));
    let hit = until_stored(|| read(path, &[]));
    assert_eq!((hit.field("x-mine"), hit.field("x-all").as_deref()), (None, Some("2")));
}

#[test]
fn a_part_comes_from_the_whole() {
    let path = "/reports/part";
    let fields = [("Cache-Control", "max-age=60"), ("ETag", "\"v1\"")];
    tell(path, Reply::text(200, &fields, "0123456789"));
    // Of what is not stored, the origin makes the part, or does not.
    let missed = read(path, &[("Range", "bytes=2-4")]);
    assert_eq!(status(&missed), "turnpike; fwd=uri-miss; detail=range");
    until_stored(|| read(path, &[]));
    let times = asked(path);
    let part = read(path, &[("Range", "bytes=2-4")]);
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    assert_eq!(part.field("content-range").as_deref(), Some("bytes 2-4/10"));
    assert_eq!(part.field("cache-control").as_deref(), Some("private, max-age=60"));
    let same = read(path, &[("Range", "bytes=2-4"), ("If-Range", "\"v1\"")]);
    assert_eq!((same.status, same.text().as_str()), (206, "234"));
    let changed = read(path, &[("Range", "bytes=2-4"), ("If-Range", "\"v0\"")]);
    assert_eq!((changed.status, changed.text().as_str()), (200, "0123456789"));
    let beyond = read(path, &[("Range", "bytes=20-")]);
    assert_eq!((beyond.status, beyond.text().as_str()), (416, ""));
    assert_eq!(beyond.field("cache-control").as_deref(), Some("private, no-store"));
    for passed_over in ["bytes=0-1,4-5", "items=0-1"] {
        let whole = read(path, &[("Range", passed_over)]);
        assert_eq!((whole.status, whole.text().as_str()), (200, "0123456789"), "{passed_over}");
    }
    assert_eq!(asked(path), times);
}

#[test]
fn a_part_is_of_the_answer_it_says_it_is() {
    let path = "/reports/part-replaced";
    let versions = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let token = bearer(READER);
    let authorization = ("Authorization", token.as_str());
    let ask = |method: &str, fields: &[(&str, &str)]| {
        crate::client::send(SITE.port, method, path, &[&[authorization], fields].concat(), b"")
    };
    ask("GET", &[]);
    let begun = Instant::now();
    let is_over = || begun.elapsed() > Duration::from_secs(4);
    thread::scope(|scope| {
        scope.spawn(|| {
            for version in versions.iter().cycle().take_while(|_| !is_over()) {
                let tag = format!("\"{version}\"");
                let fields = [("Cache-Control", "max-age=60"), ("ETag", tag.as_str())];
                tell(path, Reply::text(200, &fields, &version.repeat(10)));
                ask("DELETE", &[]);
                ask("GET", &[]);
                thread::sleep(Duration::from_millis(5));
            }
        });
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over() {
                    let part = ask("GET", &[("Range", "bytes=5-5")]);
                    assert!(matches!(part.status, 200 | 206), "{part:?}");
                    let Some(tag) = part.field("etag") else { continue };
                    assert_eq!(tag.get(1..2), part.text().get(..1), "{part:?}");
                }
            });
        }
    });
}

#[test]
fn everyone_gets_the_variant_that_was_asked_for() {
    let path = "/reports/variants";
    let language = |tag: &'static str| [("Accept-Language", tag)];
    let variant = |body: &str| {
        let fields = [("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")];
        tell(path, Reply::text(200, &fields, body));
    };
    variant("hello");
    until_stored(|| read(path, &language("en")));
    variant("hallo");
    let other = read(path, &language("de"));
    assert_eq!(
        (status(&other).as_str(), other.text().as_str()),
        ("turnpike; fwd=vary-miss; stored", "hallo")
    );
    assert_eq!(until_stored(|| read(path, &language("de"))).text(), "hallo");
    assert_eq!(until_stored(|| read(path, &language("EN"))).text(), "hello");
    assert!(read(path, &language("en")).field("vary").unwrap().starts_with("Accept-Language"));

    // What was changed is forgotten in every variant.
    variant("salut");
    let token = bearer(READER);
    let fields = [("Authorization", token.as_str())];
    assert_eq!(crate::client::send(SITE.port, "DELETE", path, &fields, b"").status, 200);
    thread::sleep(Duration::from_millis(100));
    assert_eq!(read(path, &language("en")).text(), "salut");
    until_stored(|| read(path, &language("en")));
    assert_eq!(read(path, &language("de")).text(), "salut");
}

#[test]
fn variants_that_were_changed_stay_forgotten() {
    let path = "/reports/variants-changed";
    let language = |tag: &'static str| [("Accept-Language", tag)];
    let variant = |body: &str| Message {
        start: "200".to_owned(),
        fields: [("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: body.to_owned(),
    };
    tell(path, Reply::With(variant("hello")));
    until_stored(|| read(path, &language("en")));
    // Asked for before the change, it arrives after it.
    tell(path, Reply::Late(Duration::from_millis(700), variant("hallo")));
    thread::scope(|scope| {
        scope.spawn(|| read(path, &language("de")));
        thread::sleep(Duration::from_millis(300));
        tell(path, Reply::With(variant("hello again")));
        let token = bearer(READER);
        let fields = [("Authorization", token.as_str())];
        assert_eq!(crate::client::send(SITE.port, "PUT", path, &fields, b"x").status, 200);
    });
    thread::sleep(Duration::from_millis(300));
    assert_eq!(read(path, &language("en")).text(), "hello again");
}

#[test]
fn a_flood_of_variants_keeps_nobody_from_the_cache() {
    let path = "/reports/variants-flood";
    let fields = [("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")];
    tell(path, Reply::text(200, &fields, "hello"));
    until_stored(|| read(path, &[("Accept-Language", "en")]));
    for number in 0..40 {
        let language = format!("x-{number}");
        assert_eq!(read(path, &[("Accept-Language", &language)]).status, 200);
    }
    // Either may have lost its place to one of the others, and gets it back.
    until_stored(|| read(path, &[("Accept-Language", "de")]));
    until_stored(|| read(path, &[("Accept-Language", "en")]));
}

#[test]
fn those_who_share_a_claim_share_an_answer() {
    let path = "/tenant/page";
    let told = |body: &str| tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], body));
    told("for acme");
    until_stored(|| get_with("tenant=acme", path));
    let received = last_asked(path);
    assert_eq!(received.field("x-auth-claim-tenant"), Some("acme"));
    assert_eq!(received.field("x-auth-subject"), None, "it will be everyone's in the tenant");
    told("for nobody else");
    assert_eq!(get_with("tenant=acme sub=bob", path).text(), "for acme");
    assert_eq!(get_with("tenant=globex", path).text(), "for nobody else");
    assert_eq!(get_with("tenant=ACME", path).text(), "for nobody else");
    // Without the claim, nothing is shared, nor with one that is no simple value.
    for members in ["", "tenant=[\"acme\"]"] {
        let without = get_with(members, path);
        assert_eq!(status(&without), "turnpike; fwd=bypass", "{members}");
        assert_eq!(without.text(), "for nobody else");
    }

    let path = "/plan/page";
    let told = |body: &str| tell(path, Reply::text(200, &[("Cache-Control", "max-age=60")], body));
    told("for acme's gold");
    until_stored(|| get_with("tenant=acme plan=gold", path));
    told("for others");
    assert_eq!(get_with("tenant=acme plan=gold", path).text(), "for acme's gold");
    assert_eq!(get_with("tenant=acme plan=lead", path).text(), "for others");
    assert_eq!(get_with("tenant=acmep plan=lan", path).text(), "for others");
}
