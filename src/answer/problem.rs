//! Refusals for programs.

use http::StatusCode;

use super::{Asker, TYPE, Words};
use crate::gate::Denial;
use crate::json::quoted;
use crate::request::Language;

/// Problem details (RFC 9457), with the code as an extension member.
pub(super) fn details(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    let members = object(
        "",
        &[
            ("type", quoted(&format!("{TYPE}{}", denial.code()))),
            ("title", quoted(Words::of(Language::English).message(denial).heading)),
            ("status", denial.status().as_u16().to_string()),
            ("detail", quoted(words.message(denial).detail)),
            ("code", quoted(denial.code())),
            ("request_id", quoted(asker.request_id)),
        ],
    );
    members + "\n"
}

/// The error object that many APIs answer with.
pub(super) fn json(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    let error = object(
        "  ",
        &[
            ("code", denial.status().as_u16().to_string()),
            ("message", quoted(title(denial))),
            ("details", quoted(words.message(denial).detail)),
            ("reason", quoted(denial.code())),
            ("request_id", quoted(asker.request_id)),
        ],
    );
    object("", &[("error", error)]) + "\n"
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

/// An object, laid out for whoever reads it in a terminal; programs do not mind.
fn object(indent: &str, members: &[(&str, String)]) -> String {
    let mut text = "{".to_owned();
    for (index, (name, json)) in members.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        for part in [comma, "\n", indent, "  \"", name, "\": ", json] {
            text.push_str(part);
        }
    }
    for part in ["\n", indent, "}"] {
        text.push_str(part);
    }
    text
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
