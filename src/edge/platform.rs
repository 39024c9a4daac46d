//! Clock, randomness, globals.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::time::UnixTime;

#[wasm_bindgen]
extern "C" {
    /// Variables, secrets and bindings, by their names.
    pub(crate) type Env;

    /// What a request is for the platform: what it goes on for, and as what it was called.
    #[derive(Clone)]
    pub(crate) type Context;

    #[wasm_bindgen(method, js_name = waitUntil)]
    fn wait_until(this: &Context, promise: &Promise);
}

/// The scope of the Worker.
pub(super) fn global() -> web_sys::WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// The time of the last I/O, which is what the platform's clock shows, in milliseconds after 1970.
pub(super) fn milliseconds() -> u64 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the platform's clock shows milliseconds after 1970, far below 2^53"
    )]
    let milliseconds = js_sys::Date::now() as u64;
    milliseconds
}

/// The same in seconds.
pub(super) fn now() -> UnixTime {
    UnixTime(milliseconds() / 1000)
}

/// Does something that nobody waits for, and that goes on when the client leaves.
pub(super) fn in_background(context: &Context, task: impl Future<Output = ()> + 'static) {
    context.wait_until(&begin(async {
        task.await;
        Ok(JsValue::UNDEFINED)
    }));
}

/// Begins a task.
pub(super) fn begin(task: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    // Boxed, so that the code around it is there once: 3 KB each.
    let task: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(task);
    future_to_promise(AssertUnwindSafe(task))
}

/// Does something to its end, even when the client leaves. The platform would stop in the middle,
/// for ever, and what had been taken of Wasm's memory until then would never be given back: whoever
/// asks and leaves, again and again, would use it up.
pub(super) async fn to_the_end<T>(context: &Context, task: impl Future<Output = T>) -> T {
    let mut end = None;
    let ended = JsFuture::from(Promise::new(&mut |resolve, _| end = Some(resolve)));
    in_background(context, async move { _ = ended.await });
    let outcome = task.await;
    if let Some(end) = end {
        _ = end.call0(&JsValue::UNDEFINED);
    }
    outcome
}

/// Waits for so many milliseconds.
pub(super) async fn pause(milliseconds: i32) {
    let timer = Promise::new(&mut |resolve, _| {
        // There is always room for one more timer.
        _ = global().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = JsFuture::from(timer).await;
}

/// Calls a function of an object with one argument. What stands for a service takes every name for
/// one of its own methods, `call` too, so a function of it cannot be asked to call itself.
pub(super) fn call(object: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let function = Reflect::get(object, &name.into())?;
    if !function.is_function() {
        return Err(function);
    }
    Reflect::apply(function.unchecked_ref::<Function>(), object, &Array::of1(argument))
}

/// A word that was never used before; empty when the platform has no randomness.
pub(super) fn random_word() -> String {
    global().crypto().map_or_else(|_| String::new(), |crypto| crypto.random_uuid())
}
