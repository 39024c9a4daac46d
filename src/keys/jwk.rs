//! From a JWK (RFC 7517) to a key that verifies exactly one algorithm.

use std::fmt;

use jwt_compact::AlgorithmSignature;
use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use jwt_compact::jwk::JsonWebKey;
use serde::Deserialize;
use serde_json::Value;

use super::small_order::is_of_small_order;
use crate::token::{Algorithm, Hash, Scheme};

/// A key and the one algorithm it is for.
///
/// The algorithm is the key's, not the token's (RFC 8725 section 3.1): a token that names another
/// one does not get this key.
pub struct VerifyingKey {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

/// What a key is made of.
pub enum Material {
    /// A public key, to be imported by whoever does the signature step.
    Public(JsonWebKey<'static>),
    /// A shared secret; the signature step is [`VerifyingKey::verify_mac`].
    Secret(Secret),
}

/// A shared secret, for the one hash it is used with. It is wiped from memory when dropped.
pub enum Secret {
    /// For HS256.
    Sha256(Hs256Key),
    /// For HS384.
    Sha384(Hs384Key),
    /// For HS512.
    Sha512(Hs512Key),
}

/// Why a JWK is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// It is not a JWK of a type we know, or a member is missing or malformed.
    Malformed,
    /// It holds a private or symmetric key, which never belongs in a published set.
    Private,
    /// `use` or `key_ops` say it is not for verifying signatures.
    Use,
    /// Its type, curve or `alg` fits none of the issuer's algorithms.
    Algorithm,
    /// It names no `alg`, and the issuer allows several that its type could mean.
    Undecided,
    /// An RSA key below 2048 or above 8192 bits, or a public exponent other than 65537.
    RsaSize,
    /// A point of Ed25519 for which anybody can make signatures.
    SmallOrder,
    /// A secret shorter than the hash of its algorithm (RFC 7518 section 3.2).
    ShortSecret,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "is not a JWK of type RSA, EC or OKP, or a member is missing",
            Self::Private => "holds private or symmetric key material, which must not be published",
            Self::Use => "is not for verifying signatures (`use`, `key_ops`)",
            Self::Algorithm => "is for none of the issuer's `algorithms`",
            Self::Undecided => "names no `alg`, and the issuer's `algorithms` allow several for it",
            Self::RsaSize => "must be an RSA key of 2048 to 8192 bits with the exponent 65537",
            Self::SmallOrder => "is a point of small order, for which anybody can make signatures",
            Self::ShortSecret => {
                "it must be at least as long as the hash: 32 bytes for HS256, 48 for HS384, 64 for HS512"
            }
        })
    }
}

/// The members that only private and symmetric keys have (RFC 7518 section 6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl VerifyingKey {
    /// Reads a public JWK, for an issuer that signs with these algorithms.
    ///
    /// # Errors
    ///
    /// A [`KeyFault`] when the key cannot be used.
    pub fn from_jwk(value: &Value, algorithms: &[Algorithm]) -> Result<Self, KeyFault> {
        if PRIVATE_MEMBERS.iter().any(|member| value.get(member).is_some()) {
            return Err(KeyFault::Private);
        }
        let malformed = |_| KeyFault::Malformed;
        let text = |name| match value.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(KeyFault::Malformed),
        };
        let key = JsonWebKey::deserialize(value).map_err(malformed)?;
        let operations = value.get("key_ops").map(Vec::<String>::deserialize);
        let operations = operations.transpose().map_err(malformed)?;
        let for_signatures = text("use")?.is_none_or(|usage| usage == "sig")
            && operations.is_none_or(|operations| operations.iter().any(|op| op == "verify"));
        if !for_signatures {
            return Err(KeyFault::Use);
        }
        let algorithm = decide(text("alg")?, &key, algorithms)?;
        check_size(&key, algorithm.scheme())?;
        let id = text("kid")?.map(str::to_owned);
        Ok(Self { id, algorithm, material: Material::Public(key) })
    }

    /// A shared secret.
    ///
    /// # Errors
    ///
    /// [`KeyFault::ShortSecret`], or [`KeyFault::Algorithm`] when the algorithm is none of HS*.
    pub fn from_secret(secret: &[u8], algorithm: Algorithm) -> Result<Self, KeyFault> {
        let Scheme::Hmac(hash) = algorithm.scheme() else { return Err(KeyFault::Algorithm) };
        if secret.len() < usize::from(hash.bytes()) {
            return Err(KeyFault::ShortSecret);
        }
        let secret = match hash {
            Hash::Sha256 => Secret::Sha256(Hs256Key::new(secret)),
            Hash::Sha384 => Secret::Sha384(Hs384Key::new(secret)),
            Hash::Sha512 => Secret::Sha512(Hs512Key::new(secret)),
        };
        Ok(Self { id: None, algorithm, material: Material::Secret(secret) })
    }

    /// The `kid`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What it is made of.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// Whether this is the same public key, for the same algorithm, of the same name.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        match (&self.material, &other.material) {
            (Material::Public(key), Material::Public(same)) => {
                self.id == other.id && self.algorithm == other.algorithm && key == same
            }
            _ => false,
        }
    }

    /// Whether a shared secret made this signature; `false` for a public key.
    pub fn verify_mac(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Public(_) => false,
            Material::Secret(Secret::Sha256(key)) => is_mac(&Hs256, key, message, signature),
            Material::Secret(Secret::Sha384(key)) => is_mac(&Hs384, key, message, signature),
            Material::Secret(Secret::Sha512(key)) => is_mac(&Hs512, key, message, signature),
        }
    }
}

