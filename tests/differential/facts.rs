//! What can be seen of a token that was spoiled at random, so that a rule need not guess.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::support::tamper::without_spare_bits;

/// Each is about header or claims, or about the token as it is written.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Facts {
    pub not_utf8: bool,
    pub bom: bool,
    pub name_twice: bool,
    pub half_pair: bool,
    pub number_too_large: bool,
    pub date_out_of_range: bool,
    pub iat_missing: bool,
    pub iat_no_number: bool,
    pub sub_no_text: bool,
    pub spare_bits: bool,
    pub odd_letter: bool,
    pub padding: bool,
    pub space_at_end: bool,
    pub space_within: bool,
}

impl Facts {
    pub fn of(token: &str) -> Self {
        let is_space = |letter: char| letter.is_ascii_whitespace();
        let mut facts = Self {
            padding: token.contains('='),
            space_at_end: token.ends_with(' '),
            space_within: token.contains(is_space),
            ..Self::default()
        };
        for (at, part) in token.split('.').enumerate() {
            let part: String = part.chars().filter(|c| !is_space(*c) && *c != '=').collect();
            let odd = part.len() % 4 == 1;
            facts.odd_letter |= odd;
            let whole = part.get(..part.len() - usize::from(odd)).unwrap_or_default();
            let without = without_spare_bits(whole);
            facts.spare_bits |= without != whole;
            if let (true, Ok(bytes)) = (at < 2, Base64UrlUnpadded::decode_vec(&without)) {
                facts.read(&bytes, at == 1);
            }
        }
        facts
    }

    fn read(&mut self, bytes: &[u8], is_claims: bool) {
        let text = String::from_utf8_lossy(bytes);
        self.not_utf8 |= std::str::from_utf8(bytes).is_err();
        self.bom |= text.starts_with('\u{feff}');
        self.name_twice |= serde_json::from_str::<Names>(&text).is_ok_and(|names| names.twice);
        self.half_pair |= text.contains("\\ud") || text.contains("\\uD");
        self.number_too_large |= numbers(&text).any(f64::is_infinite);
        if is_claims {
            let value =
                |name: &str| text.split_once(&format!("\"{name}\":")).map(|(_, v)| v.trim());
            let date = |name| value(name).and_then(|value| numbers(value).next());
            let in_range = |date: f64| (0.0..9_007_199_254_740_992.0).contains(&date);
            self.date_out_of_range |=
                ["exp", "nbf", "iat"].into_iter().filter_map(date).any(|date| !in_range(date));
            self.iat_missing |= value("iat").is_none();
            self.iat_no_number |=
                value("iat").is_some_and(|v| !v.starts_with(|c: char| c.is_ascii_digit()));
            self.sub_no_text |=
                value("sub").is_some_and(|v| !v.starts_with('"') || v.starts_with("\"\""));
        }
    }
}

/// Everything in a text that looks like a number.
fn numbers(text: &str) -> impl Iterator<Item = f64> {
    let is_of_number = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
    text.split(move |letter| !is_of_number(letter)).filter_map(|number| number.parse().ok())
}

/// Whether an object has a name twice.
struct Names {
    twice: bool,
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Names;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
                let mut names: Vec<String> = Vec::new();
                let mut twice = false;
                while let Some((name, _)) = members.next_entry::<String, IgnoredAny>()? {
                    twice |= names.contains(&name);
                    names.push(name);
                }
                Ok(Names { twice })
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
