//! The metadata of the protected resource (RFC 9728), for clients that do not know yet where to get a
//! token.

use http::StatusCode;

use super::{Answer, cors};
use crate::fields::Edits;
use crate::policy::{Cors, Policy};
use crate::request::{CanonicalUrl, Head, Preflight};

/// The answer, if it is the metadata that is asked for: at its own path and no other.
///
/// It is the same for everyone, so any cache may keep it, and any page may read it.
pub(super) fn metadata(policy: &Policy, head: &Head<'_>) -> Option<Answer> {
    let resource = policy.resource()?;
    let url = CanonicalUrl::parse(head.url).ok()?;
    if url.path() != resource.path() || !policy.serves(url.host()) {
        return None;
    }
    if let Some(preflight) = Preflight::of(head) {
        return Some(cors::permission(&Cors::ANYONE, &preflight, "GET, HEAD"));
    }
    let body = match head.method {
        "GET" => resource.document().to_owned(),
        "HEAD" => String::new(),
        _ => return None,
    };
    let mut fields = Edits::default();
    fields.set("content-type", "application/json");
    fields.set("cache-control", "public, max-age=3600");
    fields.set("access-control-allow-origin", "*");
    fields.set("x-content-type-options", "nosniff");
    Some(Answer { status: StatusCode::OK, fields, body })
}
