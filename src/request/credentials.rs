//! Where a token is carried, and finding the one token of a request.

use std::borrow::Cow;
use std::fmt;

use super::bearer::bearer;
use super::cookies::cookie_value;
use super::subprotocol::{self, is_websocket};
use crate::fields::Headers;

/// A token longer than this is not looked at.
pub(super) const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token as it arrived. Its text never shows in `Debug` output.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential<'h>(Cow<'h, str>);

impl Credential<'_> {
    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credential(..)")
    }
}

/// A place where a token may be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// `Authorization: Bearer TOKEN` (RFC 6750 section 2.1).
    Bearer,
    /// A cookie of this name.
    Cookie(String),
    /// A header field of this (lower-case) name that holds nothing but the token.
    Header(String),
    /// The entry `NAME.TOKEN` among the subprotocols of a `WebSocket`.
    Subprotocol(String),
}

/// Why the credentials of a request cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFault {
    /// `Authorization: Bearer` without a b64token (RFC 6750 section 2.1) behind it.
    Malformed,
    /// More than one token.
    Ambiguous,
    /// A token of more than 8 KiB.
    TooLong,
}

impl CredentialSource {
    /// Reads `bearer`, `cookie:NAME`, `header:NAME` or `subprotocol:NAME`.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "bearer" => Ok(Self::Bearer),
            Some(("cookie", name)) if is_token(name) => Ok(Self::Cookie(name.to_owned())),
            Some(("header", name)) if name.eq_ignore_ascii_case("authorization") => {
                Err("the Authorization field is read by `bearer`".to_owned())
            }
            Some(("header", name)) if name.eq_ignore_ascii_case("cookie") => {
                Err("cookies are read by `cookie:NAME`".to_owned())
            }
            Some(("header", name)) if name.eq_ignore_ascii_case(subprotocol::FIELD) => {
                Err("subprotocols are read by `subprotocol:NAME`".to_owned())
            }
            Some(("subprotocol", name)) if is_token(name) => Ok(Self::Subprotocol(name.to_owned())),
            Some(("header", name)) if is_token(name) => Ok(Self::Header(name.to_ascii_lowercase())),
            _ => Err(format!(
                "`{text}` is not one of bearer, cookie:NAME, header:NAME, subprotocol:NAME"
            )),
        }
    }

    /// The name of the cookie, if it is one.
    pub fn cookie(&self) -> Option<&str> {
        match self {
            Self::Cookie(name) => Some(name),
            _ => None,
        }
    }

    /// The name of the header field, if it is one of its own.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Header(name) => Some(name),
            _ => None,
        }
    }

    /// The name in front of the token, if it is an entry among subprotocols.
    pub fn subprotocol(&self) -> Option<&str> {
        match self {
            Self::Subprotocol(name) => Some(name),
            _ => None,
        }
    }

    /// The token in this place.
    fn read<'h>(&self, headers: &'h dyn Headers) -> Result<Option<Cow<'h, str>>, CredentialFault> {
        let name = match self {
            Self::Bearer => "authorization",
            Self::Cookie(_) => "cookie",
            Self::Header(name) => name,
            Self::Subprotocol(_) if !is_websocket(headers) => return Ok(None),
            Self::Subprotocol(_) => subprotocol::FIELD,
        };
        Ok(match headers.get(name) {
            Some(Cow::Borrowed(field)) => self.token_of(field)?.map(Cow::Borrowed),
            Some(Cow::Owned(field)) => self.token_of(&field)?.map(str::to_owned).map(Cow::Owned),
            None => None,
        })
    }

    /// The token in the field for this place.
    fn token_of<'f>(&self, field: &'f str) -> Result<Option<&'f str>, CredentialFault> {
        match self {
            Self::Bearer => bearer(field),
            Self::Cookie(name) => cookie_value(field, name),
            Self::Header(_) if field.as_bytes().contains(&b',') => Err(CredentialFault::Ambiguous),
            Self::Header(_) => Ok(Some(field).filter(|token| !token.is_empty())),
            Self::Subprotocol(name) => subprotocol::token(field, name),
        }
    }
}

