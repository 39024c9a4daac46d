//! Answers of the origin and what the cache makes of them: what must not be stored is not, and
//! what is stored comes back as it left, for as long as it is fresh.

#![no_main]

use std::sync::LazyLock;

use harness::{NOW, POLICY, apply, members, message, permits};
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use turnpike::cache::{
    CacheKey, CacheStatus, Directives, INTERNAL_FIELDS, Storing, decide, restore, stored_copy,
};
use turnpike::fields::Headers;
use turnpike::gate::Permit;
use turnpike::origin;
use turnpike::policy::Caching;

static PERMITS: LazyLock<Vec<Permit<'static>>> = LazyLock::new(|| {
    permits(&[
        ("GET", "/open/x"),
        ("GET", "/reports/x"),
        ("GET", "/mine/x"),
        ("GET", "/ttl/x"),
        ("GET", "/elsewhere"),
        ("HEAD", "/reports/x"),
        ("POST", "/mine/x"),
    ])
});

fuzz_target!(|bytes: &[u8]| {
    let Some((start, fields)) = message(bytes) else { return };
    let Ok(status) = start.parse::<u16>() else { return };
    check_directives(&fields);
    if let Some((_, left)) = restore(&fields, NOW) {
        assert!(left > 0);
    }
    for permit in PERMITS.iter() {
        let key = CacheKey::of(permit);
        if let Some(key) = &key {
            assert!(
                key.as_str().ends_with(permit.url().path())
                    && permit.route().caching() != Caching::Off
            );
        }
        assert!(!CacheStatus::of(permit, key.as_ref(), status, &fields, NOW).word().is_empty());
        let Storing::Store { ttl, age } = decide(permit, status, &fields, NOW) else { continue };
        check_storable(permit.method(), status, &fields);
        assert!(ttl > 0 && age <= 1 << 31);

        let edits = origin::response(&POLICY, permit, status, &fields);
        let leaving = apply(&edits, fields.clone());
        let copy = apply(&stored_copy(&leaving, ttl, age, NOW), leaving.clone());
        for later in [0, ttl - 1] {
            let (edits, left) = restore(&copy, NOW.plus(later)).expect("it is fresh");
            assert_eq!(left, ttl - later);
            let back = apply(&edits, copy.clone());
            for name in ["cache-control", "vary", "content-type", "location"] {
                assert_eq!(Headers::get(&back, name), Headers::get(&leaving, name), "{name}");
            }
            assert_eq!(Headers::get(&back, "age"), Some((age + later).to_string()));
            assert!(INTERNAL_FIELDS.iter().all(|name| Headers::get(&back, name).is_none()));
        }
        assert!(restore(&copy, NOW.plus(ttl)).is_none());
    }
});

/// What no shared cache may store, read in the simplest way.
fn check_storable(method: &str, status: u16, fields: &HeaderMap) {
    assert!(method == "GET" && !origin::AUTH_STATUSES.contains(&status) && status < 500);
    assert!(!fields.contains_key("set-cookie"));
    let vary = members(Headers::get(fields, "vary").as_deref());
    assert!(vary.iter().all(|name| matches!(name.as_str(), "" | "accept-encoding")));
    let says = |name: &str| Headers::get(fields, name).unwrap_or_default().to_ascii_lowercase();
    let targeted = ["cloudflare-cdn-cache-control", "cdn-cache-control"];
    if targeted.iter().all(|name| !fields.contains_key(*name)) {
        for word in ["no-store", "no-cache", "private"] {
            // Within quotes it is a part of some other directive.
            let control = says("cache-control");
            assert!(control.contains('"') || !members(Some(&control)).iter().any(|m| m == word));
        }
    }
}

fn check_directives(fields: &HeaderMap) {
    let control = Headers::get(fields, "cache-control");
    let directives = Directives::of(control.as_deref());
    let private = directives.private();
    assert_eq!(Directives::of(Some(&private)).private(), private, "private is private");
    let words = members(Some(&private));
    assert_eq!(words.first().map(String::as_str), Some("private"));
    for word in words.iter().filter(|_| !private.contains('"')) {
        let name = word.split('=').next().unwrap_or_default().trim();
        assert!(!matches!(name, "public" | "s-maxage" | "proxy-revalidate"), "{private}");
    }
    for name in ["max-age", "s-maxage", "stale-if-error"] {
        assert_eq!(directives.seconds(name).is_some(), directives.has(name));
        assert!(directives.seconds(name).is_none_or(|seconds| seconds <= 1 << 31));
    }
}
