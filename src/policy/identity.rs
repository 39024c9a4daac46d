//! What the origin is told of who asks, besides the subject: `identity`.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::reader::Field;
use crate::json::Value;
use crate::request::{CredentialSource, folded, is_reserved};
use crate::token::{ClaimPath, Claims, TokenFault, simple_value};

/// The claims that stand in fields of the request, and what becomes of the token.
#[derive(Debug, Default)]
pub struct Identity {
    /// Names of fields, in lower case, each with the claim that stands in it.
    fields: Vec<(String, ClaimPath)>,
    keeps_token: bool,
}

/// A longer value would be refused by many servers, and never cut by us: what is left of a list of
/// groups could mean more than the whole.
const MAX_VALUE_BYTES: usize = 4096;

/// What is not visible ASCII, `%` itself, and the comma between the items of a list.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b',');

impl Identity {
    /// Whether the origin gets the token as it came, where its answer is not stored.
    pub fn keeps_token(&self) -> bool {
        self.keeps_token
    }

    /// Whether one of the fields is meant by a name, however it is [folded].
    pub fn has_field(&self, folded: &str) -> bool {
        self.fields.iter().any(|(name, _)| name == folded)
    }

    /// The fields that tell of these claims. A claim that is no string, integer or boolean, and no
    /// list of those, is not told, and neither is one without a letter.
    ///
    /// # Errors
    ///
    /// [`TokenFault::ClaimTooLong`].
    pub fn told(&self, claims: &Claims) -> Result<Vec<(String, String)>, TokenFault> {
        let mut told = Vec::new();
        for (name, claim) in &self.fields {
            match claims.at(claim).and_then(value) {
                Some(value) if value.len() > MAX_VALUE_BYTES => {
                    return Err(TokenFault::ClaimTooLong);
                }
                Some(value) if !value.is_empty() => told.push((name.clone(), value)),
                _ => {}
            }
        }
        Ok(told)
    }
}

/// The items, joined by commas; what is no list is one item.
fn value(claim: &Value) -> Option<String> {
    let items = match claim {
        Value::Array(items) => items.as_slice(),
        item => std::slice::from_ref(item),
    };
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text += &utf8_percent_encode(&simple_value(item)?, ENCODED).to_string();
    }
    Some(text)
}

/// Where there is a problem, nothing of it is used.
pub(super) fn read(field: &Field<'_, '_>, credentials: &[CredentialSource]) -> Identity {
    let mut identity = Identity::default();
    let Some(table) = field.table() else { return identity };
    if let Some(field) = table.optional("headers") {
        read_fields(&field, credentials, &mut identity.fields);
    }
    if let Some(field) = table.optional("token") {
        identity.keeps_token = field.one_of([("strip", false), ("keep", true)]) == Some(true);
    }
    table.close();
    identity
}

fn read_fields(
    field: &Field<'_, '_>,
    credentials: &[CredentialSource],
    fields: &mut Vec<(String, ClaimPath)>,
) {
    field.each_member(&mut |name, field| {
        let claim = field.parsed(ClaimPath::parse);
        let name = field_name(name).and_then(|name| {
            let is_token = |source: &CredentialSource| {
                source.header().is_some_and(|token| folded(token) == name)
            };
            if fields.iter().any(|(other, _)| *other == name) {
                Err("is given twice")
            } else if credentials.iter().any(is_token) {
                Err("is where `credentials` has the token; choose another name")
            } else {
                Ok(name)
            }
        });
        match (name, claim) {
            (Ok(name), Some(claim)) => fields.push((name, claim)),
            (Ok(_), None) => {}
            (Err(problem), _) => field.problem(problem),
        }
    });
}

/// In lower case. With `-` alone: the other spellings are those that clients could try.
fn field_name(text: &str) -> Result<String, &'static str> {
    let name = text.to_ascii_lowercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if name.is_empty() || !is_plain {
        Err("must be the name of a field in letters, digits and `-`, like X-User-Email")
    } else if is_reserved(&name) {
        Err(
            "means something else to servers, or is set by the filter; choose another name, like X-User-Email",
        )
    } else {
        Ok(name)
    }
}
