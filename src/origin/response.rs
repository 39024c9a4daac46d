//! What of the origin's answer leaves.

use std::borrow::Cow;

use super::AUTH_STATUSES;
use crate::cache::{self, Directives};
use crate::fields::{Edits, Headers};
use crate::gate::Permit;
use crate::policy::{Access, Policy};
use crate::request::{ASKER_FIELDS, CredentialSource};

/// What of the origin's answer to a preflight leaves, beside `Access-Control-*`.
const OF_PREFLIGHT: [&str; 4] = ["allow", "date", "vary", "www-authenticate"];

/// How the fields of the origin's answer change before they leave: its own auth answers cannot be
/// stored by anyone, and what was granted to one client is `private` to it. `Surrogate-Control` has
/// reached whom it was meant for (Edge Architecture Specification section 2.2).
pub fn response(policy: &Policy, permit: &Permit<'_>, status: u16, headers: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    edits.remove_where(headers, &cache::is_internal);
    edits.remove(&["cache-tag", "surrogate-control"]);
    if permit.is_preflight() {
        // Nobody knows who asks, so nothing leaves but what a browser reads of it.
        edits.remove_where(headers, &|name| {
            !name.starts_with("access-control-") && !OF_PREFLIGHT.contains(&name)
        });
        edits.set("cache-control", "no-store");
        return edits;
    }
    if AUTH_STATUSES.contains(&status) {
        edits.remove(&["expires", "age", "etag", "last-modified", "pragma"]);
        edits.remove_where(headers, &is_targeted);
        edits.set("cache-control", "no-store");
        // Where people see a page in its place, whoever gets it is told by what.
        if permit.route().replaces(status) {
            edits.set("vary", vary(headers.get("vary"), ASKER_FIELDS.split(',').map(str::trim)));
        }
    } else if *permit.route().access() != Access::Public {
        edits.remove_where(headers, &is_targeted);
        let control = headers.get("cache-control");
        edits.set("cache-control", Directives::of(control.as_deref()).private());
        edits.set("vary", vary(headers.get("vary"), credential_fields(policy)));
    }
    edits
}

/// The fields that credentials come in. What was granted varies with them: the cache of a browser must
/// not show to the next one who signs in, or to nobody, what it was given for the last.
fn credential_fields(policy: &Policy) -> impl Iterator<Item = &str> {
    policy.credentials().iter().filter_map(|source| match source {
        CredentialSource::Bearer => Some("Authorization"),
        CredentialSource::Cookie(_) => Some("Cookie"),
        CredentialSource::Header(name) => Some(name.as_str()),
        // Read in handshakes alone, of which nothing is kept.
        CredentialSource::Subprotocol(_) => None,
    })
}

/// `Vary` with these names as well.
fn vary<'n>(given: Option<Cow<'_, str>>, names: impl Iterator<Item = &'n str>) -> String {
    let mut vary = given.unwrap_or_default().into_owned();
    for name in names {
        let has_it = |part: &str| part.trim() == "*" || part.trim().eq_ignore_ascii_case(name);
        if !vary.split(',').any(has_it) {
            let separator = if vary.is_empty() { "" } else { ", " };
            vary = format!("{vary}{separator}{name}");
        }
    }
    vary
}

/// Whether a field outranks `Cache-Control` for the caches it is meant for: all that are named as
/// RFC 9213 has it, and those that some servers had before.
fn is_targeted(name: &str) -> bool {
    name.ends_with("-cache-control") || ["edge-control", "x-accel-expires"].contains(&name)
}
