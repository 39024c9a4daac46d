//! What may be stored, under which key, and what is said about it.

mod directives;
mod key;
mod status;
mod storage;

pub use directives::Directives;
pub use key::CacheKey;
pub use status::CacheStatus;
pub use storage::{INTERNAL_FIELDS, MAX_STORED_BYTES, Skip, Storing, decide, restore, stored_copy};
