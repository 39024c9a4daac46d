//! A JWS in compact form (RFC 7515 section 3.1), parsed and not yet believed.

use std::fmt;

use super::members::Members;
use super::{Algorithm, Claims};
use crate::request::Credential;

/// A well-formed JWS whose signature has not been looked at. What it signs can be anything.
pub struct Jws {
    /// The JWS as it arrived.
    text: String,
    /// Where the second dot stands: what comes before it is what was signed.
    signed: usize,
    algorithm: Algorithm,
    key_id: Option<String>,
    token_type: Option<String>,
    signature: Vec<u8>,
}

/// A JWS that signs a claims set, and whose signature has not been looked at.
///
/// Its claims can be checked before the costly signature step, but nothing may be granted on them
/// until that step is done.
pub struct UntrustedToken {
    jws: Jws,
    claims: Claims,
}

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
    /// A claim is missing or of the wrong type.
    Claims,
    /// `iss` names nobody we trust.
    Issuer,
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
            Self::Claims => "claims",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::IssuedInFuture => "issued_in_future",
            Self::Lifetime => "lifetime",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
        }
    }
}

impl Jws {
    /// Parses a JWS in compact form.
    ///
    /// # Errors
    ///
    /// The [`TokenFault`] found first.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        Self::read(text).map(|(jws, _)| jws)
    }

    /// The same, and what its payload can be read from.
    fn read(text: &str) -> Result<(Self, jwt_compact::UntrustedToken<'_, Members>), TokenFault> {
        let signed = text.rfind('.').ok_or(TokenFault::Malformed)?;
        let parsed = jwt_compact::UntrustedToken::<Members>::try_from(text)
            .map_err(|_| TokenFault::Malformed)?;
        let header = parsed.header();
        // We understand no extension, so any `crit` is one too many (RFC 7515 section 4.1.11);
        // a JWT must not be unencoded (RFC 7797 section 7).
        if header.other_fields.has("crit") || header.other_fields.has("b64") {
            return Err(TokenFault::Critical);
        }
        let jws = Self {
            text: text.to_owned(),
            signed,
            algorithm: Algorithm::named(parsed.algorithm()).ok_or(TokenFault::Algorithm)?,
            key_id: header.key_id.clone(),
            token_type: header.token_type.clone(),
            signature: parsed.signature_bytes().to_vec(),
        };
        Ok((jws, parsed))
    }

    /// The JWS as it arrived.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The `alg` it says it is signed with. Which algorithm verifies it is decided by the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid`: which key of its issuer it says it is signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The `typ`.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// What was signed: header and payload as they arrived.
    pub fn message(&self) -> &[u8] {
        self.text.as_bytes().get(..self.signed).unwrap_or_default()
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl UntrustedToken {
    /// Parses a compact JWS whose payload is a JWT claims set.
    ///
    /// # Errors
    ///
    /// The [`TokenFault`] found first.
    pub fn parse(credential: &Credential) -> Result<Self, TokenFault> {
        let (jws, parsed) = Jws::read(credential.as_str())?;
        let claims = parsed.deserialize_claims_unchecked().map_err(|_| TokenFault::Claims)?;
        Ok(Self { jws, claims: Claims::try_from(claims)? })
    }

    /// The JWS it is.
    pub fn jws(&self) -> &Jws {
        &self.jws
    }

    /// The claims, not to be believed yet.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

impl fmt::Debug for Jws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Jws").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl fmt::Debug for UntrustedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UntrustedToken").field("jws", &self.jws).finish_non_exhaustive()
    }
}
