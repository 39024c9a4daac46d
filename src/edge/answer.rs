//! From an answer of the core to a response of the platform.

use wasm_bindgen::JsValue;

use super::Exchange;
use super::headers::apply;
use crate::answer::{Answer, Answers, Asker};
use crate::gate::Denial;
use crate::policy::Policy;

/// For the case that a refusal cannot be built, which the types of the policy exclude: still a
/// refusal, and still unstorable.
pub(super) fn unanswerable() -> web_sys::Response {
    let built = || {
        let headers = web_sys::Headers::new()?;
        headers.set("cache-control", "no-store")?;
        let init = web_sys::ResponseInit::new();
        init.set_status(503);
        init.set_headers(&headers);
        web_sys::Response::new_with_opt_str_and_init(None, &init)
    };
    built().unwrap_or_else(|_| web_sys::Response::error())
}

pub(super) fn build(
    answers: &Answers,
    policy: Option<&Policy>,
    denial: &Denial,
    exchange: &Exchange,
) -> Result<web_sys::Response, JsValue> {
    let asker = Asker::of(policy, &exchange.head(), exchange.request_id.as_str());
    respond(&answers.answer(denial, &asker))
}

/// An answer of the core as the platform has it.
pub(super) fn respond(answer: &Answer) -> Result<web_sys::Response, JsValue> {
    let headers = web_sys::Headers::new()?;
    apply(&answer.fields, &headers)?;
    let init = web_sys::ResponseInit::new();
    init.set_status(answer.status.as_u16());
    init.set_headers(&headers);
    let body = Some(answer.body.as_str()).filter(|body| !body.is_empty());
    web_sys::Response::new_with_opt_str_and_init(body, &init)
}
