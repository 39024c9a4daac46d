//! Signature algorithms by their registered names (RFC 7518 section 3.1, RFC 8037, RFC 9864).

/// An algorithm we verify. `none` does not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// Ed25519 by the older name of RFC 8037, which RFC 9864 deprecates.
    EdDsa,
    /// Ed25519.
    Ed25519,
}

/// What an algorithm computes; two names may stand for one computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC (RFC 7518 section 3.2).
    Hmac(Hash),
    /// RSASSA-PKCS1-v1_5 (section 3.3).
    RsaPkcs1(Hash),
    /// RSASSA-PSS; the salt is as long as the hash (section 3.5).
    RsaPss(Hash),
    /// ECDSA with the hash of its curve; the signature is R and S (section 3.4).
    Ecdsa(Curve),
    /// Ed25519 (RFC 8032 section 5.1).
    Ed25519,
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// An elliptic curve for ECDSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
}

impl Hash {
    /// The name `WebCrypto` knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Length of its output in bytes.
    pub fn bytes(self) -> u8 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Curve {
    /// Its name as the `crv` of a JWK.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Length of a coordinate in bytes (RFC 7518 section 6.2.1.2).
    pub fn bytes(self) -> u8 {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The hash it is used with.
    pub fn hash(self) -> Hash {
        match self {
            Self::P256 => Hash::Sha256,
            Self::P384 => Hash::Sha384,
            Self::P521 => Hash::Sha512,
        }
    }
}

const ALL: [Algorithm; 14] = [
    Algorithm::Hs256,
    Algorithm::Hs384,
    Algorithm::Hs512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
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
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// What it computes.
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Hs256 => Scheme::Hmac(Hash::Sha256),
            Self::Hs384 => Scheme::Hmac(Hash::Sha384),
            Self::Hs512 => Scheme::Hmac(Hash::Sha512),
            Self::Rs256 => Scheme::RsaPkcs1(Hash::Sha256),
            Self::Rs384 => Scheme::RsaPkcs1(Hash::Sha384),
            Self::Rs512 => Scheme::RsaPkcs1(Hash::Sha512),
            Self::Ps256 => Scheme::RsaPss(Hash::Sha256),
            Self::Ps384 => Scheme::RsaPss(Hash::Sha384),
            Self::Ps512 => Scheme::RsaPss(Hash::Sha512),
            Self::Es256 => Scheme::Ecdsa(Curve::P256),
            Self::Es384 => Scheme::Ecdsa(Curve::P384),
            Self::Es512 => Scheme::Ecdsa(Curve::P521),
            Self::EdDsa | Self::Ed25519 => Scheme::Ed25519,
        }
    }

    /// Whether the verifying key could also sign.
    pub fn is_symmetric(self) -> bool {
        matches!(self.scheme(), Scheme::Hmac(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_and_curves_have_the_names_of_webcrypto() {
        let hashes = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
        assert_eq!(hashes.map(Hash::name), ["SHA-256", "SHA-384", "SHA-512"]);
        let curves = [Curve::P256, Curve::P384, Curve::P521];
        assert_eq!(curves.map(Curve::name), ["P-256", "P-384", "P-521"]);
        assert_eq!(curves.map(Curve::hash), hashes);
    }

    #[test]
    fn every_algorithm_is_found_by_its_name_alone() {
        for algorithm in ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
            assert_eq!(Algorithm::named(&algorithm.name().to_ascii_lowercase()), None);
        }
    }
}
