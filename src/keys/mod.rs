//! Key sets: which keys are usable, which one a token is checked with, and when to fetch again.

mod discovery;
mod freshness;
mod jwk;
mod name;
mod set;
mod signing;
mod small_order;

pub use discovery::{jwks_uri, metadata_urls};
pub use freshness::{History, MAX_SET_BYTES, Plan, max_age, plan};
pub use jwk::{KeyFault, VerifyingKey};
pub use name::KeyName;
pub use set::{KeySet, NotAKeySet, Refusal};
pub use signing::SigningKey;
