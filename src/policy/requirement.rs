//! What a valid token must carry to pass a route.

use super::condition::{self, Condition};
use super::issuer::{self, Known};
use super::reader::Table;

/// Who may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone who shows no token, and whoever shows a valid one that also meets this.
    Optional(Requirement),
    /// Whoever shows a valid token that also meets this.
    Protected(Requirement),
}

impl Access {
    /// What a token that is shown must carry; `None` where none is looked at.
    pub fn requirement(&self) -> Option<&Requirement> {
        match self {
            Self::Public => None,
            Self::Optional(requirement) | Self::Protected(requirement) => Some(requirement),
        }
    }
}

/// What a valid token must carry besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirement {
    /// Issuers, one of which the token must be of; none where any will do.
    pub issuers: Vec<String>,
    /// What else it must say.
    pub condition: Condition,
    /// The scopes [to ask for](Condition::scopes_to_ask_for), separated by spaces.
    pub scope: String,
    /// Authentication contexts, one of which the token's `acr` must name (RFC 9470 section 3); none
    /// where any will do. The first is preferred.
    pub acr_values: Vec<String>,
    /// Seconds after the token's `auth_time` for which it is enough (RFC 9470 section 3).
    pub max_age: Option<u64>,
}

/// Reads `access` and all that a route can ask of a token. `known` are the issuers of the policy.
pub(super) fn read(table: &Table<'_, '_>, known: Known<'_>) -> Access {
    let kind = table.optional("access").and_then(|field| {
        field.one_of([
            ("public", Kind::Public),
            ("optional", Kind::Optional),
            ("protected", Kind::Protected),
        ])
    });
    let only_with_token = |name: &'static str| {
        let field = table.optional(name)?;
        if kind == Some(Kind::Public) {
            let what = match name {
                "any_scope" => "scopes",
                "require" => "what one says",
                "acr_values" => "a way to sign in",
                "max_age" => "a time of signing in",
                other => other,
            };
            field
                .problem(&format!("a public route asks for no token, so it cannot ask for {what}"));
        }
        Some(field)
    };
    let issuers = only_with_token("issuers").map(|field| issuer::named(&field, known));
    let issuers = issuers.unwrap_or_default();
    let mut parts = condition::lists(&only_with_token);
    let of_route = Known { issuers: &issuers, whose: "the route's" };
    let known = if issuers.is_empty() { known } else { of_route };
    parts.extend(only_with_token("require").and_then(|field| condition::read(&field, known)));
    let acr_values = only_with_token("acr_values").map(|field| field.texts(acr_value));
    let max_age = only_with_token("max_age").map(|field| field.integer(0..=31_536_000));
    let condition = Condition::All(parts);
    let requirement = Requirement {
        issuers,
        scope: condition.scopes_to_ask_for().join(" "),
        condition,
        acr_values: acr_values.unwrap_or_default(),
        max_age,
    };
    match kind {
        Some(Kind::Public) => Access::Public,
        Some(Kind::Optional) => Access::Optional(requirement),
        Some(Kind::Protected) | None => Access::Protected(requirement),
    }
}

/// The words of `access`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Optional,
    Protected,
}

/// A scope-token of RFC 6749 section 3.3.
pub(super) fn scope(text: &str) -> Result<String, String> {
    word(text, "scope")
}

/// An `acr` stands in a list of the same form (RFC 9470 section 3).
fn acr_value(text: &str) -> Result<String, String> {
    word(text, "acr value")
}

fn word(text: &str, what: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
        Ok(text.to_owned())
    } else {
        Err(format!("must be one {what}: ASCII without spaces, quotes and backslashes"))
    }
}
