//! Answers of the origin and what the cache makes of them: what must not be stored is not, and
//! what is stored comes back as it left, for as long as it is fresh.

use std::sync::LazyLock;

use crate::{NOW, POLICY, apply, members, message, permits};
use http::HeaderMap;
use turnpike::cache::{
    CacheKey, Directives, Stored, Storing, Variants, decide, freshened, is_internal,
    is_not_modified, restore, stored_copy, stored_variants, wants_part,
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

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Some((start, fields)) = message(bytes) else { return };
    let Ok(status) = start.parse::<u16>() else { return };
    check_directives(&fields);
    _ = restore(&fields);
    // An answer is a request too: what compares the two must not mind.
    _ = (is_not_modified(&fields, &fields), wants_part(&fields, &fields));
    for permit in PERMITS.iter() {
        if let Some(key) = CacheKey::of(permit) {
            assert!(key.to_url().ends_with(permit.url().path()));
            assert!(*permit.route().caching() != Caching::Off);
        }
        let decide =
            |authorized| decide(permit, POLICY.credentials(), authorized, status, &fields, NOW);
        let decided = decide(false);
        let with_authorization = decide(true);
        assert!(with_authorization == decided || matches!(with_authorization, Storing::Skip(_)));
        let Storing::Store(record, variance) = decided else { continue };
        check_storable(permit.method(), status, &fields);
        assert!(record.age <= 1 << 31 && record.status == status);

        let copy = apply(&stored_copy(&fields, &record, "tag"), fields.clone());
        let Some(Stored::Answer(known, edits)) = restore(&copy) else { panic!("it was stored") };
        assert_eq!(known, record);
        let back = apply(&edits, copy);
        for name in ["cache-control", "cdn-cache-control", "expires", "vary", "content-type"] {
            assert_eq!(Headers::get(&back, name), Headers::get(&fields, name), "{name}");
        }
        assert!(!Headers::names(&back).iter().any(|name| is_internal(name)));
        _ = apply(&freshened(&fields), back);

        let variants = Variants::new(variance, "epoch");
        _ = variants.chosen_by(&fields);
        let note = apply(&stored_variants(&variants), HeaderMap::new());
        assert_eq!(restore(&note), Some(Stored::Variants(variants)));
    }
}

/// What no shared cache may store, read in the simplest way.
fn check_storable(method: &str, status: u16, fields: &HeaderMap) {
    assert!(method == "GET" && !origin::AUTH_STATUSES.contains(&status) && status < 500);
    assert!(!fields.contains_key("set-cookie"));
    let vary = members(Headers::get(fields, "vary").as_deref());
    assert!(!vary.iter().any(|name| matches!(name.as_str(), "*" | "cookie" | "authorization")));
    let says = |name: &str| Headers::get(fields, name).unwrap_or_default().to_ascii_lowercase();
    let targeted = ["cloudflare-cdn-cache-control", "cdn-cache-control", "surrogate-control"];
    if targeted.iter().all(|name| !fields.contains_key(*name)) {
        for word in ["no-store", "private"] {
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
