//! What arrived: the canonical URL, the credentials, and what kind of answer is wanted.

mod authority;
mod bearer;
mod believed;
mod cookies;
mod credentials;
mod language;
mod letters;
mod negotiation;
mod preflight;
mod quality;
mod reading;
mod segment;
mod subprotocol;
mod trace;
mod unicode;
mod url;

use crate::fields::Headers;
pub use believed::{folded, is_forged, is_of_cloudflare, is_reserved};
pub use cookies::{cookie_name, cookie_pairs};
pub use credentials::{Credential, CredentialFault, CredentialSource, is_ambient, present};
pub use language::Language;
pub use negotiation::Form;
pub use preflight::Preflight;
pub use reading::free_reading;
pub use segment::{Ambiguity, canonical_segment};
pub use subprotocol::{FIELD as SUBPROTOCOLS, is_websocket, without_tokens};
pub use trace::{RequestId, TraceId};
pub use url::CanonicalUrl;

/// The fields that [`Form::wanted`] and [`Language::wanted`] read, as in `Vary`.
pub const ASKER_FIELDS: &str =
    "Accept-Language, Accept, Content-Type, Sec-Fetch-Dest, Sec-Fetch-Mode";

/// The part of a request that decisions are made on.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method, case-sensitive.
    pub method: &'a str,
    /// The absolute URL, as the platform gives it.
    pub url: &'a str,
    /// The header fields.
    pub headers: &'a dyn Headers,
}
