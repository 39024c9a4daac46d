//! Which pages of other origins may read our answers: `cors`.

use super::reader::Field;
use crate::uri;

/// Whose scripts may read the answers the filter makes, and ask for what is protected (the Fetch
/// standard's CORS protocol).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Scheme, host and port as browsers write them; none for any origin.
    origins: Vec<String>,
    credentials: bool,
    max_age: u64,
}

impl Cors {
    /// For what anyone may read.
    pub const ANYONE: Self = Self { origins: Vec::new(), credentials: false, max_age: 3600 };

    /// What `Access-Control-Allow-Origin` says to this origin, `None` where it is nothing.
    pub fn allowed<'o>(&self, origin: &'o str) -> Option<&'o str> {
        if self.allows_any() {
            return Some("*");
        }
        self.lists(origin).then_some(origin)
    }

    /// Whether pages of this very origin may act with the cookies of whoever has them open.
    pub fn lends_cookies(&self, origin: &str) -> bool {
        self.credentials && self.lists(origin)
    }

    fn lists(&self, origin: &str) -> bool {
        self.origins.iter().any(|listed| listed == origin)
    }

    /// Whether every origin is allowed, so that answers do not differ by it.
    pub fn allows_any(&self) -> bool {
        self.origins.is_empty()
    }

    /// Whether requests may come with cookies.
    pub fn credentials(&self) -> bool {
        self.credentials
    }

    /// For how many seconds a browser may remember what a preflight was told.
    pub fn max_age(&self) -> u64 {
        self.max_age
    }
}

pub(super) fn read(field: &Field<'_, '_>) -> Option<Cors> {
    let table = field.table()?;
    let mut origins = table.required("origins").map_or_else(Vec::new, |field| {
        let origins = field.texts(origin);
        if origins.iter().any(|origin| origin == ANY) && origins.len() > 1 {
            field.problem("`*` is every origin: list it alone, or leave it out");
            return Vec::new();
        }
        origins
    });
    let credentials = table.optional("credentials").is_some_and(|field| {
        let allowed = field.boolean();
        // The Fetch standard forbids it: any page could act for whoever has it open.
        if allowed && origins.iter().any(|origin| origin == ANY) {
            field.problem("cookies cannot be allowed for `*`: list the origins");
        }
        allowed
    });
    let max_age = table.integer("max_age", 0..=86_400, 600);
    table.close()?;
    origins.retain(|origin| origin != ANY);
    Some(Cors { origins, credentials, max_age })
}

const ANY: &str = "*";

/// An origin to the letter: browsers send it in lower case, without a path and without the usual
/// port. `null` is nobody in particular, and never listed.
fn origin(text: &str) -> Result<String, String> {
    if text == ANY {
        return Ok(text.to_owned());
    }
    let uri = uri::secure(text)?;
    let usual = if uri.scheme == "https" { ":443" } else { ":80" };
    let written = format!("{}://{}", uri.scheme, uri.authority);
    if text == written && text == text.to_ascii_lowercase() && !text.ends_with(usual) {
        Ok(written)
    } else {
        Err(format!(
            "`{text}` is not an origin as browsers send it: lower case, no path, no final slash, \
             no usual port, like https://app.example.com"
        ))
    }
}
