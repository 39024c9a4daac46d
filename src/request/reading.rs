//! How the most forgiving of origins reads a path segment.

use percent_encoding::percent_decode_str;

use super::unicode::{decomposed, in_one_case, unmarked};

/// Where ten digits begin that databases take for 0 to 9: those of each script, and some with a frame
/// around them.
const ZEROS: &str = "\
    ٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠\u{1040}\u{1090}\u{1368}\u{17e0}\u{1810}\u{1946}\u{19d0}\u{1a80}\u{1a90}\u{1b50}\
    \u{1bb0}\u{1c40}\u{1c50}\u{24f4}\u{2775}\u{277f}\u{2789}\u{3020}\u{a620}\u{a8d0}\u{a900}\u{a9d0}\
    \u{a9f0}\u{aa50}\u{abf0}\u{104a0}\u{10d30}\u{10d40}\u{11066}\u{110f0}\u{11136}\u{111d0}\u{112f0}\
    \u{11450}\u{114d0}\u{11650}\u{116c0}\u{116d0}\u{116da}\u{11730}\u{118e0}\u{11950}\u{11bf0}\u{11c50}\
    \u{11d50}\u{11da0}\u{11de0}\u{11f50}\u{16130}\u{16a60}\u{16ac0}\u{16b50}\u{16d70}\u{1ccf0}\u{1e140}\
    \u{1e2f0}\u{1e4f0}\u{1e5f1}\u{1e950}";

/// Letters, each with the one that databases take it for: with a stroke or of an old shape, above
/// another letter, small ones of kana; and quotation marks.
const ALIKE: &str = "ðdđdħhłløoŧtςσ‘'’'ꝛrꝺdꝼfᵹgꞃrꞅsꞇtꞛaꞝoꞟuꞡgꞣkꞥnꞧrꞩsꟁaꟃwꟙs\
    \u{363}a\u{364}e\u{365}i\u{366}o\u{367}u\u{368}c\u{369}d\u{36a}h\u{36b}m\u{36c}r\u{36d}t\u{36e}v\u{36f}x\
    \u{1abf}w\u{1acc}g\u{1acd}r\u{1ace}t\u{1dca}r\u{1dd3}a\u{1dd7}c\u{1dd8}d\u{1dd9}d\u{1dda}g\u{1ddc}k\
    \u{1ddd}l\u{1de0}n\u{1de3}r\u{1de4}s\u{1de5}s\u{1de6}z\u{1de8}b\u{1deb}f\u{1ded}o\u{1dee}p\u{1df0}u\
    \u{1df1}w\u{1df2}a\u{1df3}o\u{1df4}u\
    ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわゕかゖけ";

/// A segment as origins read it that decode it, cut parameters off (`;`), ignore spaces around it
/// and final dots, and make no difference between letters of two cases, with and without accents and
/// other marks, or of another width, nor between digits of two scripts, hiragana and katakana, as
/// file systems and databases do. It is compared, and never sent: two segments that some origin takes
/// for one have the same.
pub fn free_reading(segment: &str) -> String {
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
        "" => spaced,
        name => name.to_owned(),
    }
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

/// A digit of 0 to 9, a letter without a frame or a stroke, hiragana for katakana.
fn plain(character: char) -> char {
    let moved = |character: char, first: char, count: u32, to: char| {
        let place = u32::from(character).checked_sub(u32::from(first))?;
        char::from_u32(u32::from(to).checked_add(place)?).filter(|_| place < count)
    };
    let runs = [('\u{1f150}', 26, 'a'), ('\u{1f170}', 26, 'a'), ('ァ', 86, 'ぁ')];
    let mut runs = runs.into_iter().chain(ZEROS.chars().map(|zero| (zero, 10, '0')));
    let character =
        runs.find_map(|(first, count, to)| moved(character, first, count, to)).unwrap_or(character);
    let mut alike = ALIKE.chars();
    while let (Some(letter), Some(other)) = (alike.next(), alike.next()) {
        if letter == character {
            return other;
        }
    }
    character
}

/// What is not seen, and accents.
fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{300}'..='\u{362}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{640}' | '\u{6dd}'
        | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
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
