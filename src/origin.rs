//! What the origin is asked, and what of its answer leaves.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::cache::{self, CONDITIONAL, Directives};
use crate::fields::{Edits, Headers};
use crate::gate::Permit;
use crate::policy::{Access, Caching, Origin, Partition, Policy, Route};
use crate::request::{CredentialSource, SUBPROTOCOLS, cookie_name, cookie_pairs, without_tokens};

/// Who the filter says is asking.
const SUBJECT: &str = "x-auth-subject";

/// In front of the name of a claim: what the filter says of whoever is asking.
const CLAIM: &str = "x-auth-claim-";

/// Fields by which a client could have the origin take the request for another one than was
/// judged, or have the next hop drop ours (`Connection`, RFC 9110 section 7.6.1).
const OVERRIDES: [&str; 6] = [
    "connection",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

/// All that an origin is told of whoever asks first for what everyone will share. The last two are
/// the platform's, against requests that go round in circles.
const SHARED: [&str; 9] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "host",
    "if-range",
    "range",
    "user-agent",
    "cdn-loop",
    "cf-ew-via",
];

/// What a preflight asks by.
const PREFLIGHT: [&str; 3] =
    ["access-control-request-headers", "access-control-request-method", "origin"];

/// What of the origin's answer to a preflight leaves, beside `Access-Control-*`.
const OF_PREFLIGHT: [&str; 4] = ["allow", "date", "vary", "www-authenticate"];

/// Some origins make no difference between `-`, `_` and `.` in the name of a field.
fn folded(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "-").to_ascii_lowercase()
}

/// `sub` is an opaque string; in a header field it may only be visible ASCII. What is not, and `%`
/// itself, is percent-encoded.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%').add(b' ');

/// The URL to ask.
pub fn url(policy: &Policy, permit: &Permit<'_>) -> String {
    match policy.origin() {
        Origin::Own | Origin::Binding(_) => permit.url().as_str().to_owned(),
        Origin::Url(server) => format!("{server}{}", permit.url().path_and_query()),
    }
}

/// What the cache of the zone, which stands between us and the origin, may do with the answer.
///
/// That cache knows files by their URL alone, and what it stores is out of our reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneCache {
    /// What it always does, but for [auth answers](AUTH_STATUSES).
    Usual,
    /// Nothing. The token, which would have kept it out, is gone when the request gets there.
    Bypassed,
}

/// Statuses that say who may have something, rather than what it is.
pub const AUTH_STATUSES: [u16; 3] = [401, 403, 407];

/// What the cache of the zone may do with the answer to a request permitted under this route.
pub fn zone_cache(route: &Route) -> ZoneCache {
    match route.access() {
        Access::Public => ZoneCache::Usual,
        Access::Protected(_) => ZoneCache::Bypassed,
    }
}

/// What the origin's answer is wanted for.
#[derive(Debug, Default)]
pub enum Purpose {
    /// For this client alone: the origin sees its conditions.
    #[default]
    Relay,
    /// To be stored, so all of it is wanted; with these conditions when something is stored.
    Store(Edits),
}

/// How the fields of the request change on the way to the origin: no token, no identity but ours.
///
/// What everyone will share is asked for as nobody: without identity, and without anything else an
/// origin could tell people apart by.
pub fn request(
    policy: &Policy,
    permit: &Permit<'_>,
    headers: &dyn Headers,
    purpose: &Purpose,
) -> Edits {
    let mut edits = identity(policy, permit, headers);
    if let Purpose::Store(conditions) = purpose {
        edits.remove(&CONDITIONAL);
        edits.remove(&["range"]);
        edits.set.extend(conditions.set.iter().cloned());
    }
    edits
}

fn identity(policy: &Policy, permit: &Permit<'_>, headers: &dyn Headers) -> Edits {
    let names = headers.names();
    if permit.is_preflight() {
        let kept = |name: &str| SHARED.contains(&name) || PREFLIGHT.contains(&name);
        let remove = names.into_iter().filter(|name| !kept(name)).collect();
        return Edits { remove, ..Edits::default() };
    }
    if let Some(partition) = shared_partition(permit) {
        let kept = |name: &String| SHARED.contains(&name.as_str());
        let remove = names.into_iter().filter(|name| !kept(name)).collect();
        let claims = partition.iter().map(|(name, value)| {
            let name = format!("{CLAIM}{}", name.to_ascii_lowercase());
            (name, utf8_percent_encode(value, ENCODED).to_string())
        });
        return Edits { remove, set: claims.collect() };
    }
    let is_token = |name: &str| {
        let mut fields = policy.credentials().iter().filter_map(CredentialSource::header);
        fields.any(|field| folded(field) == name)
    };
    let is_false = |name: &String| {
        let name = folded(name);
        name == SUBJECT
            || name.starts_with(CLAIM)
            || OVERRIDES.contains(&name.as_str())
            || is_token(&name)
    };
    let mut edits =
        Edits { remove: names.into_iter().filter(is_false).collect(), ..Edits::default() };
    // Nor may what is kept for one subject depend on what else the request could do.
    let is_kept = *permit.route().caching() != Caching::Off;
    if is_kept || policy.credentials().contains(&CredentialSource::Bearer) && has_bearer(headers) {
        edits.remove(&["authorization"]);
    }
    if let Some(field) = headers.get("cookie") {
        strip_cookies(policy, &field, &mut edits);
    }
    if let Some(field) = headers.get(SUBPROTOCOLS) {
        let names = subprotocols(policy);
        match without_tokens(&field, &names) {
            _ if names.is_empty() => {}
            Some(others) => edits.set(SUBPROTOCOLS, others),
            None => edits.remove(&[SUBPROTOCOLS]),
        }
    }
    if let Some(principal) = permit.principal() {
        edits.set(SUBJECT, utf8_percent_encode(&principal.subject, ENCODED).to_string());
    }
    edits
}

