//! Numbers as they were written: nothing is rounded.

use std::fmt;

/// A number (RFC 8259 section 6). Two are equal when they are written alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Box<str>);

/// The digits of the largest double. What is larger is no number for programs that read doubles.
const LARGEST: [u8; 17] = [1, 7, 9, 7, 6, 9, 3, 1, 3, 4, 8, 6, 2, 3, 1, 5, 7];

/// How many digits it has before the point.
const LARGEST_DIGITS: i64 = 309;

impl Number {
    /// Reads all of a text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Parts { whole, fraction, exponent, .. } = Parts::of(text);
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_well_formed = is_number(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(is_number)
            && exponent.is_none_or(|text| is_number(text.strip_prefix(['+', '-']).unwrap_or(text)));
        (is_well_formed && Parts::of(text).is_double()).then(|| Self(text.into()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An integer of at most 64 bits, without a sign.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    /// An integer of at most 64 bits, with a sign.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok().filter(|_| &*self.0 != "-0")
    }

    /// Whether it is an integer of at most 64 bits. Other readers round all others.
    pub fn is_exact(&self) -> bool {
        self.as_u64().is_some() || self.as_i64().is_some()
    }

    /// What is left of a number that is not negative when its fraction is cut off, if that has at
    /// most 64 bits.
    pub fn whole(&self) -> Option<u64> {
        let parts = Parts::of(&self.0);
        if parts.is_negative && !parts.is_zero() {
            return None;
        }
        let count = usize::try_from(parts.digits_before_point()).unwrap_or_default();
        let digits = parts.significant().chain(std::iter::repeat(0)).take(count);
        digits
            .into_iter()
            .try_fold(0, |number: u64, digit| number.checked_mul(10)?.checked_add(u64::from(digit)))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The parts of a number; what stands between sign, point and `e`, whatever it is.
struct Parts<'t> {
    is_negative: bool,
    whole: &'t str,
    fraction: Option<&'t str>,
    exponent: Option<&'t str>,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Self {
        let unsigned = text.strip_prefix('-');
        let is_negative = unsigned.is_some();
        let (mantissa, exponent) = cut(unsigned.unwrap_or(text), ['e', 'E']);
        let (whole, fraction) = cut(mantissa, ['.', '.']);
        Self { is_negative, whole, fraction, exponent }
    }

    /// The digits, without zeros in front.
    fn significant(&self) -> impl Iterator<Item = u8> {
        let digits = self.whole.bytes().chain(self.fraction.unwrap_or_default().bytes());
        digits.map(|digit| digit.saturating_sub(b'0')).skip_while(|digit| *digit == 0)
    }

    fn is_zero(&self) -> bool {
        self.significant().next().is_none()
    }

    fn is_double(&self) -> bool {
        match self.digits_before_point() {
            LARGEST_DIGITS => self.significant().take(LARGEST.len()).le(LARGEST),
            count => count < LARGEST_DIGITS,
        }
    }

    /// How many of the significant digits, and of zeros after them, stand before the point; as many
    /// fewer than none as zeros stand behind it.
    fn digits_before_point(&self) -> i64 {
        if self.is_zero() {
            return 0;
        }
        let count = |digits: usize| i64::try_from(digits).unwrap_or(i64::MAX);
        let exponent = self.exponent.map_or(0, |text| {
            // More digits than 64 bits have: beyond every bound.
            let beyond = if text.starts_with('-') { i64::MIN } else { i64::MAX };
            text.parse().unwrap_or(beyond)
        });
        let fraction = self.fraction.unwrap_or_default().len();
        count(self.significant().count()).saturating_sub(count(fraction)).saturating_add(exponent)
    }
}

/// What is before the first of two letters, and what is behind it.
fn cut(text: &str, letters: [char; 2]) -> (&str, Option<&str>) {
    text.split_once(letters).map_or((text, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_one_way() {
        for text in
            ["0", "-0", "7", "-12", "0.5", "1.50", "1e3", "1E+3", "-1.5e-300", "1e-9999", "0e9999"]
        {
            assert_eq!(Number::parse(text).as_ref().map(Number::as_str), Some(text));
        }
        for text in [
            "", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1e1.5", "1..2", "0x1", "1e+-3",
            "٣", "Infinity", "NaN", "1_000",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_double_is_no_number() {
        for (text, accepted) in [
            ("1e307", true),
            ("-1.7976931348623157e308", true),
            ("17976931348623157e292", true),
            ("0.00001e313", true),
            ("1.7976931348623159e308", false),
            ("-1.8e308", false),
            ("1e309", false),
            ("1e999", false),
            ("1e99999999999999999999", false),
            ("1e-99999999999999999999", true),
        ] {
            assert_eq!(Number::parse(text).is_some(), accepted, "{text}");
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
            let number = Number::parse(text).unwrap();
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
            ("17000000009e-1", Some(1_700_000_000)),
            ("0.0000000017e18", Some(1_700_000_000)),
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
            assert_eq!(Number::parse(text).unwrap().whole(), whole, "{text}");
        }
    }
}
