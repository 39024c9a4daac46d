//! Waiting: a task is a future, carried on by `task.js` whenever the promise has come that it waits
//! for.
//!
//! It waits for one promise at a time, so nothing has to be woken or queued: with an executor and
//! wakers, a request that is passed on took 5 % longer.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as Waiting, Poll, Waker};

use js_sys::Promise;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsGeneric, JsValue};
use worker::Context;

#[wasm_bindgen(module = "/src/edge/task.js")]
extern "C" {
    fn carried(awaited: &JsValue, go_on: JsValue) -> Promise;
}

/// What came of a promise, or of a task.
type Outcome = Result<JsValue, JsValue>;

type Task = Pin<Box<dyn Future<Output = Outcome>>>;

thread_local! {
    /// What the task waits for that was asked last.
    static AWAITED: Cell<Option<Promise>> = const { Cell::new(None) };
    /// What came of what the task waited for that is asked now.
    static CAME: Cell<Option<Outcome>> = const { Cell::new(None) };
}

/// Waits for a promise. Only tasks can: see [`begin`], [`in_background`] and [`at_once_or_later`].
pub(super) async fn settled<T: JsGeneric>(promise: Promise<T>) -> Outcome {
    let mut promise = Some(promise);
    poll_fn(move |_| match promise.take() {
        Some(promise) => {
            AWAITED.set(Some(promise.unchecked_into()));
            Poll::Pending
        }
        None => Poll::Ready(CAME.take().unwrap_or(Err(JsValue::UNDEFINED))),
    })
    .await
}

/// What the task waits for next, a promise; or what came of it, which is none.
fn go_on(task: &mut Task) -> Outcome {
    match task.as_mut().poll(&mut Waiting::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Ok(AWAITED.take().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// Carries a task on, when this has come.
fn carry(awaited: &JsValue, task: Task) -> Promise {
    let mut task = Some(task);
    let go_on = move |is_good: bool, outcome: JsValue| -> Outcome {
        let Some(mut running) = task.take() else { return Ok(JsValue::UNDEFINED) };
        CAME.set(Some(if is_good { Ok(outcome) } else { Err(outcome) }));
        let next = go_on(&mut running)?;
        // What is done is given back at once, not when JavaScript comes to collect it.
        task = next.has_type::<Promise>().then_some(running);
        Ok(next)
    };
    let go_on: Box<dyn FnMut(bool, JsValue) -> Outcome> = Box::new(go_on);
    carried(awaited, Closure::wrap_assert_unwind_safe(go_on).into_js_value())
}

/// Begins a task.
pub(super) fn begin(task: impl Future<Output = Outcome> + 'static) -> Promise {
    carry(&JsValue::UNDEFINED, Box::pin(task))
}

/// Does something that nobody waits for, and that goes on when the client leaves.
pub(super) fn in_background(context: &Context, task: impl Future<Output = ()> + 'static) {
    let task = async {
        task.await;
        Ok(JsValue::UNDEFINED)
    };
    outlive(context, &begin(task));
}

/// Keeps the platform from ending with the request what has begun.
pub(super) fn outlive(context: &Context, promise: &Promise) {
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
    task: impl Future<Output = Outcome> + 'static,
) -> Outcome {
    let mut task: Task = Box::pin(task);
    let next = go_on(&mut task)?;
    if !next.has_type::<Promise>() {
        return Ok(next);
    }
    let promise = carry(&next, task);
    outlive(context, &promise);
    Ok(promise.into())
}
