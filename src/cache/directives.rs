//! `Cache-Control` (RFC 9111 section 5.2.2), and fields of its kind.

use super::dictionary;

/// The directives of a response.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// Names in lower case, and what is written behind them, as it is: nothing, or `=` and a value.
    members: Vec<(String, String)>,
    /// Whether every quote is closed, since what follows an open one could be anything, and nothing
    /// is forbidden in a place where it is no directive, as in `no-store; max-age=60`.
    readable: bool,
}

impl Directives {
    /// Reads a field; names are compared without case, and the first of several equal ones counts.
    pub fn of(field: Option<&str>) -> Self {
        let members: Vec<_> = field
            .into_iter()
            .flat_map(split)
            .filter_map(|directive| {
                let directive = directive.trim();
                let name = directive.split('=').next().unwrap_or_default().trim_end();
                let rest = directive.strip_prefix(name).unwrap_or_default();
                (!name.is_empty()).then(|| (name.to_ascii_lowercase(), rest.to_owned()))
            })
            .collect();
        let field = field.unwrap_or_default().to_ascii_lowercase();
        let mut words = field.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let is_misplaced =
            |word: &str| FORBIDDING.contains(&word) && members.iter().all(|(name, _)| name != word);
        let readable = !has_open_quote(&field) && !words.any(is_misplaced);
        Self { members, readable }
    }

    /// Reads a targeted field; `None` for one that is to be ignored as a whole: it is empty or no
    /// dictionary, or its lifetime is no integer (RFC 9213 section 2.1).
    pub fn of_targeted(field: &str) -> Option<Self> {
        let members = dictionary::members(field)?;
        let is_integer = |value: &str| {
            let digits = value.strip_prefix('=').map(|number| number.trim_start_matches('-'));
            digits.is_some_and(|digits| delta_seconds(digits).is_some())
        };
        let is_sound = |(name, value): &(&str, &str)| {
            !["max-age", "s-maxage"].contains(name) || is_integer(value)
        };
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let members: Option<Vec<_>> =
            members.iter().map(|member| is_sound(member).then(|| owned(member))).collect();
        Some(Self { members: members?, readable: true })
    }

    /// Whether a directive is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(given, _)| given == name)
    }

    /// Whether `no-cache` or `private` is about the whole answer: it names no fields, or not as the
    /// syntax has it, or one that nothing can be done without (sections 5.2.2.4 and 5.2.2.7).
    pub fn is_about_all(&self, name: &str) -> bool {
        self.members.iter().any(|(given, rest)| given == name && fields_named(rest).is_none())
    }

    /// The fields that `no-cache` and `private` are about: they are not stored.
    pub fn fields_not_stored(&self) -> Vec<String> {
        let is_either = |name: &str| matches!(name, "no-cache" | "private");
        let lists = self.members.iter().filter(|(name, _)| is_either(name));
        lists.filter_map(|(_, rest)| fields_named(rest)).flatten().collect()
    }

    /// Whether the field could be read to its end.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// The seconds of a directive. One that cannot be read counts as 0: not fresh
    /// (RFC 9111 section 4.2.1). White space around `=` is none of the syntax.
    pub fn seconds(&self, name: &str) -> Option<u64> {
        let (_, rest) = self.members.iter().find(|(given, _)| given == name)?;
        let value = rest.strip_prefix('=').unwrap_or_default();
        Some(delta_seconds(value.trim_matches('"')).unwrap_or(0))
    }

    /// The same directives for one client alone: `private` instead of what speaks to shared caches.
    pub fn private(&self) -> String {
        let kept = self.members.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "public" | "private" | "s-maxage" | "proxy-revalidate")
        });
        let kept = kept.map(|(name, rest)| format!("{name}{rest}"));
        std::iter::once("private".to_owned()).chain(kept).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a quote is not closed, so that what follows could be anything.
pub(super) fn has_open_quote(field: &str) -> bool {
    !field.matches('"').count().is_multiple_of(2)
}

/// What must not be overlooked, however a field is written.
const FORBIDDING: [&str; 3] = ["no-cache", "no-store", "private"];

