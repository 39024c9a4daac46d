//! An issuer of access tokens for development and tests.
//!
//! It has one key for every algorithm the filter speaks and signs whatever it is asked to sign,
//! so a test can make a wrong token as easily as a right one. It must never be trusted by
//! anything that is reachable from a network.
//!
//! - [`Issuer`] makes, keeps and publishes the keys, and signs ([`Issuer::token`] for a proper
//!   token, [`Issuer::sign`] for exactly the given header and claims).
//! - [`Algorithm`] names the signature algorithms of RFC 7518 and RFC 8037.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a development tool; the indices are member names of JSON objects made here"
)]

mod algorithm;
mod keys;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::digest::{Digest, FixedOutputReset, KeyInit};
use hmac::{Hmac, Mac};
use rand::rngs::{OsRng, StdRng};
use rand::{CryptoRng, RngCore, SeedableRng};
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer};
use rsa::{RsaPrivateKey, pkcs1v15, pss};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

pub use crate::algorithm::{Algorithm, UnknownAlgorithm};
use crate::keys::{KeyPair, RSA_BITS};

/// Does the same with whichever key an algorithm signs with.
macro_rules! with_key {
    ($issuer:expr, $algorithm:expr, |$key:ident| $body:expr) => {
        match $algorithm {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => Default::default(),
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => {
                let $key = &$issuer.rs;
                $body
            }
            Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => {
                let $key = &$issuer.ps;
                $body
            }
            Algorithm::Es256 => {
                let $key = &$issuer.es256;
                $body
            }
            Algorithm::Es384 => {
                let $key = &$issuer.es384;
                $body
            }
            Algorithm::Es512 => {
                let $key = &$issuer.es512;
                $body
            }
            Algorithm::EdDsa => {
                let $key = &$issuer.ed25519;
                $body
            }
        }
    };
}

/// A fresh private key on P-256, as a JWK with its public members: for whoever signs with ES256.
#[must_use]
pub fn fresh_key() -> Value {
    p256::ecdsa::SigningKey::random(&mut OsRng).private_jwk()
}

/// Keys for every algorithm, and what is done with them.
pub struct Issuer {
    es256: p256::ecdsa::SigningKey,
    es384: p384::ecdsa::SigningKey,
    es512: p521::ecdsa::SigningKey,
    /// For RS*: published once for each hash.
    rs: RsaPrivateKey,
    /// For PS*: published once for each hash.
    ps: RsaPrivateKey,
    ed25519: ed25519_dalek::SigningKey,
    secret: String,
}

