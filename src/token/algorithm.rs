//! Signature algorithms by their registered names (RFC 7518 section 3.1, RFC 8037, RFC 9864).

use std::fmt;

/// An algorithm we verify. `none` does not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519 by the older name of RFC 8037, which RFC 9864 deprecates.
    EdDsa,
    /// Ed25519.
    Ed25519,
}

/// What an algorithm computes; two names may stand for one computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC with SHA-256.
    HmacSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    RsaPssSha256,
    /// ECDSA with P-256 and SHA-256; the signature is R and S, 32 bytes each.
    EcdsaP256Sha256,
    /// Ed25519 (RFC 8032 section 5.1).
    Ed25519,
}

const ALL: [Algorithm; 6] = [
    Algorithm::Hs256,
    Algorithm::Rs256,
    Algorithm::Ps256,
    Algorithm::Es256,
    Algorithm::EdDsa,
    Algorithm::Ed25519,
];

impl Algorithm {
    /// The algorithm of exactly this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The same for a configuration.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn parse(name: &str) -> Result<Self, String> {
        Self::named(name).ok_or_else(|| {
            let names = ALL.map(Self::name).join(", ");
            let hint =
                ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name));
            let hint = hint.map_or_else(String::new, |a| format!(", did you mean `{}`?", a.name()));
            format!("`{name}` is not one of {names}{hint}")
        })
    }

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// What it computes.
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Hs256 => Scheme::HmacSha256,
            Self::Rs256 => Scheme::RsaPkcs1Sha256,
            Self::Ps256 => Scheme::RsaPssSha256,
            Self::Es256 => Scheme::EcdsaP256Sha256,
            Self::EdDsa | Self::Ed25519 => Scheme::Ed25519,
        }
    }

    /// Whether the verifying key could also sign.
    pub fn is_symmetric(self) -> bool {
        self.scheme() == Scheme::HmacSha256
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