fn is_mac<A: jwt_compact::Algorithm>(
    algorithm: &A,
    key: &A::VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    // Reading a signature panics when it has not this length.
    A::Signature::LENGTH.map(usize::from) == Some(signature.len())
        && A::Signature::try_from_slice(signature)
            .is_ok_and(|signature| algorithm.verify_signature(&signature, key, message))
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The one algorithm of a key: the one it names, or the only one of the issuer's it could mean.
fn decide(
    named: Option<&str>,
    key: &JsonWebKey<'_>,
    algorithms: &[Algorithm],
) -> Result<Algorithm, KeyFault> {
    let mut fitting = algorithms.iter().copied().filter(|algorithm| fits(*algorithm, key));
    if let Some(name) = named {
        let named = Algorithm::named(name).ok_or(KeyFault::Algorithm)?;
        return fitting
            .find(|algorithm| algorithm.scheme() == named.scheme())
            .ok_or(KeyFault::Algorithm);
    }
    let first = fitting.next().ok_or(KeyFault::Algorithm)?;
    if fitting.all(|other| other.scheme() == first.scheme()) {
        Ok(first)
    } else {
        Err(KeyFault::Undecided)
    }
}

fn fits(algorithm: Algorithm, key: &JsonWebKey<'_>) -> bool {
    match (algorithm.scheme(), key) {
        (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), JsonWebKey::Rsa { .. }) => true,
        (Scheme::Ecdsa(curve), JsonWebKey::EllipticCurve { curve: given, .. }) => {
            *given == curve.name()
        }
        (Scheme::Ed25519, JsonWebKey::KeyPair { curve, .. }) => curve == "Ed25519",
        _ => false,
    }
}

fn check_size(key: &JsonWebKey<'_>, scheme: Scheme) -> Result<(), KeyFault> {
    match key {
        JsonWebKey::Rsa { modulus, public_exponent, .. } => {
            let significant: &[u8] = modulus
                .iter()
                .position(|byte| *byte != 0)
                .and_then(|at| modulus.get(at..))
                .unwrap_or_default();
            let top = significant.first().map_or(8, |byte| byte.leading_zeros());
            let bits = significant
                .len()
                .saturating_mul(8)
                .saturating_sub(usize::try_from(top).unwrap_or(8));
            if (2048..=8192).contains(&bits) && public_exponent.as_ref() == [1, 0, 1] {
                Ok(())
            } else {
                Err(KeyFault::RsaSize)
            }
        }
        JsonWebKey::EllipticCurve { x, y, .. } => match scheme {
            Scheme::Ecdsa(curve)
                if [x, y].iter().all(|c| c.len() == usize::from(curve.bytes())) =>
            {
                Ok(())
            }
            _ => Err(KeyFault::Malformed),
        },
        JsonWebKey::KeyPair { x, .. } if x.len() == 32 => {
            if is_of_small_order(x) {
                Err(KeyFault::SmallOrder)
            } else {
                Ok(())
            }
        }
        _ => Err(KeyFault::Malformed),
    }
}
