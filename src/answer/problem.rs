//! Refusals for programs.

use serde::Serialize;

use super::{Asker, TYPE, words};
use crate::gate::Denial;

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

pub(super) fn details(denial: &Denial, asker: &Asker<'_>) -> String {
    encode(&Problem {
        kind: format!("{TYPE}{}", denial.code()),
        title: words::of(denial).heading,
        status: denial.status().as_u16(),
        detail: words::of(denial).detail,
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

pub(super) fn json(denial: &Denial, asker: &Asker<'_>) -> String {
    encode(&Envelope {
        error: Error {
            code: denial.status().as_u16(),
            message: title(denial),
            details: words::of(denial).detail,
            reason: denial.code(),
            request_id: asker.request_id,
        },
    })
}

/// For who reads plain text.
pub(super) fn text(denial: &Denial, asker: &Asker<'_>) -> String {
    let words = words::of(denial);
    format!(
        "{} {}: {}\n\n{}\n{}\n\nRequest {}\n",
        denial.status().as_u16(),
        title(denial),
        denial.code(),
        words.detail,
        words.advice,
        asker.request_id,
    )
}

fn title(denial: &Denial) -> &'static str {
    denial.status().canonical_reason().unwrap_or_default()
}

fn encode(body: &impl Serialize) -> String {
    // Strings and numbers only: there is nothing that could fail.
    // Laid out for whoever reads them in a terminal; programs do not mind.
    serde_json::to_string_pretty(body).unwrap_or_default() + "\n"
}
