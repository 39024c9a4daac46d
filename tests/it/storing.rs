//! What is stored under which key, and how it comes back. Only the store itself is the platform's.

use std::sync::LazyLock;

use http::HeaderMap;
use turnpike::cache::{
    CacheKey, MAX_STORED_BYTES, Record, Skip, Stored, Storing, Tiered, decide, decide_for,
    freshened, is_internal, restore, stored_copy, tiered_copy, tiered_failure, tiered_request,
};
use turnpike::fields::Headers;
use turnpike::gate::Permit;

use crate::site::{ISSUER, NOW, Site, apply, header_map};
use crate::support::token::token;

static SITE: LazyLock<Site> = LazyLock::new(Site::of_cases);

fn permit(method: &str, path: &str) -> Permit<'static> {
    permit_with("", method, path)
}

/// A permit for a token with more claims.
fn permit_with(more: &str, method: &str, path: &str) -> Permit<'static> {
    let members = format!("scope=\"reports:read reports:write\" {more}");
    let token = token(&members, &ISSUER, NOW.0);
    let headers = header_map(&[("authorization".to_owned(), format!("Bearer {token}"))]);
    SITE.admit(method, &format!("https://docs.example.com{path}"), &headers).expect("a good token")
}

fn fields(lines: &[(&str, &str)]) -> HeaderMap {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    header_map(&lines.iter().map(owned).collect::<Vec<_>>())
}

/// What is known of a stored answer with these fields.
fn record(fields: &HeaderMap) -> Result<Record, Skip> {
    record_at("/reports/x", fields)
}

fn record_at(path: &str, fields: &HeaderMap) -> Result<Record, Skip> {
    record_of(path, false, fields)
}

fn record_of(path: &str, authorized: bool, fields: &HeaderMap) -> Result<Record, Skip> {
    let credentials = SITE.policy().credentials();
    match decide(&permit("GET", path), credentials, authorized, 200, fields, NOW) {
        Storing::Store(record, _) => Ok(record),
        Storing::Skip(why) => Err(why),
    }
}

/// Whether an answer with these fields, fresh for a minute, is stored.
#[track_caller]
fn check(lines: &[(&str, &str)], expected: Result<u64, Skip>) {
    let mut all = fields(&[("cache-control", "max-age=60")]);
    all.extend(fields(lines));
    assert_eq!(record(&all).map(|record| record.fresh_for), expected, "{lines:?}");
}

#[test]
fn an_answer_may_vary_on_what_is_no_credential() {
    check(&[("vary", "Accept-Encoding")], Ok(60));
    check(&[("vary", ", accept-encoding,")], Ok(60));
    check(&[("vary", "Accept-Language, X-Any")], Ok(60));
    check(&[("vary", "Cookie")], Err(Skip::Vary));
    check(&[("vary", "X-Access-Token")], Err(Skip::Vary));
    check(&[("vary", "*")], Err(Skip::Vary));
}

#[test]
fn what_an_authorization_was_sent_for_is_stored_if_the_origin_allows_it() {
    let stored = |authorized, lines: &[(&str, &str)]| {
        record_of("/mine/x", authorized, &fields(lines)).map(|record| record.fresh_for)
    };
    let control = |control: &'static str| [("cache-control", control)];
    for allowed in ["public, max-age=5", "must-revalidate, max-age=5", "s-maxage=5"] {
        assert_eq!(stored(true, &control(allowed)), Ok(5), "{allowed}");
    }
    for other in ["max-age=5", "max-age=5, proxy-revalidate", "no-cache=\"a\", max-age=5"] {
        assert_eq!(stored(true, &control(other)), Err(Skip::Authorization), "{other}");
        assert_eq!(stored(false, &control(other)), Ok(5), "{other}");
    }
    let targeted = [("cache-control", "public"), ("cdn-cache-control", "max-age=5")];
    assert_eq!(stored(true, &targeted), Err(Skip::Authorization));
    let targeted = [("cache-control", "no-store"), ("cdn-cache-control", "public, max-age=5")];
    assert_eq!(stored(true, &targeted), Ok(5));
    assert_eq!(stored(true, &control("public, private, max-age=5")), Err(Skip::Forbidden));
}

#[test]
fn an_answer_is_stored_up_to_8_mib() {
    assert_eq!(MAX_STORED_BYTES, 8_388_608);
    check(&[("content-length", "0")], Ok(60));
    check(&[("content-length", "8388608")], Ok(60));
    check(&[("content-length", "8388609")], Err(Skip::Size));
}

