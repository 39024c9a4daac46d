//! Refusals for programs.

use http::StatusCode;

use super::{Asker, TYPE, Words};
use crate::gate::Denial;
use crate::json::quoted;
use crate::request::Language;

/// Problem details (RFC 9457), with the code as an extension member.
///
/// The words need no escaping: a test reads what is made of them.
pub(super) fn details(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    let code = denial.code();
    let title = Words::of(Language::English).message(denial).heading;
    let status = denial.status().as_u16().to_string();
    [
        "{\n  \"type\": \"",
        TYPE,
        code,
        "\",\n  \"title\": \"",
        title,
        "\",\n  \"status\": ",
        &status,
        ",\n  \"detail\": \"",
        words.message(denial).detail,
        "\",\n  \"code\": \"",
        code,
        "\",\n  \"request_id\": ",
        &quoted(asker.request_id),
        "\n}\n",
    ]
    .concat()
}

/// The error object that many APIs answer with.
pub(super) fn json(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    let status = denial.status().as_u16().to_string();
    [
        "{\n  \"error\": {\n    \"code\": ",
        &status,
        ",\n    \"message\": \"",
        title(denial),
        "\",\n    \"details\": \"",
        words.message(denial).detail,
        "\",\n    \"reason\": \"",
        denial.code(),
        "\",\n    \"request_id\": ",
        &quoted(asker.request_id),
        "\n  }\n}\n",
    ]
    .concat()
}

/// For who reads plain text.
pub(super) fn text(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    let message = words.message(denial);
    format!(
        "{} {}: {}\n\n{}\n{}\n\nRequest {}\n",
        denial.status().as_u16(),
        title(denial),
        denial.code(),
        message.detail,
        message.advice,
        asker.request_id,
    )
}

/// The phrase of its status. Those of all others would be 1 KB of the Worker.
fn title(denial: &Denial) -> &'static str {
    match denial.status() {
        StatusCode::BAD_REQUEST => "Bad Request",
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::METHOD_NOT_ALLOWED => "Method Not Allowed",
        StatusCode::MISDIRECTED_REQUEST => "Misdirected Request",
        StatusCode::BAD_GATEWAY => "Bad Gateway",
        _ => "Service Unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Ambiguity;

    #[test]
    fn titles_are_the_phrases_of_their_statuses() {
        for denial in [
            Denial::UrlAmbiguous(Ambiguity::Form),
            Denial::TokenExpired,
            Denial::ScopeInsufficient { required: String::new() },
            Denial::HostUnknown,
            Denial::MethodNotAllowed,
            Denial::OriginUnreachable,
            Denial::KeysUnavailable { retry_after: 1 },
        ] {
            assert_eq!(Some(title(&denial)), denial.status().canonical_reason());
        }
    }
}
