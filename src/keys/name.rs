//! What the log calls a key.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::log::Loggable;

/// Stands for a `kid` in the log: the beginning of its SHA-256 in base64url. The `kid` itself is text
/// of the issuer's, and may say anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    pub(super) fn of(id: &str) -> Self {
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id));
        Self(hash.chars().take(8).collect())
    }
}

impl Loggable for KeyName {
    fn json(&self) -> String {
        format!("\"{}\"", self.0)
    }
}
