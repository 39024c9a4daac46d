//! Who shares a stored answer, as a URL for the Cache API.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use crate::gate::{Permit, Principal};
use crate::policy::{Caching, Partition};

/// The key of a stored answer. There is no other way to make one than from a [`Permit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey(String);

impl CacheKey {
    /// The key for a permitted request; `None` when its answers are not stored.
    ///
    /// The partition is a path segment of our own making in front of the canonical path, so no
    /// URL of a client reaches into another partition. GET and HEAD share a key.
    pub fn of(permit: &Permit<'_>) -> Option<Self> {
        matches!(permit.method(), "GET" | "HEAD").then(|| Self::of_resource(permit))?
    }

    /// The key of what a permitted request has changed, when the origin says it was successful
    /// (RFC 9111 section 4.4).
    pub fn invalidated_by(permit: &Permit<'_>, status: u16) -> Option<Self> {
        let is_safe = matches!(permit.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY");
        (!is_safe && (200..400).contains(&status)).then(|| Self::of_resource(permit))?
    }

    fn of_resource(permit: &Permit<'_>) -> Option<Self> {
        let Caching::On { partition, .. } = permit.route().caching() else { return None };
        let partition = match (partition, permit.principal()) {
            // Apart, so that a route which is protected one day serves nothing of its public days.
            (Partition::Shared, None) => "public".to_owned(),
            (Partition::Shared, Some(_)) => "shared".to_owned(),
            (Partition::Subject, Some(principal)) => subject(principal),
            (Partition::Subject, None) => return None,
        };
        let url = permit.url();
        Some(Self(format!("{}/{partition}{}", url.origin(), url.path_and_query())))
    }

    /// The key as a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Issuer and subject as a hash: neither shows in the key, and the length in front keeps
/// `ab` + `c` apart from `a` + `bc`.
fn subject(principal: &Principal) -> String {
    let hash = Sha256::new()
        .chain_update(principal.issuer.len().to_string())
        .chain_update(":")
        .chain_update(&principal.issuer)
        .chain_update(&principal.subject)
        .finalize();
    format!("subject-{}", Base64UrlUnpadded::encode_string(&hash))
}
