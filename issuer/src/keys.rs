//! Key pairs as JWKs (RFC 7517, RFC 7518 section 6, RFC 8037).

use base64ct::{Base64UrlUnpadded, Encoding};
use rsa::pkcs8::EncodePublicKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};

/// RFC 7518 section 3.3: "A key of size 2048 bits or larger MUST be used".
pub(crate) const RSA_BITS: usize = 2048;

/// A private key that can be written as a JWK and read back.
pub(crate) trait KeyPair: Sized {
    fn public_jwk(&self) -> Value;
    /// A `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7) in DER.
    fn public_der(&self) -> Vec<u8>;
    fn private_jwk(&self) -> Value;
    fn from_private_jwk(jwk: &Value) -> Option<Self>;
}

/// The same for each curve; their crates share no trait that would say it once.
macro_rules! elliptic_curve_key_pair {
    ($curve:ident, $name:literal) => {
        impl KeyPair for $curve::ecdsa::SigningKey {
            fn public_jwk(&self) -> Value {
                let key = $curve::ecdsa::VerifyingKey::from(self);
                let point = key.to_encoded_point(false);
                let [x, y] = [point.x(), point.y()]
                    .map(|coordinate| coordinate.map(|bytes| base64url(bytes)));
                json!({ "kty": "EC", "crv": $name, "x": x, "y": y })
            }

            fn public_der(&self) -> Vec<u8> {
                let point = $curve::ecdsa::VerifyingKey::from(self).to_encoded_point(false);
                der(&$curve::PublicKey::from_sec1_bytes(point.as_bytes()).expect("a public key"))
            }

            fn private_jwk(&self) -> Value {
                with(self.public_jwk(), [("d", base64url(&self.to_bytes()))])
            }

            fn from_private_jwk(jwk: &Value) -> Option<Self> {
                Self::from_slice(&member(jwk, "d")?).ok()
            }
        }
    };
}

elliptic_curve_key_pair!(p256, "P-256");
elliptic_curve_key_pair!(p384, "P-384");
elliptic_curve_key_pair!(p521, "P-521");

impl KeyPair for RsaPrivateKey {
    fn public_jwk(&self) -> Value {
        json!({ "kty": "RSA", "n": base64url_uint(self.n()), "e": base64url_uint(self.e()) })
    }

    fn public_der(&self) -> Vec<u8> {
        der(&self.to_public_key())
    }

    fn private_jwk(&self) -> Value {
        let mut jwk = with(self.public_jwk(), [("d", base64url_uint(self.d()))]);
        for (name, prime) in ["p", "q"].into_iter().zip(self.primes()) {
            jwk[name] = base64url_uint(prime).into();
        }
        jwk
    }

    fn from_private_jwk(jwk: &Value) -> Option<Self> {
        let number = |name| Some(BigUint::from_bytes_be(&member(jwk, name)?));
        let primes = vec![number("p")?, number("q")?];
        Self::from_components(number("n")?, number("e")?, number("d")?, primes).ok()
    }
}

impl KeyPair for ed25519_dalek::SigningKey {
    fn public_jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(self.verifying_key().as_bytes()) })
    }

    fn public_der(&self) -> Vec<u8> {
        der(&self.verifying_key())
    }

    fn private_jwk(&self) -> Value {
        with(self.public_jwk(), [("d", base64url(self.as_bytes()))])
    }

    fn from_private_jwk(jwk: &Value) -> Option<Self> {
        let seed: [u8; 32] = member(jwk, "d")?.try_into().ok()?;
        Some(Self::from_bytes(&seed))
    }
}

fn der(key: &impl EncodePublicKey) -> Vec<u8> {
    key.to_public_key_der().expect("a key has a form in DER").into_vec()
}

fn with<const N: usize>(mut jwk: Value, members: [(&str, String); N]) -> Value {
    for (name, value) in members {
        jwk[name] = value.into();
    }
    jwk
}

fn member(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(jwk.get(name)?.as_str()?).ok()
}

fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// RFC 7518 section 2: big-endian, and "the minimum number of octets needed".
fn base64url_uint(number: &BigUint) -> String {
    base64url(&number.to_bytes_be())
}
