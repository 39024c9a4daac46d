//! Variants: answers to one URL that differ by fields of the request (RFC 9111 section 4.1). The
//! Cache API does not tell them apart, so the key does.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::fields::Headers;
use crate::request::CredentialSource;

/// Variants of one URL are stored in so many places: a client may choose the fields they differ by.
/// Each has its own by a hash; of two that have the same, the last one is kept.
const PLACE_CHARS: usize = 2; // of base64url: 64 * 64

/// More fields are not worth telling variants apart by.
const MAX_NAMES: usize = 8;

/// The fields of a request that the answers to a URL differ by, in lower case, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variance(Vec<String>);

/// An answer must not be stored: it varies by what nobody else has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unvaryable;

impl Variance {
    /// What an answer varies by; nothing is an empty list.
    ///
    /// `Accept-Encoding` is left out: bodies are stored without content coding, and the platform
    /// codes them anew for each client.
    ///
    /// # Errors
    ///
    /// [`Unvaryable`] for `*`, for what carries credentials, and for too many names.
    pub fn of(answer: &dyn Headers, credentials: &[CredentialSource]) -> Result<Self, Unvaryable> {
        let vary = answer.get("vary").unwrap_or_default();
        let mut names = Vec::new();
        for name in vary.split(',') {
            insert(&mut names, name.trim().to_ascii_lowercase());
        }
        // Permission for one page to read the answer, whether or not `Vary` says so.
        if answer.get("access-control-allow-origin").is_some_and(|origin| origin.trim() != "*") {
            insert(&mut names, "origin".to_owned());
        }
        names.retain(|name| !name.is_empty() && name != "accept-encoding");
        let is_personal = |name: &String| {
            ["*", "cookie", "authorization"].contains(&name.as_str())
                || credentials.iter().any(|source| source.header() == Some(name))
        };
        // What is no name of a field is read in who knows what way.
        let is_odd = |name: &String| {
            !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if names.len() > MAX_NAMES || names.iter().any(|name| is_personal(name) || is_odd(name)) {
            Err(Unvaryable)
        } else {
            Ok(Self(names))
        }
    }

    /// As the value of `Vary`.
    pub fn to_field(&self) -> String {
        self.0.join(", ")
    }

    /// Whether there is one answer for all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is stored in place of an answer when a URL has variants: how to find them. It is written
/// with the first of them and not again: another one that was asked for before all were forgotten,
/// and arrives after, would bring the others back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variants {
    variance: Variance,
    /// Tells these variants from those that were forgotten when the URL was.
    epoch: String,
}

impl Variants {
    /// The variants of a URL of which nothing is stored yet; `epoch` is a word that was never used
    /// before.
    pub fn new(variance: Variance, epoch: &str) -> Self {
        Self { variance, epoch: epoch.to_owned() }
    }

    /// What they differ by.
    pub fn variance(&self) -> &Variance {
        &self.variance
    }

    /// The variant a request asks for, as a word.
    pub fn chosen_by(&self, request: &dyn Headers) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} ", self.epoch));
        for name in &self.variance.0 {
            let value = request.get(name).map(|value| normalized(name, &value));
            // Lengths keep one field from reaching into the next; absent is not empty.
            let length = value.as_ref().map_or(0, |value| value.len().saturating_add(1));
            hash.update(format!("{name} {length} {}", value.unwrap_or_default()));
        }
        BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// Where the variant of that word is stored, or one that is in its place.
    pub fn place_of(chosen: &str) -> &str {
        chosen.get(..PLACE_CHARS).unwrap_or_default()
    }

    /// As the value of a header field.
    pub fn to_field(&self) -> String {
        format!("{};{}", self.epoch, self.variance.0.join(","))
    }

    /// Reads what [`to_field`](Self::to_field) wrote.
    pub fn from_field(field: &str) -> Option<Self> {
        let (epoch, names) = field.split_once(';')?;
        let names = names.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
        let variance = Variance(names.collect());
        Some(Self { variance, epoch: epoch.to_owned() })
    }
}

/// One spelling for values that mean the same. Any two that are folded into one here are the same
/// to every origin; for other fields that is known of white space around commas only.
pub(super) fn normalized(name: &str, value: &str) -> String {
    let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
    let joined = parts.collect::<Vec<_>>().join(",");
    if name == "accept-language" {
        // In their order: many origins prefer the first of those that weigh the same
        // (RFC 9110 section 12.5.4).
        joined.to_ascii_lowercase().replace(' ', "")
    } else {
        joined
    }
}

