//! Names for people in the log: the same for the same person, and no way back.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::reader::Field;
use super::{Environment, secret};
use crate::log::Loggable;

/// With fewer, all keys could be tried on a known subject.
const MIN_KEY_BYTES: usize = 32;

/// What names for the log are made with.
#[derive(Clone)]
pub struct LogKey(Hmac<Sha256>);

/// Stands for a subject in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonym(String);

impl LogKey {
    /// The name of a subject of an issuer: 96 bits of an HMAC (RFC 2104).
    pub fn pseudonym(&self, issuer: &str, subject: &str) -> Pseudonym {
        let mut mac = self.0.clone();
        // No issuer is a valid URI with a zero byte in it, so no two pairs are one text.
        for part in [issuer.as_bytes(), &[0], subject.as_bytes()] {
            mac.update(part);
        }
        let text = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        Pseudonym(text.chars().take(16).collect())
    }
}

impl Loggable for Pseudonym {
    fn json(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LogKey(..)")
    }
}

/// Reads the name of the secret.
pub(super) fn read(field: &Field<'_, '_>, environment: &dyn Environment) -> Option<LogKey> {
    let (name, secret) = secret::read(field, environment)?;
    if secret.len() < MIN_KEY_BYTES {
        field.problem(&format!(
            "the secret `{name}` must be at least {MIN_KEY_BYTES} bytes long; it is {}",
            secret.len()
        ));
        return None;
    }
    // Keys of every length are taken (RFC 2104 section 3).
    Hmac::new_from_slice(secret.as_bytes()).ok().map(LogKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_apart() {
        let key = |letter: u8| LogKey(Hmac::new_from_slice(&[letter; 32]).unwrap());
        let name = key(1).pseudonym("https://a.example", "alice");
        assert_eq!(name, key(1).pseudonym("https://a.example", "alice"));
        assert_eq!(name.0.len(), 16);
        for other in [
            key(1).pseudonym("https://a.example", "bob"),
            key(1).pseudonym("https://b.example", "alice"),
            key(1).pseudonym("https://a.examplea", "lice"),
            key(2).pseudonym("https://a.example", "alice"),
        ] {
            assert_ne!(name, other);
        }
    }
}
