//! Which form of an answer the client wants.

use mediatype::{MediaTypeList, names};

use crate::fields::Headers;

/// The form of an answer made by the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `application/problem+json` (RFC 9457).
    Problem,
    /// `application/json`: the error object many APIs already use.
    Json,
    /// `text/html`: a page for people.
    Page,
}

impl Form {
    /// Reads the wish out of `Sec-Fetch-Mode` and `Accept`. Whatever cannot be understood asks
    /// for problem details; a wish never is an error (RFC 9110 section 12.5.1).
    pub fn wanted(headers: &dyn Headers) -> Self {
        if headers.get("sec-fetch-mode").as_deref() == Some("navigate") {
            return Self::Page;
        }
        let Some(accept) = headers.get("accept") else {
            return Self::Problem;
        };
        // In this order, so that a tie goes to the program rather than to the person.
        let mut best = (Self::Problem, (0, Match::Any));
        for form in [Self::Page, Self::Json, Self::Problem] {
            let wish = form.wish(&accept);
            if wish.0 > 0 && wish >= best.1 {
                best = (form, wish);
            }
        }
        best.0
    }

    /// How much this form is wanted, in thousandths, and how closely it was named.
    fn wish(self, accept: &str) -> (u16, Match) {
        let (main, sub, suffix) = match self {
            Self::Problem => (names::APPLICATION, "problem", Some("json")),
            Self::Json => (names::APPLICATION, "json", None),
            Self::Page => (names::TEXT, "html", None),
        };
        MediaTypeList::new(accept)
            .take(MAX_RANGES)
            .filter_map(Result::ok)
            .filter_map(|range| {
                let named = range.subty.as_str().eq_ignore_ascii_case(sub)
                    && range.suffix.map(|name| name.as_str().to_ascii_lowercase()).as_deref()
                        == suffix;
                let closeness = match (range.ty == main, range.ty == "*", range.subty == "*") {
                    (true, _, _) if named => Match::Named,
                    (true, _, true) => Match::Main,
                    (_, true, true) => Match::Any,
                    _ => return None,
                };
                Some((closeness, quality(&range)))
            })
            // The closest range decides, not the most generous one.
            .max_by_key(|(closeness, _)| *closeness)
            .map_or((0, Match::Any), |(closeness, quality)| (quality, closeness))
    }
}

/// A longer `Accept` is only read this far.
const MAX_RANGES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Any,
    Main,
    Named,
}

/// The weight of RFC 9110 section 12.4.2, in thousandths.
fn quality(range: &mediatype::MediaType<'_>) -> u16 {
    let weight = range.params.iter().find(|(name, _)| *name == names::Q).map(|(_, value)| *value);
    let Some(weight) = weight else { return 1000 };
    match weight.as_str().split_once('.').unwrap_or((weight.as_str(), "")) {
        ("1", zeros) if zeros.len() <= 3 && zeros.bytes().all(|digit| digit == b'0') => 1000,
        ("0", digits)
            if digits.len() <= 3 && digits.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            format!("{digits:0<3}").parse().unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Form) {
        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        assert_eq!(Form::wanted(&map), expected, "{headers:?}");
    }

    #[test]
    fn people_get_pages() {
        check(&[("sec-fetch-mode", "navigate")], Form::Page);
        check(
            &[("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")],
            Form::Page,
        );
        check(&[("accept", "text/html")], Form::Page);
        check(&[("accept", "text/*, application/json;q=0.5")], Form::Page);
    }

    #[test]
    fn programs_get_problem_details() {
        check(&[], Form::Problem);
        check(&[("accept", "*/*")], Form::Problem);
        check(&[("accept", "application/problem+json")], Form::Problem);
        check(&[("accept", "application/problem+json, application/json")], Form::Problem);
        check(&[("accept", "application/*")], Form::Problem);
        check(&[("accept", "text/html;q=0, */*")], Form::Problem);
        check(&[("accept", "image/png")], Form::Problem);
    }

    #[test]
    fn whoever_names_json_gets_json() {
        check(&[("accept", "application/json")], Form::Json);
        check(&[("accept", "application/json, text/plain, */*")], Form::Json);
        check(&[("accept", "APPLICATION/JSON;q=0.9, */*;q=0.1")], Form::Json);
        check(&[("accept", "text/html, application/json")], Form::Json);
        check(&[("accept", "text/html;q=0.5, application/json;q=0.50")], Form::Json);
    }

    #[test]
    fn nonsense_gets_the_default() {
        for accept in ["", ",", ";;;", "text", "text/html;q=2", "text/html;q=x", "*/html", "a/b;c"]
        {
            check(&[("accept", accept)], Form::Problem);
        }
        check(&[("accept", &"x/y,".repeat(3000))], Form::Problem);
    }
}
