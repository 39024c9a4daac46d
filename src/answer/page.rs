//! Refusals for people: `www/refusal.html`, self-contained, escaped by its template engine.

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::color::Color;
use super::words::{Message, Remedy, Words};
use super::{Asker, picture};
use crate::fields::Edits;
use crate::gate::Denial;
use crate::policy::{Brand, with_url};
use crate::request::CanonicalUrl;

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) denial: &'a Denial,
    pub(super) asker: &'a Asker<'a>,
    pub(super) words: &'static Words,
    pub(super) look: &'a Look,
}

/// A brand, its style sheet, and the policy that lets a browser apply this one and nothing else.
#[derive(Debug)]
pub(super) struct Look {
    brand: Brand,
    sheet: String,
    content_security_policy: String,
}

/// `--ground` and `--ink` of the style sheet, in light and in dark.
const LIGHT: [Color; 2] = [Color([0xfd, 0xfd, 0xfb]), Color([0x1a, 0x19, 0x17])];
const DARK: [Color; 2] = [Color([0x14, 0x14, 0x16]), Color([0xf4, 0xf3, 0xf0])];

impl Look {
    pub(super) fn of(brand: Brand) -> Self {
        let color = Color::parse(&brand.color);
        let [light, dark] = [LIGHT, DARK].map(|[ground, ink]| color.standing_out(ground, ink));
        let sheet = format!(
            "{}:root{{--brand:{color};--on-brand:{};--edge:{light}}}\
             @media(prefers-color-scheme:dark){{:root{{--edge:{dark}}}}}",
            include_str!("../../www/refusal.css"),
            color.ink_on(),
        );
        // In the alphabet of RFC 4648 section 4. Of a second encoder, half a KB would be seen.
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&sheet));
        let hash = hash.replace('-', "+").replace('_', "/");
        let server = brand.logo.as_deref().and_then(server_of).unwrap_or_default();
        let content_security_policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}='; img-src data:{server}; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { brand, sheet, content_security_policy }
    }
}

/// The server of an `https:` URL as a further source expression.
fn server_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    Some(format!(" https://{}", rest.split(['/', '?', '#', ';', ',']).next()?))
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal<'a> {
    words: &'static Words,
    message: &'static Message,
    picture: &'static str,
    brand: &'a Brand,
    sheet: &'a str,
    sign_in: Option<String>,
    retry: bool,
    code: &'static str,
    request_id: &'a str,
}

impl Page<'_> {
    /// The fields that only pages have.
    pub(super) fn fields(&self, fields: &mut Edits) {
        fields.set("content-security-policy", self.look.content_security_policy.clone());
        fields.set("cross-origin-opener-policy", "same-origin");
        fields.set("x-frame-options", "DENY");
    }

    pub(super) fn html(&self) -> String {
        let remedy = Remedy::of(self.denial);
        let refusal = Refusal {
            words: self.words,
            message: self.words.message(self.denial),
            picture: picture::of(self.denial),
            brand: &self.look.brand,
            sheet: &self.look.sheet,
            sign_in: self.sign_in(remedy),
            retry: remedy == Remedy::TryAgain,
            code: self.denial.code(),
            request_id: self.asker.request_id,
        };
        let usual_length = self.look.sheet.len().saturating_add(USUAL_LENGTH);
        let mut html = String::with_capacity(usual_length);
        // Rendering into a string cannot fail.
        _ = refusal.render_into(&mut html);
        html
    }

    /// The sign-in link, where signing in (again) is what helps.
    fn sign_in(&self, remedy: Remedy) -> Option<String> {
        let link = self.look.brand.sign_in.as_deref().filter(|_| remedy == Remedy::SignIn)?;
        let url = self.asker.url;
        let front_page = (url.len() > MAX_RETURN_ADDRESS).then(|| CanonicalUrl::front_page(url));
        let url = match &front_page {
            None => url,
            Some(site) => site.as_ref().map_or("", CanonicalUrl::as_str),
        };
        Some(with_url(link, &utf8_percent_encode(url, COMPONENT).to_string()))
    }
}

/// Bytes of a page beside its style sheet, without pictures.
const USUAL_LENGTH: usize = 2500;

/// Bytes of an address that people are led back to. A longer one would be refused on its way, and
/// make the page heavy: they come back to the front page.
const MAX_RETURN_ADDRESS: usize = 2000;

/// Everything but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_has_the_colours_that_are_reckoned_with() {
        let sheet = include_str!("../../www/refusal.css");
        for [ground, ink] in [LIGHT, DARK] {
            assert!(sheet.contains(&format!("--ground:{ground};--ink:{ink};")));
        }
    }

    #[test]
    fn a_logo_is_allowed_from_its_own_place_only() {
        let own = Some(" https://cdn.example.com".to_owned());
        assert_eq!(server_of("data:image/png;base64,AAAA"), None);
        assert_eq!(server_of("https://cdn.example.com/a;b/logo.svg"), own);
        assert_eq!(server_of("https://cdn.example.com"), own);
    }
}
