//! Path patterns: which paths a route is about.

use crate::request::{canonical_segment, free_reading};

/// A path pattern: literal segments, `:name` for one segment, a final `*` for the rest.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: String,
    segments: Vec<Segment>,
    rest: bool,
    rank: Vec<u8>,
}

/// What one segment must be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Any,
}

impl Pattern {
    /// Reads `/docs/:year/*`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let path = text.strip_prefix('/').ok_or("must start with `/`")?;
        let (path, rest) = match path.strip_suffix('*') {
            Some("") => ("", true),
            Some(prefix) => {
                (prefix.strip_suffix('/').ok_or("`*` must be a whole segment, like /docs/*")?, true)
            }
            None => (path, false),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments = match path {
            "" => Vec::new(),
            path => path.split('/').map(Segment::parse).collect::<Result<_, _>>()?,
        };
        Ok(Self::new(text, segments, rest))
    }

    /// The pattern as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A pattern for every path, by a name of its own.
    pub(super) fn everything(name: &str) -> Self {
        Self::new(name, Vec::new(), true)
    }

    fn new(text: &str, segments: Vec<Segment>, rest: bool) -> Self {
        let places = segments.iter().map(|segment| match segment {
            Segment::Literal(_) => 0_u8,
            Segment::Any => 1,
        });
        let rank = places.chain([if rest { 3 } else { 2 }]).collect();
        Self { text: text.to_owned(), segments, rest, rank }
    }

    /// Its segments: a literal as paths have it that are read like this, `None` for any segment.
    pub(super) fn literals(&self, reading: Reading) -> impl Iterator<Item = Option<String>> {
        self.segments.iter().map(move |segment| match segment {
            Segment::Literal(literal) => Some(match reading {
                Reading::Strict => literal.clone(),
                Reading::Free => free_reading(literal).into_owned(),
            }),
            Segment::Any => None,
        })
    }

    /// Whether paths may go on behind its segments.
    pub(super) fn has_rest(&self) -> bool {
        self.rest
    }

    /// Most specific first. Two patterns that match the same path agree up to the first place
    /// where one is more specific, so comparing place by place is a total order among them.
    pub(super) fn rank(&self) -> &[u8] {
        &self.rank
    }

    /// Whether it matches these segments of a path.
    pub(super) fn covers(&self, path: &[&str]) -> bool {
        let is_long_enough = match path.len().checked_sub(self.segments.len()) {
            Some(0) => true,
            Some(_) => self.rest,
            None => false,
        };
        is_long_enough
            && self.segments.iter().zip(path).all(|(segment, given)| match segment {
                Segment::Literal(literal) => literal == given,
                Segment::Any => true,
            })
    }

    /// Whether it matches the same paths as another one.
    pub(super) fn same_paths(&self, other: &Self) -> bool {
        self.segments == other.segments && self.rest == other.rest
    }
}

/// How freely a path is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// To the letter.
    Strict,
    /// As the most forgiving of origins does: see [`free_reading`].
    Free,
}

impl Segment {
    fn parse(text: &str) -> Result<Self, String> {
        // What other routers give a meaning of its own, and what no URL holds as it stands.
        const FOREIGN: &str = "{}<>\"^`|";
        let is_name = |name: &str| {
            !name.starts_with(|c: char| c.is_ascii_digit())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        match text.strip_prefix(':') {
            Some("") => Err("`:` must be followed by a name".to_owned()),
            Some(name) if is_name(name) => Ok(Self::Any),
            Some(_) => Err(format!("`{text}` is not `:` and a name of letters, digits and `_`")),
            None if text.contains(|c| FOREIGN.contains([c])) => {
                Err(format!("`{text}` could never match: a segment is a literal or `:name`"))
            }
            None if text.as_bytes().contains(&b'*') => {
                Err("`*` may only stand at the end".to_owned())
            }
            None => canonical_segment(text)
                .map(|literal| Self::Literal(literal.into_owned()))
                .map_err(|ambiguous| format!("`{text}` could never match: {ambiguous}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::Tree;
    use super::*;
    use crate::request::CanonicalUrl;

    #[track_caller]
    fn check(pattern: &str, path: &str, matches: bool) {
        let mut tree = Tree::default();
        tree.group(&Pattern::parse(pattern).unwrap(), Reading::Strict).push(7);
        let url = CanonicalUrl::parse(&format!("https://example.com{path}")).unwrap();
        let found = tree.find(&url.segments().collect::<Vec<_>>(), &|_| true);
        assert_eq!(found, matches.then_some(&[7][..]), "{path}");
    }

    #[test]
    fn literals_match_themselves_with_or_without_a_final_slash() {
        check("/reports", "/reports", true);
        check("/reports", "/reports/", true);
        check("/reports/", "/reports", true);
        check("/reports", "/Reports", false);
        check("/reports", "/reports/q3", false);
        check("/", "/", true);
        check("/", "/x", false);
    }

    #[test]
    fn a_name_is_one_segment() {
        check("/reports/:year", "/reports/2026", true);
        check("/reports/:year", "/reports", false);
        check("/reports/:year", "/reports/2026/q3", false);
    }

    #[test]
    fn a_star_is_the_rest_and_the_bare_prefix() {
        check("/docs/*", "/docs", true);
        check("/docs/*", "/docs/", true);
        check("/docs/*", "/docs/a/b", true);
        check("/docs/*", "/docsx", false);
        check("/*", "/", true);
        check("/*", "/anything/at/all", true);
    }

    #[test]
    fn what_could_never_match_is_refused() {
        for pattern in [
            "/:id(\\d+)",
            "/:name.css",
            "/:x?",
            "/{id}",
            "/<id>",
            "docs",
            "/docs*",
            "/a//b",
            "/:/x",
            "/*/x",
            "/a/%2e%2e",
            "/a%2fb",
            "",
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
