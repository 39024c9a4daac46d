//! The native suite: no network, no clock, no platform.

#![allow(
    clippy::assigning_clones,
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::single_match_else,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::allow_attributes,
    unreachable_pub,
    missing_docs,
    reason = "a test that panics is a test that fails, and nobody links a test"
)]

#[allow(dead_code, reason = "each suite uses its part of it")]
#[path = "../support/mod.rs"]
mod support;

mod answers;
mod assertion;
mod cases;
mod compile_fail;
mod configuration;
mod cors;
mod decisions;
mod identity;
mod invalidation;
mod json;
mod properties;
mod requirements;
mod resource;
mod routes;
mod site;
mod storing;
mod tidy;
mod websocket;
