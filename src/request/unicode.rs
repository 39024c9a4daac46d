//! Where the tables of Unicode are taken from: the platform has them already.

#[cfg(target_family = "wasm")]
use js_sys::JsString;
#[cfg(not(target_family = "wasm"))]
use unicode_normalization::UnicodeNormalization;

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