/// Fields that the cache goes by, besides all that end in `-control`.
const HEEDED: [&str; 7] = ["age", "date", "etag", "expires", "last-modified", "pragma", "vary"];

/// The names in a quoted list, in lower case. What is not in quotes is none, and neither is a list
/// with fields that the cache goes by, or by which the body is understood.
fn fields_named(rest: &str) -> Option<Vec<String>> {
    let list = rest.strip_prefix("=\"")?.strip_suffix('"')?.to_ascii_lowercase();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let is_heeded = |name: &str| {
        HEEDED.contains(&name) || name.ends_with("-control") || name.starts_with("content-")
    };
    let named = |name: &str| (is_name(name) && !is_heeded(name)).then(|| name.to_owned());
    list.split(',').map(|name| named(name.trim())).collect()
}

/// What any larger number of seconds counts as (RFC 9111 section 1.2.2).
pub(super) const MAX_DELTA_SECONDS: u64 = 1 << 31;

/// Digits and nothing else, as a number of seconds.
pub(super) fn delta_seconds(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(MAX_DELTA_SECONDS).min(MAX_DELTA_SECONDS))
}

/// Splits at commas outside of quotes.
pub(super) fn split(field: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    field.split(move |character| {
        if character == '"' {
            quoted = !quoted;
        }
        character == ',' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn private(field: Option<&str>, expected: &str) {
        assert_eq!(Directives::of(field).private(), expected);
    }

    #[test]
    fn what_is_granted_to_one_client_is_private_to_it() {
        private(None, "private");
        private(Some("public, max-age=60"), "private, max-age=60");
        private(
            Some("S-MaxAge=600, max-age=60, must-revalidate"),
            "private, max-age=60, must-revalidate",
        );
        private(Some("no-store"), "private, no-store");
        private(Some("private=\"set-cookie, x\", max-age=5"), "private, max-age=5");
        private(Some(", ,max-age=\"60\","), "private, max-age=\"60\"");
        private(Some("max-age = 60 ,x"), "private, max-age = 60, x");
    }

    #[track_caller]
    fn named(field: &str, is_about_all: bool, fields: &[&str]) {
        let directives = Directives::of(Some(field));
        let all = ["no-cache", "private"].iter().any(|name| directives.is_about_all(name));
        assert_eq!(all, is_about_all, "{field}");
        assert_eq!(directives.fields_not_stored(), fields, "{field}");
    }

    #[test]
    fn a_directive_is_about_the_fields_it_names_or_about_all() {
        named("max-age=5", false, &[]);
        named("no-cache", true, &[]);
        named("no-cache=\"a\"", false, &["a"]);
        named(
            "PRIVATE=\"X-A , b\", no-cache=\"c\", no-cache=\"d\"",
            false,
            &["x-a", "b", "c", "d"],
        );
        named("private=\"a\", private", true, &["a"]);
        for list in [
            "a",
            "\"\"",
            "\"a,\"",
            "\"a b\"",
            "\"a;b\"",
            "\"*\"",
            "\"a\\\"",
            " \"a\"",
            "\"a\" ;b",
            "\"a, Vary\"",
            "\"Cache-Control\"",
            "\"CDN-Cache-Control\"",
            "\"content-type\"",
            "\"ETag\"",
            "\"\u{e9}\"",
        ] {
            named(&format!("private={list}"), true, &[]);
        }
    }

    #[test]
    fn unreadable_seconds_are_not_fresh() {
        let directives = Directives::of(Some("max-age=soon, s-maxage=-1"));
        assert_eq!(directives.seconds("max-age"), Some(0));
        assert_eq!(directives.seconds("s-maxage"), Some(0));
        assert_eq!(Directives::of(Some("max-age=+60")).seconds("max-age"), Some(0));
        for spaced in ["max-age =60", "max-age= 60"] {
            assert_eq!(Directives::of(Some(spaced)).seconds("max-age"), Some(0));
        }
        assert_eq!(directives.seconds("stale-if-error"), None);
        assert_eq!(Directives::of(Some("max-age")).seconds("max-age"), Some(0));
        assert_eq!(
            Directives::of(Some("max-age=99999999999999999999")).seconds("max-age"),
            Some(MAX_DELTA_SECONDS)
        );
    }
}
