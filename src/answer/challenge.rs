//! `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3, RFC 9470 section 3, RFC 9728
//! section 5.1).

use super::Asker;
use crate::gate::Denial;

/// A longer challenge is rare.
const USUAL_LENGTH: usize = 256;

/// What every challenge of a realm begins with.
pub(super) fn begun(realm: &str) -> String {
    format!(r#"Bearer realm="{realm}""#)
}

/// The challenge of a denial, `None` where credentials are not what is missing.
///
/// Every value is a text of ours or was held to printable ASCII without quotes and backslashes
/// when the policy was read, so nothing needs escaping.
pub(super) fn of(denial: &Denial, begun: &str, asker: &Asker<'_>) -> Option<String> {
    let invalid_token = |description| ("invalid_token", description);
    let (error, description) = match denial {
        // RFC 6750 section 3.1: without credentials, no error is named.
        Denial::CredentialsMissing => ("", ""),
        Denial::CredentialsMalformed | Denial::CredentialsAmbiguous => ("invalid_request", ""),
        Denial::TokenExpired => invalid_token("The access token expired"),
        Denial::TokenNotYetValid => invalid_token("The access token is not valid yet"),
        Denial::TokenInvalid(_) => invalid_token("The access token is invalid"),
        Denial::ScopeInsufficient { .. } => ("insufficient_scope", ""),
        Denial::AuthenticationInsufficient { .. } => {
            ("insufficient_user_authentication", "The user has to sign in again, or in another way")
        }
        Denial::UrlAmbiguous(_)
        | Denial::HostUnknown
        | Denial::MethodNotAllowed
        | Denial::KeysUnavailable { .. }
        | Denial::Misconfigured
        | Denial::PageForeign
        | Denial::OriginUnreachable
        | Denial::OriginUnauthorized
        | Denial::OriginForbidden => return None,
    };
    let scope = match denial {
        // A request that cannot be read says nothing of tokens.
        _ if error == "invalid_request" => "",
        Denial::ScopeInsufficient { required } => required,
        // What a token for this must have.
        _ => asker.scope,
    };
    let (acr_values, max_age) = match denial {
        Denial::AuthenticationInsufficient { acr_values, max_age } => {
            (acr_values.as_str(), max_age.map(|seconds| seconds.to_string()).unwrap_or_default())
        }
        _ => ("", String::new()),
    };
    let mut challenge = String::with_capacity(USUAL_LENGTH);
    challenge.push_str(begun);
    for (name, value) in [
        ("error", error),
        ("error_description", description),
        ("scope", scope),
        ("acr_values", acr_values),
        ("max_age", &max_age),
        ("resource_metadata", asker.metadata_url.unwrap_or_default()),
    ] {
        if !value.is_empty() {
            for part in [", ", name, "=\"", value, "\""] {
                challenge.push_str(part);
            }
        }
    }
    Some(challenge)
}
