//! The adapter for ordinary machines: the signature step by jwt-compact, for tests and
//! command-line tools.

use jwt_compact::alg::{Ed25519, Es256, Hs256, Hs384, Hs512, Rsa};
use jwt_compact::jwk::{JsonWebKey, JwkError};
use jwt_compact::{Algorithm, AlgorithmSignature};
use p384::ecdsa::signature::Verifier as _;

use crate::gate::{SignatureStep, Verdict};
use crate::keys::VerifyingKey;
use crate::token::{Curve, Hash, Scheme};

/// Does the signature step.
pub fn verify(step: &SignatureStep<'_, '_>) -> Verdict {
    let (message, signature) = (step.jws().message(), step.jws().signature());
    Verdict::new(step.candidates().iter().any(|key| is_made_by(key, message, signature)))
}

/// Whether the holder of this key made this signature of the message.
pub fn is_made_by(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    let jwk = key.jwk();
    match key.algorithm().scheme() {
        Scheme::Hmac(Hash::Sha256) => by(&Hs256, jwk, message, signature),
        Scheme::Hmac(Hash::Sha384) => by(&Hs384, jwk, message, signature),
        Scheme::Hmac(Hash::Sha512) => by(&Hs512, jwk, message, signature),
        Scheme::RsaPkcs1(Hash::Sha256) => by(&Rsa::rs256(), jwk, message, signature),
        Scheme::RsaPkcs1(Hash::Sha384) => by(&Rsa::rs384(), jwk, message, signature),
        Scheme::RsaPkcs1(Hash::Sha512) => by(&Rsa::rs512(), jwk, message, signature),
        Scheme::RsaPss(Hash::Sha256) => by(&Rsa::ps256(), jwk, message, signature),
        Scheme::RsaPss(Hash::Sha384) => by(&Rsa::ps384(), jwk, message, signature),
        Scheme::RsaPss(Hash::Sha512) => by(&Rsa::ps512(), jwk, message, signature),
        Scheme::Ecdsa(Curve::P256) => by(&Es256, jwk, message, signature),
        Scheme::Ecdsa(Curve::P384) => point(jwk).is_some_and(|(x, y)| {
            let point = p384::EncodedPoint::from_affine_coordinates(x.into(), y.into(), false);
            let key = p384::ecdsa::VerifyingKey::from_encoded_point(&point);
            let signature = p384::ecdsa::Signature::from_slice(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
        }),
        Scheme::Ecdsa(Curve::P521) => point(jwk).is_some_and(|(x, y)| {
            let point = p521::EncodedPoint::from_affine_coordinates(x.into(), y.into(), false);
            let key = p521::ecdsa::VerifyingKey::from_encoded_point(&point);
            let signature = p521::ecdsa::Signature::from_slice(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
        }),
        Scheme::Ed25519 => by(&Ed25519, jwk, message, signature),
    }
}

/// The coordinates of an elliptic-curve key, whose lengths were checked when it was read.
fn point<'j>(jwk: &'j JsonWebKey<'static>) -> Option<(&'j [u8], &'j [u8])> {
    match jwk {
        JsonWebKey::EllipticCurve { x, y, .. } => Some((x, y)),
        _ => None,
    }
}

fn by<'j, A: Algorithm>(
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
