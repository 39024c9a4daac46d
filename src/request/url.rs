//! One canonical form of the URL, used for the route match, the cache key and the origin request.
//!
//! What an origin might read differently is refused rather than guessed at: two systems that see
//! two paths in one URL are how filters are bypassed.

use std::ops::Range;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::authority::{canonical_authority, split_port};
use super::segment::{Ambiguity, canonical_segment};
use crate::uri::after_scheme;

/// What platforms escape in a query before they send it (WHATWG URL, section 1.3).
const IN_QUERY: &AsciiSet = &CONTROLS.add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// A URL whose path has exactly one reading.
///
/// It is written as the platform writes what it sends, so that nothing changes on the way. Host and
/// scheme are in lower case; no label of the host is empty, an IPv4 address has four numbers, and the
/// port that goes without saying is left out. Escapes that every origin decodes are decoded, the
/// others written in capitals (RFC 3986 section 6.2.2), and characters that need one have it. There
/// are no dot segments, no empty segments but a last one, no backslashes, no encoded delimiters
/// (`/ \ ? # ;`) or lookalikes of a slash, no control characters, no double encoding, and the escapes
/// are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalUrl {
    /// The whole URL.
    text: String,
    /// Where the host is, without a port.
    host: Range<usize>,
    /// Where the path is, up to the query if there is one.
    path: Range<usize>,
}

impl CanonicalUrl {
    /// Reads the absolute URL of a request.
    ///
    /// # Errors
    ///
    /// The [`Ambiguity`] found first.
    pub fn parse(url: &str) -> Result<Self, Ambiguity> {
        let (scheme, rest) = after_scheme(url).ok_or(Ambiguity::Form)?;
        let (authority, path, query) = split(rest);
        let schemes = [("https", 443), ("http", 80)];
        let known = schemes.into_iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known));
        let (scheme, default_port) = known.ok_or(Ambiguity::Form)?;
        let authority = canonical_authority(authority, default_port).ok_or(Ambiguity::Form)?;
        if rest.as_bytes().contains(&b'#') {
            return Err(Ambiguity::Form);
        }
        let mut text = String::with_capacity(url.len().saturating_add(1));
        text.extend([scheme, "://"]);
        let host = text.len()..text.len().saturating_add(split_port(&authority).0.len());
        text.push_str(&authority);
        text.make_ascii_lowercase();
        let path_start = text.len();
        let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
        while let Some(segment) = segments.next() {
            text.push('/');
            let is_last = segments.peek().is_none();
            // Nothing but parameters: with them cut off, two slashes.
            if segment.starts_with(';') && !is_last {
                return Err(Ambiguity::EmptySegment);
            }
            // An empty last segment is a final slash.
            if !(segment.is_empty() && is_last) {
                text.push_str(&canonical_segment(segment)?);
            }
        }
        let path_end = text.len();
        if let Some(query) = query {
            // Parsers of URLs take tabs and line breaks out, and spaces at the end.
            if query.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
                return Err(Ambiguity::Character);
            }
            text.push('?');
            text.extend(utf8_percent_encode(query, IN_QUERY));
        }
        Ok(Self { text, host, path: path_start..path_end })
    }

    /// The front page of the server that a URL names, also of one whose path has no single reading.
    pub fn front_page(url: &str) -> Option<Self> {
        let (scheme, rest) = after_scheme(url)?;
        let (authority, ..) = split(rest);
        Self::parse(&format!("{scheme}://{authority}/")).ok()
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host name, without a port.
    pub fn host(&self) -> &str {
        self.text.get(self.host.clone()).unwrap_or_default()
    }

    /// Scheme and authority: `https://docs.example.com`.
    pub fn origin(&self) -> &str {
        self.text.get(..self.path.start).unwrap_or_default()
    }

    /// The path, from its first slash on.
    pub fn path(&self) -> &str {
        self.text.get(self.path.clone()).unwrap_or_default()
    }

    /// Path and query.
    pub fn path_and_query(&self) -> &str {
        self.text.get(self.path.start..).unwrap_or_default()
    }

    /// The segments of the path. A final slash makes no segment of its own, so that `/a` and
    /// `/a/` fall under the same route.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        let path = self.path();
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        path.split('/').filter(|segment| !segment.is_empty())
    }
}

