//! What the pages look like.

use super::reader::Field;
use crate::uri;

/// Name, colour and links of whoever runs the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The name people know the site by.
    pub name: String,
    /// `#rgb` or `#rrggbb`.
    pub color: String,
    /// A `data:image/...` or `https:` URL.
    pub logo: Option<String>,
    /// A `mailto:` or `https:` URL.
    pub support: Option<String>,
    /// Where people sign in; `{url}` stands for the address they wanted.
    pub sign_in: Option<String>,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "Protected content".to_owned(),
            color: "#2f5d50".to_owned(),
            logo: None,
            support: None,
            sign_in: None,
        }
    }
}

pub(super) fn read(field: &Field<'_, '_>) -> Option<Brand> {
    let table = field.table()?;
    let default = Brand::default();
    let name = table.required("name").and_then(|field| field.text().map(str::to_owned));
    let color = table.optional("color").map_or(Some(default.color), |field| field.parsed(color));
    let optional = |name, parse: fn(&str) -> Result<String, String>| match table.optional(name) {
        None => Some(None),
        Some(field) => field.parsed(parse).map(Some),
    };
    let logo = optional("logo", |text| link(text, "data:image/"));
    let support = optional("support", |text| link(text, "mailto:"));
    let sign_in = optional("sign_in", sign_in);
    table.close();
    Some(Brand { name: name?, color: color?, logo: logo?, support: support?, sign_in: sign_in? })
}

fn color(text: &str) -> Result<String, String> {
    match text.strip_prefix('#') {
        Some(digits)
            if matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(format!("`{text}` is not a colour like #0b5fff")),
    }
}

/// An `https:` URL, or one that begins with `other`.
fn link(text: &str, other: &str) -> Result<String, String> {
    if text.starts_with(other) {
        Ok(text.to_owned())
    } else if text.starts_with("https:") {
        uri::secure(text).map(|_| text.to_owned())
    } else {
        Err(format!("must be a {other}... or an https: URL"))
    }
}

fn sign_in(text: &str) -> Result<String, String> {
    // `{url}` is ours and no part of a URL; the rest must be one.
    uri::secure(&text.replace("{url}", ""))
        .map(|_| text.to_owned())
        .map_err(|_| format!("`{text}` must be an https: URL without a user name"))
}
