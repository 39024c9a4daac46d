//! Refusals of gRPC calls: `Trailers-Only` answers, whose fields say what the status line of other
//! protocols says.

use http::StatusCode;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Words;
use crate::fields::Edits;
use crate::gate::Denial;

/// What may not stand in `grpc-message` as it is.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// The fields of gRPC. The code comes first in the message, since programs go by it.
pub(super) fn fields(denial: &Denial, words: &Words, fields: &mut Edits) {
    let message = format!("{}: {}", denial.code(), words.message(denial).detail);
    fields.set("grpc-status", status(denial.status()));
    fields.set("grpc-message", utf8_percent_encode(&message, ENCODED).to_string());
}

/// The status codes of gRPC, as its clients take them from the statuses of HTTP.
fn status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        // INVALID_ARGUMENT
        400 => "3",
        // UNAUTHENTICATED
        401 => "16",
        // PERMISSION_DENIED
        403 => "7",
        // UNAVAILABLE
        429 | 502 | 503 | 504 => "14",
        // UNKNOWN
        _ => "2",
    }
}
