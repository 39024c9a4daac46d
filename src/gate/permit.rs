//! Proof that a request may pass.

use crate::policy::Route;
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
    principal: Option<Principal>,
    is_preflight: bool,
    is_handshake: bool,
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
    /// When the token ends: it is not accepted from here on.
    pub expires_at: UnixTime,
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
            principal: None,
            is_preflight: false,
            is_handshake: is_websocket(head.headers),
        }
    }

    /// For the gate alone: a preflight for what is protected, which nobody has a token for.
    pub(super) fn for_preflight(head: &Head<'_>, url: CanonicalUrl, route: &'p Route) -> Self {
        Self { is_preflight: true, ..Self::open(head, url, route) }
    }

    /// For the gate alone: the token was verified.
    pub(super) fn for_principal(self, principal: Principal) -> Self {
        Self { principal: Some(principal), ..self }
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

    /// Whether it is for a preflight to a protected path alone: no more of the request goes to the
    /// origin, and no more of its answer leaves, than a browser needs.
    pub fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    /// Whether it is for the handshake of a `WebSocket` (RFC 6455 section 4.1), which is between this
    /// client and the origin, and nothing to share, whatever the route stores.
    pub fn is_handshake(&self) -> bool {
        self.is_handshake
    }

    /// Whether the body of the origin's answer is for the client.
    pub fn has_body(&self) -> bool {
        self.method != "HEAD" && !self.is_preflight
    }

    /// Who asks; nobody in particular on a public route.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// When what was granted ends with the token, by `exp` or the issuer's `max_age`, and `leeway`
    /// (RFC 7519 section 4.1.4); never on a public route. Whether the user signed in lately enough
    /// for the route (RFC 9470) is asked of the request alone.
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.principal.as_ref().map(|principal| principal.expires_at)
    }
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Principal(..)")
    }
}
