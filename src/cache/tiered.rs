//! What the gate and the cached entrypoint tell each other, with Workers Cache between them.
//!
//! The gate admits a request and hands it over; the cached entrypoint runs when nothing is stored. It
//! asks the origin and says in fields of its own what may be done with the answer.

use crate::fields::{Edits, Headers};

use super::copy::{kept, recorded, restored, stored_copy};
use super::vary::normalized;
use super::{Record, Storing};

/// The request that an answer was made for. If that is another one, the answer was stored.
const MADE_FOR: &str = "turnpike-made-for";

/// Stands in place of an answer that the origin did not give.
const UNANSWERED: &str = "turnpike-unanswered";

/// The tags that an answer is stored with.
const TAGS: &str = "turnpike-tags";

/// How a request for the origin changes for the store. It compares what answers vary by to the
/// letter, so what means the same is made the same.
pub fn tiered_request(request: &dyn Headers, request_id: &str, tags: &str) -> Edits {
    const LANGUAGE: &str = "accept-language";
    let mut edits = Edits::default();
    // The store has no eye for them: what they make of an answer would be given to others.
    edits.remove(&["cookie"]);
    if let Some(languages) = request.get(LANGUAGE) {
        edits.set(LANGUAGE, normalized(LANGUAGE, &languages));
    }
    edits.set(MADE_FOR, request_id.to_owned());
    edits.set(TAGS, tags.to_owned());
    edits
}

/// The fields of the origin's answer for the store, and through it for the gate.
pub fn tiered_copy(answer: &dyn Headers, storing: &Storing, request: &dyn Headers) -> Edits {
    let told = |name| request.get(name).unwrap_or_default().into_owned();
    let mut edits = match storing {
        Storing::Store(record, variance) => {
            let mut edits = stored_copy(answer, record, &told(TAGS));
            edits.set("cache-control", lifetimes(record));
            if !variance.is_empty() {
                edits.set("vary", variance.to_field());
            }
            edits
        }
        Storing::Skip(_) => {
            let mut edits = kept(answer);
            edits.set("cache-control", "no-store");
            edits
        }
    };
    edits.set(MADE_FOR, told(MADE_FOR));
    edits
}

/// The fields of what the cached entrypoint gives when the origin does not answer. The store takes it
/// for an error, and serves what is stale in its place if it may.
pub fn tiered_failure(request: &dyn Headers) -> Edits {
    let mut edits = Edits::default();
    edits.set("cache-control", "no-store");
    edits.set(MADE_FOR, request.get(MADE_FOR).unwrap_or_default().into_owned());
    edits.set(UNANSWERED, "1");
    edits
}

/// Without `stale-if-error`, Workers Cache would serve a stale answer for as long as there are errors.
fn lifetimes(record: &Record) -> String {
    let Record { fresh_for, while_revalidating, if_error, .. } = record;
    format!(
        "public, max-age={fresh_for}, stale-while-revalidate={while_revalidating}, stale-if-error={if_error}"
    )
}

/// An answer as the gate gets it, with the changes that make it that of the origin again.
#[derive(Debug, PartialEq, Eq)]
pub enum Tiered {
    /// It was made for this very request.
    Made(Edits),
    /// It was stored; its age is not among the changes.
    Stored(Record, Edits),
    /// The origin did not answer.
    Unanswered,
    /// It is none of these, so the cached entrypoint did not make it.
    Foreign,
}

impl Tiered {
    /// What the answer to a request is.
    pub fn of(answer: &dyn Headers, request_id: &str) -> Self {
        let is_for_us = answer.get(MADE_FOR).is_some_and(|id| id == request_id);
        match recorded(answer) {
            _ if is_for_us && answer.get(UNANSWERED).is_some() => Self::Unanswered,
            _ if is_for_us => Self::Made(restored(answer)),
            Some(record) => Self::Stored(record, restored(answer)),
            None => Self::Foreign,
        }
    }
}
