//! Turnpike: an auth filter for Cloudflare's edge.
//!
//! It verifies the token of a request **before the cache is looked up**, so that protected content
//! is served at cache speed; it makes sure that **no auth answer is ever stored by a cache**; and
//! it answers people with a page and programs with a challenge and problem details.
//!
//! A request's life, with the type that carries it from one stage to the next:
//!
//! ```text
//! Head ──screen──► Screening::Denied(Denial) ───────────────────────────► answer
//!                  Screening::Open(Permit) ─────────────────────┐
//!                  Screening::Presented(Presentation)           │
//!                      │ (waits for the issuer's keys)          │
//!                      check ──► SignatureStep                  │
//!                                  │ (waits for the signature)  │
//!                                  conclude ──► Permit ─────────┤
//!                                                               ▼
//!                        CacheKey::of(&permit) ──► cache, or origin and then cache
//! ```
//!
//! Nothing reaches the cache or the origin without a [`Permit`](gate::Permit), and only the
//! [gate] makes one. Everything but the adapters is pure and synchronous: time and keys are
//! arguments, and what comes out is a decision.
//!
//! The rooms, in reading order; each uses only those before it:
//!
//! - [`fields`], [`json`], [`log`], [`time`], [`uri`]: header fields, JSON, what may stand in the
//!   log, points in time, addresses
//! - [`request`]: what arrived: the canonical URL, the credentials, the form of answer wanted
//! - [`token`]: JOSE: a compact JWS, its header, its algorithm, its claims
//! - [`keys`]: key sets: which key verifies a token, and when to fetch again
//! - [`policy`]: what the operator asked for, parsed into a type without invalid values
//! - [`gate`]: the decision: `Screening`, `Presentation`, `Permit`, `Denial`
//! - [`cache`]: what may be stored, under which key, and what is said about it
//! - [`origin`]: what the origin is asked, and what of its answer leaves
//! - [`answer`]: what a refusal looks like
//! - `edge`: the adapter to Cloudflare Workers, and [`native`]: the one to ordinary machines

pub mod answer;
pub mod cache;
pub mod fields;
pub mod gate;
pub mod json;
pub mod keys;
pub mod log;
pub mod origin;
pub mod policy;
pub mod request;
pub mod time;
pub mod token;
pub mod uri;

#[cfg(target_family = "wasm")]
mod edge;
#[cfg(not(target_family = "wasm"))]
pub mod native;