impl Issuer {
    /// An issuer with new keys.
    ///
    /// # Panics
    ///
    /// When the machine has no source of randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_randomness(&mut OsRng)
    }

    /// The issuer of this seed, whose keys and signatures are the same every time: for tests that
    /// repeat themselves. Everyone has its keys.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::from_randomness(&mut StdRng::seed_from_u64(seed))
    }

    fn from_randomness(randomness: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut rsa_key = || RsaPrivateKey::new(randomness, RSA_BITS).expect("an RSA key");
        let (rs, ps) = (rsa_key(), rsa_key());
        Self {
            es256: p256::ecdsa::SigningKey::random(randomness),
            es384: p384::ecdsa::SigningKey::random(randomness),
            es512: p521::ecdsa::SigningKey::random(randomness),
            rs,
            ps,
            ed25519: ed25519_dalek::SigningKey::from_bytes(&random_bytes(randomness)),
            secret: Base64UrlUnpadded::encode_string(&random_bytes::<64>(randomness)),
        }
    }

    /// The issuer kept in the file at `path`; when there is no such file, a new issuer that is
    /// then kept there, readable by its owner alone.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or holds something other than an issuer's keys.
    pub fn load_or_generate(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .ok()
                .and_then(|file| Self::from_private_json(&file))
                .ok_or_else(|| {
                    let message = format!("{} does not hold an issuer's keys", path.display());
                    io::Error::new(io::ErrorKind::InvalidData, message)
                }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let issuer = Self::generate();
                write_private(path, &format!("{:#}\n", issuer.to_private_json()))?;
                Ok(issuer)
            }
            Err(error) => Err(error),
        }
    }

    /// The JWK set (RFC 7517) a verifier needs: public keys only, and never the HMAC secret.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let asymmetric = Algorithm::all().filter(|algorithm| algorithm.kid().is_some());
        let keys: Vec<Value> = asymmetric
            .map(|algorithm| named(algorithm, with_key!(self, algorithm, |key| key.public_jwk())))
            .collect();
        json!({ "keys": keys })
    }

    /// The public key for an algorithm as a `SubjectPublicKeyInfo` in DER; nothing for HS*.
    #[must_use]
    pub fn public_der(&self, algorithm: Algorithm) -> Vec<u8> {
        with_key!(self, algorithm, |key| key.public_der())
    }

    /// The secret for HS*. The HMAC key is the UTF-8 bytes of this text.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// A token with these claims and the header a proper access token has (RFC 9068).
    #[must_use]
    pub fn token(&self, algorithm: Algorithm, claims: &Value) -> String {
        let mut header = json!({ "alg": algorithm.name(), "typ": "at+jwt" });
        if let (Some(key_id), Some(header)) = (algorithm.kid(), header.as_object_mut()) {
            header.insert("kid".to_owned(), key_id.into());
        }
        self.sign(algorithm, &header, claims)
    }

    /// The compact JWS (RFC 7515) of exactly this header and these claims, signed with the key
    /// of `algorithm` whatever the header says.
    #[must_use]
    pub fn sign(&self, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
        self.sign_text(algorithm, &header.to_string(), &claims.to_string())
    }

    /// The same of any text, which need not be JSON.
    #[must_use]
    pub fn sign_text(&self, algorithm: Algorithm, header: &str, claims: &str) -> String {
        let [header, claims] =
            [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()));
        let signing_input = format!("{header}.{claims}");
        let signature = self.signature(algorithm, signing_input.as_bytes());
        format!("{signing_input}.{}", Base64UrlUnpadded::encode_string(&signature))
    }

    /// The JWS signature of `bytes`, raw.
    #[must_use]
    pub fn signature(&self, algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
        match algorithm {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
                mac(algorithm, self.secret.as_bytes(), bytes)
            }
            Algorithm::Rs256 => {
                pkcs1v15::SigningKey::<Sha256>::new(self.rs.clone()).sign(bytes).to_vec()
            }
            Algorithm::Rs384 => {
                pkcs1v15::SigningKey::<Sha384>::new(self.rs.clone()).sign(bytes).to_vec()
            }
            Algorithm::Rs512 => {
                pkcs1v15::SigningKey::<Sha512>::new(self.rs.clone()).sign(bytes).to_vec()
            }
            Algorithm::Ps256 => self.pss::<Sha256>(bytes),
            Algorithm::Ps384 => self.pss::<Sha384>(bytes),
            Algorithm::Ps512 => self.pss::<Sha512>(bytes),
            Algorithm::Es256 => Signer::<p256::ecdsa::Signature>::sign(&self.es256, bytes).to_vec(),
            Algorithm::Es384 => Signer::<p384::ecdsa::Signature>::sign(&self.es384, bytes).to_vec(),
            Algorithm::Es512 => {
                self.es512.sign_with_rng(&mut self.randomness_for(bytes), bytes).to_vec()
            }
            Algorithm::EdDsa => self.ed25519.sign(bytes).to_vec(),
        }
    }

    fn pss<D: Digest + FixedOutputReset>(&self, bytes: &[u8]) -> Vec<u8> {
        let mut salts = self.randomness_for(bytes);
        pss::SigningKey::<D>::new(self.ps.clone()).sign_with_rng(&mut salts, bytes).to_vec()
    }

    /// What a signature of these bytes takes of chance: from a private key and the bytes, as in
    /// RFC 6979, so that a signature repeats itself.
    fn randomness_for(&self, bytes: &[u8]) -> StdRng {
        let seed = Sha256::new().chain_update(self.es512.to_bytes()).chain_update(bytes);
        StdRng::from_seed(seed.finalize().into())
    }

    fn to_private_json(&self) -> Value {
        let kept = KEPT
            .map(|algorithm| named(algorithm, with_key!(self, algorithm, |key| key.private_jwk())));
        json!({ "keys": kept, "secret": self.secret })
    }

    fn from_private_json(file: &Value) -> Option<Self> {
        Some(Self {
            es256: kept_key(file, Algorithm::Es256)?,
            es384: kept_key(file, Algorithm::Es384)?,
            es512: kept_key(file, Algorithm::Es512)?,
            rs: kept_key(file, Algorithm::Rs256)?,
            ps: kept_key(file, Algorithm::Ps256)?,
            ed25519: kept_key(file, Algorithm::EdDsa)?,
            secret: file.get("secret")?.as_str()?.to_owned(),
        })
    }
}

