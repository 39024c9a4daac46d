//! What tells a request from all others: in our log, and in those of everyone it passes.

use std::borrow::Cow;

use crate::fields::Headers;
use crate::log::Loggable;

/// What finds the log line of a request. It stands in the answer too.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// Cloudflare's own id of the request, if `CF-Ray` is one, or `otherwise`, which was never used
    /// before.
    pub fn of(headers: &dyn Headers, otherwise: impl FnOnce() -> String) -> Self {
        let is_ray = |id: &Cow<'_, str>| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        Self(headers.get("cf-ray").filter(is_ray).map_or_else(otherwise, Cow::into_owned))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Loggable for RequestId {
    fn json(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// The `trace-id` of a distributed trace (W3C Trace Context section 3.2.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceId(String);

impl TraceId {
    /// That of the trace a request belongs to; `None` when `traceparent` is absent or malformed.
    pub fn of(headers: &dyn Headers) -> Option<Self> {
        let field = headers.get("traceparent")?;
        let mut parts = field.split('-');
        let version = hex(parts.next()?, 2).filter(|version| *version != "ff")?;
        let trace_id = hex(parts.next()?, 32)?;
        let (parent_id, _flags) = (hex(parts.next()?, 16)?, hex(parts.next()?, 2)?);
        // Later versions may have more to say; an id of zeros is none.
        let is_over = version != "00" || parts.next().is_none();
        let is_one = |id: &str| id.bytes().any(|digit| digit != b'0');
        (is_over && is_one(trace_id) && is_one(parent_id)).then(|| Self(trace_id.to_owned()))
    }
}

impl Loggable for TraceId {
    fn json(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// So many digits of `HEXDIGLC`.
fn hex(text: &str, digits: usize) -> Option<&str> {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &'static str, value: &str) -> http::HeaderMap {
        http::HeaderMap::from_iter([(
            http::HeaderName::from_static(name),
            value.parse().expect("a field value"),
        )])
    }

    #[track_caller]
    fn check(traceparent: &str, expected: Option<&str>) {
        let found = TraceId::of(&header("traceparent", traceparent));
        assert_eq!(found.map(|id| id.0).as_deref(), expected, "{traceparent}");
    }

    #[test]
    fn a_trace_has_an_id() {
        const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        let parent = "00f067aa0ba902b7";
        check(&format!("00-{ID}-{parent}-01"), Some(ID));
        check(&format!("cc-{ID}-{parent}-00-what-comes-next"), Some(ID));
        check(&format!("00-{ID}-{parent}-01-more"), None);
        check(&format!("ff-{ID}-{parent}-01"), None);
        check(&format!("00-{}-{parent}-01", "0".repeat(32)), None);
        check(&format!("00-{ID}-{}-01", "0".repeat(16)), None);
        check(&format!("00-{}-{parent}-01", ID.to_uppercase()), None);
        check(&format!("00-{ID}-{parent}"), None);
        check(&format!("00-{ID}-{parent}-01, 00-{ID}-{parent}-01"), None);
        check("", None);
        check("eyJhbGciOiJFUzI1NiJ9.e30.AA", None);
        assert_eq!(TraceId::of(&http::HeaderMap::new()), None);
    }

    #[test]
    fn a_request_has_an_id() {
        let id = |ray: &str| RequestId::of(&header("cf-ray", ray), || "other".to_owned());
        assert_eq!(id("8f2a-FRA").as_str(), "8f2a-FRA");
        for not_a_ray in ["", "8f2a\tFRA", "\"}", &"a".repeat(65)] {
            assert_eq!(id(not_a_ray).as_str(), "other", "{not_a_ray}");
        }
    }
}
