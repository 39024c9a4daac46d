//! Who shares a stored answer: as a URL for the Cache API, as properties for Workers Cache.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::fields::Headers;
use crate::gate::{Permit, Principal};
use crate::policy::{Access, Caching, Origin, Partition, Policy, Route};
use crate::request::CanonicalUrl;
use crate::uri::after_scheme;

/// The key of a stored answer. There is no other way to make one than from a [`Permit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey {
    server: String,
    /// The word for the rules of the route. Under other rules, another key: what was stored under
    /// the old ones is out of reach.
    rules: String,
    readers: String,
    resource: String,
    /// The path of the route as the operator wrote it.
    route: String,
}

/// A tag of a stored answer is not longer (Cloudflare, purge by tag). Longer ones would be dropped;
/// cut, they stand for some more answers.
const MAX_TAG_BYTES: usize = 1024;

impl CacheKey {
    /// The key for a permitted request; `None` when its answers are not stored.
    ///
    /// The partition is a path segment of our own making in front of the canonical path, so no
    /// URL of a client reaches into another partition. GET and HEAD share a key.
    pub fn of(permit: &Permit<'_>) -> Option<Self> {
        let (route, url) = (permit.route(), permit.url());
        let may_share = !permit.is_handshake() && !permit.is_report();
        (matches!(permit.method(), "GET" | "HEAD") && may_share)
            .then(|| Self::of_resource(route, url, permit.principal()))?
    }

    /// The keys of what a permitted request has changed, when the origin says it was successful:
    /// what its URL stands for, and what the answer says has moved or is new (RFC 9111 section 4.4).
    ///
    /// They are those of a GET, which may fall under another route than the request that was made.
    pub fn invalidated_by(
        policy: &Policy,
        permit: &Permit<'_>,
        status: u16,
        answer: &dyn Headers,
    ) -> Vec<Self> {
        let is_safe = matches!(permit.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY");
        if is_safe || !(200..400).contains(&status) {
            return Vec::new();
        }
        let named = ["location", "content-location"].iter().filter_map(|name| answer.get(name));
        let others = named.filter_map(|reference| beside(policy, permit.url(), &reference));
        std::iter::once(permit.url().clone())
            .chain(others)
            .filter_map(|url| {
                let route = policy.routes().find("GET", &url).ok()?;
                Self::of_resource(route, &url, permit.principal())
            })
            .collect()
    }

    fn of_resource(
        route: &Route,
        url: &CanonicalUrl,
        principal: Option<&Principal>,
    ) -> Option<Self> {
        let Caching::On { partition, .. } = route.caching() else { return None };
        let readers = match (partition, route.access()) {
            // Apart, so that a route which is protected one day serves nothing of its public days.
            (Partition::Shared, Access::Public) => "public".to_owned(),
            (Partition::Shared, Access::Optional(_)) => "optional".to_owned(),
            (Partition::Shared, Access::Protected(_)) => "shared".to_owned(),
            (Partition::Subject, _) => {
                let principal = principal?;
                let mut parts = vec![principal.subject.as_str()];
                // What the origin is told more of who asks, it may answer by.
                for (name, value) in &principal.fields {
                    parts.push(name);
                    parts.push(value);
                }
                if !principal.asserted.is_empty() {
                    parts.push(&principal.asserted);
                }
                hashed("subject-", principal, &parts)
            }
            (Partition::Claims(names), _) => {
                let principal = principal?;
                let mut parts = Vec::new();
                for (name, value) in principal.partition(names)? {
                    parts.push(name);
                    parts.push(value);
                }
                hashed("claims-", principal, &parts)
            }
        };
        Some(Self {
            server: url.origin().to_owned(),
            rules: route.fingerprint().to_owned(),
            readers,
            resource: url.path_and_query().to_owned(),
            route: route.name().to_owned(),
        })
    }

    /// The key of one [place](super::Variants::place_of) for variants of the same.
    #[must_use]
    pub fn variant(&self, place: &str) -> Self {
        Self { readers: format!("{}~{place}", self.readers), ..self.clone() }
    }

    /// The key as a URL.
    pub fn to_url(&self) -> String {
        let Self { server, rules, readers, resource, .. } = self;
        [server, "/", rules, "-", readers, resource].concat()
    }

    /// All of the key but path and query, as properties by name.
    pub fn properties(&self) -> [(&'static str, &str); 3] {
        [("server", &self.server), ("rules", &self.rules), ("readers", &self.readers)]
    }

    /// The tag of everything that is stored of the URL, for whomever and in whatever variant.
    pub fn url_tag(&self) -> String {
        tag("turnpike-url", &format!("{}{}", self.server, self.resource))
    }

    /// The tags of the stored answer, as the value of `Cache-Tag`.
    pub fn tags(&self) -> String {
        format!("{},{}", tag("turnpike-route", &self.route), self.url_tag())
    }
}

/// A tag has no commas, which would end it, no spaces, and ASCII only, as a path and a URL have.
fn tag(kind: &str, value: &str) -> String {
    let tag = format!("{kind}:{value}").replace(',', "%2C");
    tag.chars().filter(char::is_ascii_graphic).take(MAX_TAG_BYTES).collect()
}

/// The URL that an answer refers to, if it is of the same server: one server says nothing of another.
/// The origin may give the name that it is reached by.
fn beside(policy: &Policy, url: &CanonicalUrl, reference: &str) -> Option<CanonicalUrl> {
    let reference = match policy.origin() {
        Origin::Url(server) => reference.strip_prefix(server.as_str()).unwrap_or(reference),
        Origin::Own | Origin::Binding(_) => reference,
    };
    let reference = reference.split('#').next().unwrap_or_default();
    let absolute = if reference.starts_with('/') {
        format!("{}{reference}", url.origin())
    } else if after_scheme(reference).is_some() {
        reference.to_owned()
    } else {
        let (folder, _) = url.path().rsplit_once('/')?;
        format!("{}{folder}/{reference}", url.origin())
    };
    CanonicalUrl::parse(&absolute).ok().filter(|other| other.origin() == url.origin())
}

/// Issuer and whatever else tells readers apart, as a hash: none of it shows in the key, and the
/// length in front of each part keeps `ab` + `c` apart from `a` + `bc`.
fn hashed(what: &str, principal: &Principal, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in std::iter::once(&principal.issuer.as_str()).chain(parts) {
        // As wide everywhere as where it is widest.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    [what, &BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())].concat()
}
