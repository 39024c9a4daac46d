//! Whether the answers of a route may be stored, and who shares them: `cache` and `ttl`.

use serde_json::Value;

use super::reader::Field;

/// Whether answers may be stored at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caching {
    /// Never.
    Off,
    /// Among the requests of one partition.
    On {
        /// Who shares a stored answer.
        partition: Partition,
        /// Freshness lifetime in seconds; `None` is what the origin says.
        ttl: Option<u64>,
    },
}

/// Who shares a stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Partition {
    /// Everyone who may have it.
    Shared,
    /// One subject of one issuer.
    Subject,
    /// Those of one issuer whose tokens have the same values of these claims.
    Claims(Vec<String>),
}

/// `off`, `shared`, `subject`, or one or several of `claim:NAME`.
pub(super) fn read(field: &Field<'_, '_>, ttl: Option<&Field<'_, '_>>) -> Option<Caching> {
    let is_claim = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(CLAIM));
    let partition = match field.value() {
        Value::Array(_) => Partition::Claims(field.texts(claim_name)?),
        value if is_claim(value) => Partition::Claims(vec![field.parsed(claim_name)?]),
        _ => match field.one_of(&[
            ("off", Word::Off),
            ("shared", Word::Shared),
            ("subject", Word::Subject),
        ])? {
            Word::Off => return Some(Caching::Off),
            Word::Shared => Partition::Shared,
            Word::Subject => Partition::Subject,
        },
    };
    let ttl = match ttl {
        None => None,
        Some(field) => Some(field.integer(1..=31_536_000)?),
    };
    Some(Caching::On { partition, ttl })
}

/// The values of `cache` that are words of their own.
#[derive(Clone, Copy)]
enum Word {
    Off,
    Shared,
    Subject,
}

const CLAIM: &str = "claim:";

/// The name of a claim, which also becomes part of a header field's name.
fn claim_name(text: &str) -> Result<String, String> {
    let is_word = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
    match text.strip_prefix(CLAIM) {
        Some(name) if is_word(name) => Ok(name.to_owned()),
        _ => Err(format!("`{text}` must be `claim:` and a name of letters, digits, `_` and `-`")),
    }
}
