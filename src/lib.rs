//! Turnpike.
pub mod answer;
pub mod cache;
#[cfg(target_family = "wasm")]
mod edge;
pub mod fields;
pub mod gate;
pub mod keys;
#[cfg(not(target_family = "wasm"))]
pub mod native;
pub mod origin;
pub mod policy;
pub mod request;
pub mod time;
pub mod token;
