//! A JWK Set (RFC 7517 section 5) and the choice of a key from it.

use std::fmt;

use super::{KeyFault, VerifyingKey};
use crate::json::Value;
use crate::log::Loggable;
use crate::token::{Algorithm, Jws};

/// The usable keys of one issuer.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
    refused: Vec<Refusal>,
}

/// A key that is not used, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Its place in the set, counted from 0.
    pub index: usize,
    /// Why.
    pub why: KeyFault,
}

impl Loggable for Refusal {
    fn json(&self) -> String {
        format!("\"key {}: {}\"", self.index, self.why)
    }
}

/// What was read is no JWK Set at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKeySet;

impl fmt::Display for NotAKeySet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("is not a JWK Set: it must be an object with a list `keys`")
    }
}

/// When several keys fit a token, this many are tried at most.
const MAX_CANDIDATES: usize = 4;

impl KeySet {
    /// Reads a JWK Set from JSON. Keys that cannot be used are left out and listed as
    /// [refused](Self::refused); they do not spoil the others.
    ///
    /// # Errors
    ///
    /// [`NotAKeySet`].
    pub fn parse(json: &str, algorithms: &[Algorithm]) -> Result<Self, NotAKeySet> {
        Self::of(&Value::parse(json.as_bytes()).map_err(|_| NotAKeySet)?, algorithms)
    }

    /// The same from a value.
    ///
    /// # Errors
    ///
    /// [`NotAKeySet`].
    pub fn of(value: &Value, algorithms: &[Algorithm]) -> Result<Self, NotAKeySet> {
        let members = value.get("keys").and_then(Value::as_array).ok_or(NotAKeySet)?;
        let mut set = Self { keys: Vec::new(), refused: Vec::new() };
        for (index, member) in members.iter().enumerate() {
            match VerifyingKey::from_jwk(member, algorithms) {
                Ok(key) => set.keys.push(key),
                Err(why) => set.refused.push(Refusal { index, why }),
            }
        }
        Ok(set)
    }

    /// The set of shared secrets, each for every one of these algorithms. Two of them are there
    /// while one replaces the other.
    ///
    /// # Errors
    ///
    /// A [`KeyFault`] when a secret cannot be used.
    pub fn shared(secrets: &[&[u8]], algorithms: &[Algorithm]) -> Result<Self, KeyFault> {
        let pairs = secrets.iter().flat_map(|secret| algorithms.iter().map(move |a| (secret, *a)));
        let keys = pairs.map(|(secret, algorithm)| VerifyingKey::from_secret(secret, algorithm));
        Ok(Self { keys: keys.collect::<Result<_, _>>()?, refused: Vec::new() })
    }

    /// Whether there is no usable key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether this has the very keys of another set. Secrets are never the same.
    pub fn has_keys_of(&self, other: &Self) -> bool {
        self.keys.len() == other.keys.len()
            && self.keys.iter().zip(&other.keys).all(|(key, other)| key.is_same_as(other))
    }

    /// The keys that are not used.
    pub fn refused(&self) -> &[Refusal] {
        &self.refused
    }

    /// All usable keys.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// The keys a JWS may have been signed with: those of its algorithm, and of its `kid` when
    /// it names one. More than one remains only without a `kid`, or where an issuer uses a `kid`
    /// twice.
    pub fn candidates(&self, jws: &Jws) -> Vec<&VerifyingKey> {
        self.keys
            .iter()
            .filter(|key| key.algorithm().scheme() == jws.algorithm().scheme())
            .filter(|key| match (jws.key_id(), key.id()) {
                (Some(wanted), Some(id)) => wanted == id,
                // A secret has no name of its own.
                (Some(_), None) => key.algorithm().is_symmetric(),
                (None, _) => true,
            })
            .take(MAX_CANDIDATES)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A set of one key on P-256, whose coordinates are this letter over and over.
    fn set(kid: Option<&str>, alg: &str, letter: &str) -> KeySet {
        let number = letter.repeat(42) + "A";
        let mut key = match alg {
            "ES256" => json!({ "kty": "EC", "crv": "P-256", "x": number, "y": number }),
            _ => json!({ "kty": "OKP", "crv": "Ed25519", "x": number }),
        };
        key["alg"] = json!(alg);
        key["kid"] = json!(kid);
        if kid.is_none() {
            key.as_object_mut().unwrap().remove("kid");
        }
        let algorithms = [Algorithm::Es256, Algorithm::EdDsa];
        KeySet::parse(&json!({ "keys": [key] }).to_string(), &algorithms).unwrap()
    }

    #[test]
    fn sets_are_the_same_when_every_key_is() {
        let one = set(Some("a"), "ES256", "B");
        assert_eq!(one.keys().len(), 1);
        assert!(one.has_keys_of(&set(Some("a"), "ES256", "B")));
        for other in [
            set(Some("b"), "ES256", "B"),
            set(None, "ES256", "B"),
            set(Some("a"), "ES256", "C"),
            set(Some("a"), "EdDSA", "B"),
            KeySet { keys: Vec::new(), refused: Vec::new() },
        ] {
            assert!(!one.has_keys_of(&other) && !other.has_keys_of(&one), "{other:?}");
        }
        let secrets = KeySet::shared(&[&[1; 32]], &[Algorithm::Hs256]).unwrap();
        assert!(!secrets.has_keys_of(&secrets), "secrets are not compared");
    }
}
