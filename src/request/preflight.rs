//! CORS preflights: what a browser asks before it sends a script's request to another origin.

use super::Head;
use super::credentials::is_token;

/// A preflight (Fetch standard, section "CORS-preflight request"). A browser sends it without
/// credentials, so it cannot be asked for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    /// The origin of the page.
    pub origin: String,
    /// The method it wants to use.
    pub method: String,
    /// The fields it wants to send, in lower case.
    pub fields: Vec<String>,
}

/// More fields are not asked for.
const MAX_FIELDS: usize = 64;

impl Preflight {
    /// `None` when the request is any other. One that brings credentials or a body is no preflight,
    /// whatever its fields say: no browser sends such a thing.
    pub fn of(head: &Head<'_>) -> Option<Self> {
        if head.method != "OPTIONS" {
            return None;
        }
        let has = |name| head.headers.get(name).is_some();
        let length = head.headers.get("content-length").unwrap_or_default();
        if has("authorization") || has("cookie") || has("transfer-encoding") {
            return None;
        }
        let origin = head.headers.get("origin")?;
        let method = head.headers.get("access-control-request-method")?;
        if !is_token(&method) || !matches!(&*length, "" | "0") {
            return None;
        }
        let fields = head.headers.get("access-control-request-headers").unwrap_or_default();
        let fields = fields
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| is_token(name))
            .take(MAX_FIELDS)
            .collect();
        Some(Self { origin: origin.into_owned(), method: method.into_owned(), fields })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, more: &[(&'static str, &str)], expected: bool) {
        let mut fields = http::HeaderMap::new();
        for (name, value) in more {
            fields.insert(*name, value.parse().unwrap());
        }
        let head = Head { method, url: "https://docs.example.com/", headers: &fields };
        assert_eq!(Preflight::of(&head).is_some(), expected, "{method} {more:?}");
    }

    #[test]
    fn a_preflight_has_both_fields_and_neither_credentials_nor_a_body() {
        let both = [("origin", "https://a.example"), ("access-control-request-method", "PUT")];
        check("OPTIONS", &both, true);
        check("GET", &both, false);
        check("OPTIONS", &both[..1], false);
        check("OPTIONS", &both[1..], false);
        let with = |name, value, expected| {
            check("OPTIONS", &[both[0], both[1], (name, value)], expected);
        };
        with("content-length", "0", true);
        with("content-length", "1", false);
        with("transfer-encoding", "chunked", false);
        with("authorization", "Bearer a.b.c", false);
        with("cookie", "a=b", false);
        with("access-control-request-method", "a b", false);
        with("access-control-request-method", "", false);
    }

    #[test]
    fn only_names_of_fields_are_asked_for() {
        let mut fields = http::HeaderMap::new();
        fields.insert("origin", "https://a.example".parse().unwrap());
        fields.insert("access-control-request-method", "PUT".parse().unwrap());
        let names = format!("dpop,X-One,, a b ,{}", "x,".repeat(200));
        fields.insert("access-control-request-headers", names.parse().unwrap());
        let head = Head { method: "OPTIONS", url: "https://docs.example.com/", headers: &fields };
        let asked = Preflight::of(&head).unwrap().fields;
        assert_eq!(asked[..3], ["dpop", "x-one", "x"]);
        assert_eq!(asked.len(), MAX_FIELDS);
    }
}
