//! One canonical form of the URL, used for the route match, the cache key and the origin request.
//!
//! What an origin might read differently is refused rather than guessed at: two systems that see
//! two paths in one URL are how filters are bypassed.

use super::segment::{Ambiguity, canonical_segment};

/// A URL whose path has exactly one reading.
///
/// Host and scheme are in lower case, and no label of the host is empty; escapes that every origin
/// decodes are decoded and the others written in capitals (RFC 3986 section 6.2.2); there are no dot
/// segments, no empty segments but a last one, no backslashes, no encoded delimiters
/// (`/ \ ? # ;`), no double encoding, and the escapes are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalUrl {
    /// The whole URL.
    text: String,
    /// Where scheme and authority end and the path begins.
    path_start: usize,
    /// Where the path ends and the query, if any, begins.
    path_end: usize,
}

impl CanonicalUrl {
    /// Reads the absolute URL of a request.
    ///
    /// # Errors
    ///
    /// The [`Ambiguity`] found first.
    pub fn parse(url: &str) -> Result<Self, Ambiguity> {
        let (scheme, rest) = url.split_once("://").ok_or(Ambiguity::Form)?;
        let (authority, path, query) = split(rest);
        let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        let is_host = |c: char| c.is_ascii_alphanumeric() || ".:[]-_".contains(c);
        let authority = without_final_dot(authority);
        let has_empty_label = split_port(&authority).0.split('.').any(str::is_empty);
        if !known || has_empty_label || !authority.chars().all(is_host) || rest.contains('#') {
            return Err(Ambiguity::Form);
        }
        let mut text = format!("{scheme}://{authority}").to_ascii_lowercase();
        let path_start = text.len();
        let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
        while let Some(segment) = segments.next() {
            text.push('/');
            // An empty last segment is a final slash.
            if !segment.is_empty() || segments.peek().is_some() {
                text.push_str(&canonical_segment(segment)?);
            }
        }
        let path_end = text.len();
        if let Some(query) = query {
            text.push('?');
            text.push_str(query);
        }
        Ok(Self { text, path_start, path_end })
    }

    /// The front page of the server that a URL names, also of one whose path has no single reading.
    pub fn front_page(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, ..) = split(rest);
        Self::parse(&format!("{scheme}://{authority}/")).ok()
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host name, without a port.
    pub fn host(&self) -> &str {
        let authority = self.origin().split_once("://").map_or("", |(_, authority)| authority);
        split_port(authority).0
    }

    /// Scheme and authority: `https://docs.example.com`.
    pub fn origin(&self) -> &str {
        self.text.get(..self.path_start).unwrap_or_default()
    }

    /// The path, from its first slash on.
    pub fn path(&self) -> &str {
        self.text.get(self.path_start..self.path_end).unwrap_or_default()
    }

    /// Path and query.
    pub fn path_and_query(&self) -> &str {
        self.text.get(self.path_start..).unwrap_or_default()
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
    let (before_query, query) = match rest.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (rest, None),
    };
    let path_start = before_query.find('/').unwrap_or(before_query.len());
    let (authority, path) = before_query.split_at(path_start);
    (authority, path, query)
}

/// `example.com.` names the same host as `example.com`.
fn without_final_dot(authority: &str) -> String {
    let (host, port) = split_port(authority);
    let host = host.strip_suffix('.').unwrap_or(host);
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // Not the inside of an IPv6 address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
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
    fn hosts_lose_case_and_final_dot() {
        let url = CanonicalUrl::parse("HTTPS://Docs.Example.COM.:8443/x").unwrap();
        assert_eq!(url.origin(), "https://docs.example.com:8443");
        assert_eq!(url.host(), "docs.example.com");
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

    #[test]
    fn hosts_with_an_empty_label_are_refused() {
        for host in ["", ".", "..", "a..", "a..b", ".a", ":80", "a..:80"] {
            let url = format!("http://{host}/");
            assert_eq!(CanonicalUrl::parse(&url), Err(Ambiguity::Form), "{url}");
        }
    }
}
