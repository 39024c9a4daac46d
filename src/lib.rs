//! Turnpike.
#[cfg(target_family = "wasm")]
mod edge;
pub mod gate;
pub mod keys;
#[cfg(not(target_family = "wasm"))]
pub mod native;
pub mod policy;
pub mod request;
pub mod time;
pub mod token;
