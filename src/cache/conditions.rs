//! Conditional requests: the client's towards us, ours towards the origin (RFC 9110 section 13).

use std::borrow::Cow;

use crate::fields::{Edits, Headers};

use super::date::date;

/// Fields of a client that ask for something else than the whole answer.
pub const CONDITIONAL: [&str; 3] = ["if-none-match", "if-modified-since", "if-range"];

/// The fields by which to ask the origin whether a stored answer is still right; none when the
/// answer has no validator.
pub fn validators(stored: &dyn Headers) -> Option<Edits> {
    let mut edits = Edits::default();
    let pairs = [("etag", "if-none-match"), ("last-modified", "if-modified-since")];
    for (validator, condition) in pairs {
        if let Some(value) = stored.get(validator) {
            edits.set(condition, value.into_owned());
        }
    }
    (!edits.set.is_empty()).then_some(edits)
}

/// Whether the client has this answer already (section 13.2.2).
pub fn is_not_modified(request: &dyn Headers, answer: &dyn Headers) -> bool {
    if let Some(tags) = request.get("if-none-match") {
        let tag = answer.get("etag");
        return tags.trim() == "*" || tag.is_some_and(|tag| has_weakly(&tags, &tag));
    }
    match (request.get("if-modified-since"), answer.get("last-modified")) {
        (Some(since), Some(modified)) => match (date(&since), date(&modified)) {
            (Some(since), Some(modified)) => modified <= since,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a part of this answer may be served: the client asks for one, and `If-Range`, if it is
/// there, names this very answer (section 13.1.5, strong comparison).
///
/// Units but bytes are passed over (section 14.2), and so are lists of parts: together they may be
/// longer than the whole.
pub fn wants_part(request: &dyn Headers, answer: &dyn Headers) -> bool {
    let names_this = |condition: &str| {
        let validator = if condition.starts_with('"') { "etag" } else { "last-modified" };
        answer.get(validator).is_some_and(|validator| validator.trim() == condition)
    };
    let is_one = |range: Cow<'_, str>| {
        let unit = range.split('=').next().unwrap_or_default();
        unit.eq_ignore_ascii_case("bytes") && !range.as_bytes().contains(&b',')
    };
    request.get("range").is_some_and(is_one)
        && request.get("if-range").is_none_or(|condition| names_this(condition.trim()))
}

/// Whether a list of entity tags has this one, by weak comparison (section 8.8.3.2).
fn has_weakly(list: &str, tag: &str) -> bool {
    let opaque = |tag: &str| {
        let tag = tag.trim();
        tag.strip_prefix("W/").unwrap_or(tag).to_owned()
    };
    let tag = opaque(tag);
    entity_tags(list).any(|listed| opaque(listed) == tag)
}

/// Splits at commas outside of quotes; there are no escapes within an entity tag.
fn entity_tags(list: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    list.split(move |character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn fields(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const OLD: &str = "Mon, 02 Nov 2026 10:00:00 GMT";
    const NEW: &str = "Tue, 03 Nov 2026 10:00:00 GMT";

    #[track_caller]
    fn not_modified(request: &[(&'static str, &'static str)], expected: bool) {
        let answer = fields(&[("etag", "\"a,b\""), ("last-modified", OLD)]);
        assert_eq!(is_not_modified(&fields(request), &answer), expected, "{request:?}");
    }

    #[test]
    fn a_client_is_spared_what_it_has() {
        not_modified(&[], false);
        not_modified(&[("if-none-match", "\"a,b\"")], true);
        not_modified(&[("if-none-match", "\"x\", W/\"a,b\"")], true);
        not_modified(&[("if-none-match", "*")], true);
        not_modified(&[("if-none-match", "\"a\", \"b\", a,b, \"\"")], false);
        not_modified(&[("if-modified-since", OLD)], true);
        not_modified(&[("if-modified-since", NEW)], true);
        not_modified(&[("if-modified-since", "yesterday")], false);
        // Entity tags outrank dates.
        not_modified(&[("if-none-match", "\"x\""), ("if-modified-since", NEW)], false);
        assert!(!is_not_modified(&fields(&[("if-none-match", "\"x\"")]), &fields(&[])));
        assert!(!is_not_modified(&fields(&[("if-modified-since", OLD)]), &fields(&[])));
        let newer = fields(&[("last-modified", NEW)]);
        assert!(!is_not_modified(&fields(&[("if-modified-since", OLD)]), &newer));
    }

    #[track_caller]
    fn part(request: &[(&'static str, &'static str)], expected: bool) {
        let answer = fields(&[("etag", "\"a\""), ("last-modified", OLD)]);
        assert_eq!(wants_part(&fields(request), &answer), expected, "{request:?}");
    }

    #[test]
    fn a_part_is_served_of_the_answer_the_client_knows() {
        const RANGE: (&str, &str) = ("range", "bytes=0-1");
        part(&[], false);
        part(&[("if-range", "\"a\"")], false);
        part(&[RANGE], true);
        part(&[("range", "Bytes=-1")], true);
        part(&[("range", "items=0-1")], false);
        part(&[("range", "bytes=0-1,0-1")], false);
        part(&[RANGE, ("if-range", "\"a\"")], true);
        part(&[RANGE, ("if-range", "\"b\"")], false);
        part(&[RANGE, ("if-range", "W/\"a\"")], false);
        part(&[RANGE, ("if-range", OLD)], true);
        part(&[RANGE, ("if-range", NEW)], false);
        part(&[RANGE, ("if-range", "")], false);
    }

    #[test]
    fn the_origin_is_asked_by_what_it_said_last() {
        let both = fields(&[("etag", "W/\"a\""), ("last-modified", OLD)]);
        let edits = validators(&both).unwrap();
        assert_eq!(edits.value_of("if-none-match"), Some("W/\"a\""));
        assert_eq!(edits.value_of("if-modified-since"), Some(OLD));
        assert_eq!(validators(&fields(&[])), None);
    }
}
