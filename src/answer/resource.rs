//! What anybody may read: the metadata of the protected resource (RFC 9728), for clients that do not
//! know yet where to get a token, and the public keys of assertions, for the origin.

use http::StatusCode;

use super::{Answer, cors};
use crate::fields::Edits;
use crate::policy::{Assertion, Cors, Policy};
use crate::request::{CanonicalUrl, Head, Preflight};

/// The answer, if one of the documents is asked for: at its own path and no other.
///
/// It is the same for everyone, so any cache may keep it, and any page may read it.
pub(super) fn document(policy: &Policy, head: &Head<'_>) -> Option<Answer> {
    let (resource, assertion) = (policy.resource(), policy.assertion());
    if resource.is_none() && assertion.is_none() {
        return None;
    }
    let url = CanonicalUrl::parse(head.url).ok().filter(|url| policy.serves(url.host()))?;
    let metadata = resource.filter(|resource| resource.path() == url.path());
    let keys = assertion.filter(|_| url.path() == Assertion::JWKS_PATH);
    let (document, control) = match (metadata, keys) {
        (Some(resource), _) => (resource.document(), "public, max-age=3600"),
        // Not long: a key that is withdrawn is still believed for that time.
        (_, Some(assertion)) => (assertion.jwks(), "public, max-age=300"),
        _ => return None,
    };
    if let Some(preflight) = Preflight::of(head) {
        return Some(cors::permission(&Cors::ANYONE, &preflight, "GET, HEAD"));
    }
    let body = match head.method {
        "GET" => document.to_owned(),
        "HEAD" => String::new(),
        _ => return None,
    };
    let mut fields = Edits::default();
    fields.set("content-type", "application/json");
    fields.set("cache-control", control);
    fields.set("access-control-allow-origin", "*");
    fields.set("x-content-type-options", "nosniff");
    Some(Answer { status: StatusCode::OK, fields, body })
}
