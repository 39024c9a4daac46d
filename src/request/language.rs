//! Which language the words of an answer are wanted in.

use super::quality::quality;
use crate::fields::Headers;

/// A language we have words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, for everybody whose languages we have not.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Portuguese, as it is written on both sides of the Atlantic.
    Portuguese,
    /// Italian.
    Italian,
    /// Dutch.
    Dutch,
    /// Polish.
    Polish,
    /// Japanese.
    Japanese,
    /// Chinese in simplified characters.
    Chinese,
    /// Modern Standard Arabic.
    Arabic,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Portuguese,
        Self::Italian,
        Self::Dutch,
        Self::Polish,
        Self::Japanese,
        Self::Chinese,
        Self::Arabic,
    ];

    /// Its primary language subtag (RFC 5646 section 2.2.1).
    pub fn subtag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Italian => "it",
            Self::Dutch => "nl",
            Self::Polish => "pl",
            Self::Japanese => "ja",
            Self::Chinese => "zh",
            Self::Arabic => "ar",
        }
    }

    /// Looks up the language of `Accept-Language` (RFC 9110 section 12.5.4, RFC 4647 section 3.4).
    /// Whatever cannot be understood is no wish; without one we have words for, it is English.
    pub fn wanted(headers: &dyn Headers) -> Self {
        let Some(accept) = headers.get("accept-language") else { return Self::English };
        let mut best = (Self::English, 0);
        for range in accept.split(',').take(MAX_RANGES) {
            let (range, weight) = range
                .split_once(';')
                .map_or((range, 1000), |(range, parameter)| (range, weight_of(parameter)));
            // Of equal wishes the first one counts.
            if weight > best.1
                && let Some(language) = Self::of_range(range.trim())
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The language of a range. Lookup cuts subtags off at the end until something fits; what we
    /// have fits first when nothing but the language is left.
    fn of_range(range: &str) -> Option<Self> {
        let mut subtags = range.split('-');
        let primary = subtags.next()?;
        let language = Self::ALL.into_iter().find(|l| primary.eq_ignore_ascii_case(l.subtag()))?;
        let mut is_traditional = false;
        for subtag in subtags {
            if subtag.is_empty()
                || subtag.len() > 8
                || !subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                return None;
            }
            let is_one_of =
                |names: &[&str]| names.iter().any(|name| subtag.eq_ignore_ascii_case(name));
            // A script that is named outranks what is usual in a region.
            if language == Self::Chinese && is_one_of(&["hans"]) {
                return Some(language);
            }
            is_traditional |= is_one_of(&["hant", "tw", "hk", "mo"]);
        }
        // Simplified characters are no stand-in for traditional ones.
        (language != Self::Chinese || !is_traditional).then_some(language)
    }
}

/// A longer `Accept-Language` is only read this far.
const MAX_RANGES: usize = 32;

/// The weight of a range, as `q=0.5` behind it, in thousandths.
fn weight_of(parameter: &str) -> u16 {
    match parameter.trim().split_once('=') {
        Some((name, weight)) if name.eq_ignore_ascii_case("q") => quality(weight),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, expected: &str) {
        let value = http::HeaderValue::from_bytes(accept.as_bytes()).unwrap();
        let map: http::HeaderMap = [(http::header::ACCEPT_LANGUAGE, value)].into_iter().collect();
        assert_eq!(Language::wanted(&map).subtag(), expected, "{accept}");
    }

    #[test]
    fn the_first_of_the_most_wanted_is_chosen() {
        check("de", "de");
        check("de, fr", "de");
        check("fr;q=0.5, de;q=0.501, it;q=0.5", "de");
        check("en;q=0.1,pl;q=1.000,ja;q=1.0", "pl");
        check("sv, da;q=0.9, nl;q=0.8, en;q=0.7", "nl");
        check("fr ; q=0.2 , es ;Q=0.3", "es");
        assert_eq!(Language::wanted(&http::HeaderMap::new()), Language::English);
    }

    #[test]
    fn a_range_is_cut_down_to_its_language() {
        check("pt-BR,pt;q=0.9", "pt");
        check("DE-at-1996-x-privat", "de");
        check("ar-EG", "ar");
        check("es-419", "es");
        check("deu", "en");
        check("d", "en");
    }

    #[test]
    fn simplified_characters_are_for_those_who_read_them() {
        for simplified in ["zh", "zh-CN", "zh-Hans", "zh-sg", "ZH-HANS-TW", "zh-Hans-HK", "zh-cmn"]
        {
            check(&format!("{simplified}, en"), "zh");
        }
        for traditional in ["zh-TW", "zh-Hant", "zh-HK", "zh-MO", "zh-hant-CN", "zh-yue-HK"] {
            check(&format!("{traditional}, ja;q=0.5"), "ja");
        }
        check("zh-TW, zh;q=0.9, en;q=0.8", "zh");
        check("de-HK", "de");
    }

    #[test]
    fn any_language_is_no_wish() {
        check("*", "en");
        check("*, de;q=0.1", "de");
        check("de;q=0, *", "en");
        check("de;q=0.0, fr;q=0.001", "fr");
    }

    #[test]
    fn nonsense_is_no_wish() {
        for nonsense in [
            "",
            ",",
            ";",
            "-",
            "de-",
            "-de",
            "de--at",
            "de_DE",
            "de;q",
            "de;q=",
            "de;q=2",
            "de;q=1.001",
            "de;q=0.5x",
            "de;q=-1",
            "de;q=0.1234",
            "de;r=1",
            "de;q=+.5",
            "de de",
            "de-abcdefghi",
            "dé",
            "de;q=1;q=1",
            "\"de\"",
            "de-ä",
        ] {
            check(nonsense, "en");
            check(&format!("{nonsense},it;q=0.1"), "it");
        }
    }

    #[test]
    fn a_long_field_is_read_only_so_far() {
        check(&format!("{}de", "sv,".repeat(31)), "de");
        check(&format!("{}de", "sv,".repeat(32)), "en");
        check(&"de-".repeat(100_000), "en");
    }
}
