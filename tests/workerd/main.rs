//! The suite in real workerd, by `wrangler dev`: real HTTP, a real origin and real key servers on
//! loopback. It needs `cargo xtask build` and the npm packages; `cargo xtask test` sees to both.

#![allow(
    clippy::assigning_clones,
    clippy::duration_suboptimal_units,
    clippy::needless_pass_by_value,
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
    clippy::print_stderr,
    unreachable_pub,
    missing_docs,
    reason = "a test that panics is a test that fails, and nobody links a test"
)]

#[allow(dead_code, reason = "each suite uses its part of it")]
#[path = "../support/mod.rs"]
mod support;

mod client;
mod corpus;
mod flow;
mod process;
mod provider;
mod readings;
mod secrets;
mod server;
mod site;
mod workerd;
mod wrangler;

mod adversarial;
mod bypass;
mod caching;
mod cases;
mod concurrent;
mod demo;
mod forms;
mod freshness;
mod hostile;
mod identity_provider;
mod key_storms;
mod keys;
mod leaving;
mod misconfigured;
mod origin;
mod recovery;
mod reporting;
mod streaming;
mod table;
mod tiered;
mod websocket;
