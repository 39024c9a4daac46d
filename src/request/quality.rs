//! Weights of what a client wants.

/// A weight in thousandths (RFC 9110 section 12.4.2). What is none is no wish.
pub(super) fn quality(weight: &str) -> u16 {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    let digits = decimals.bytes().chain(*b"000").take(3).map(|digit| u16::from(digit & 0xf));
    let thousandths =
        digits.fold(0, |sum: u16, digit| sum.saturating_mul(10).saturating_add(digit));
    match (whole, thousandths) {
        ("0", thousandths) => thousandths,
        ("1", 0) => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_has_three_decimals_at_most() {
        for (weight, thousandths) in [
            ("1", 1000),
            ("1.", 1000),
            ("1.0", 1000),
            ("1.000", 1000),
            ("0.001", 1),
            ("0.25", 250),
            ("0.999", 999),
            ("0", 0),
            ("0.", 0),
            ("0.000", 0),
        ] {
            assert_eq!(quality(weight), thousandths, "{weight}");
        }
    }

    #[test]
    fn what_is_no_weight_is_no_wish() {
        for weight in
            ["", ".", ".5", "1.001", "1.0000", "0.1234", "2", "00.5", "01", "-1", "0.-1", "+0.5"]
        {
            assert_eq!(quality(weight), 0, "{weight}");
        }
        for weight in ["0.5x", "0. 5", "0.5.5", "x", "0.５", "1e0"] {
            assert_eq!(quality(weight), 0, "{weight}");
        }
    }
}
