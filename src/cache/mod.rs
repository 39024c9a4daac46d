//! What may be stored, under which key, what it may be used for, and what is said about it.

mod conditions;
mod copy;
mod date;
mod dictionary;
mod directives;
mod key;
mod record;
mod status;
mod storage;
mod surrogate;
mod tiered;
mod vary;

pub use conditions::{CONDITIONAL, is_not_modified, validators, wants_part};
pub use copy::{Stored, VARIANT, freshened, is_internal, restore, stored_copy, stored_variants};
pub use directives::Directives;
pub use key::CacheKey;
pub use record::{Record, Use};
pub use status::{CacheStatus, Stale, Why};
pub use storage::{MAX_STORED_BYTES, Skip, Storing, decide, decide_for};
pub use surrogate::CAPABILITY;
pub use tiered::{Tiered, tiered_copy, tiered_failure, tiered_request};
pub use vary::{Unvaryable, Variance, Variants};
