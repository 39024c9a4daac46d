//! The `Cookie` field (RFC 6265 section 4.2).

/// The cookie-pairs of a field, trimmed, in their order.
///
/// Pairs are separated by `;`. Where a request had several `Cookie` lines, the platform has joined
/// them by `, `, but a comma may as well be part of a value. So it separates only next to a cookie
/// of ours, whose value holds no comma.
pub fn cookie_pairs(field: &str, is_ours: impl Fn(&str) -> bool) -> Vec<&str> {
    let is_ours = |text: &str| is_ours(cookie_name(text));
    let mut pairs = Vec::new();
    for mut rest in field.split(';') {
        let mut searched = 0;
        while let Some(found) = rest.get(searched..).and_then(|tail| tail.find(", ")) {
            let comma = searched.saturating_add(found);
            let (before, after) = rest.split_at_checked(comma).unwrap_or((rest, ""));
            let after = after.trim_start_matches(", ");
            if is_ours(before) || is_ours(after) {
                pairs.push(before.trim());
                (rest, searched) = (after, 0);
            } else {
                searched = comma.saturating_add(2);
            }
        }
        pairs.push(rest.trim());
    }
    pairs.retain(|pair| !pair.is_empty());
    pairs
}

/// What stands before the first `=` of a pair.
pub fn cookie_name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, expected: &[&str]) {
        assert_eq!(cookie_pairs(field, |name| name == "at"), expected);
    }

    #[test]
    fn pairs_are_separated_by_semicolons() {
        check("a=1; at=x.y.z;b=2", &["a=1", "at=x.y.z", "b=2"]);
        check("", &[]);
        check(" ; ;; ", &[]);
        check("at", &["at"]);
    }

    #[test]
    fn a_comma_may_be_part_of_a_value() {
        check("a=1,2; b=3, 4; at=x", &["a=1,2", "b=3, 4", "at=x"]);
        check("a=\"1, c=2\"", &["a=\"1, c=2\""]);
    }

    #[test]
    fn joined_lines_come_apart_at_cookies_of_ours() {
        check("a=1, at=x", &["a=1", "at=x"]);
        check("at=x, at=y", &["at=x", "at=y"]);
        check("at=x, b=2, 3; c=4", &["at=x", "b=2, 3", "c=4"]);
        check("a=1, b=2, at=x, c=3", &["a=1, b=2", "at=x", "c=3"]);
    }
}
