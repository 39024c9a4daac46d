//! How the most forgiving of origins reads a path segment.

use percent_encoding::percent_decode_str;

/// A segment as origins read it that decode it, cut parameters off (`;`), ignore spaces around it
/// and final dots, and make no difference between letters of two cases, with and without accents,
/// or of another width, as file systems and databases do.
///
/// It is compared, and never sent. Two segments that some origin takes for one have the same free
/// reading; what letters outside of Latin, Greek and Cyrillic are decomposed into is not known here.
pub fn free_reading(segment: &str) -> String {
    let folded = folded(segment);
    let name = trimmed(&folded);
    // `admin::$DATA` is `admin` to Windows. Some stores take `+` for a space also in a path.
    let stream = ["::", ":$"].iter().filter_map(|mark| name.find(mark)).min();
    let name = stream.filter(|at| *at > 0).and_then(|at| name.get(..at)).unwrap_or(name);
    name.replace(' ', "+")
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
    let mut folded = String::with_capacity(segment.len());
    for character in percent_decode_str(segment).decode_utf8_lossy().chars() {
        if let Some(text) = several(character) {
            folded.push_str(text);
        } else if !is_ignored(character) {
            folded.push(plain(character));
        }
    }
    folded
}

/// Marks over and under letters, and what is not seen.
fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A character that is read as several.
fn several(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' | 'ẞ' => "ss",
        'Æ' | 'æ' => "ae",
        'Œ' | 'œ' => "oe",
        'Ĳ' | 'ĳ' => "ij",
        'Þ' | 'þ' => "th",
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        '\u{2025}' => "..",
        '\u{2026}' => "...",
        _ => return None,
    })
}

/// The base letters of Latin letters, from a first one on; `.` where there is none.
const LATIN: [(char, &str); 3] = [
    (
        '\u{c0}',
        "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y\
     aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllll.\
     .llnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs",
    ),
    (
        '\u{1cd}',
        "aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa....aaaaeeeeiiiio\
     ooorrrruuuusstt..hh......aaeeooooooooyy",
    ),
    (
        '\u{1e00}',
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm\
     mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv\
     wwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
     eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......",
    ),
];

/// The plainest form of a character, in lower case.
fn plain(character: char) -> char {
    match character {
        c if c.is_ascii() => c.to_ascii_lowercase(),
        // Wide forms, the solidus and the backslash among them.
        '\u{ff01}'..='\u{ff5e}' => ascii(b'!', after(character, '\u{ff01}')),
        // Letters in styles of mathematics, and digits; then letters in circles.
        '\u{1d400}'..='\u{1d6a3}' => ascii(b'a', after(character, '\u{1d400}') % 26),
        '\u{1d7ce}'..='\u{1d7ff}' => ascii(b'0', after(character, '\u{1d7ce}') % 10),
        '\u{24b6}'..='\u{24e9}' => ascii(b'a', after(character, '\u{24b6}') % 26),
        'Ơ' | 'ơ' => 'o',
        'Ư' | 'ư' => 'u',
        '\u{212a}' => 'k',
        '\u{212b}' => 'a',
        // What code pages of Windows, and people, take for one or the other.
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => '/',
        '¥' | '₩' | '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{fe68}' => '\\',
        '\u{2024}' | '\u{fe52}' | '\u{3002}' | '\u{ff61}' => '.',
        'ς' => 'σ',
        'Α'..='Ω' | 'А'..='Я' => plain(shifted(character, 0x20)),
        'Ѐ'..='Џ' => plain(shifted(character, 0x50)),
        'й' | 'ѝ' => 'и',
        'ё' | 'ѐ' => 'е',
        'ї' => 'і',
        'ў' => 'у',
        'ѓ' => 'г',
        'ќ' => 'к',
        'ά' | 'Ά' => 'α',
        'έ' | 'Έ' => 'ε',
        'ή' | 'Ή' => 'η',
        'ί' | 'Ί' | 'ϊ' | 'Ϊ' | 'ΐ' => 'ι',
        'ό' | 'Ό' => 'ο',
        'ύ' | 'Ύ' | 'ϋ' | 'Ϋ' | 'ΰ' => 'υ',
        'ώ' | 'Ώ' => 'ω',
        // Of other Cyrillic letters, capital and small stand side by side.
        'Ѡ'..='ҁ' | 'Ҋ'..='ҿ' | 'Ӑ'..='ԯ' => {
            shifted(character, (u32::from(character) % 2) ^ 1)
        }
        'Ӂ'..='ӎ' => shifted(character, u32::from(character) % 2),
        'Ա'..='Ֆ' => shifted(character, 0x30),
        c if c.is_whitespace() => ' ',
        c => base(c).unwrap_or(c),
    }
}

fn base(character: char) -> Option<char> {
    LATIN.iter().find_map(|(first, bases)| {
        let base = bases.as_bytes().get(after(character, *first))?;
        base.is_ascii_lowercase().then(|| char::from(*base))
    })
}

/// How far a character is behind another one; very far when it is in front of it.
fn after(character: char, first: char) -> usize {
    let distance = u32::from(character).checked_sub(u32::from(first));
    distance.and_then(|distance| usize::try_from(distance).ok()).unwrap_or(usize::MAX)
}

fn ascii(first: u8, distance: usize) -> char {
    u8::try_from(distance)
        .ok()
        .and_then(|distance| first.checked_add(distance))
        .map_or(char::REPLACEMENT_CHARACTER, |byte| char::from(byte.to_ascii_lowercase()))
}

fn shifted(character: char, by: u32) -> char {
    u32::from(character).checked_add(by).and_then(char::from_u32).unwrap_or(character)
}

#[cfg(test)]
mod tests {
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
}
