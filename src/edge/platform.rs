//! Clock, randomness, globals.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::WorkerGlobalScope;
use worker::Context;

use super::task::settled;
use crate::time::UnixTime;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: WorkerGlobalScope;
}

/// The scope of the Worker. `js_sys::global` would look for it under three more names.
pub(super) fn global() -> WorkerGlobalScope {
    GLOBAL.with(WorkerGlobalScope::clone)
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

/// The same context, for a task that outlives the call.
pub(super) fn same(context: &Context) -> Context {
    let context: &JsValue = AsRef::<worker::worker_sys::Context>::as_ref(context);
    Context::new(context.clone().unchecked_into())
}

/// Waits so many milliseconds.
pub(super) async fn pause(milliseconds: i32) {
    let over = Promise::new(&mut |resolve, _| {
        // Fails only where there are no timers.
        _ = global().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = settled(over).await;
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
