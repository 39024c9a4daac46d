//! Waiting: a task is a future, carried on by `task.js` whenever the promise has come that it waits
//! for.
//!
//! It waits for one promise at a time, so nothing has to be woken or queued: with an executor and
//! wakers, a request that is passed on took 5 % longer.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as Waiting, Poll, Waker};

use js_sys::Promise;
use slab::Slab;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsGeneric, JsValue};
use worker::Context;

#[wasm_bindgen(module = "/src/edge/task.js")]
extern "C" {
    fn carried(awaited: &JsValue, go_on: &JsValue, task: usize) -> Promise;
}

/// What came of a promise, or of a task.
type Outcome = Result<JsValue, JsValue>;

type Task = Pin<Box<dyn Future<Output = Outcome>>>;

/// Tasks that wait, by the number by which they are known in JavaScript. One that is asked at this
/// moment is not in its place.
type Tasks = RefCell<Slab<Option<Task>>>;

/// As many tasks begin in a lot.
const LOT: usize = 16;

/// Tasks that began one after another, carried on by one closure.
///
/// The platform may stop a task in the middle, for ever. When it has stopped all that wait in a lot,
/// JavaScript collects the closure, and what the tasks had taken is given back with it. A closure for
/// each task would take longer: each is written down in a `FinalizationRegistry`.
struct Lot {
    tasks: Rc<Tasks>,
    /// [`go_on`] with one of these tasks, as JavaScript calls it.
    go_on: JsValue,
    /// How many more tasks begin in it.
    room: usize,
}

impl Lot {
    fn new() -> Self {
        let tasks = Rc::<Tasks>::default();
        let waiting = Rc::clone(&tasks);
        let go_on: Box<dyn Fn(usize, bool, JsValue) -> Outcome> =
            Box::new(move |number, is_good, outcome| go_on(&waiting, number, is_good, outcome));
        let go_on = Closure::wrap_assert_unwind_safe(go_on).into_js_value();
        Self { tasks, go_on, room: LOT }
    }
}

thread_local! {
    /// Where the next task begins.
    static NEXT: RefCell<Lot> = RefCell::new(Lot::new());
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

/// Asks a task: for what came of it, or for what it waits for next.
fn ask(task: &mut Task) -> Result<Outcome, Promise> {
    match task.as_mut().poll(&mut Waiting::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Ok(outcome),
        Poll::Pending => Err(AWAITED.take().unwrap_or_else(|| Promise::resolve(&JsValue::NULL))),
    }
}

/// Goes on with a task that waited, now that this has come: gives a promise of what it waits for next,
/// or what came of it, which is no promise.
fn go_on(tasks: &Tasks, number: usize, is_good: bool, outcome: JsValue) -> Outcome {
    let task = tasks.borrow_mut().get_mut(number).and_then(Option::take);
    let Some(mut task) = task else { return Ok(JsValue::UNDEFINED) };
    CAME.set(Some(if is_good { Ok(outcome) } else { Err(outcome) }));
    match ask(&mut task) {
        Ok(outcome) => {
            tasks.borrow_mut().try_remove(number);
            outcome
        }
        Err(awaited) => {
            if let Some(place) = tasks.borrow_mut().get_mut(number) {
                *place = Some(task);
            }
            Ok(awaited.into())
        }
    }
}

/// Carries a task on, when this has come.
fn carry(awaited: &JsValue, task: Task) -> Promise {
    NEXT.with_borrow_mut(|lot| {
        if lot.room == 0 {
            *lot = Lot::new();
        }
        lot.room = lot.room.saturating_sub(1);
        let number = lot.tasks.borrow_mut().insert(Some(task));
        carried(awaited, &lot.go_on, number)
    })
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
/// for ever, and what had been taken of Wasm's memory until then would not be given back before the
/// next full garbage collection: see [`Lot`].
pub(super) fn at_once_or_later(
    context: &Context,
    task: impl Future<Output = Outcome> + 'static,
) -> Outcome {
    let mut task: Task = Box::pin(task);
    match ask(&mut task) {
        Ok(outcome) => outcome,
        Err(awaited) => {
            let promise = carry(&awaited, task);
            outlive(context, &promise);
            Ok(promise.into())
        }
    }
}
