//! Header fields of the platform.

use wasm_bindgen::JsValue;
use web_sys::{ReadableStream, Response, ResponseInit};

use crate::fields::{Edits, Headers};

/// The fields of a request or a response.
pub(super) struct Fields(pub(super) web_sys::Headers);

impl Headers for Fields {
    fn get(&self, name: &str) -> Option<String> {
        // Fails only for what is no field name, and ours all are.
        self.0.get(name).ok().flatten()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().into_iter().filter_map(|name| name.ok()?.as_string()).collect()
    }
}

/// Carries out changes. A value that cannot stand in a field is an error of the caller's.
pub(super) fn apply(edits: &Edits, fields: &web_sys::Headers) -> Result<(), JsValue> {
    for name in &edits.remove {
        fields.delete(name)?;
    }
    for (name, value) in &edits.set {
        fields.set(name, value)?;
    }
    Ok(())
}

/// The same response with another status, body and fields; those of a fetched one cannot be changed
/// in place.
pub(super) fn rebuilt(
    response: &Response,
    status: u16,
    body: Option<&ReadableStream>,
    edits: &Edits,
) -> Result<Response, JsValue> {
    Response::new_with_opt_readable_stream_and_init(body, &init(response, status, edits)?)
}

/// Status and fields for a response like this one.
pub(super) fn init(
    response: &Response,
    status: u16,
    edits: &Edits,
) -> Result<ResponseInit, JsValue> {
    let headers = web_sys::Headers::new_with_headers(&response.headers())?;
    apply(edits, &headers)?;
    let init = ResponseInit::new();
    init.set_status(status);
    if status == response.status() {
        init.set_status_text(&response.status_text());
    }
    init.set_headers(&headers);
    Ok(init)
}
