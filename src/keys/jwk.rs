//! From a JWK (RFC 7517) to a key that verifies exactly one algorithm.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jwt_compact::alg::SecretBytes;
use jwt_compact::jwk::JsonWebKey;

use super::name::KeyName;
use super::small_order::is_of_small_order;
use crate::json::{Value, quoted};
use crate::token::{Algorithm, Scheme};

/// A key and the one algorithm it is for.
///
/// The algorithm is the key's, not the token's (RFC 8725 section 3.1): a token that names another
/// one does not get this key.
pub struct VerifyingKey {
    id: Option<String>,
    name: Option<KeyName>,
    algorithm: Algorithm,
    jwk: JsonWebKey<'static>,
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
        let text = |name| match value.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(KeyFault::Malformed),
        };
        let jwk = public_key(value).ok_or(KeyFault::Malformed)?;
        let may_verify = value.get("key_ops").map_or(Ok(true), has_verify)?;
        let for_signatures = text("use")?.is_none_or(|usage| usage == "sig");
        if !(may_verify && for_signatures) {
            return Err(KeyFault::Use);
        }
        let algorithm = decide(text("alg")?, &jwk, algorithms)?;
        check_size(&jwk, algorithm.scheme())?;
        let id = text("kid")?.map(str::to_owned);
        Ok(Self { name: id.as_deref().map(KeyName::of), id, algorithm, jwk })
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
        let jwk = JsonWebKey::Symmetric { secret: SecretBytes::owned(secret.to_vec()) };
        Ok(Self { id: None, name: None, algorithm, jwk })
    }

    /// The `kid`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What the log calls it; nothing without a `kid`.
    pub fn name(&self) -> Option<&KeyName> {
        self.name.as_ref()
    }

    /// The one algorithm it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key itself, a public one or a secret, for whoever does the signature step.
    pub fn jwk(&self) -> &JsonWebKey<'static> {
        &self.jwk
    }

    /// The key itself as a JWK (RFC 7517 section 4). What jwt-compact derives for it writes formats of
    /// every kind, and would be more of the Worker.
    pub fn to_json(&self) -> String {
        let written = |parts: &[(&str, &[u8])]| {
            let part = |(name, bytes): &(&str, &[u8])| {
                format!(",\"{name}\":\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(bytes))
            };
            parts.iter().map(part).collect::<String>()
        };
        let (kind, curve, parts) = match &self.jwk {
            JsonWebKey::Rsa { modulus, public_exponent, .. } => {
                ("RSA", None, written(&[("n", modulus), ("e", public_exponent)]))
            }
            JsonWebKey::EllipticCurve { curve, x, y, .. } => {
                ("EC", Some(curve), written(&[("x", x), ("y", y)]))
            }
            JsonWebKey::KeyPair { curve, x, .. } => ("OKP", Some(curve), written(&[("x", x)])),
            JsonWebKey::Symmetric { secret } => ("oct", None, written(&[("k", secret)])),
            // Reading makes no others.
            _ => return String::new(),
        };
        let curve = curve.map(|curve| format!(",\"crv\":{}", quoted(curve))).unwrap_or_default();
        format!("{{\"kty\":\"{kind}\"{curve}{parts}}}")
    }

    /// Whether this is the same public key, for the same algorithm, of the same name.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        !self.algorithm.is_symmetric()
            && self.id == other.id
            && self.algorithm == other.algorithm
            && self.jwk == other.jwk
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The public key in a JWK (RFC 7518 section 6, RFC 8037 section 2). Member by member: what
/// jwt-compact derives for it reads formats of every kind, and would be an eighth of the Worker.
fn public_key(value: &Value) -> Option<JsonWebKey<'static>> {
    let text = |name| value.get(name).and_then(Value::as_str);
    let curve = || text("crv").map(|name| Cow::Owned(name.to_owned()));
    let bytes = |name| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok().map(Cow::Owned);
    Some(match text("kty")? {
        "RSA" => JsonWebKey::Rsa {
            modulus: bytes("n")?,
            public_exponent: bytes("e")?,
            private_parts: None,
        },
        "EC" => JsonWebKey::EllipticCurve {
            curve: curve()?,
            x: bytes("x")?,
            y: bytes("y")?,
            secret: None,
        },
        "OKP" => JsonWebKey::KeyPair { curve: curve()?, x: bytes("x")?, secret: None },
        _ => return None,
    })
}

/// Whether a list of strings has `verify` in it.
fn has_verify(value: &Value) -> Result<bool, KeyFault> {
    let items = value.as_array().ok_or(KeyFault::Malformed)?;
    if items.iter().any(|item| item.as_str().is_none()) {
        return Err(KeyFault::Malformed);
    }
    Ok(items.iter().any(|item| item.as_str() == Some("verify")))
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
