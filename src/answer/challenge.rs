//! `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3).

use crate::gate::Denial;

/// The challenge of a denial, `None` where credentials are not what is missing.
///
/// Every value is a text of ours or was held to printable ASCII without quotes and backslashes
/// when the policy was read, so nothing needs escaping.
pub(super) fn of(denial: &Denial, realm: &str) -> Option<String> {
    let invalid_token = |description| {
        format!(
            r#"Bearer realm="{realm}", error="invalid_token", error_description="{description}""#
        )
    };
    match denial {
        // RFC 6750 section 3.1: without credentials, no error is named.
        Denial::CredentialsMissing => Some(format!(r#"Bearer realm="{realm}""#)),
        Denial::CredentialsMalformed | Denial::CredentialsAmbiguous => {
            Some(format!(r#"Bearer realm="{realm}", error="invalid_request""#))
        }
        Denial::TokenExpired => Some(invalid_token("The access token expired")),
        Denial::TokenNotYetValid => Some(invalid_token("The access token is not valid yet")),
        Denial::TokenInvalid(_) => Some(invalid_token("The access token is invalid")),
        Denial::ScopeInsufficient { required } => Some(format!(
            r#"Bearer realm="{realm}", error="insufficient_scope", scope="{required}""#
        )),
        Denial::UrlAmbiguous(_)
        | Denial::HostUnknown
        | Denial::MethodNotAllowed
        | Denial::KeysUnavailable { .. }
        | Denial::Misconfigured
        | Denial::OriginUnreachable => None,
    }
}