/// Inserts into a sorted list what is not yet in it. The lists are short, and a sort of its own would
/// weigh 2 KB.
fn insert(sorted: &mut Vec<String>, item: String) {
    if let Err(at) = sorted.binary_search(&item) {
        sorted.insert(at, item);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn fields(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[track_caller]
    fn varies(answer: &[(&'static str, &'static str)], expected: Option<&[&str]>) {
        let found =
            Variance::of(&fields(answer), &[CredentialSource::Header("x-token".to_owned())])
                .ok()
                .map(|variance| variance.0);
        let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(found, expected);
    }

    #[test]
    fn an_answer_varies_by_what_it_says() {
        varies(&[], Some(&[]));
        varies(&[("vary", "Accept-Encoding")], Some(&[]));
        varies(&[("vary", "X-B, accept-language,, x-b")], Some(&["accept-language", "x-b"]));
        varies(&[("access-control-allow-origin", "*")], Some(&[]));
        varies(&[("access-control-allow-origin", "https://a.example")], Some(&["origin"]));
        for personal in ["*", "Accept, *", "Cookie", "AUTHORIZATION", "x-token", "a b", "a;b", "*a"]
        {
            varies(&[("vary", personal)], None);
        }
        varies(&[("vary", "a,b,c,d,e,f,g,h")], Some(&["a", "b", "c", "d", "e", "f", "g", "h"]));
        varies(&[("vary", "a,b,c,d,e,f,g,h,i")], None);
    }

    #[test]
    fn there_is_one_answer_for_all_if_it_varies_by_nothing_else_than_its_coding() {
        let is_for_all =
            |vary| Variance::of(&fields(&[("vary", vary)]), &[]).map(|names| names.is_empty());
        assert_eq!(is_for_all("Accept-Encoding"), Ok(true));
        assert_eq!(is_for_all("Accept-Encoding, a"), Ok(false));
    }

    fn variants(names: &'static str) -> Variants {
        let variance = Variance::of(&fields(&[("vary", names)]), &[]).unwrap();
        Variants::new(variance, "7")
    }

    #[track_caller]
    fn same(
        names: &'static str,
        one: &[(&'static str, &'static str)],
        other: &[(&'static str, &'static str)],
        expected: bool,
    ) {
        let variants = variants(names);
        let same = variants.chosen_by(&fields(one)) == variants.chosen_by(&fields(other));
        assert_eq!(same, expected, "{one:?} {other:?}");
    }

    #[test]
    fn requests_choose_the_same_variant_when_the_named_fields_say_the_same() {
        same("a", &[("a", "1")], &[("a", "1"), ("b", "2")], true);
        same("a", &[("a", "1")], &[("a", "2")], false);
        same("a", &[("a", "x, y")], &[("a", "x,y")], true);
        same("a", &[("a", "x, y")], &[("a", "y, x")], false);
        same("a", &[("a", "x")], &[("a", "X")], false);
        same("a", &[("a", "")], &[], false);
        same("a, b", &[("a", "1"), ("b", "2")], &[("a", "12"), ("b", "")], false);
        same(
            "accept-language",
            &[("accept-language", "DE, en;q=0.5")],
            &[("accept-language", "de,en; q=0.5")],
            true,
        );
        same(
            "accept-language",
            &[("accept-language", "de, en")],
            &[("accept-language", "en, de")],
            false,
        );
        same("accept-language", &[("accept-language", "en")], &[("accept-language", "de")], false);
    }

    #[test]
    fn variants_that_were_forgotten_stay_so() {
        let (old, mut new) = (variants("a"), variants("a"));
        new.epoch = "8".to_owned();
        assert_ne!(old.chosen_by(&fields(&[])), new.chosen_by(&fields(&[])));
    }

    #[test]
    fn variants_are_read_back() {
        let variants = variants("a, b");
        assert_eq!(variants.to_field(), "7;a,b");
        assert_eq!(Variants::place_of(&variants.chosen_by(&fields(&[]))).len(), PLACE_CHARS);
        assert_eq!(Variants::from_field("7;a,b"), Some(variants));
        assert_eq!(Variants::from_field("x"), None);
    }
}
