//! Clock, randomness, globals.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{self, Poll, Waker};

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::Response;
use worker::Context;

use crate::time::UnixTime;

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

/// The same context, for a task that outlives the call.
pub(super) fn same(context: &Context) -> Context {
    let context: &JsValue = AsRef::<worker::worker_sys::Context>::as_ref(context);
    Context::new(context.clone().unchecked_into())
}

/// Does something that nobody waits for, and that goes on when the client leaves.
pub(super) fn in_background(context: &Context, task: impl Future<Output = ()> + 'static) {
    outlive(
        context,
        &begin(async {
            task.await;
            Ok(JsValue::UNDEFINED)
        }),
    );
}

/// Begins a task.
pub(super) fn begin(task: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    // Boxed, so that the code around it is there once: 3 KB each.
    let task: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(task);
    future_to_promise(AssertUnwindSafe(task))
}

/// Keeps the platform from ending with the request what has begun.
fn outlive(context: &Context, promise: &Promise) {
    // Fails only where there is nothing to outlive.
    _ = context.as_ref().wait_until(promise);
}

/// What comes of a task: itself where nothing has to be waited for, or a promise of it.
///
/// What waits goes on to its end, even when the client leaves. The platform would stop in the middle,
/// for ever, and what had been taken of Wasm's memory until then would never be given back: whoever
/// asks and leaves, again and again, would use it up.
pub(super) fn at_once_or_later(
    context: &Context,
    task: impl Future<Output = Result<Response, JsValue>> + 'static,
) -> Result<JsValue, JsValue> {
    let mut task: Pin<Box<dyn Future<Output = Result<Response, JsValue>>>> = Box::pin(task);
    // Nobody need wake it: the promise asks once more, and a future wakes who asked last.
    match task.as_mut().poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => response.map(JsValue::from),
        Poll::Pending => {
            let promise = begin(async { task.await.map(JsValue::from) });
            outlive(context, &promise);
            Ok(promise.into())
        }
    }
}

/// Waits so many milliseconds. `worker::Delay` wakes whoever asked first, not whoever asked last, and
/// [`at_once_or_later`] is two.
pub(super) async fn pause(milliseconds: i32) {
    let over = Promise::new(&mut |resolve, _| {
        // Fails only where there are no timers.
        _ = global().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = JsFuture::from(over).await;
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