#[test]
fn what_is_forbidden_in_the_wrong_place_is_forbidden() {
    for control in [
        "no-store; max-age=60",
        "max-age=60; Private",
        "max-age=60 no-cache",
        "\"no-store\", max-age=60",
        // Two strings with an escaped quote in each, and a directive between them.
        r#"max-age=60, a="\"", no-store, b="\"""#,
    ] {
        check(&[("cache-control", control)], Err(Skip::Forbidden));
    }
    for control in ["max-age=60, not-private", "max-age=60, no-stored, x=y; z", "max-age=60; x"] {
        let forbidden = Err(Skip::Forbidden);
        let control = fields(&[("cache-control", control)]);
        assert_ne!(record(&control).map(|record| record.fresh_for), forbidden, "{control:?}");
    }
}

#[test]
fn an_unusual_status_is_stored_if_the_origin_says_for_how_long() {
    let permit = permit("GET", "/reports/x");
    let stored = |status, control: &str| {
        let fields = fields(&[("cache-control", control)]);
        match decide(&permit, &[], false, status, &fields, NOW) {
            Storing::Store(record, _) => Ok(record.fresh_for),
            Storing::Skip(why) => Err(why),
        }
    };
    assert_eq!(stored(299, "max-age=5"), Ok(5));
    assert_eq!(stored(299, "public"), Err(Skip::Status));
    // Nobody but those who know the status may store it (RFC 9111 section 5.2.2.3).
    assert_eq!(stored(299, "max-age=5, must-understand"), Err(Skip::Status));
    assert_eq!(stored(302, "max-age=5, must-understand"), Ok(5));
}

#[test]
fn a_body_is_stored_if_the_platform_undoes_its_coding() {
    for coding in ["identity", "gzip", "br"] {
        check(&[("content-encoding", coding)], Ok(60));
    }
    for coding in ["GZIP", "Br", "x-gzip", "deflate", "zstd", "gzip, br", "gzip,"] {
        check(&[("content-encoding", coding)], Err(Skip::Encoding));
    }
}

#[test]
fn a_targeted_field_counts_when_it_is_a_dictionary() {
    let targeted = |value| [("cdn-cache-control", value)];
    let valid = [
        "max-age=5",
        "max-age=5, x.y-z_1*=2",
        "*a, max-age=5",
        "max-age=5;a;b=1, x=(a \"b\")",
        "max-age=60.5, max-age=5",
    ];
    for valid in valid {
        check(&targeted(valid), Ok(5));
    }
    let invalid = [
        "",
        "max-age=5, 1a",
        "max-age=5, a b",
        "-a, max-age=5",
        "max-age=5, a=\"",
        "max-age=5,",
        "Max-Age=5",
        "max-age=5, No-Store",
        "max-age =5",
        "max-age=\"5\"",
        "max-age=5.0",
        "max-age=five",
        "max-age",
        "max-age=5, max-age=5.0",
        "max-age=5, s-maxage=x",
    ];
    for invalid in invalid {
        check(&targeted(invalid), Ok(60));
    }
    check(&targeted("max-age=5, no-store"), Err(Skip::Forbidden));
    check(&[("etag", "\"a\""), ("cdn-cache-control", "max-age=-5")], Ok(0));
}

#[test]
fn surrogate_control_counts_after_the_other_targeted_fields() {
    let surrogate = |value| ("surrogate-control", value);
    check(&[surrogate("max-age=5")], Ok(5));
    check(&[surrogate("max-age=5"), ("cdn-cache-control", "max-age=7")], Ok(7));
    check(&[surrogate("max-age=5"), ("cdn-cache-control", "max-age=7.0")], Ok(5));
    check(&[surrogate("max-age=5;elsewhere")], Ok(60));
    check(&[surrogate("content=\"ESI/1.0\"")], Ok(60));
    check(&[surrogate("no-store-remote")], Err(Skip::Forbidden));
    check(&[surrogate("max-age=5, a=\"")], Err(Skip::Forbidden));
    check(&[surrogate("max-age=99999999999")], Ok(1 << 31));
    check(&[surrogate("max-age=5"), ("age", "5"), ("etag", "\"a\"")], Ok(0));
    let extended = record(&fields(&[surrogate("max-age=60+30"), ("cache-control", "no-store")]))
        .expect("it is for caches like this one");
    assert_eq!((extended.fresh_for, extended.while_revalidating), (60, 30));
}

