//! The canonical form of a path segment, and why a URL has none.

use std::borrow::Cow;
use std::fmt::{self, Write};

use percent_encoding::percent_decode_str;

use super::reading::{folded, is_plain, trimmed};

/// Why a URL has no single reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ambiguity {
    /// It is not an absolute `http` or `https` URL without user name and fragment.
    Form,
    /// `//` within the path, also with spaces or parameters between the slashes.
    EmptySegment,
    /// Nothing but dots and spaces, however spelled, also before a `;`.
    DotSegment,
    /// An escape that is incomplete, or that stands for a slash, a backslash, one of their lookalikes,
    /// a control character or the beginning of another escape.
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
pub fn canonical_segment(segment: &str) -> Result<Cow<'_, str>, Ambiguity> {
    if is_plain(segment) {
        return Ok(segment.into());
    }
    if segment.is_empty() {
        return Err(Ambiguity::EmptySegment);
    }
    let mut canonical = String::with_capacity(segment.len());
    let mut rest = segment.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' => {
                let byte = escaped_byte(&mut rest).ok_or(Ambiguity::Escape)?;
                if matches!(byte, b'/' | b'\\' | b'?' | b'#' | b';') {
                    return Err(Ambiguity::Escape);
                }
                if is_decoded(byte) {
                    canonical.push(char::from(byte));
                } else {
                    _ = write!(canonical, "%{byte:02X}");
                }
            }
            '\\' | '/' | '?' | '#' => return Err(Ambiguity::Character),
            // No URL holds these as they stand (RFC 3986 section 3.3), but platforms let them pass.
            '"' | '<' | '>' | '[' | ']' | '^' | '`' | '{' | '|' | '}' => {
                _ = write!(canonical, "%{:02X}", u32::from(character));
            }
            character if character.is_ascii_graphic() => canonical.push(character),
            _ => return Err(Ambiguity::Character),
        }
    }
    read_freely(&canonical).map_or(Ok(canonical.into()), Err)
}

/// Whether every origin decodes the escape of this byte: it is unreserved, or reserved for nothing
/// within a segment. Not `+`, which some of them then take for a space.
fn is_decoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*,=:@".contains(&byte)
}

/// Why a segment that is canonical otherwise is refused: what a forgiving origin makes of it.
fn read_freely(canonical: &str) -> Option<Ambiguity> {
    // What is no UTF-8 is read in as many ways as there are decoders.
    let Ok(decoded) = percent_decode_str(canonical).decode_utf8() else {
        return Some(Ambiguity::Escape);
    };
    // C1 controls are controls too, and two separators end a line.
    if decoded.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Some(Ambiguity::Escape);
    }
    // A slash that looks like one, and `%252e`, which is `%2e` to one reader and `.` to a reader
    // who decodes twice, however the digits were spelled.
    let folded = folded(canonical);
    let mut escapes = folded.split('%').skip(1);
    if folded.contains(['/', '\\']) || escapes.any(begins_escape) {
        return Some(Ambiguity::Escape);
    }
    // Some origins cut parameters, spaces and dots off before they resolve dots. A parameter of
    // nothing is left to whoever knows where in the path it stands.
    let name = folded.split(';').next().unwrap_or_default();
    // A `+` may be a space beside dots; by itself it is a name.
    match trimmed(&folded.replace('+', " ")) {
        "" if name.as_bytes().contains(&b'.') => Some(Ambiguity::DotSegment),
        "" if !canonical.starts_with(';') && !name.as_bytes().contains(&b'+') => {
            Some(Ambiguity::EmptySegment)
        }
        _ => None,
    }
}

/// Whether what stands behind a `%` makes it an escape: `2e`, or `u002e` for some.
fn begins_escape(after: &str) -> bool {
    let is_hex = |text: &str, digits: usize| {
        text.get(..digits).is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    is_hex(after, 2) || after.strip_prefix('u').is_some_and(|after| is_hex(after, 4))
}

/// The byte of an escape whose `%` was just read.
fn escaped_byte(rest: &mut std::str::Chars<'_>) -> Option<u8> {
    let high = rest.next()?.to_digit(16)?;
    let low = rest.next()?.to_digit(16)?;
    u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()
}
