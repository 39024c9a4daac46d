use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A signature algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the RFCs")]
pub enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

/// Names, and the `kid` of the issuer's key for each; the HMAC secret has none.
const NAMES: [(Algorithm, &str, Option<&str>); 13] = [
    (Algorithm::Hs256, "HS256", None),
    (Algorithm::Hs384, "HS384", None),
    (Algorithm::Hs512, "HS512", None),
    (Algorithm::Rs256, "RS256", Some("rs256")),
    (Algorithm::Rs384, "RS384", Some("rs384")),
    (Algorithm::Rs512, "RS512", Some("rs512")),
    (Algorithm::Ps256, "PS256", Some("ps256")),
    (Algorithm::Ps384, "PS384", Some("ps384")),
    (Algorithm::Ps512, "PS512", Some("ps512")),
    (Algorithm::Es256, "ES256", Some("es256")),
    (Algorithm::Es384, "ES384", Some("es384")),
    (Algorithm::Es512, "ES512", Some("es512")),
    (Algorithm::EdDsa, "EdDSA", Some("ed25519")),
];

impl Algorithm {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().map(|(algorithm, _, _)| algorithm)
    }

    /// The name in `alg`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The `kid` of the issuer's key for this algorithm; the HMAC secret has none.
    #[must_use]
    pub fn kid(self) -> Option<&'static str> {
        self.entry().2
    }

    fn entry(self) -> (Self, &'static str, Option<&'static str>) {
        NAMES.into_iter().find(|(algorithm, _, _)| *algorithm == self).expect("all have a name")
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::all().find(|algorithm| algorithm.name() == name).ok_or(UnknownAlgorithm)
    }
}

/// A name that is none of [`Algorithm::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAlgorithm;

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Algorithm::all().map(Algorithm::name).collect();
        write!(f, "not one of {}", names.join(", "))
    }
}

impl Error for UnknownAlgorithm {}
