//! An origin that changes the protocol: from here on, the client and it have a `WebSocket`
//! (RFC 6455).

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Response;

use super::headers::Reply;
use super::log;
use super::serve::{Visit, broken};
use crate::gate::Denial;
use crate::origin::selects_token;

#[wasm_bindgen(module = "/src/edge/relay.js")]
extern "C" {
    /// The answer with a socket that is closed at `end`, in seconds after 1970.
    #[wasm_bindgen(catch)]
    fn relayed(answer: &Response, end: u64) -> Result<Response, JsValue>;
}

/// The answer as it leaves: with a socket that ends when the token does, if there is one.
pub(super) fn leave(visit: &Visit, answer: Reply) -> Result<Response, Denial> {
    if selects_token(&visit.site.policy, &answer) {
        log::failure("the origin selects the subprotocol that stands in front of a token");
        return Err(Denial::OriginUnreachable);
    }
    match visit.permit.expires_at() {
        // The socket hangs on this very object.
        None => Ok(answer.into_source()),
        Some(end) => relayed(answer.source(), end.0).map_err(broken),
    }
}
