//! Where the tables of Unicode are taken from: the platform has them already.

#[cfg(target_family = "wasm")]
use js_sys::{JsString, RegExp};
#[cfg(not(target_family = "wasm"))]
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Each character as those that it is composed of, or compatible with (UAX #15, NFKD).
#[cfg(target_family = "wasm")]
pub(super) fn decomposed(text: &str) -> String {
    JsString::from(text).normalize("NFKD").into()
}

/// Each character as those that it is composed of, or compatible with (UAX #15, NFKD).
#[cfg(not(target_family = "wasm"))]
pub(super) fn decomposed(text: &str) -> String {
    text.nfkd().collect()
}

/// Without a difference between letters of several cases: in lower case, by way of upper case, in
/// which `ß` is `SS`.
#[cfg(target_family = "wasm")]
pub(super) fn in_one_case(text: &str) -> String {
    JsString::from(text).to_lower_case().to_upper_case().to_lower_case().into()
}

/// Without a difference between letters of several cases: in lower case, by way of upper case, in
/// which `ß` is `SS`.
#[cfg(not(target_family = "wasm"))]
pub(super) fn in_one_case(text: &str) -> String {
    text.to_lowercase().to_uppercase().to_lowercase()
}

/// Without marks (general category M), but for those of the scripts in whose words they are vowels.
#[cfg(target_family = "wasm")]
pub(super) fn unmarked(text: &str) -> String {
    // A mark of any other script, and all behind a letter of any other.
    const MARKS: &str = concat!(
        r"(?![\u0780-\u109f\u1700-\u1cff\ua800-\uabff\u{10a00}-\u{11fff}])\p{M}|",
        r"([^\u0780-\u109f\u1700-\u1cff\ua800-\uabff\u{10a00}-\u{11fff}])\p{M}+",
    );
    JsString::from(text).replace_by_pattern(&RegExp::new(MARKS, "gu"), "$1").into()
}

/// Without marks (general category M), but for those of the scripts in whose words they are vowels.
#[cfg(not(target_family = "wasm"))]
pub(super) fn unmarked(text: &str) -> String {
    let mut is_after_other = false;
    let is_kept = |character: &char| {
        let has_vowels = matches!(character,
            '\u{780}'..='\u{109f}' | '\u{1700}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
            | '\u{10a00}'..='\u{11fff}');
        if is_combining_mark(*character) {
            return has_vowels && !is_after_other;
        }
        is_after_other = !has_vowels;
        true
    };
    text.chars().filter(is_kept).collect()
}
