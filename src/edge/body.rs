//! Reading a body to its end, or not at all.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, ReadableStream, ReadableStreamDefaultReader, Response};

use super::platform;
use super::task::settled;
use crate::time::UnixTime;

#[wasm_bindgen(module = "/src/edge/body.js")]
extern "C" {
    fn whole(body: &ReadableStream, length: usize) -> Promise;
}

/// A whole body. Its bytes stay with the platform: the memory of Wasm never shrinks again.
pub(super) struct Body {
    chunks: Array,
    /// In bytes; [`HELD`] knows of it.
    length: Rc<Cell<usize>>,
}

thread_local! {
    /// When each body began to be read, and how much of it there is.
    static HELD: RefCell<Vec<(UnixTime, Rc<Cell<usize>>)>> = const { RefCell::new(Vec::new()) };
}

/// The platform may stop a task in the middle, for ever. A body that is not read to its end by then
/// counts no more.
const LOST_AFTER_SECONDS: u64 = 60;

/// What all bodies hold at this moment, in bytes.
fn held() -> usize {
    let now = platform::now();
    HELD.with_borrow_mut(|held| {
        held.retain(|(began, length)| {
            Rc::strong_count(length) > 1 && now.since(*began) < LOST_AFTER_SECONDS
        });
        held.iter().map(|(_, length)| length.get()).sum()
    })
}

/// Why there is no whole body.
pub(super) enum Broken {
    /// It broke off, or was never there.
    Off,
    /// It is longer than allowed.
    TooLong,
    /// There is no room for it beside the others.
    Crowded,
}

impl From<JsValue> for Broken {
    fn from(_: JsValue) -> Self {
        Self::Off
    }
}

/// Reads a body of at most so many bytes, while all bodies together hold no more than `room`; what
/// is longer is not read on.
pub(super) async fn collect(
    response: &Response,
    limit: usize,
    room: usize,
) -> Result<Body, Broken> {
    let body = Body { chunks: Array::new(), length: Rc::default() };
    HELD.with_borrow_mut(|held| held.push((platform::now(), Rc::clone(&body.length))));
    let Some(stream) = response.body() else {
        return Ok(body);
    };
    // Nobody waits for the outcome of `cancel`; what matters is that the rest is not read.
    if let Some(length) = declared(response) {
        if let Err(broken) = body.reserve(length, limit, room) {
            let _ = stream.cancel();
            return Err(broken);
        }
        // Chunks and services may bring more or less than is declared.
        body.chunks.push(&settled(whole(&stream, length)).await?);
        return Ok(body);
    }
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let result = settled(reader.read()).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array = Reflect::get(&result, &"value".into())?.dyn_into()?;
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        if let Err(broken) = body.reserve(length, limit, room) {
            let _ = reader.cancel();
            return Err(broken);
        }
        body.chunks.push(&chunk);
    }
}

/// How many bytes there should be, where that is said. The platform then reads them in one go: 1 MB in
/// pieces takes three times as long, each of them being a promise. What is coded becomes longer
/// when it is read.
fn declared(response: &Response) -> Option<usize> {
    let fields = response.headers();
    let of = |name| fields.get(name).ok().flatten();
    let length = of("content-length").filter(|_| of("content-encoding").is_none())?.parse().ok();
    // Nobody reads on where nothing is to come, and what comes then would be waited for, for ever.
    length.filter(|length| *length > 0)
}

impl Body {
    /// Makes room for so many more bytes.
    fn reserve(&self, length: usize, limit: usize, room: usize) -> Result<(), Broken> {
        let whole = self.length.get().saturating_add(length);
        if whole > limit {
            return Err(Broken::TooLong);
        }
        if held().saturating_add(length) > room {
            return Err(Broken::Crowded);
        }
        self.length.set(whole);
        Ok(())
    }

    /// A copy of its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|chunk| chunk.unchecked_into::<Uint8Array>().to_vec()).collect()
    }

    /// The same as a body to send; `None` when it is empty, as it must be with 204.
    pub(super) fn blob(&self) -> Result<Option<Blob>, JsValue> {
        let is_empty = self.length.get() == 0;
        (!is_empty).then(|| Blob::new_with_u8_array_sequence(&self.chunks)).transpose()
    }
}