#[test]
fn a_targeted_field_takes_the_place_of_expires() {
    let expires = ("expires", "Fri, 15 Jan 2027 08:01:00 GMT");
    let says = |control| {
        let answer = fields(&[expires, ("etag", "\"a\""), control]);
        record(&answer).map(|record| record.fresh_for)
    };
    assert_eq!(says(("x-any", "1")), Ok(60));
    assert_eq!(says(("cdn-cache-control", "must-revalidate")), Ok(0));
    assert_eq!(says(("cloudflare-cdn-cache-control", "max-age=5")), Ok(5));
}

#[test]
fn staleness_is_allowed_by_the_origin_alone() {
    let windows = |control: &str| {
        let record = record(&fields(&[("cache-control", control)])).expect("it is stored");
        (record.fresh_for, record.while_revalidating, record.if_error)
    };
    let both = "max-age=60, stale-while-revalidate=10, stale-if-error=20";
    assert_eq!(windows(both), (60, 10, 20));
    for strict in ["must-revalidate", "proxy-revalidate"] {
        assert_eq!(windows(&format!("{both}, {strict}")), (60, 0, 0), "{strict}");
    }
    assert_eq!(windows(&format!("{both}, s-maxage=30")), (30, 0, 0));
}

#[test]
fn the_operator_may_let_answers_stand_in_where_the_origin_does_not_say() {
    let windows = |control: &'static str| {
        let record = record_at("/standing-in/x", &fields(&[("cache-control", control)]))?;
        Ok((record.fresh_for, record.while_revalidating, record.if_error))
    };
    assert_eq!(windows("max-age=60"), Ok((60, 0, 3600)));
    assert_eq!(windows("max-age=60, stale-if-error=5"), Ok((60, 0, 5)));
    assert_eq!(windows("max-age=60, stale-if-error=0"), Ok((60, 0, 0)));
    assert_eq!(windows("public"), Ok((0, 0, 3600)));
    for strict in ["must-revalidate", "proxy-revalidate"] {
        let control = format!("max-age=60, {strict}");
        assert_eq!(windows(control.leak()), Ok((60, 0, 0)), "{strict}");
    }
    assert_eq!(windows("s-maxage=60"), Ok((60, 0, 0)));
    assert_eq!(windows("no-cache"), Err(Skip::Stale));
    assert_eq!(windows("no-store"), Err(Skip::Forbidden));
}

#[test]
fn what_was_stale_on_arrival_may_be_used_for_less_long() {
    let windows = |age: &'static str| {
        let control = "max-age=60, stale-while-revalidate=10, stale-if-error=20";
        let answer = fields(&[("cache-control", control), ("age", age), ("etag", "\"a\"")]);
        record(&answer).map(|record| (record.fresh_for, record.while_revalidating, record.if_error))
    };
    assert_eq!(windows("59"), Ok((1, 10, 20)));
    assert_eq!(windows("60"), Ok((0, 10, 20)));
    assert_eq!(windows("65"), Ok((0, 5, 15)));
    assert_eq!(windows("99"), Ok((0, 0, 0)));
    assert_eq!(windows("soon"), Ok((0, 0, 0)));
}

#[test]
fn what_is_never_fresh_is_stored_if_it_can_be_revalidated() {
    check(&[("cache-control", "no-cache")], Err(Skip::Stale));
    check(&[("cache-control", "no-cache"), ("etag", "\"a\"")], Ok(0));
    let silent = fields(&[("etag", "\"a\"")]);
    assert_eq!(record(&silent).map(|record| record.fresh_for), Ok(0));
    assert_eq!(record(&fields(&[])), Err(Skip::Stale));
}

#[test]
fn an_answer_without_a_lifetime_is_fresh_for_a_tenth_of_its_age() {
    // NOW is Fri, 15 Jan 2027 08:00:00 GMT.
    let modified = |date: &str| record(&fields(&[("last-modified", date)])).map(|r| r.fresh_for);
    assert_eq!(modified("Fri, 15 Jan 2027 07:50:00 GMT"), Ok(60));
    assert_eq!(modified("Fri, 15 Jan 2016 08:00:00 GMT"), Ok(86_400));
    assert_eq!(modified("Fri, 15 Jan 2027 09:00:00 GMT"), Ok(0));
}

