//! The `Cookie` field (RFC 6265 section 4.2).

use super::credentials::CredentialFault;

/// The cookie-pairs of a field, trimmed, in their order; `ours` are the names of our cookies.
///
/// Pairs are separated by `;`. Where a request had several `Cookie` lines, the platform has joined
/// them by `, `, but a comma may as well be part of a value. So it separates only next to a cookie
/// of ours, whose value holds no comma.
pub fn cookie_pairs<'f>(field: &'f str, ours: &[&str]) -> Vec<&'f str> {
    let begins_ours = |text: &str| {
        ours.iter().any(|name| text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    };
    let mut pairs = Vec::new();
    for piece in field.split(';') {
        // Where the pair that is being read begins in the piece, and whether it is ours.
        let (mut start, mut is_ours) = (0, begins_ours(piece.trim_start()));
        for (comma, _) in piece.match_indices(',') {
            let next = comma.saturating_add(1);
            let next_is_ours = piece.get(next..).is_some_and(|rest| begins_ours(rest.trim_start()));
            if is_ours || next_is_ours {
                pairs.extend(piece.get(start..comma));
                (start, is_ours) = (next, next_is_ours);
            }
        }
        pairs.extend(piece.get(start..));
    }
    pairs.into_iter().map(str::trim).filter(|pair| !pair.is_empty()).collect()
}

/// What stands before the first `=` of a pair.
pub fn cookie_name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default().trim()
}

/// The value of one cookie. An empty one is what is left after signing out: none.
pub(super) fn cookie_value<'f>(
    field: &'f str,
    name: &str,
) -> Result<Option<&'f str>, CredentialFault> {
    let pairs = cookie_pairs(field, &[name]);
    let ours = pairs.into_iter().filter(|pair| cookie_name(pair) == name);
    let mut values = ours.map(|pair| pair.split_once('=').map_or("", |(_, value)| value.trim()));
    let first = values.next();
    if values.any(|other| Some(other) != first) {
        return Err(CredentialFault::Ambiguous);
    }
    let value = first.map(|value| {
        value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
    });
    Ok(value.filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, expected: &[&str]) {
        assert_eq!(cookie_pairs(field, &["at"]), expected);
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
        check("a=1,at=x,b=2", &["a=1", "at=x", "b=2"]);
        check("at=x, b=2, 3; c=4", &["at=x", "b=2, 3", "c=4"]);
        check("a=1, b=2, at=x, c=3", &["a=1, b=2", "at=x", "c=3"]);
    }
}