/// The one token of a request, `None` when it has none. The same token in two places is one token.
///
/// # Errors
///
/// A [`CredentialFault`] when there is more than one, or none that could be read.
pub fn present<'h>(
    sources: &[CredentialSource],
    headers: &'h dyn Headers,
) -> Result<Option<Credential<'h>>, CredentialFault> {
    let mut found = None;
    for source in sources {
        match (source.read(headers)?, &found) {
            (None, _) => {}
            (Some(token), Some(seen)) if token != *seen => return Err(CredentialFault::Ambiguous),
            (Some(token), _) => found = Some(token),
        }
    }
    match found {
        Some(token) if token.len() > MAX_TOKEN_BYTES => Err(CredentialFault::TooLong),
        found => Ok(found.map(Credential)),
    }
}

/// Whether the token is in a cookie alone: a browser adds it to whatever any page asks for.
pub fn is_ambient(sources: &[CredentialSource], headers: &dyn Headers) -> bool {
    let found = |in_cookie: bool| {
        let mut these = sources.iter().filter(|source| source.cookie().is_some() == in_cookie);
        these.any(|source| matches!(source.read(headers), Ok(Some(_))))
    };
    found(true) && !found(false)
}

/// A token in the sense of RFC 9110 section 5.6.2: what names fields and cookies.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: [&str; 3] = ["bearer", "cookie:__Host-at", "header:X-Token"];

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Result<Option<&str>, CredentialFault>) {
        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (http::HeaderName::from_static(name), value.parse::<http::HeaderValue>().unwrap())
            })
            .fold(http::HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            });
        let sources = SOURCES.map(|source| CredentialSource::parse(source).unwrap());
        let found = present(&sources, &map);
        assert_eq!(
            found.map(|found| found.map(|credential| credential.0.into_owned())),
            expected.map(|e| e.map(str::to_owned))
        );
    }

    #[test]
    fn each_place_is_read() {
        check(&[], Ok(None));
        check(&[("authorization", "Bearer a.b.c")], Ok(Some("a.b.c")));
        check(&[("authorization", "bEARER   a.b.c")], Ok(Some("a.b.c")));
        check(&[("cookie", "x=1; __Host-at=a.b.c; y=2")], Ok(Some("a.b.c")));
        check(&[("cookie", "__Host-at=\"a.b.c\"")], Ok(Some("a.b.c")));
        check(&[("cookie", "__host-at=a.b.c")], Ok(None));
        check(&[("cookie", "__Host-at=")], Ok(None));
        check(&[("x-token", "a.b.c")], Ok(Some("a.b.c")));
    }

    #[test]
    fn other_schemes_are_no_credentials() {
        check(&[("authorization", "Basic dXNlcjpwYXNz")], Ok(None));
        check(&[("authorization", "Digest username=\"x\", realm=\"y\"")], Ok(None));
        check(&[("authorization", "Bearertok")], Ok(None));
    }

    #[test]
    fn a_bearer_without_a_b64token_is_malformed() {
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer \u{e9}",
            "Bearer a b",
            "Bearer\ta.b.c",
            "Bearer ==",
            "Bearer a=b",
        ] {
            check(&[("authorization", value)], Err(CredentialFault::Malformed));
        }
    }

    #[test]
    fn more_than_one_token_is_ambiguous() {
        let ambiguous = Err(CredentialFault::Ambiguous);
        check(&[("authorization", "Bearer a.b.c"), ("authorization", "Bearer d.e.f")], ambiguous);
        check(&[("authorization", "Basic xyz"), ("authorization", "Bearer d.e.f")], ambiguous);
        check(&[("authorization", "Bearer a.b.c"), ("cookie", "__Host-at=d.e.f")], ambiguous);
        check(&[("cookie", "__Host-at=a.b.c; __Host-at=d.e.f")], ambiguous);
        check(&[("cookie", "__Host-at=a.b.c"), ("cookie", "__Host-at=d.e.f")], ambiguous);
        check(&[("x-token", "a.b.c"), ("x-token", "a.b.c")], ambiguous);
    }

    #[test]
    fn the_same_token_twice_is_one_token() {
        check(
            &[("authorization", "Bearer a.b.c"), ("cookie", "__Host-at=a.b.c")],
            Ok(Some("a.b.c")),
        );
    }

    #[test]
    fn long_tokens_are_not_looked_at() {
        let fits = "a".repeat(8192);
        check(&[("authorization", &format!("Bearer {fits}"))], Ok(Some(&fits)));
        check(&[("authorization", &format!("Bearer {fits}a"))], Err(CredentialFault::TooLong));
        check(&[("cookie", &format!("__Host-at={fits}a"))], Err(CredentialFault::TooLong));
    }
}
