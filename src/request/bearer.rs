//! The `Authorization` field with a token (RFC 6750 section 2.1).

use super::credentials::{CredentialFault, MAX_TOKEN_BYTES};

/// The token of the field, `None` for other schemes.
pub(super) fn bearer(field: &str) -> Result<Option<&str>, CredentialFault> {
    let (scheme, token) = field.split_once(' ').unwrap_or((field, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Two fields joined into one, or a tab where the space belongs.
        let lower = field.to_ascii_lowercase();
        return if lower.split(',').skip(1).any(|after| after.starts_with(" bearer ")) {
            Err(CredentialFault::Ambiguous)
        } else if lower.starts_with("bearer\t") || lower.starts_with("bearer,") {
            Err(CredentialFault::Malformed)
        } else {
            Ok(None)
        };
    }
    let token = token.trim_matches(' ');
    let is_short = token.len() <= MAX_TOKEN_BYTES;
    if is_short && is_b64token(token) {
        Ok(Some(token))
    } else if token.as_bytes().contains(&b',') {
        Err(CredentialFault::Ambiguous)
    } else if is_short {
        Err(CredentialFault::Malformed)
    } else {
        Err(CredentialFault::TooLong)
    }
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_other = |byte| matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_other(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_b64token_has_letters_digits_and_six_others() {
        for character in '\0'..='\u{ff}' {
            let is_in = character.is_ascii_alphanumeric() || "-._~+/".contains(character);
            assert_eq!(is_b64token(&format!("a{character}b==")), is_in, "{character:?}");
        }
        assert!(is_b64token("a") && is_b64token("a=") && !is_b64token("") && !is_b64token("="));
    }
}