/// One algorithm for each key that is kept.
const KEPT: [Algorithm; 6] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::Rs256,
    Algorithm::Ps256,
    Algorithm::EdDsa,
];

/// What HS* computes with any secret; nothing for other algorithms.
#[must_use]
pub fn mac(algorithm: Algorithm, secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Hs256 => hmac::<Hmac<Sha256>>(secret, bytes),
        Algorithm::Hs384 => hmac::<Hmac<Sha384>>(secret, bytes),
        Algorithm::Hs512 => hmac::<Hmac<Sha512>>(secret, bytes),
        _ => Vec::new(),
    }
}

fn hmac<M: Mac + KeyInit>(secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mac = <M as Mac>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.chain_update(bytes).finalize().into_bytes().to_vec()
}

fn kept_key<K: KeyPair>(file: &Value, algorithm: Algorithm) -> Option<K> {
    let keys = file.get("keys")?.as_array()?;
    let jwk = keys.iter().find(|jwk| jwk.get("kid").and_then(Value::as_str) == algorithm.kid())?;
    K::from_private_jwk(jwk)
}

fn random_bytes<const N: usize>(randomness: &mut impl RngCore) -> [u8; N] {
    let mut bytes = [0; N];
    randomness.fill_bytes(&mut bytes);
    bytes
}

/// The JWK with the members that say what the key is for.
fn named(algorithm: Algorithm, mut jwk: Value) -> Value {
    jwk["kid"] = algorithm.kid().into();
    jwk["alg"] = algorithm.name().into();
    jwk["use"] = "sig".into();
    jwk
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_issuer_signs_and_publishes_as_before() {
        let folder = std::env::temp_dir().join(format!("issuer-test-{}", std::process::id()));
        let path = folder.join("new").join("issuer.json");
        let first = Issuer::load_or_generate(&path).expect("a new file");
        let again = Issuer::load_or_generate(&path).expect("the same file");
        assert_eq!(first.jwks(), again.jwks());
        assert_eq!(first.secret(), again.secret());
        for algorithm in Algorithm::all() {
            let claims = json!({ "sub": "alice" });
            assert_eq!(first.token(algorithm, &claims), again.token(algorithm, &claims));
        }
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn published_keys_have_no_private_member() {
        let jwks = Issuer::generate().jwks();
        let keys = jwks["keys"].as_array().expect("a list");
        assert_eq!(keys.len(), 10);
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private} in {key}");
            }
        }
    }

    #[test]
    fn file_with_something_else_is_an_error_and_stays() {
        let path = std::env::temp_dir().join(format!("issuer-test-{}.json", std::process::id()));
        fs::write(&path, "{}").expect("written");
        let error = Issuer::load_or_generate(&path).err().expect("an error");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_to_string(&path).expect("read"), "{}");
        fs::remove_file(path).expect("removed");
    }
}
