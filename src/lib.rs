//! Turnpike.
#[cfg(target_family = "wasm")]
mod edge;
