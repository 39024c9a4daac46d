//! The canonical form of a path segment, and why a URL has none.

use std::fmt::{self, Write};

/// Why a URL has no single reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ambiguity {
    /// It is not an absolute `http` or `https` URL without user name and fragment.
    Form,
    /// `//` within the path.
    EmptySegment,
    /// `.` or `..`, however spelled, also before a `;`.
    DotSegment,
    /// An escape that is incomplete, or that stands for a slash, a backslash, a control character
    /// or the beginning of another escape.
    Escape,
    /// A character that may not stand in a path.
    Character,
    /// Read to the letter it falls under one route, read more freely under another.
    Route,
}

impl Ambiguity {
    /// The word that stands in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::EmptySegment => "empty_segment",
            Self::DotSegment => "dot_segment",
            Self::Escape => "escape",
            Self::Character => "character",
            Self::Route => "route",
        }
    }
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "not an absolute http URL without user name and fragment",
            Self::EmptySegment => "an empty path segment",
            Self::DotSegment => "a dot segment",
            Self::Escape => "a percent-escape with more than one reading",
            Self::Character => "a character that may not stand in a path",
            Self::Route => "a path that could be taken for one of another route",
        })
    }
}

/// The canonical form of one path segment, of a request or of a route's pattern.
///
/// # Errors
///
/// The [`Ambiguity`] found first.
pub fn canonical_segment(segment: &str) -> Result<String, Ambiguity> {
    if segment.is_empty() {
        return Err(Ambiguity::EmptySegment);
    }
    let mut canonical = String::with_capacity(segment.len());
    let mut rest = segment.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' => {
                let byte = escaped_byte(&mut rest).ok_or(Ambiguity::Escape)?;
                match byte {
                    b'/' | b'\\' | b'?' | b'#' | b';' | 0..=0x1f | 0x7f => {
                        return Err(Ambiguity::Escape);
                    }
                    // Unreserved, or reserved for nothing within a segment: every origin decodes
                    // them. Not `+`, which some of them then take for a space.
                    b'A'..=b'Z'
                    | b'a'..=b'z'
                    | b'0'..=b'9'
                    | b'-'
                    | b'.'
                    | b'_'
                    | b'~'
                    | b'!'
                    | b'$'
                    | b'&'
                    | b'\''
                    | b'('
                    | b')'
                    | b'*'
                    | b','
                    | b'='
                    | b':'
                    | b'@' => canonical.push(char::from(byte)),
                    other => _ = write!(canonical, "%{other:02X}"),
                }
            }
            '\\' | '/' | '?' | '#' => return Err(Ambiguity::Character),
            character if character.is_ascii_graphic() => canonical.push(character),
            _ => return Err(Ambiguity::Character),
        }
    }
    // `%252e` is `%2e` to one reader and `.` to a reader who decodes twice, however the digits
    // were spelled; and what is no UTF-8 is read in as many ways as there are decoders.
    let mut escapes = canonical.split("%25").skip(1);
    if escapes.any(|after| escaped_byte(&mut after.chars()).is_some()) || !is_utf8(&canonical) {
        return Err(Ambiguity::Escape);
    }
    // Some origins cut a segment at `;` before they resolve dots.
    match canonical.split(';').next() {
        Some("." | "..") => Err(Ambiguity::DotSegment),
        _ => Ok(canonical),
    }
}

fn is_utf8(segment: &str) -> bool {
    percent_encoding::percent_decode_str(segment).decode_utf8().is_ok()
}

/// The byte of an escape whose `%` was just read.
fn escaped_byte(rest: &mut std::str::Chars<'_>) -> Option<u8> {
    let high = rest.next()?.to_digit(16)?;
    let low = rest.next()?.to_digit(16)?;
    u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()
}
