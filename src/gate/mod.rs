//! The decision: [`screen`] a request, [check](Presentation::check) its token,
//! [conclude](SignatureStep::conclude) with a [`Permit`] or a [`Denial`].
//!
//! The stages are types, and each can only be made from the one before it. The adapter does the
//! waiting between them: for keys, and for the signature.

mod denial;
mod grant;
mod permit;
mod presentation;

pub use denial::Denial;
pub use permit::{Permit, Principal};
pub use presentation::{Presentation, SignatureStep, Verdict};

use crate::policy::{Access, Policy, Route};
use crate::request::{CanonicalUrl, CredentialFault, Head, Preflight, is_ambient, present};
use crate::time::UnixTime;
use crate::token::{TokenFault, VerifiedTokens};

/// What can be said about a request before any key is at hand.
#[derive(Debug)]
pub enum Screening<'p> {
    /// A public route, an optional one and no token, or a preflight: pass.
    Open(Permit<'p>),
    /// A token that is worth fetching keys for.
    Presented(Box<Presentation<'p>>),
    /// No.
    Denied(Denial),
}

/// Judges a request as far as that is possible without keys: the cheap checks, all of them.
pub fn screen<'p>(policy: &'p Policy, head: &Head<'_>, now: UnixTime) -> Screening<'p> {
    route_and_screen(policy, head, now, &VerifiedTokens::new(0)).1
}

/// The same, with tokens whose text need not be read again, and the route that the request falls
/// under; `None` when its URL has no single reading.
pub fn route_and_screen<'p>(
    policy: &'p Policy,
    head: &Head<'_>,
    now: UnixTime,
    known: &VerifiedTokens,
) -> (Option<&'p Route>, Screening<'p>) {
    let mut route = None;
    let screening = try_screen(policy, head, now, known, &mut route);
    (route, screening.unwrap_or_else(Screening::Denied))
}

fn try_screen<'p>(
    policy: &'p Policy,
    head: &Head<'_>,
    now: UnixTime,
    known: &VerifiedTokens,
    route: &mut Option<&'p Route>,
) -> Result<Screening<'p>, Denial> {
    let url = CanonicalUrl::parse(head.url).map_err(Denial::UrlAmbiguous)?;
    let found = policy.routes().find(head.method, &url);
    *route = found.ok();
    if !policy.serves(url.host()) {
        return Err(Denial::HostUnknown);
    }
    if head.method == "TRACE" {
        return Err(Denial::MethodNotAllowed);
    }
    let route = found.map_err(Denial::UrlAmbiguous)?;
    if *route.access() != Access::Public
        && let Some(preflight) = Preflight::of(head)
    {
        let route = policy.routes().find(&preflight.method, &url).map_err(Denial::UrlAmbiguous)?;
        // Of what is public, and where no origins are listed, the origin decides who may ask. No
        // preflight has a token.
        if *route.access() == Access::Public || policy.cors().is_none() {
            return Ok(Screening::Open(Permit::for_preflight(head, url, route)));
        }
    }
    // No preflight goes before it, and any page may read what comes of it (RFC 6455 section 10.2).
    let permit = Permit::open(head, url, route);
    let is_foreign = permit.is_handshake() && is_ambient(policy.credentials(), head.headers) && {
        let page = head.headers.get("origin").unwrap_or_default();
        let is_lent = || policy.cors().is_some_and(|cors| cors.lends_cookies(&page));
        page != permit.url().origin() && !is_lent()
    };
    let (requirement, is_optional) = match route.access() {
        Access::Public => return Ok(Screening::Open(permit)),
        Access::Optional(requirement) => (requirement, true),
        Access::Protected(requirement) => (requirement, false),
    };
    let credential = match present(policy.credentials(), head.headers) {
        Ok(Some(credential)) => credential,
        Ok(None) if is_optional => return Ok(Screening::Open(permit)),
        Ok(None) => return Err(Denial::CredentialsMissing),
        Err(CredentialFault::Malformed) => return Err(Denial::CredentialsMalformed),
        Err(CredentialFault::Ambiguous) => return Err(Denial::CredentialsAmbiguous),
        Err(CredentialFault::TooLong) => return Err(Denial::TokenInvalid(TokenFault::TooLong)),
    };
    if is_foreign {
        return Err(Denial::PageForeign);
    }
    let token = known.read(&credential).map_err(Denial::TokenInvalid)?;
    let presentation = Presentation::new(policy, permit, requirement, token, now)?;
    Ok(Screening::Presented(Box::new(presentation)))
}
