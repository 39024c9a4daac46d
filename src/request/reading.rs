//! How the most forgiving of origins reads a path segment.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::letters::{is_ignored, plain};
use super::unicode::{decomposed, in_one_case, unmarked};

/// A segment as origins read it that decode it, cut parameters off (`;`), ignore spaces around it
/// and final dots, and make no difference between letters of two cases, with and without accents and
/// other marks, or of another width, nor between digits of two scripts, hiragana and katakana, as
/// file systems and databases do. It is compared, and never sent: two segments that some origin takes
/// for one have the same.
pub fn free_reading(segment: &str) -> Cow<'_, str> {
    if is_plain(segment) {
        let has_capitals = segment.bytes().any(|byte| byte.is_ascii_uppercase());
        return if has_capitals { segment.to_ascii_lowercase().into() } else { segment.into() };
    }
    let folded = folded(segment);
    let name = trimmed(&folded);
    // `admin::$DATA` is `admin` to Windows. Some stores take `+` for a space also in a path.
    let mut colons = name.match_indices(':').map(|(at, _)| at);
    let is_mark = |at: &usize| {
        let after = name.get(*at..).and_then(|rest| rest.chars().nth(1));
        matches!(after, Some(':' | '$'))
    };
    let stream = colons.find(is_mark);
    let name = stream.filter(|at| *at > 0).and_then(|at| name.get(..at)).unwrap_or(name);
    let spaced = name.replace('+', " ");
    match trimmed(&spaced) {
        // By itself it is a name.
        "" => spaced.into(),
        name => name.to_owned().into(),
    }
}

/// Whether nobody reads a segment in another way, but for case: it has unreserved characters alone
/// (RFC 3986 section 2.3), and no dot at its end. What is asked below takes 20 times as long.
pub(super) fn is_plain(segment: &str) -> bool {
    let is_unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !segment.is_empty() && !segment.ends_with('.') && segment.bytes().all(is_unreserved)
}

/// What is left of a folded segment when parameters, spaces and final dots are gone.
pub(super) fn trimmed(folded: &str) -> &str {
    // A wide `?` or `#` may become one that ends the path.
    folded
        .split([';', '?', '#'])
        .next()
        .unwrap_or_default()
        .trim_start_matches(' ')
        .trim_end_matches([' ', '.'])
}

