//! What is stored of an answer, and how it is restored.
//!
//! The Cache API stores what it takes for a public answer with status 200. Everything that the
//! origin said about caching is kept apart, where it means nothing to that store, so that a copy
//! can be treated like the answer it was: judged anew by today's policy for each request.

use std::borrow::Cow;

use crate::fields::{Edits, Headers};

use super::conditions::validators;
use super::storage::Control;
use super::{Record, Variants};

/// When it was stored, and for how long it may be used.
const RECORD: &str = "turnpike-record";

/// In place of an answer: how to find the variants of its URL.
const VARIANTS: &str = "turnpike-variants";

/// Which variant a stored answer is, when its URL has some.
pub const VARIANT: &str = "turnpike-variant";

/// Fields that would speak to the store, or that it changes, and where a stored copy keeps them.
const KEPT: [(&str, &str); 8] = [
    ("cache-control", "turnpike-cache-control"),
    ("cdn-cache-control", "turnpike-cdn-cache-control"),
    ("cloudflare-cdn-cache-control", "turnpike-cloudflare-cdn-cache-control"),
    ("surrogate-control", "turnpike-surrogate-control"),
    ("date", "turnpike-date"),
    ("expires", "turnpike-expires"),
    ("pragma", "turnpike-pragma"),
    ("vary", "turnpike-vary"),
];

/// Fields that say something to one client alone.
const PERSONAL: [&str; 6] = [
    "authentication-info",
    "clear-site-data",
    "dpop-nonce",
    "proxy-authenticate",
    "proxy-authentication-info",
    "www-authenticate",
];

/// Begins the names of the fields that only stored copies have.
const INTERNAL: &str = "turnpike-";

/// Whether a field is one that only stored copies have; an origin that sends it has nothing to say
/// by it.
pub fn is_internal(name: &str) -> bool {
    name.starts_with(INTERNAL)
}

/// What is found under a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Stored {
    /// A copy of an answer, and the changes that make it the answer again, but for its age.
    Answer(Record, Edits),
    /// The variants of a URL.
    Variants(Variants),
}

/// The fields of the copy that is stored, given those of the answer; `tags` are those of its
/// [key](super::CacheKey::tags).
pub fn stored_copy(answer: &dyn Headers, record: &Record, tags: &str) -> Edits {
    let mut edits = kept(answer);
    edits.remove(&["age"]);
    edits.remove(&PERSONAL);
    edits.remove_found(Control::of(answer).directives.fields_not_stored());
    // The body was read, and reading undoes its coding; the platform codes it anew for each client.
    // So it is no longer the same to the byte.
    edits.remove(&["content-encoding", "content-length"]);
    if answer.get("content-encoding").is_some() {
        edits.remove(&["content-digest", "content-md5", "repr-digest"]);
        if let Some(tag) = answer.get("etag") {
            edits.set("etag", weak(tag));
        }
    }
    let kept_for = record.kept_for(validators(answer).is_some());
    edits.set("cache-control", format!("public, max-age={kept_for}"));
    edits.set("cache-tag", listed(answer.get("cache-tag"), tags));
    edits.set(RECORD, record.to_string());
    edits
}

/// Puts aside what speaks to a store.
pub(super) fn kept(answer: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    edits.remove_where(answer, &is_internal);
    for (name, kept) in KEPT {
        edits.remove(&[name]);
        if let Some(value) = answer.get(name) {
            edits.set(kept, value.into_owned());
        }
    }
    edits
}

fn listed(given: Option<Cow<'_, str>>, more: &str) -> String {
    given.map_or_else(|| more.to_owned(), |given| format!("{given},{more}"))
}

fn weak(tag: Cow<'_, str>) -> String {
    if tag.starts_with("W/") { tag.into_owned() } else { format!("W/{tag}") }
}

/// The fields of what is stored in place of an answer that has variants.
pub fn stored_variants(variants: &Variants) -> Edits {
    let mut edits = Edits::default();
    edits.set("cache-control", "public, max-age=2592000");
    edits.set(VARIANTS, variants.to_field());
    edits
}

/// What was stored; `None` when it was not stored by us.
pub fn restore(stored: &dyn Headers) -> Option<Stored> {
    if let Some(field) = stored.get(VARIANTS) {
        return Variants::from_field(&field).map(Stored::Variants);
    }
    Some(Stored::Answer(recorded(stored)?, restored(stored)))
}

/// What is known of a stored answer.
pub(super) fn recorded(stored: &dyn Headers) -> Option<Record> {
    Record::parse(&stored.get(RECORD)?)
}

/// Puts back what was [put aside](kept).
pub(super) fn restored(stored: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    edits.remove(&["cf-cache-status", "age"]);
    edits.remove_where(stored, &is_internal);
    for (name, kept) in KEPT {
        edits.remove(&[name]);
        if let Some(value) = stored.get(kept) {
            edits.set(name.to_owned(), value.into_owned());
        }
    }
    edits
}

/// Fields that tell of the body or of a connection; a 304 has another connection and no body. The
/// tag belongs here because that of the copy is weaker when its coding was undone.
const OF_THE_BODY: [&str; 9] = [
    "connection",
    "content-digest",
    "content-encoding",
    "content-length",
    "content-md5",
    "content-range",
    "etag",
    "keep-alive",
    "transfer-encoding",
];

/// How the fields of a stored answer change when the origin says by a 304 that it is still right
/// (RFC 9111 section 3.2).
pub fn freshened(not_modified: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    let is_of_body = |name: &str| OF_THE_BODY.contains(&name);
    // What the stored answer said of its age no longer holds.
    edits.remove(&["age", "date"]);
    for name in not_modified.names().into_iter().filter(|name| !is_of_body(name)) {
        if let Some(value) = not_modified.get(name) {
            edits.set(name.to_owned(), value.into_owned());
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_304_changes_all_but_the_body() {
        let mut not_modified = HeaderMap::new();
        for (name, value) in [
            ("cache-control", "max-age=5"),
            ("content-security-policy", "default-src 'none'"),
            ("content-type", "text/html"),
            ("content-length", "0"),
            ("content-encoding", "gzip"),
            ("etag", "\"b\""),
        ] {
            not_modified.insert(name, value.parse().unwrap());
        }
        let edits = freshened(&not_modified);
        assert_eq!(edits.value_of("cache-control"), Some("max-age=5"));
        assert_eq!(edits.value_of("content-security-policy"), Some("default-src 'none'"));
        assert_eq!(edits.value_of("content-type"), Some("text/html"));
        assert_eq!(edits.set.len(), 3);
        assert_eq!(edits.remove, ["age", "date"]);
    }

    #[test]
    fn variants_are_found_in_place_of_an_answer() {
        let variants = Variants::from_field("7;a,b").unwrap();
        let fields = stored_variants(&variants).set;
        let parsed = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| {
            (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
        };
        let stored: HeaderMap = fields.iter().map(parsed).collect();
        assert_eq!(stored["cache-control"], "public, max-age=2592000");
        assert_eq!(restore(&stored), Some(Stored::Variants(variants)));
    }
}
