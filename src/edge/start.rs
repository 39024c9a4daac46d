//! The beginning and the end of an instance. After a panic there is a new one for the next request:
//! what the last one held cannot be relied on.
//!
//! It stands in for the crate `worker`, whose classes for every product of the platform would be
//! exported whether they are used or not.

use std::panic;

use wasm_bindgen::JsValue;
use wasm_bindgen::handler::{schedule_reinit, set_on_abort};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/edge/start.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = state)]
    static STATE: JsValue;

    fn begin();
    fn end(why: &str);
}

#[wasm_bindgen(start)]
fn start() {
    begin();
    // Where the instance is left without a word, as when its memory is used up.
    set_on_abort(schedule_reinit);
    panic::set_hook(Box::new(|panic| end(&format!("Rust panic: {panic}"))));
}

/// Asked for by worker-build.
#[expect(unreachable_pub, reason = "wasm-bindgen exports it")]
#[wasm_bindgen(js_name = "__worker_init_state")]
pub fn state() -> JsValue {
    STATE.with(JsValue::clone)
}
