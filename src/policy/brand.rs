//! What the pages look like.

use super::hosts::{self, address};
use super::reader::{Field, Table};
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
    /// A `data:image/...` URL.
    pub favicon: Option<String>,
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
            favicon: None,
            support: None,
            sign_in: None,
        }
    }
}

/// The brand of some hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostBrand {
    /// Their names; no other brand has them.
    pub hosts: Vec<String>,
    /// What their pages look like.
    pub brand: Brand,
}

pub(super) fn read(field: &Field<'_, '_>) -> Brand {
    let Some(table) = field.table() else { return Brand::default() };
    let brand = members(&table);
    table.close();
    brand
}

/// A sign-in link with an address in place of each `{url}`.
pub fn with_url(link: &str, url: &str) -> String {
    let mut parts = link.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.strip_prefix("url}") {
            Some(rest) => filled.extend([url, rest]),
            None => filled.extend(["{", part]),
        }
    }
    filled
}

/// A list of brands, each with its hosts, which must be among those `served`, if those are known.
pub(super) fn read_all(field: &Field<'_, '_>, served: Option<&[String]>) -> Vec<HostBrand> {
    let mut brands: Vec<HostBrand> = Vec::new();
    field.each(&mut |item| {
        let Some(table) = item.table() else { return };
        let free_host = |item: &Field<'_, '_>| {
            let host = item.parsed(hosts::name)?;
            if served.is_some_and(|served| !hosts::cover(served, &host)) {
                item.problem("is not among `hosts`, so it is never served");
            } else if brands.iter().any(|brand| brand.hosts.contains(&host)) {
                item.problem("has a brand already");
            } else {
                return Some(host);
            }
            None
        };
        let hosts = table.required("hosts").map(|field| field.list_of(free_host));
        let brand = members(&table);
        table.close();
        brands.push(HostBrand { hosts: hosts.unwrap_or_default(), brand });
    });
    brands
}

fn members(table: &Table<'_, '_>) -> Brand {
    let string = |name, parse: fn(&str) -> Result<String, String>| {
        table.optional(name).map(|field| field.string(parse))
    };
    let usual = Brand::default();
    let name = table.required("name").and_then(|field| field.text());
    Brand {
        name: name.unwrap_or_default().to_owned(),
        color: string("color", color).unwrap_or(usual.color),
        logo: string("logo", |text| link(text, "data:image/")),
        favicon: string("favicon", favicon),
        support: string("support", |text| link(text, "mailto:")),
        sign_in: string("sign_in", sign_in),
    }
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
        address(text)
    } else {
        Err(format!("must be a {other}... or an https: URL"))
    }
}

fn favicon(text: &str) -> Result<String, String> {
    if text.starts_with("data:image/") {
        Ok(text.to_owned())
    } else {
        Err("must be a data:image/... URL: the page asks no server for it".to_owned())
    }
}

fn sign_in(text: &str) -> Result<String, String> {
    // `{url}` becomes escapes, which no host has.
    uri::secure(&with_url(text, "%")).map(|_| text.to_owned()).map_err(|_| {
        format!("`{text}` must be an https: URL without a user name, and `{{url}}` may only stand behind the host")
    })
}