#[test]
fn an_answer_expires_at_a_time_in_any_format_or_has_expired() {
    // NOW is Fri, 15 Jan 2027 08:00:00 GMT.
    let expires = |date: &str| {
        record(&fields(&[("expires", date), ("etag", "\"a\"")])).map(|record| record.fresh_for)
    };
    for minute in [
        "Fri, 15 Jan 2027 08:01:00 GMT",
        "fri, 15 JAN 2027 08:01:00 utc",
        "Friday, 15-Jan-27 08:01:00 GMT",
        "Fri Jan 15 08:01:00 2027",
        "Mon Jan 15 08:01:00 2027",
    ] {
        assert_eq!(expires(minute), Ok(60), "{minute}");
    }
    for none in ["Fri, 15 Jan 2027 08:01:00 CET", "Fri 15 Jan 2027 08:01:00 GMT", "60", ""] {
        assert_eq!(expires(none), Ok(0), "{none}");
    }
    assert_eq!(expires("Fri, 31 Dec 9999 23:59:59 GMT"), Ok(1 << 31));
}

#[test]
fn fields_that_are_named_private_or_not_to_be_cached_are_not_stored() {
    let stored = |control: &str, more: &[(&str, &str)]| {
        let mut answer =
            fields(&[("cache-control", control), ("x-a", "1"), ("b", "2"), ("c", "3")]);
        answer.extend(fields(more));
        let copy = apply(&stored_copy(&answer, &record(&answer)?, ""), answer.clone());
        let Some(Stored::Answer(_, edits)) = restore(&copy) else { panic!("it was stored") };
        let back = apply(&edits, copy);
        assert_eq!(back.get("cache-control"), answer.get("cache-control"));
        let kept = ["x-a", "b", "c"].iter().filter(|name| back.contains_key(**name));
        Ok(kept.copied().collect::<Vec<_>>().join(" "))
    };
    let stored_as = |control: &str| stored(control, &[]);
    assert_eq!(stored_as("max-age=5"), Ok("x-a b c".to_owned()));
    assert_eq!(stored_as("max-age=5, no-cache=\"X-A, b\""), Ok("c".to_owned()));
    assert_eq!(stored_as("private=\"b\", max-age=5, no-cache=\"c\""), Ok("x-a".to_owned()));
    // Neither of these names fields alone.
    assert_eq!(stored_as("private=\"b, vary\", max-age=5"), Err(Skip::Forbidden));
    assert_eq!(stored_as("private=\"b\", private, max-age=5"), Err(Skip::Forbidden));
    assert_eq!(stored_as("private=b, max-age=5"), Err(Skip::Forbidden));
    assert_eq!(stored_as("no-cache=b, max-age=5"), Err(Skip::Stale));
    // A targeted field counts for this, too.
    let targeted = [("cdn-cache-control", "max-age=5, private=\"b\"")];
    assert_eq!(stored("private", &targeted), Ok("x-a c".to_owned()));
    // What sets a cookie stays out whatever it names.
    let cookie = [("set-cookie", "a=1")];
    assert_eq!(stored("private=\"set-cookie\", max-age=5", &cookie), Err(Skip::SetCookie));
    // The internal fields are ours whatever an origin names.
    assert_eq!(
        stored_as("private=\"turnpike-record, turnpike-variants, b\", max-age=5"),
        Ok("x-a c".to_owned())
    );
}

#[test]
fn what_is_stored_comes_back_as_it_was() {
    let answer = fields(&[
        ("cache-control", "public, max-age=60"),
        ("cdn-cache-control", "max-age=60"),
        ("expires", "0"),
        ("vary", "Accept-Language"),
        ("content-type", "text/plain"),
        ("content-encoding", "gzip"),
        ("content-length", "5"),
        ("content-digest", "sha-256=:YQ==:"),
        ("repr-digest", "sha-256=:YQ==:"),
        ("etag", "\"a\""),
        ("age", "7"),
        ("www-authenticate", "Bearer"),
        ("turnpike-record", "made up"),
    ]);
    let known = record(&answer).expect("it is stored");
    let copy = apply(&stored_copy(&answer, &known, "a,b"), answer.clone());
    assert_eq!(copy.get("cache-control").expect("for the store"), "public, max-age=86453");
    let hidden =
        ["vary", "expires", "content-encoding", "content-length", "age", "cdn-cache-control"];
    assert!(hidden.iter().all(|name| copy.get(*name).is_none()), "{copy:?}");
    let Some(Stored::Answer(record, edits)) = restore(&copy) else { panic!("it was stored") };
    assert_eq!(record, known);
    let back = apply(&edits, copy);
    for name in ["cache-control", "cdn-cache-control", "expires", "vary", "content-type"] {
        assert_eq!(back.get(name), answer.get(name), "{name}");
    }
    // It is not the same to the byte any more.
    assert!(back.get("content-digest").is_none() && back.get("repr-digest").is_none());
    assert_eq!(back.get("etag").expect("it had one"), "W/\"a\"");
    assert!(back.get("www-authenticate").is_none());
    assert!(!Headers::names(&back).iter().any(|name| is_internal(name)));
    assert_eq!(restore(&answer), None, "it was not stored by us");
}

