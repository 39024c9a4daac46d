//! Proof that a request may pass.

use super::Denial;
use crate::policy::{Policy, Route};
use crate::request::{CanonicalUrl, Head, is_websocket};
use crate::time::UnixTime;

/// Leave for one request: its method, its canonical URL, its route, and who asks.
///
/// Only the gate makes one, and only of what it has judged. The cache and the origin are reached
/// with a `Permit` or not at all.
#[derive(Debug)]
pub struct Permit<'p> {
    method: String,
    url: CanonicalUrl,
    route: &'p Route,
    grounds: Grounds,
    is_handshake: bool,
}

/// On what grounds a request passes.
#[derive(Debug)]
enum Grounds {
    /// The route is public, or an optional one and no token was shown.
    Public,
    /// It is a preflight to a protected path.
    Preflight,
    /// A token was verified.
    Verified(Principal),
    /// It would be refused, if this were not only reported.
    Reported,
}

/// Who asks, as a verified token says.
#[derive(PartialEq, Eq)]
pub struct Principal {
    /// `iss`.
    pub issuer: String,
    /// `sub`, unique within the issuer.
    pub subject: String,
    /// The claims that the answers of any route differ by, with their values: what this request
    /// changes may be read under another route.
    pub claims: Vec<(String, String)>,
    /// The fields by which the origin is told more of who asks, with their values.
    pub fields: Vec<(String, String)>,
    /// When the token ends: it is not accepted from here on.
    pub expires_at: UnixTime,
    /// The claims that are repeated to it under a signature of ours, as members of a JSON object.
    pub asserted: String,
}

impl Principal {
    /// The values of these claims with their names; `None` when the token lacks one.
    pub fn partition<'s>(&'s self, names: &'s [String]) -> Option<Vec<(&'s str, &'s str)>> {
        let value = |name: &String| self.claims.iter().find(|(given, _)| given == name);
        names.iter().map(|name| Some((name.as_str(), value(name)?.1.as_str()))).collect()
    }
}

impl<'p> Permit<'p> {
    /// For the gate alone: nobody is known yet.
    pub(super) fn open(head: &Head<'_>, url: CanonicalUrl, route: &'p Route) -> Self {
        Self {
            method: head.method.to_owned(),
            url,
            route,
            grounds: Grounds::Public,
            is_handshake: is_websocket(head.headers),
        }
    }

    /// For the gate alone: a preflight for what is protected, which nobody has a token for.
    pub(super) fn for_preflight(head: &Head<'_>, url: CanonicalUrl, route: &'p Route) -> Self {
        Self { grounds: Grounds::Preflight, ..Self::open(head, url, route) }
    }

    /// For the gate alone: the token was verified.
    pub(super) fn for_principal(self, principal: Principal) -> Self {
        Self { grounds: Grounds::Verified(principal), ..self }
    }

    /// Lets pass what was refused, as nobody, where the policy has refusals only reported.
    ///
    /// # Errors
    ///
    /// The denial itself, where it stands: because the route enforces it, or because it is not
    /// about who asks. A URL of two readings, for one, has no form to be passed on in.
    pub fn for_report(policy: &'p Policy, head: &Head<'_>, denial: Denial) -> Result<Self, Denial> {
        if !denial.is_about_access() || !policy.routes().are_some_report_only() {
            return Err(denial);
        }
        let Ok(url) = CanonicalUrl::parse(head.url) else { return Err(denial) };
        match policy.routes().find(head.method, &url) {
            Ok(route) if route.is_report_only() => {
                Ok(Self { grounds: Grounds::Reported, ..Self::open(head, url, route) })
            }
            _ => Err(denial),
        }
    }

    /// The method it was granted for.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL it was granted for.
    pub fn url(&self) -> &CanonicalUrl {
        &self.url
    }

    /// The route it was granted under.
    pub fn route(&self) -> &'p Route {
        self.route
    }

    /// Whether it is for a preflight alone, where `OPTIONS` is protected: no more of the request goes to the
    /// origin, and no more of its answer leaves, than a browser needs.
    pub fn is_preflight(&self) -> bool {
        matches!(self.grounds, Grounds::Preflight)
    }

    /// Whether it is for a request that would be refused, if this were not only reported. Stored
    /// answers are for those who may have them.
    pub fn is_report(&self) -> bool {
        matches!(self.grounds, Grounds::Reported)
    }

    /// Whether it is for the handshake of a `WebSocket` (RFC 6455 section 4.1), which is between this
    /// client and the origin, and nothing to share, whatever the route stores.
    pub fn is_handshake(&self) -> bool {
        self.is_handshake
    }

    /// Whether the body of the origin's answer is for the client.
    pub fn has_body(&self) -> bool {
        self.method != "HEAD" && !self.is_preflight()
    }

    /// Who asks; nobody in particular on a public route, and without a token on an optional one.
    pub fn principal(&self) -> Option<&Principal> {
        match &self.grounds {
            Grounds::Verified(principal) => Some(principal),
            Grounds::Public | Grounds::Preflight | Grounds::Reported => None,
        }
    }

    /// When what was granted ends with the token, by `exp` or the issuer's `max_age`, and `leeway`
    /// (RFC 7519 section 4.1.4); never on a public route. Whether the user signed in lately enough
    /// for the route (RFC 9470) is asked of the request alone.
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.principal().map(|principal| principal.expires_at)
    }
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Principal(..)")
    }
}
