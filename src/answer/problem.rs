//! Refusals for programs.

use http::StatusCode;
use serde::Serialize;

use super::{Asker, TYPE, Words};
use crate::gate::Denial;
use crate::request::Language;

/// Problem details (RFC 9457), with the code as an extension member.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    code: &'static str,
    request_id: &'a str,
}

pub(super) fn details(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    encode(&Problem {
        kind: format!("{TYPE}{}", denial.code()),
        title: Words::of(Language::English).message(denial).heading,
        status: denial.status().as_u16(),
        detail: words.message(denial).detail,
        code: denial.code(),
        request_id: asker.request_id,
    })
}

/// The error object that many APIs answer with.
#[derive(Serialize)]
struct Envelope<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: u16,
    message: &'static str,
    details: &'static str,
    reason: &'static str,
    request_id: &'a str,
}

pub(super) fn json(denial: &Denial, asker: &Asker<'_>, words: &Words) -> String {
    encode(&Envelope {
        error: Error {
            code: denial.status().as_u16(),
            message: title(denial),
            details: words.message(denial).detail,
            reason: denial.code(),
            request_id: asker.request_id,
        },
    })
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

fn encode(body: &impl Serialize) -> String {
    // Strings and numbers only: there is nothing that could fail.
    // Laid out for whoever reads them in a terminal; programs do not mind.
    serde_json::to_string_pretty(body).unwrap_or_default() + "\n"
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
