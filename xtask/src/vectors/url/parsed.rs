//! A URL by its parts, and what the filter has to make of it: written down anew from the README, so
//! that the filter is not asked about itself.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use turnpike::request::CanonicalUrl;

use crate::shell::Result;
use crate::vectors::reader::text;

/// What a parser of the standard makes of it.
pub(super) struct Parsed<'v> {
    pub(super) href: &'v str,
    protocol: &'v str,
    username: &'v str,
    password: &'v str,
    hostname: &'v str,
    port: &'v str,
    pathname: &'v str,
}

pub(super) fn is_stable(url: &CanonicalUrl) -> bool {
    CanonicalUrl::parse(url.as_str()).as_ref() == Ok(url)
}

impl<'v> Parsed<'v> {
    pub(super) fn read(entry: &'v Value) -> Result<Self> {
        Ok(Self {
            href: text(entry, "href")?,
            protocol: text(entry, "protocol")?,
            username: text(entry, "username")?,
            password: text(entry, "password")?,
            hostname: text(entry, "hostname")?,
            port: text(entry, "port")?,
            pathname: text(entry, "pathname")?,
        })
    }

    /// Why the filter refuses it, by the README ("Paths have one reading"), without asking it.
    pub(super) fn why_refused(&self) -> Option<&'static str> {
        let is_of_host = |c: char| c.is_ascii_alphanumeric() || ".-_[]:".contains(c);
        if !["http:", "https:"].contains(&self.protocol) {
            Some("is no http URL")
        } else if !self.username.is_empty() || !self.password.is_empty() {
            Some("has a user name or password")
        } else if self.href.contains('#') {
            Some("has a fragment")
        } else if !self.hostname.chars().all(is_of_host) {
            Some("has a host that is no name: of other characters than letters, digits, `-`, `_`")
        } else if self.host().split('.').any(str::is_empty) {
            Some("has a host with an empty label")
        } else {
            let segments = self.pathname.strip_prefix('/').unwrap_or_default();
            let segments = segments.strip_suffix('/').unwrap_or(segments);
            let mut segments = segments.split('/').filter(|_| self.pathname != "/");
            segments.find_map(why_segment_refused)
        }
    }

    /// The host without the dot of the root.
    fn host(&self) -> &str {
        self.hostname.strip_suffix('.').unwrap_or(self.hostname)
    }

    /// What the canonical form says that this does not, or the other way round.
    pub(super) fn difference_to(&self, url: &CanonicalUrl) -> Option<String> {
        let port = if self.port.is_empty() { String::new() } else { format!(":{}", self.port) };
        let origin = format!("{}//{}{port}", self.protocol, self.host());
        let query = self.href.split_once('?').map(|(_, query)| query);
        let segments = |path: &str| {
            path.split('/').map(|segment| percent_decode_str(segment).collect()).collect()
        };
        let [before, after]: [Vec<Vec<u8>>; 2] = [self.pathname, url.path()].map(segments);
        if url.origin() != origin || url.host() != self.host() {
            Some(format!("its origin is {origin}, its host {}", self.host()))
        } else if url.path_and_query().split_once('?').map(|(_, query)| query) != query {
            Some(format!("its query is {query:?}"))
        } else if before != after {
            Some(format!("its path is {}", self.pathname))
        } else if !has_needed_escapes_alone(url.path()) {
            Some("an escape could be spelled in another way".to_owned())
        } else if !is_stable(url) {
            Some("is not its own canonical form".to_owned())
        } else {
            None
        }
    }
}

fn why_segment_refused(segment: &str) -> Option<&'static str> {
    let is_escape = |after: &str| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if segment.is_empty() {
        return Some("has an empty segment in its path");
    }
    if !segment.split('%').skip(1).all(is_escape) {
        return Some("has an incomplete escape in its path");
    }
    let Ok(decoded) = percent_decode_str(segment).decode_utf8() else {
        return Some("has escapes in its path that are no UTF-8");
    };
    if decoded.split('%').skip(1).any(is_escape) {
        return Some("has an escaped escape in its path");
    }
    let meant = |c: char| decoded.matches(c).count() > segment.matches(c).count();
    let is_control = |c: char| c.is_control() || "\u{2028}\u{2029}".contains(c);
    if decoded.chars().any(is_control) || "/\\?#;".chars().any(meant) {
        return Some("has an escaped delimiter or control character in its path");
    }
    if decoded.contains(|c| {
        "\u{ff0f}\u{ff3c}\u{2044}\u{2215}\u{2216}\u{29f5}\u{29f8}\u{29f9}\u{fe68}\u{a5}\u{20a9}"
            .contains(c)
    }) {
        return Some("has what becomes a slash or a backslash in its path");
    }
    // Also with what is not seen, spaces, and dots of other kinds around them.
    let is_nothing = |c: char| {
        c.is_whitespace() || ".\u{2024}\u{2025}\u{2026}\u{fe52}\u{ff0e}\u{3002}\u{ff61}\u{ad}\u{200b}\u{202d}\u{202e}\u{feff}\u{2060}".contains(c)
    };
    let name = decoded.split([';', '\u{ff1b}', '\u{ff1f}', '\u{ff03}']).next().unwrap_or_default();
    if name.is_empty() || !name.chars().all(is_nothing) {
        None
    } else if name.contains('.') {
        Some("has a dot segment that the platform leaves")
    } else {
        Some("has a segment of nothing that is seen in its path")
    }
}

/// Whether nothing is escaped that every origin decodes, and escapes are in capitals.
fn has_needed_escapes_alone(path: &str) -> bool {
    let is_needed = |after: &str| {
        let digits = after.get(..2).unwrap_or_default();
        let byte = u8::from_str_radix(digits, 16).unwrap_or_default();
        let is_decoded = byte.is_ascii_alphanumeric() || b"-._~!$&'()*,=:@".contains(&byte);
        !is_decoded && digits == digits.to_ascii_uppercase()
    };
    path.split('%').skip(1).all(is_needed)
}
