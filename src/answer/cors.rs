//! What pages of other origins may read (Fetch standard, "HTTP responses").

use http::StatusCode;

use super::{Answer, UNSTORABLE};
use crate::fields::Edits;
use crate::policy::{Access, Cors, Policy};
use crate::request::{CanonicalUrl, Form, Head, Preflight};

/// The fields of a refusal that a script may read besides its status and its body.
const EXPOSED: &str = "WWW-Authenticate, X-Request-Id, Retry-After, DPoP-Nonce";

/// Lets a script of a listed origin read a refusal; to another, the request seems to have failed.
pub(super) fn refusal(cors: &Cors, origin: Option<&str>, form: Form, fields: &mut Edits) {
    if !allow(cors, origin, fields) {
        return;
    }
    let exposed = match form {
        Form::Grpc(_) => format!("{EXPOSED}, grpc-status, grpc-message"),
        _ => EXPOSED.to_owned(),
    };
    fields.set("access-control-expose-headers", exposed);
}

fn allow(cors: &Cors, origin: Option<&str>, fields: &mut Edits) -> bool {
    let allowed = origin.and_then(|origin| cors.allowed(origin));
    if let Some(allowed) = allowed {
        fields.set("access-control-allow-origin", allowed.to_owned());
        if cors.credentials() {
            fields.set("access-control-allow-credentials", "true");
        }
    }
    allowed.is_some()
}

/// The answer to a preflight for what is protected, where the policy says who may ask.
///
/// A preflight brings no token, so it is never refused for the lack of one: what it is not told is
/// what the browser will not do. For a public path, the origin knows more than we do.
pub(super) fn preflight(policy: &Policy, head: &Head<'_>) -> Option<Answer> {
    let preflight = Preflight::of(head)?;
    let cors = policy.cors()?;
    let url = CanonicalUrl::parse(head.url).ok()?;
    let route = policy.routes().find(&preflight.method, &url).ok()?;
    if !policy.serves(url.host()) || *route.access() == Access::Public {
        return None;
    }
    // Those of the path; and what is asked for, where its routes name none or it falls to another.
    let mut methods = policy.routes().methods_of(&url).unwrap_or_default();
    let is_unnamed = std::ptr::eq(route, policy.routes().unnamed());
    if methods.is_empty() || !is_unnamed && !methods.contains(&&*preflight.method) {
        methods.push(&preflight.method);
    }
    Some(permission(cors, &preflight, &methods.join(", ")))
}

pub(super) fn permission(cors: &Cors, preflight: &Preflight, methods: &str) -> Answer {
    let mut fields = Edits::default();
    for (name, value) in UNSTORABLE {
        fields.set(name, value);
    }
    fields.set("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    if allow(cors, Some(&preflight.origin), &mut fields) {
        let mut names = "Authorization, DPoP".to_owned();
        let others = preflight.fields.iter().filter(|name| *name != "authorization");
        for name in others.filter(|name| *name != "dpop") {
            names.push_str(", ");
            names.push_str(name);
        }
        fields.set("access-control-allow-methods", methods.to_owned());
        fields.set("access-control-allow-headers", names);
        fields.set("access-control-max-age", cors.max_age().to_string());
    }
    Answer { status: StatusCode::NO_CONTENT, fields, body: String::new() }
}