/// Authority, path and query of what follows `://`.
fn split(rest: &str) -> (&str, &str, Option<&str>) {
    let at_query = rest.split_once('?');
    let (before_query, query) = at_query.map_or((rest, None), |(path, query)| (path, Some(query)));
    let path_start = before_query.find('/').unwrap_or(before_query.len());
    let (authority, path) = before_query.split_at_checked(path_start).unwrap_or((before_query, ""));
    (authority, path, query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn canonical(path: &str, expected: &str) {
        let url = CanonicalUrl::parse(&format!("https://example.com{path}")).unwrap();
        assert_eq!(url.path_and_query(), expected);
        assert_eq!(CanonicalUrl::parse(url.as_str()).unwrap(), url, "canonical form is stable");
    }

    #[track_caller]
    fn refused(path: &str, ambiguity: Ambiguity) {
        let parsed = CanonicalUrl::parse(&format!("https://example.com{path}"));
        assert_eq!(parsed.unwrap_err(), ambiguity, "{path}");
    }

    #[test]
    fn escapes_have_one_spelling() {
        canonical("/%7euser/%61", "/~user/a");
        canonical("/a%c3%a9", "/a%C3%A9");
        canonical("/100%25", "/100%25");
        canonical("/%40me/a%3Ab%2B", "/@me/a:b%2B");
        canonical("/a;b=c/@x,!$&'()*+=:", "/a;b=c/@x,!$&'()*+=:");
    }

    #[test]
    fn query_and_final_slash_are_kept() {
        canonical("", "/");
        canonical("/a/?x=%2f..%2f&y", "/a/?x=%2f..%2f&y");
        canonical("/a?", "/a?");
    }

    /// A platform would do it on the way to the origin, and what was matched would not be sent.
    #[test]
    fn characters_that_need_an_escape_have_one() {
        canonical("/a\"<b>[c]^`{d|e}", "/a%22%3Cb%3E%5Bc%5D%5E%60%7Bd%7Ce%7D");
        canonical("/%5bc%5D", "/%5Bc%5D");
        canonical("/a?\"<b>[c]^`{d|e}'é\\", "/a?%22%3Cb%3E[c]^`{d|e}%27%C3%A9\\");
        for path in ["/a? ", "/a?\t", "/a?x\ny", "/a?\0", "/a?\x7f"] {
            refused(path, Ambiguity::Character);
        }
    }

    #[test]
    fn what_a_forgiving_origin_takes_for_delimiters_is_refused() {
        // `..` with spaces and dots around, and with dots that only look like it.
        for dots in [
            "..%20",
            "%20..",
            ".%20.%20",
            "...",
            ".%20;x",
            "..%C2%A0",
            "%E2%80%8B..",
            "%EF%BC%8E.",
            "%E2%80%A5",
            "%E2%80%A6",
            "%E3%80%82",
            ".%CC%81.",
            "..%EF%BC%9Bx",
            "..+",
            "%2B.",
        ] {
            refused(&format!("/a/{dots}/b"), Ambiguity::DotSegment);
        }
        refused("/a/%20/b", Ambiguity::EmptySegment);
        refused("/a/%E3%80%80", Ambiguity::EmptySegment);
        refused("/a/;x/b", Ambiguity::EmptySegment);
        canonical("/a/;jsessionid=1", "/a/;jsessionid=1");
        for slash in ["%EF%BC%8F", "%E2%81%84", "%E2%88%95", "%EF%BC%BC", "%EF%B9%A8", "%C2%A5"] {
            refused(&format!("/a{slash}b"), Ambiguity::Escape);
        }
        for escape in ["%25u002e", "%25U002E", "%EF%BC%852e", "%25%EF%BC%92e", "%25%CC%8165"] {
            refused(&format!("/a{escape}"), Ambiguity::Escape);
        }
        for control in ["%C2%80", "%C2%85", "%C2%9F", "%E2%80%A8", "%E2%80%A9"] {
            refused(&format!("/a{control}b"), Ambiguity::Escape);
        }
        // In a name they are as good as others.
        canonical(
            "/a...b/..c/+/%25users/caf%c3%a9/x%E2%80%A6",
            "/a...b/..c/+/%25users/caf%C3%A9/x%E2%80%A6",
        );
    }

    #[test]
    fn what_two_systems_could_read_differently_is_refused() {
        refused("/a/../b", Ambiguity::DotSegment);
        refused("/a/%2E%2e/b", Ambiguity::DotSegment);
        refused("/a/..;x/b", Ambiguity::DotSegment);
        refused("/a/.;/b", Ambiguity::DotSegment);
        refused("//a", Ambiguity::EmptySegment);
        refused("/a//b", Ambiguity::EmptySegment);
        refused("/a%2fb", Ambiguity::Escape);
        refused("/a%5Cb", Ambiguity::Escape);
        for path in [
            "/%25%37%30",
            "/%25%32%65",
            "/%25%32f",
            "/a%3Fb",
            "/a%23b",
            "/a%3bb",
            "/%c0%ae",
            "/%ff",
        ] {
            refused(path, Ambiguity::Escape);
        }
        refused("/a%00", Ambiguity::Escape);
        refused("/a%0a.css", Ambiguity::Escape);
        refused("/%252e%252e/b", Ambiguity::Escape);
        refused("/a%2", Ambiguity::Escape);
        refused("/a%zz", Ambiguity::Escape);
        refused("/a\\b", Ambiguity::Character);
        refused("/a#b", Ambiguity::Form);
        refused("/é", Ambiguity::Character);
    }

    #[test]
    fn servers_have_one_spelling() {
        let url = CanonicalUrl::parse("HTTPS://Docs.Example.COM.:08443/x").unwrap();
        assert_eq!(url.origin(), "https://docs.example.com:8443");
        assert_eq!(url.host(), "docs.example.com");
        for url in ["http://a.example:80/x", "HTTP://A.example:/x", "http://a.example.:0080/x"] {
            assert_eq!(CanonicalUrl::parse(url).unwrap().as_str(), "http://a.example/x", "{url}");
        }
        assert_eq!(CanonicalUrl::parse("http://[::1]:80/").unwrap().host(), "[::1]");
        assert!(CanonicalUrl::parse("https://user@example.com/").is_err());
        assert!(CanonicalUrl::parse("ftp://example.com/").is_err());
        assert!(CanonicalUrl::parse("/relative").is_err());
    }

    #[test]
    fn a_front_page_is_known_by_the_server_alone() {
        let front_page = |url| CanonicalUrl::front_page(url).map(|url| url.text);
        for url in
            ["http://A.example:8080/b//c", "http://a.example:8080?q#f", "HTTP://a.example.:8080"]
        {
            assert_eq!(front_page(url).as_deref(), Some("http://a.example:8080/"), "{url}");
        }
        for url in ["", "a.example/", "ftp://a.example/", "http://a b/", "http:///", "http://a@b/"]
        {
            assert_eq!(front_page(url), None, "{url}");
        }
    }
}