/// A segment decoded, each character as the plainest that some origin takes it for.
pub(super) fn folded(segment: &str) -> String {
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    if decoded.is_ascii() {
        return decoded.to_ascii_lowercase();
    }
    let seen = |text: &str| text.chars().filter(|c| !is_ignored(*c)).collect::<String>();
    // A stroke by itself, and not that of `½` when it is decomposed.
    let bare = seen(&decomposed(&seen(&decoded.replace('\u{2044}', "/"))));
    let mut folded = String::with_capacity(bare.len());
    for character in in_one_case(&bare).chars() {
        match plain(character) {
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            // What code pages of Windows, and people, take for one or the other.
            '\u{2215}' | '\u{29f8}' => folded.push('/'),
            '¥' | '₩' | '\u{2216}' | '\u{29f5}' | '\u{29f9}' => folded.push('\\'),
            '。' => folded.push('.'),
            other if other.is_whitespace() => folded.push(' '),
            other => folded.push(other),
        }
    }
    unmarked(&folded)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[track_caller]
    fn alike(spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(free_reading(spelling), free_reading(spellings[0]), "{spelling}");
        }
    }

    #[track_caller]
    fn apart(one: &str, other: &str) {
        assert_ne!(free_reading(one), free_reading(other), "{one} {other}");
    }

    #[test]
    fn escapes_case_parameters_spaces_and_final_dots_make_no_difference() {
        alike(&[
            "admin",
            "Admin",
            "ADMIN",
            "admin;x",
            "admin;",
            "admin.",
            "admin..%20.",
            "%20admin",
        ]);
        alike(&["c++", "c%2B%2B", "C+%2b"]);
        alike(&["x%5B1%5D", "x[1]", "X%5b1]"]);
        apart("admin", "administrator");
        apart("admin", ".admin");
        apart("admin", "ad%20min");
    }

    #[test]
    fn what_is_plain_is_read_as_it_stands() {
        for segment in ["a", "Reports", "2026-q3.pdf", ".well-known", "_~", "-"] {
            assert!(is_plain(segment), "{segment}");
            // A parameter takes the long way.
            assert_eq!(free_reading(segment), free_reading(&format!("{segment};x")), "{segment}");
        }
        for segment in ["", ".", "..", "a.", "a b", "a%2E", "a+b", "a;b", "a:b", "é", "a/b"] {
            assert!(!is_plain(segment), "{segment}");
        }
    }

    #[test]
    fn widths_styles_and_accents_make_no_difference() {
        // Wide, in bold, in circles, accented, composed and not, with something unseen inside.
        alike(&[
            "admin",
            "%EF%BD%81dmin",
            "%F0%9D%90%80dmin",
            "%E2%93%90dmin",
            "%C3%A1dmin",
            "a%CC%81dmin",
            "ad%E2%80%8Bmin",
            "adm%C4%B1n",
            "%E1%BA%A1dmin",
            "%C7%8Edmin",
            "admin%EF%BC%9Bx",
            "admin%EF%BC%9Fx",
            "admin%C2%A0",
            "admin%E3%80%82",
        ]);
        alike(&["kiss", "%E2%84%AAi%C5%BF%C5%BF", "ki%C3%9F"]);
        alike(&["files", "%EF%AC%81les"]);
        alike(&["1", "%EF%BC%91", "%F0%9D%9F%8F", "%F0%9D%9F%99"]);
        alike(&["caf%C3%A9", "cafe%CC%81", "CAF%C3%89", "cafe"]);
        alike(&["%C5%93uvre", "oeuvre", "%C5%92UVRE"]);
    }

    #[test]
    fn a_plus_may_be_a_space_and_a_stream_is_its_file() {
        alike(&["my%20docs", "my+docs", "My%2Bdocs"]);
        alike(&["admin", "admin+", "+admin", "admin%2B.", "admin.+::$DATA", "admin;+"]);
        apart("+", "");
        alike(&["admin", "admin::$DATA", "admin:$i30:$INDEX_ALLOCATION", "ADMIN%3A:$data"]);
        apart("v1:batch", "v1");
        apart("::x", "");
    }

    #[test]
    fn greek_and_cyrillic_have_one_case() {
        alike(&["%CE%A3", "%CF%83", "%CF%82"]);
        alike(&["%D0%99%D0%AF", "%D0%B9%D1%8F", "%D0%B8%CC%86%D1%8F"]);
        alike(&["%D0%81", "%D1%91", "%D0%B5"]);
        alike(&["σελίδα", "ΣΕΛΊΔΑ", "ΣΕΛΙΔΑ", "σελι%CC%81δα", "%CF%83ελίδα"]);
        alike(&["ґанок", "Ґанок", "ҐАНОК"]);
        alike(&["ұлт", "Ұлт"]);
        alike(&["ў", "у%CC%86", "Ў", "у"]);
        alike(&["ӂ", "Ӂ"]);
        alike(&["հայ", "ՀԱՅ"]);
        apart("%D0%B0", "a");
        apart("%E6%97%A5", "%E6%9C%AC");
    }

    #[test]
    fn what_databases_ignore_or_take_for_ascii_makes_no_difference() {
        // Points of Hebrew and vowels of Arabic, an old title of Cyrillic, marks of Thai, kana and
        // music; a letter above another one; what is not seen.
        for ignored in [
            "֑",
            "ً",
            "ٰ",
            "ـ",
            "҃",
            "๎",
            "़",
            "\u{3099}",
            "\u{1d165}",
            "\u{20dd}",
            "\u{fe0f}",
            "ㅤ",
            "ﾠ",
            "\u{115f}",
            "\u{17b4}",
            "\u{180f}",
            "\u{34f}",
            "\u{e0041}",
        ] {
            alike(&["admin", &format!("ad{ignored}min")]);
        }
        alike(&["admin", "admͥn", "🅐🅳min", "ꝺmin".replace('ꝺ', "aꝺ").as_str()]);
        alike(&["v12", "v١٢", "v१२", "v๑๒", "v❶❷", "v𞥑𞥒", "v１２"]);
        alike(&["ハハ", "パパ", "ばば", "ﾊﾊ", "はは"]);
        alike(&["カッパ", "かつは"]);
        alike(&["محمد", "مُحَمَّد"]);
        alike(&["שלום", "שָׁלוֹם"]);
        alike(&["क", "क\u{64b}"]);
        // Vowels of other scripts are marks, and make other words.
        apart("कि", "की");
        apart("มา", "มี");
        apart("v१", "v२");
    }

    #[test]
    fn fractions_are_no_paths() {
        assert!(!folded("%C2%BD").contains('/'));
        assert!(folded("%E2%84%80").contains('/'));
    }

    /// With each character as it would stand in a URL, between others.
    fn within(text: &str) -> String {
        text.bytes().fold("q".to_owned(), |url, byte| format!("{url}%{byte:02X}")) + "q"
    }

    #[test]
    fn every_letter_is_like_its_other_cases() {
        for character in '\u{80}'..=char::MAX {
            let as_it_is = character.to_string();
            for other in [as_it_is.to_lowercase(), as_it_is.to_uppercase()] {
                // What stands under a Greek vowel is a mark, and beside it a letter.
                if other != as_it_is && !other.contains(['Ι', '\u{345}']) {
                    alike(&[&within(&as_it_is), &within(&other)]);
                }
            }
        }
    }

    #[test]
    fn every_character_is_like_what_it_is_compatible_with() {
        for character in '\u{80}'..=char::MAX {
            let as_it_is = character.to_string();
            for other in [as_it_is.nfkc().to_string(), as_it_is.nfkd().to_string()] {
                let is_fraction = other.contains('\u{2044}') && character != '\u{2044}';
                if other != as_it_is && !is_fraction {
                    alike(&[&within(&as_it_is), &within(&other)]);
                }
            }
        }
    }
}
