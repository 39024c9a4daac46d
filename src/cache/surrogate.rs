//! `Surrogate-Control`, by which an origin speaks to the caches in front of it alone (Edge
//! Architecture Specification 1.0, sections 2.2 and 2.3).

use super::Directives;
use super::directives::{has_open_quote, split};

/// By what name an origin can mean this cache, and not one behind it.
const DEVICE: &str = "turnpike";

/// `Surrogate-Capability`: what the origin is told that this cache heeds (section 2.1).
pub const CAPABILITY: &str = "turnpike=\"Surrogate/1.0\"";

/// Without any of these, a field says nothing to us: it may be about other capabilities.
const HEARD: [&str; 5] = ["max-age", "s-maxage", "no-store", "no-cache", "private"];

/// What the field says, in words of `Cache-Control`; `None` when it has nothing to say to us.
pub(super) fn directives(field: &str) -> Option<Directives> {
    if has_open_quote(field) {
        return Some(Directives::of(Some(field)));
    }
    let mut translated = String::new();
    // What is meant for us counts before what is meant for everyone: the first of two does.
    for device in [Some(DEVICE), None] {
        for directive in split(field) {
            let (said, target) = match directive.rsplit_once(';') {
                Some((said, target)) if !target.as_bytes().contains(&b'"') => {
                    (said.trim(), Some(target.trim()))
                }
                _ => (directive.trim(), None),
            };
            if target == device {
                translated = format!("{translated}{}, ", translate(said));
            }
        }
    }
    let directives = Directives::of(Some(&translated));
    HEARD.iter().any(|name| directives.has(name)).then_some(directives)
}

/// This cache is one of the remote ones that `no-store-remote` is about. What stands behind the `+`
/// of a lifetime is for how long the answer may be served while it is revalidated.
fn translate(said: &str) -> String {
    match said.split_once('+') {
        _ if said.eq_ignore_ascii_case("no-store-remote") => "no-store".to_owned(),
        Some((lifetime, more)) => format!("{lifetime}, stale-while-revalidate={more}"),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(field: &str, expected: Option<&str>) {
        assert_eq!(directives(field), expected.map(|it| Directives::of(Some(it))), "{field}");
    }

    #[test]
    fn what_is_said_to_us_is_heard_in_words_of_cache_control() {
        says("max-age=60", Some("max-age=60"));
        says("MaX-aGe=60, foobar", Some("max-age=60, foobar"));
        says("max-age=60+30", Some("max-age=60, stale-while-revalidate=30"));
        says("no-store", Some("no-store"));
        says("no-store-remote", Some("no-store"));
        says(
            "max-age=1, max-age=60+5;turnpike",
            Some("max-age=60, stale-while-revalidate=5, max-age=1"),
        );
        says("no-store ; turnpike, max-age=60", Some("no-store, max-age=60"));
        says("no-store;abc, max-age=60", Some("max-age=60"));
        says("private=\"a;b\", no-store;abc", Some("private=\"a;b\""));
        says("private=\"a\";turnpike", Some("private=\"a\""));
        says("private, stale-if-error=5", Some("private, stale-if-error=5"));
        // What cannot be read to its end forbids storing, as in `Cache-Control`.
        says("max-age=60, a=\"b;abc, no-store", Some("max-age=60, a=\"b;abc, no-store"));
    }

    #[test]
    fn what_is_said_to_others_or_of_other_things_is_not() {
        for field in [
            "",
            "foo",
            "content=\"ESI/1.0\"",
            "content=\"a, no-store\"",
            "max-age=60;abc",
            "max-age=60;Turnpike",
            "max-age=60;turnpike;abc",
            "no-store;abc",
        ] {
            says(field, None);
        }
    }
}
