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
        let Caching::On { partition, .. } = permit.route().caching() else {
            return None;
        };
        if !matches!(permit.method(), "GET" | "HEAD") {
            return None;
        }
        let partition = match (partition, permit.principal()) {
            (Partition::Shared, _) => "shared".to_owned(),
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