#[test]
fn a_stored_answer_has_the_tags_of_its_origin_its_route_and_its_url() {
    let key = |path| CacheKey::of(&permit("GET", path)).expect("it is cached");
    let tags = key("/reports/a,b?c=d").tags();
    assert_eq!(
        tags,
        "turnpike-route:/reports/*,turnpike-url:https://docs.example.com/reports/a%2Cb?c=d"
    );
    let known = record(&fields(&[("cache-control", "max-age=60")])).expect("it is stored");
    for (given, expected) in [(&[][..], "t"), (&[("cache-tag", "a,b")][..], "a,b,t")] {
        let copy = stored_copy(&fields(given), &known, "t");
        assert_eq!(copy.value_of("cache-tag"), Some(expected));
    }
    let long = key(&format!("/reports/{}", "x".repeat(2000))).url_tag();
    assert_eq!(long.len(), 1024);
}

#[test]
fn gate_and_tiered_store_understand_each_other() {
    let told = apply(&tiered_request(&fields(&[]), "request-1", "a,b"), HeaderMap::new());
    let pass = |answer: &HeaderMap, storing: &Storing| {
        apply(&tiered_copy(answer, storing, &told), answer.clone())
    };
    let answer = fields(&[
        ("cache-control", "max-age=60, stale-while-revalidate=5"),
        ("cdn-cache-control", "max-age=30"),
        ("vary", "Accept-Encoding, Accept-Language"),
        ("content-type", "text/plain"),
        ("turnpike-made-for", "request-2"),
    ]);
    let credentials = SITE.policy().credentials();
    let route = permit("GET", "/reports/x");
    let storing = decide_for(route.route(), credentials, false, 200, &answer, NOW);
    let passed = pass(&answer, &storing);
    let expected = "public, max-age=30, stale-while-revalidate=0, stale-if-error=0";
    assert_eq!(passed.get("cache-control").expect("for the store"), expected);
    assert_eq!(passed.get("vary").expect("it has variants"), "accept-language");
    assert_eq!(passed.get("cache-tag").expect("to be purged by"), "a,b");
    assert!(passed.get("cdn-cache-control").is_none());
    let Tiered::Made(edits) = Tiered::of(&passed, "request-1") else { panic!("it is ours") };
    let back = apply(&edits, passed.clone());
    for name in ["cache-control", "cdn-cache-control", "vary", "content-type"] {
        assert_eq!(back.get(name), answer.get(name), "{name}");
    }
    assert!(!Headers::names(&back).iter().any(|name| is_internal(name)));
    let Tiered::Stored(record, _) = Tiered::of(&passed, "request-3") else { panic!("stored") };
    assert_eq!((record.at, record.fresh_for), (NOW, 30));

    let refused = pass(&answer, &Storing::Skip(Skip::Forbidden));
    assert_eq!(refused.get("cache-control").expect("for the store"), "no-store");
    assert!(refused.get("cdn-cache-control").is_none() && refused.get("vary").is_none());
    assert!(matches!(Tiered::of(&refused, "request-1"), Tiered::Made(_)));
    assert_eq!(Tiered::of(&refused, "request-3"), Tiered::Foreign, "it is another's, not stored");
    assert_eq!(Tiered::of(&answer, "request-1"), Tiered::Foreign, "no origin can say so");
    let failed = apply(&tiered_failure(&told), HeaderMap::new());
    assert_eq!(failed.get("cache-control").expect("for the store"), "no-store");
    assert_eq!(Tiered::of(&failed, "request-1"), Tiered::Unanswered);
    assert_eq!(Tiered::of(&failed, "request-3"), Tiered::Foreign);
}

