//! Numbers, as `serde_json` reads them.

use std::fmt;

/// A number (RFC 8259 section 6): exact when it is an integer of at most 64 bits, and otherwise
/// rounded to a double, as other readers of JSON do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// An integer from 0 on.
    Natural(u64),
    /// An integer below 0.
    Negative(i64),
    /// Any other number. It is finite.
    Rounded(f64),
}

// No number is read as NaN, which alone is not equal to itself.
impl Eq for Number {}

impl Number {
    /// An integer of at most 64 bits, without a sign.
    pub fn as_u64(self) -> Option<u64> {
        match self {
            Self::Natural(number) => Some(number),
            _ => None,
        }
    }

    /// An integer of at most 64 bits, with a sign.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Natural(number) => number.try_into().ok(),
            Self::Negative(number) => Some(number),
            Self::Rounded(_) => None,
        }
    }

    /// Whether it is what was written.
    pub fn is_exact(self) -> bool {
        !matches!(self, Self::Rounded(_))
    }

    /// What is left of a number that is not negative when its fraction is cut off, if that has at
    /// most 64 bits.
    pub fn whole(self) -> Option<u64> {
        const BEYOND: f64 = 18_446_744_073_709_551_616.0;
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is neither negative nor too large"
        )]
        match self {
            Self::Rounded(number) if (0.0..BEYOND).contains(&number) => Some(number as u64),
            other => other.as_u64(),
        }
    }
}

/// As JSON. One that was rounded is `null`: ask [`Number::is_exact`] first. The tables for writing it
/// would be 2 % of the Worker.
impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Natural(number) => number.fmt(formatter),
            Self::Negative(number) => number.fmt(formatter),
            Self::Rounded(_) => formatter.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Value;
    use super::*;

    fn number(text: &str) -> Number {
        match Value::parse(text.as_bytes()) {
            Ok(Value::Number(number)) => number,
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn integers_have_64_bits() {
        for (text, unsigned, signed) in [
            ("0", Some(0), Some(0)),
            ("18446744073709551615", Some(u64::MAX), None),
            ("18446744073709551616", None, None),
            ("-9223372036854775808", None, Some(i64::MIN)),
            ("-9223372036854775809", None, None),
            ("-0", None, None),
            ("1.0", None, None),
            ("1e0", None, None),
        ] {
            let number = number(text);
            assert_eq!((number.as_u64(), number.as_i64()), (unsigned, signed), "{text}");
            assert_eq!(number.is_exact(), unsigned.is_some() || signed.is_some(), "{text}");
        }
    }

    #[test]
    fn fractions_are_cut_off() {
        for (text, whole) in [
            ("1700000000", Some(1_700_000_000)),
            ("1700000000.999", Some(1_700_000_000)),
            ("1.7e9", Some(1_700_000_000)),
            ("17e8", Some(1_700_000_000)),
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.0e5", Some(0)),
            ("0.9", Some(0)),
            ("9e-1", Some(0)),
            ("1e-9999", Some(0)),
            ("-0.1", None),
            ("-1", None),
            ("1e19", Some(10_000_000_000_000_000_000)),
            ("1e20", None),
        ] {
            assert_eq!(number(text).whole(), whole, "{text}");
        }
    }
}
