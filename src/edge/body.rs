//! Reading a body to its end, or not at all.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, Response};

/// A whole body. Its bytes stay with the platform: the memory of Wasm never shrinks again.
pub(super) struct Body(Array);

/// Why there is no whole body.
pub(super) enum Broken {
    /// It broke off, or was never there.
    Off,
    /// It is longer than allowed.
    TooLong,
}

impl From<JsValue> for Broken {
    fn from(_: JsValue) -> Self {
        Self::Off
    }
}

/// Reads a body of at most so many bytes; what is longer is not read on.
pub(super) async fn collect(response: &Response, limit: usize) -> Result<Body, Broken> {
    let chunks = Array::new();
    let Some(stream) = response.body() else {
        return Ok(Body(chunks));
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut left = limit;
    loop {
        let result = JsFuture::from(reader.read()).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            return Ok(Body(chunks));
        }
        let chunk: Uint8Array = Reflect::get(&result, &"value".into())?.dyn_into()?;
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        let Some(rest) = left.checked_sub(length) else {
            // Nobody waits for the outcome; what matters is that the rest is not read.
            let _ = reader.cancel();
            return Err(Broken::TooLong);
        };
        left = rest;
        chunks.push(&chunk);
    }
}

impl Body {
    /// A copy of its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|chunk| chunk.unchecked_into::<Uint8Array>().to_vec()).collect()
    }

    /// The same as a body to send; `None` when it is empty, as it must be with 204.
    pub(super) fn blob(&self) -> Result<Option<Blob>, JsValue> {
        let is_empty = self.0.length() == 0;
        (!is_empty).then(|| Blob::new_with_u8_array_sequence(&self.0)).transpose()
    }
}
