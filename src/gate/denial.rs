//! Every answer the filter makes itself.

use http::StatusCode;

use crate::request::Ambiguity;
use crate::token::TokenFault;

/// Why a request gets an answer of ours instead of the origin's.
///
/// Status, code, challenge, words and log reason all follow from the variant; matching is
/// exhaustive everywhere, so a new variant has to be decided in each of them. It holds nothing
/// that a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// No credentials, or a scheme we don't speak.
    CredentialsMissing,
    /// `Authorization: Bearer` with something that is no token behind it.
    CredentialsMalformed,
    /// More than one token.
    CredentialsAmbiguous,
    /// Past its `exp`.
    TokenExpired,
    /// Before its `nbf`.
    TokenNotYetValid,
    /// Anything else that is wrong with a token.
    TokenInvalid(TokenFault),
    /// A valid token that does not say what the route needs.
    ScopeInsufficient {
        /// The scopes with which it would, separated by spaces; empty where no scope would help.
        required: String,
    },
    /// A valid token of a user who signed in too long ago, or in a way that the route does not take
    /// (RFC 9470).
    AuthenticationInsufficient {
        /// The ways it takes, separated by spaces; any if empty.
        acr_values: String,
        /// For how many seconds after signing in.
        max_age: Option<u64>,
    },
    /// The page of another site opens a `WebSocket` with the cookies of this one.
    PageForeign,
    /// A URL that two systems could read differently.
    UrlAmbiguous(Ambiguity),
    /// A host name that is not served here.
    HostUnknown,
    /// `TRACE`: whoever answers it says what it received, credentials and our fields included
    /// (RFC 9110 section 9.3.8).
    MethodNotAllowed,
    /// The issuer's keys cannot be had.
    KeysUnavailable {
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// The configuration is invalid.
    Misconfigured,
    /// The origin does not answer.
    OriginUnreachable,
    /// The origin's own 401, shown to a person in its place.
    OriginUnauthorized,
    /// The origin's own 403, shown to a person in its place.
    OriginForbidden,
}

/// How long to wait for an operator, in seconds.
const RETRY_AFTER_SECONDS: u64 = 30;

impl Denial {
    /// The status code.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::CredentialsMissing
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::TokenInvalid(_)
            | Self::AuthenticationInsufficient { .. }
            | Self::OriginUnauthorized => StatusCode::UNAUTHORIZED,
            Self::CredentialsMalformed | Self::CredentialsAmbiguous | Self::UrlAmbiguous(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::ScopeInsufficient { .. } | Self::PageForeign | Self::OriginForbidden => {
                StatusCode::FORBIDDEN
            }
            Self::HostUnknown => StatusCode::MISDIRECTED_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::OriginUnreachable => StatusCode::BAD_GATEWAY,
            Self::KeysUnavailable { .. } | Self::Misconfigured => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The stable code that programs and operators go by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CredentialsMissing => "credentials_missing",
            Self::CredentialsMalformed => "credentials_malformed",
            Self::CredentialsAmbiguous => "credentials_ambiguous",
            Self::TokenExpired => "token_expired",
            Self::TokenNotYetValid => "token_not_yet_valid",
            Self::TokenInvalid(_) => "token_invalid",
            Self::ScopeInsufficient { .. } => "scope_insufficient",
            Self::AuthenticationInsufficient { .. } => "authentication_insufficient",
            Self::PageForeign => "page_foreign",
            Self::UrlAmbiguous(_) => "url_ambiguous",
            Self::HostUnknown => "host_unknown",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::KeysUnavailable { .. } => "keys_unavailable",
            Self::Misconfigured => "misconfigured",
            Self::OriginUnreachable => "origin_unreachable",
            Self::OriginUnauthorized => "origin_unauthorized",
            Self::OriginForbidden => "origin_forbidden",
        }
    }

    /// What the log says beyond the code.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::TokenInvalid(fault) => Some(fault.as_str()),
            Self::UrlAmbiguous(ambiguity) => Some(ambiguity.as_str()),
            Self::ScopeInsufficient { required } if required.is_empty() => Some("claim"),
            Self::ScopeInsufficient { .. } => Some("scope"),
            Self::CredentialsMissing
            | Self::CredentialsMalformed
            | Self::CredentialsAmbiguous
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::AuthenticationInsufficient { .. }
            | Self::HostUnknown
            | Self::MethodNotAllowed
            | Self::KeysUnavailable { .. }
            | Self::Misconfigured
            | Self::PageForeign
            | Self::OriginUnreachable
            | Self::OriginUnauthorized
            | Self::OriginForbidden => None,
        }
    }

    /// Whether it says who may pass, and so could also be only reported. What is wrong with the
    /// request itself, or with us, cannot.
    pub fn is_about_access(&self) -> bool {
        match self {
            Self::CredentialsMissing
            | Self::CredentialsMalformed
            | Self::CredentialsAmbiguous
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::TokenInvalid(_)
            | Self::ScopeInsufficient { .. }
            | Self::AuthenticationInsufficient { .. }
            | Self::PageForeign
            | Self::KeysUnavailable { .. } => true,
            Self::UrlAmbiguous(_)
            | Self::HostUnknown
            | Self::MethodNotAllowed
            | Self::Misconfigured
            | Self::OriginUnreachable
            | Self::OriginUnauthorized
            | Self::OriginForbidden => false,
        }
    }

    /// Seconds for the `Retry-After` field.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::KeysUnavailable { retry_after } => Some(*retry_after),
            Self::Misconfigured => Some(RETRY_AFTER_SECONDS),
            Self::CredentialsMissing
            | Self::CredentialsMalformed
            | Self::CredentialsAmbiguous
            | Self::TokenExpired
            | Self::TokenNotYetValid
            | Self::TokenInvalid(_)
            | Self::ScopeInsufficient { .. }
            | Self::AuthenticationInsufficient { .. }
            | Self::UrlAmbiguous(_)
            | Self::HostUnknown
            | Self::MethodNotAllowed
            | Self::PageForeign
            | Self::OriginUnreachable
            | Self::OriginUnauthorized
            | Self::OriginForbidden => None,
        }
    }

    /// Methods for the `Allow` field, which a 405 must have (RFC 9110 section 15.5.6).
    pub fn allow(&self) -> Option<&'static str> {
        (*self == Self::MethodNotAllowed)
            .then_some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY")
    }
}
