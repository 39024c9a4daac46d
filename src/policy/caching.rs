//! Whether the answers of a route may be stored, who shares them, and for how long: `cache`, `ttl`
//! and `stale_if_error`.

use super::reader::Field;
use crate::json::Value;

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
        /// For how many seconds a stale answer may stand in for an origin that fails, where the
        /// origin does not say (RFC 5861 section 4).
        stale_if_error: u64,
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

/// Where answers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// In the data centre that asked for them: the Cache API.
    Colo,
    /// In several tiers of data centres, in front of an entrypoint of our own: Workers Cache.
    Tiered,
}

/// `off`, `shared`, `subject`, or one or several of `claim:NAME`.
pub(super) fn read(
    field: &Field<'_, '_>,
    ttl: Option<&Field<'_, '_>>,
    stale_if_error: Option<&Field<'_, '_>>,
) -> Caching {
    let ttl = ttl.map(|field| field.integer(1..=31_536_000));
    let stale_if_error = stale_if_error.map_or(0, |field| field.integer(1..=2_592_000));
    let is_claim = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(CLAIM));
    let partition = match field.value() {
        Value::Array(_) => Partition::Claims(field.texts(claim_name)),
        value if is_claim(value) => Partition::Claims(vec![field.string(claim_name)]),
        _ => match field.one_of([
            ("off", Word::Off),
            ("shared", Word::Shared),
            ("subject", Word::Subject),
            // For the message alone: what begins like that was read above.
            ("claim:NAME", Word::Off),
        ]) {
            Some(Word::Off) => return Caching::Off,
            Some(Word::Subject) => Partition::Subject,
            Some(Word::Shared) | None => Partition::Shared,
        },
    };
    Caching::On { partition, ttl, stale_if_error }
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
