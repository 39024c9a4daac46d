//! What a valid token must carry to pass a route.

use super::reader::{Field, Table};

/// Who may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever shows a valid token that also meets this.
    Protected(Requirement),
}

/// What a valid token must carry besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirement {
    /// Scopes (RFC 6749 section 3.3), all of them.
    pub scopes: Vec<String>,
    /// Authentication contexts, one of which the token's `acr` must name (RFC 9470 section 3); none
    /// where any will do. The first is preferred.
    pub acr_values: Vec<String>,
    /// Seconds after the token's `auth_time` for which it is enough (RFC 9470 section 3).
    pub max_age: Option<u64>,
}

/// Reads `access`, `scopes`, `acr_values` and `max_age` of a route.
pub(super) fn read(table: &Table<'_, '_>) -> Option<Access> {
    let public = table
        .optional("access")
        .map_or(Some(false), |field| field.one_of(&[("public", true), ("protected", false)]));
    let only_with_token = |name: &'static str, what: &str| {
        let field = table.optional(name)?;
        if public == Some(true) {
            field.problem(format!("a public route asks for no token, so it cannot ask for {what}"));
        }
        Some(field)
    };
    let words = |field: Option<Field<'_, '_>>, what: &str| {
        let read =
            |field: Field<'_, '_>| field.list_of(|item| item.parsed(|text| word(text, what)));
        field.map_or(Some(Vec::new()), read)
    };
    let scopes = words(only_with_token("scopes", "scopes"), "scope");
    let acr_values = words(only_with_token("acr_values", "a way to sign in"), "acr value");
    let max_age = match only_with_token("max_age", "a time of signing in") {
        None => Some(None),
        Some(field) => field.integer(0..=31_536_000).map(Some),
    };
    if public? {
        return Some(Access::Public);
    }
    Some(Access::Protected(Requirement {
        scopes: scopes?,
        acr_values: acr_values?,
        max_age: max_age?,
    }))
}

/// A scope-token of RFC 6749 section 3.3. An `acr` is looked for in a list of the same form.
pub(super) fn word(text: &str, what: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
        Ok(text.to_owned())
    } else {
        Err(format!("must be one {what}: ASCII without spaces, quotes and backslashes"))
    }
}
