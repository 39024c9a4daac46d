//! What can be wrong with a token.

/// Why a token is refused, for the log. Clients are told less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Longer than we look at.
    TooLong,
    /// Not three parts of base64url, or a part is not what it should be.
    Malformed,
    /// `crit`, or `b64` as false: the header asks for something we do not understand.
    Critical,
    /// Its `alg` is none of ours, or none of its issuer's.
    Algorithm,
    /// Its `typ` is not what the issuer's tokens must say.
    Type,
    /// It is bound to a key that whoever presents it must prove to have.
    Bound,
    /// A claim is missing or of the wrong type.
    Claims,
    /// A claim that the origin is to be told is longer than what it is told in.
    ClaimTooLong,
    /// `iss` names nobody we trust.
    Issuer,
    /// `iss` names somebody we trust, but not on this route.
    RouteIssuer,
    /// `aud` does not name us.
    Audience,
    /// `iat` lies in the future.
    IssuedInFuture,
    /// It was made to live longer than its issuer's tokens may.
    Lifetime,
    /// No key of its issuer fits.
    UnknownKey,
    /// The signature does not match.
    Signature,
}

impl TokenFault {
    /// The word that stands in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Critical => "critical",
            Self::Algorithm => "algorithm",
            Self::Type => "type",
            Self::Bound => "bound",
            Self::Claims => "claims",
            Self::ClaimTooLong => "claim_too_long",
            Self::Issuer => "issuer",
            Self::RouteIssuer => "route_issuer",
            Self::Audience => "audience",
            Self::IssuedInFuture => "issued_in_future",
            Self::Lifetime => "lifetime",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
        }
    }
}
