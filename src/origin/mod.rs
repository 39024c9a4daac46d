//! What the origin is asked, and what of its answer leaves.

mod assertion;
mod response;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::cache::{CAPABILITY, CONDITIONAL, CacheKey};
use crate::fields::{Edits, Headers};
use crate::gate::Permit;
use crate::policy::{Access, Caching, Origin, Partition, Policy, Route};
use crate::request::{
    CredentialSource, SUBPROTOCOLS, cookie_name, cookie_pairs, folded, is_forged, is_of_cloudflare,
    without_tokens,
};
pub use assertion::{ASSERTION, Assertions, Draft, signed};
pub use response::response;

/// Who the filter says is asking.
const SUBJECT: &str = "x-auth-subject";

/// By these, an origin learns the address of the client. Cloudflare adds to the first what a client
/// wrote there, and writes the others on some plans only.
const ADDRESS: [&str; 3] = ["x-forwarded-for", "true-client-ip", "x-real-ip"];

/// In front of the name of a claim: what the filter says of whoever is asking.
const CLAIM: &str = "x-auth-claim-";

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

/// `sub` is an opaque string; in a header field it may only be visible ASCII. What is not, and `%`
/// itself, is percent-encoded.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%').add(b' ');

/// So many names in `Connection` are heeded. Each costs a comparison with every field.
const MAX_NOMINATED: usize = 32;

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

/// What the cache of the zone may do with the answer to a request permitted under this route. One
/// that asks for a `WebSocket` is for this client alone, whatever comes of it.
pub fn zone_cache(route: &Route, is_handshake: bool) -> ZoneCache {
    match route.access() {
        Access::Public if !is_handshake => ZoneCache::Usual,
        _ => ZoneCache::Bypassed,
    }
}

/// What the origin's answer is wanted for.
#[derive(Debug, Default)]
pub enum Purpose {
    /// For this client alone: the origin sees its conditions.
    #[default]
    Relay,
    /// To be stored, so all of it is wanted; with these conditions when something is stored, and
    /// without the fields that they remove.
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
        edits.remove.extend_from_slice(&conditions.remove);
        edits.set.extend(conditions.set.iter().cloned());
        edits.set("surrogate-capability", CAPABILITY);
    }
    edits
}

/// Whether the origin gets to see an `Authorization` of the client's, which is none of our tokens.
pub fn passes_authorization(
    policy: &Policy,
    permit: &Permit<'_>,
    headers: &dyn Headers,
    purpose: &Purpose,
) -> bool {
    let is_removed = || {
        let removed = request(policy, permit, headers, purpose).remove;
        removed.iter().any(|name| name == "authorization")
    };
    headers.get("authorization").is_some() && !is_removed()
}

fn identity(policy: &Policy, permit: &Permit<'_>, headers: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    if permit.is_preflight() {
        let kept = |name: &str| SHARED.contains(&name) || PREFLIGHT.contains(&name);
        edits.remove_where(headers, &|name| !kept(name));
        return edits;
    }
    if let Some(partition) = shared_partition(permit) {
        edits.remove_where(headers, &|name| !SHARED.contains(&name));
        for (name, value) in partition {
            let name = format!("{CLAIM}{}", name.to_ascii_lowercase());
            edits.set(name, utf8_percent_encode(value, ENCODED).to_string());
        }
        return edits;
    }
    let keeps_token = keeps_token(policy, permit);
    let is_token = |matches: &dyn Fn(&str) -> bool| {
        policy.credentials().iter().filter_map(CredentialSource::header).any(matches)
    };
    let connection = headers.get("connection").unwrap_or_default();
    let nominated: Vec<&str> = connection.split(',').map(str::trim).take(MAX_NOMINATED).collect();
    let is_false = |name: &str| {
        let folded = folded(name);
        let is_kept = keeps_token && is_token(&|field| field == name);
        let is_told = || policy.identity().has_field(&folded);
        let is_token = || is_token(&|field| self::folded(field) == folded);
        is_nominated(name, &nominated)
            || !is_kept && (is_forged(name, &folded) || is_told() || is_token())
    };
    let names = headers.names();
    let addresses: Vec<&str> = ADDRESS.into_iter().filter(|field| names.contains(field)).collect();
    edits.remove_where(headers, &is_false);
    match headers.get("cf-connecting-ip") {
        Some(address) => {
            for field in &addresses {
                edits.set(*field, address.to_string());
            }
        }
        None => edits.remove(&addresses),
    }
    if !keeps_token {
        if policy.credentials().contains(&CredentialSource::Bearer) && has_bearer(headers) {
            edits.remove(&["authorization"]);
        }
        if let Some(field) = headers.get("cookie") {
            strip_cookies(policy, &field, &mut edits);
        }
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
        for (name, value) in &principal.fields {
            edits.set(name.clone(), value.clone());
        }
    }
    edits
}

/// Whether the token goes on: where it was verified, and where the answer is not stored, so that no
/// answer outlives the token it was given for.
fn keeps_token(policy: &Policy, permit: &Permit<'_>) -> bool {
    policy.identity().keeps_token()
        && permit.principal().is_some()
        && CacheKey::of(permit).is_none()
}

/// Whether `Connection` says that a field is for the next server alone (RFC 9110 section 7.6.1).
/// What Cloudflare writes is not, whatever it says; and `Upgrade` goes on, for `WebSocket`s.
fn is_nominated(name: &str, nominated: &[&str]) -> bool {
    nominated.iter().any(|nominated| nominated.eq_ignore_ascii_case(name))
        && name != "upgrade"
        && !is_of_cloudflare(name)
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
fn shared_partition<'p>(permit: &'p Permit<'_>) -> Option<Vec<(&'p str, &'p str)>> {
    if !matches!(permit.method(), "GET" | "HEAD") || permit.is_handshake() {
        return None;
    }
    match permit.route().caching() {
        Caching::On { partition: Partition::Shared, .. } => Some(Vec::new()),
        Caching::On { partition: Partition::Claims(names), .. } => {
            permit.principal()?.partition(names)
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