fn subprotocols(policy: &Policy) -> Vec<&str> {
    policy.credentials().iter().filter_map(CredentialSource::subprotocol).collect()
}

/// Whether an origin that changes the protocol chose what carried the token, which it was never
/// shown: the name in front of it is all that it can know.
pub fn selects_token(policy: &Policy, answer: &dyn Headers) -> bool {
    let (names, selected) = (subprotocols(policy), answer.get(SUBPROTOCOLS));
    !names.is_empty() && selected.is_some_and(|field| without_tokens(&field, &names).is_none())
}

/// When the answer may be shared among several subjects: the claims that they have in common.
fn shared_partition<'p>(permit: &'p Permit<'_>) -> Option<&'p [(String, String)]> {
    if !matches!(permit.method(), "GET" | "HEAD") {
        return None;
    }
    match permit.route().caching() {
        Caching::On { partition: Partition::Shared, .. } => Some(&[]),
        Caching::On { partition: Partition::Claims(_), .. } => {
            permit.principal()?.partition.as_deref()
        }
        _ => None,
    }
}

/// Whether a token of ours may be in the `Authorization` field, also behind another scheme that
/// was joined to it.
fn has_bearer(headers: &dyn Headers) -> bool {
    let field = headers.get("authorization").unwrap_or_default();
    let begins_with_bearer = |part: &str| {
        part.trim_start().get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
    };
    field.split(',').any(begins_with_bearer)
}

fn strip_cookies(policy: &Policy, field: &str, edits: &mut Edits) {
    let ours: Vec<&str> =
        policy.credentials().iter().filter_map(CredentialSource::cookie).collect();
    let pairs = cookie_pairs(field, &ours);
    let others: Vec<&str> =
        pairs.iter().copied().filter(|pair| !ours.contains(&cookie_name(pair))).collect();
    match others.len() {
        0 => edits.remove(&["cookie"]),
        left if left < pairs.len() => edits.set("cookie", others.join("; ")),
        _ => {}
    }
}

/// How the fields of the origin's answer change before they leave: its own auth answers cannot be
/// stored by anyone, and what was granted to one client is `private` to it.
pub fn response(policy: &Policy, permit: &Permit<'_>, status: u16, headers: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    edits.remove.extend(headers.names().into_iter().filter(|name| cache::is_internal(name)));
    edits.remove(&["cache-tag"]);
    if permit.is_preflight() {
        // Nobody knows who asks, so nothing leaves but what a browser reads of it.
        let kept = |name: &String| {
            name.starts_with("access-control-") || OF_PREFLIGHT.contains(&name.as_str())
        };
        edits.remove.extend(headers.names().into_iter().filter(|name| !kept(name)));
        edits.set("cache-control", "no-store");
        return edits;
    }
    if AUTH_STATUSES.contains(&status) {
        edits.remove(&["expires", "age", "etag", "last-modified", "pragma"]);
        edits.remove.extend(targeted(headers));
        edits.set("cache-control", "no-store");
    } else if *permit.route().access() != Access::Public {
        edits.remove.extend(targeted(headers));
        let control = headers.get("cache-control");
        edits.set("cache-control", Directives::of(control.as_deref()).private());
        edits.set("vary", vary(policy, headers.get("vary")));
    }
    edits
}

/// What was granted on credentials varies with them: the cache of a browser must not show to the
/// next one who signs in, or to nobody, what it was given for the last.
fn vary(policy: &Policy, given: Option<String>) -> String {
    let mut vary = given.unwrap_or_default();
    for source in policy.credentials() {
        let name = match source {
            CredentialSource::Bearer => "Authorization",
            CredentialSource::Cookie(_) => "Cookie",
            CredentialSource::Header(name) => name,
            // Read in handshakes alone, of which nothing is kept.
            CredentialSource::Subprotocol(_) => continue,
        };
        let named = |part: &str| part.trim() == "*" || part.trim().eq_ignore_ascii_case(name);
        if !vary.split(',').any(named) {
            let separator = if vary.is_empty() { "" } else { ", " };
            vary = format!("{vary}{separator}{name}");
        }
    }
    vary
}

/// Fields that outrank `Cache-Control` for the caches they are meant for: all that are named as
/// RFC 9213 has it, and those that some servers had before.
fn targeted(headers: &dyn Headers) -> impl Iterator<Item = String> {
    const OTHERS: [&str; 3] = ["edge-control", "surrogate-control", "x-accel-expires"];
    let is_targeted =
        |name: &String| name.ends_with("-cache-control") || OTHERS.contains(&name.as_str());
    headers.names().into_iter().filter(is_targeted)
}