#[test]
fn a_partition_by_claims_is_their_names_and_values() {
    let key = |more, path| CacheKey::of(&permit_with(more, "GET", path)).map(|key| key.to_url());
    let acme = key("tenant=acme", "/tenant/x").expect("it has the claim");
    assert!(acme.contains("-claims-") && !acme.contains("acme"), "{acme}");
    assert_eq!(key("tenant=acme sub=bob", "/tenant/x"), Some(acme.clone()));
    let others = ["tenant=ACME", "tenant=7", "tenant=true", "tenant=\"\""];
    let mut seen = vec![acme];
    for more in others {
        let other = key(more, "/tenant/x").expect("it has the claim");
        assert!(!seen.contains(&other), "{more}");
        seen.push(other);
    }
    // Nothing that was rounded: two tenants could have become one.
    let rounded = ["tenant=100000000000000000001", "tenant=1.5", "tenant=1e3", "tenant=-0"];
    let others = ["", "tenant=null", "tenant=[\"acme\"]", "plan=acme"];
    for more in rounded.into_iter().chain(others) {
        assert_eq!(key(more, "/tenant/x"), None, "{more}");
    }
    let both = key("tenant=a plan=bc", "/plan/x").expect("it has both");
    assert_ne!(key("tenant=ab plan=c", "/plan/x"), Some(both));
    assert_eq!(key("tenant=a", "/plan/x"), None);
}

#[test]
fn the_tiered_store_finds_a_route_by_its_fingerprint() {
    let routes = SITE.policy().routes();
    let permit = permit("GET", "/reports/x");
    let found = routes.with_fingerprint(permit.route().fingerprint());
    assert!(found.is_some_and(|route| std::ptr::eq(route, permit.route())));
    assert!(routes.with_fingerprint("").is_none());
}

#[test]
fn a_304_renews_what_it_names_but_not_the_body() {
    let stored = fields(&[("etag", "\"a\""), ("content-type", "text/plain"), ("x-old", "1")]);
    let renewed = fields(&[("x-new", "2"), ("content-type", "text/html"), ("content-length", "0")]);
    let back = apply(&freshened(&renewed), stored);
    assert_eq!(back.get("content-type").expect("it is taken over"), "text/html");
    assert_eq!(back.get("x-old").expect("it is kept"), "1");
    assert_eq!(back.get("x-new").expect("it is taken over"), "2");
    assert!(back.get("content-length").is_none());
}

#[test]
fn a_key_is_the_rules_the_partition_and_the_url() {
    let key = |method, path| CacheKey::of(&permit(method, path)).map(|key| key.to_url());
    let shared = key("GET", "/reports/x?a=1").expect("it is cached");
    assert!(shared.starts_with("https://docs.example.com/"), "{shared}");
    assert!(shared.ends_with("-shared/reports/x?a=1"), "{shared}");
    assert_eq!(key("HEAD", "/reports/x?a=1"), Some(shared));
    assert_eq!(key("POST", "/reports/x?a=1"), None);
    assert_eq!(key("GET", "/elsewhere"), None);
    let mine = key("GET", "/mine/x").expect("it is cached");
    assert!(mine.contains("-subject-") && mine.ends_with("/mine/x"), "{mine}");
    assert_eq!(key("GET", "/tenant/x"), None, "the token has no such claim");
    let variant = CacheKey::of(&permit("GET", "/reports/x")).expect("it is cached").variant("v");
    assert!(variant.to_url().ends_with("-shared~v/reports/x"), "{}", variant.to_url());
    let [(_, server), (_, rules), (_, readers)] = variant.properties();
    assert_eq!(format!("{server}/{rules}-{readers}/reports/x"), variant.to_url());
    assert_eq!(variant.properties().map(|(name, _)| name), ["server", "rules", "readers"]);
}

/// Nobody has a copy of their own, and everyone has the shared one.
#[test]
fn on_optional_routes_nobody_shares_with_everyone_and_with_no_subject() {
    let of_nobody = |path: &str| {
        let url = format!("https://docs.example.com{path}");
        CacheKey::of(&SITE.admit("GET", &url, &HeaderMap::new()).expect("none is needed"))
    };
    assert_eq!(of_nobody("/optional/a"), None);
    assert!(CacheKey::of(&permit("GET", "/optional/a")).is_some());
    let shared = of_nobody("/optional/shared/a").expect("it is stored");
    assert!(shared.to_url().ends_with("-optional/optional/shared/a"), "{}", shared.to_url());
    assert_eq!(Some(shared), CacheKey::of(&permit("GET", "/optional/shared/a")));
}
