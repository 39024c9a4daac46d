//! Refusals for people: `www/refusal.html`, self-contained, escaped by its template engine.

use askama::Template;
use base64ct::{Base64, Encoding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::Asker;
use super::words::{Message, Remedy, Words};
use crate::gate::Denial;
use crate::policy::Brand;

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) denial: &'a Denial,
    pub(super) asker: &'a Asker<'a>,
    pub(super) words: &'static Words,
    pub(super) brand: &'a Brand,
    pub(super) style: &'a Style,
}

/// The style sheet of a brand, and the policy that lets a browser apply this one and nothing else.
#[derive(Debug)]
pub(super) struct Style {
    sheet: String,
    pub(super) content_security_policy: String,
}

impl Style {
    pub(super) fn of(brand: &Brand) -> Self {
        let ink = if is_light(&brand.color) { "#111" } else { "#fff" };
        let sheet = format!(
            "{}:root{{--brand:{};--on-brand:{ink}}}",
            include_str!("../../www/refusal.css"),
            brand.color
        );
        let hash = Base64::encode_string(&Sha256::digest(&sheet));
        let images = brand.logo.as_deref().map_or("'none'", image_source);
        let content_security_policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src {images}; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { sheet, content_security_policy }
    }
}

/// The source expression for a logo: its scheme, or the server it comes from.
fn image_source(logo: &str) -> &str {
    let server = logo.strip_prefix("https://").and_then(|rest| {
        let end = rest.find(['/', '?', '#', ';', ',']).unwrap_or(rest.len());
        logo.get(.."https://".len().saturating_add(end))
    });
    server.unwrap_or("data:")
}

/// Whether dark text reads better on a colour than light text.
fn is_light(color: &str) -> bool {
    let digits: Vec<u32> = color.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let channels: Vec<u32> = match digits.as_slice() {
        [r, g, b] => vec![r.saturating_mul(17), g.saturating_mul(17), b.saturating_mul(17)],
        pairs => pairs
            .chunks(2)
            .map(|pair| {
                pair.iter().fold(0_u32, |sum, digit| sum.saturating_mul(16).saturating_add(*digit))
            })
            .collect(),
    };
    // Relative luminance of WCAG 2, with squares for its powers: above 0.18, dark text has the
    // higher contrast.
    let weights = [2126_u32, 7152, 722];
    let luminance = channels
        .iter()
        .zip(weights)
        .map(|(channel, weight)| channel.saturating_mul(*channel).saturating_mul(weight));
    luminance.fold(0_u32, u32::saturating_add) > 117_000_000
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal<'a> {
    words: &'static Words,
    message: &'static Message,
    name: &'a str,
    logo: Option<&'a str>,
    sheet: &'a str,
    sign_in: Option<String>,
    retry: bool,
    support: Option<&'a str>,
    code: &'static str,
    request_id: &'a str,
}

impl Page<'_> {
    pub(super) fn html(&self) -> String {
        let remedy = Remedy::of(self.denial);
        let refusal = Refusal {
            words: self.words,
            message: self.words.message(self.denial),
            name: &self.brand.name,
            logo: self.brand.logo.as_deref(),
            sheet: &self.style.sheet,
            sign_in: self.sign_in(remedy),
            retry: remedy == Remedy::TryAgain,
            support: self.brand.support.as_deref(),
            code: self.denial.code(),
            request_id: self.asker.request_id,
        };
        // Rendering into a string cannot fail; the status says the same to those who see nothing.
        refusal.render().unwrap_or_default()
    }

    /// The sign-in link, where signing in (again) is what helps.
    fn sign_in(&self, remedy: Remedy) -> Option<String> {
        let link = self.brand.sign_in.as_deref().filter(|_| remedy == Remedy::SignIn)?;
        Some(link.replace("{url}", &utf8_percent_encode(self.asker.url, COMPONENT).to_string()))
    }
}

/// Everything but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_the_brand_colour_is_legible() {
        assert!(is_light("#f60") && is_light("#fff") && is_light("#ffd400") && is_light("#9be7ff"));
        assert!(!is_light("#000") && !is_light("#0b5fff") && !is_light("#c00"));
    }

    #[test]
    fn a_logo_is_allowed_from_its_own_place_only() {
        assert_eq!(image_source("data:image/png;base64,AAAA"), "data:");
        assert_eq!(image_source("https://cdn.example.com/a;b/logo.svg"), "https://cdn.example.com");
        assert_eq!(image_source("https://cdn.example.com"), "https://cdn.example.com");
    }
}
