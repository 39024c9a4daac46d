//! The adapter for ordinary machines: the signature step by jwt-compact, for tests and
//! command-line tools.

use jwt_compact::alg::{Ed25519, Es256, Rsa};
use jwt_compact::jwk::{JsonWebKey, JwkError};
use jwt_compact::{Algorithm, AlgorithmSignature};

use crate::gate::{SignatureStep, Verdict};
use crate::keys::{Material, VerifyingKey};
use crate::token::Scheme;

/// Does the signature step.
pub fn verify(step: &SignatureStep<'_, '_>) -> Verdict {
    let made_by = |key: &&VerifyingKey| is_made_by(key, step.message(), step.signature());
    Verdict::new(step.candidates().iter().any(made_by))
}

fn is_made_by(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    let jwk = match key.material() {
        Material::Secret(_) => return key.verify_mac(message, signature),
        Material::Public(jwk) => jwk,
    };
    match key.algorithm().scheme() {
        Scheme::HmacSha256 => false,
        Scheme::RsaPkcs1Sha256 => public(&Rsa::rs256(), jwk, message, signature),
        Scheme::RsaPssSha256 => public(&Rsa::ps256(), jwk, message, signature),
        Scheme::EcdsaP256Sha256 => public(&Es256, jwk, message, signature),
        Scheme::Ed25519 => public(&Ed25519, jwk, message, signature),
    }
}

fn public<'j, A: Algorithm>(
    algorithm: &A,
    jwk: &'j JsonWebKey<'static>,
    message: &[u8],
    signature: &[u8],
) -> bool
where
    A::VerifyingKey: TryFrom<&'j JsonWebKey<'static>, Error = JwkError>,
{
    let expected_length = A::Signature::LENGTH.map(usize::from);
    if expected_length.is_some_and(|length| length != signature.len()) {
        return false;
    }
    match (A::VerifyingKey::try_from(jwk), A::Signature::try_from_slice(signature)) {
        (Ok(key), Ok(signature)) => algorithm.verify_signature(&signature, &key, message),
        _ => false,
    }
}
