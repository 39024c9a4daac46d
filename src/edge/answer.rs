//! From an answer of the core to a response of the platform.

use wasm_bindgen::JsValue;

use super::Exchange;
use super::headers::made;
use crate::answer::{Answer, Answers, Asker};
use crate::fields::Edits;
use crate::gate::Denial;
use crate::policy::{Policy, Route};

/// For the case that a refusal cannot be built, which the types of the policy exclude: still a
/// refusal, and still unstorable.
pub(super) fn unanswerable() -> web_sys::Response {
    let mut fields = Edits::default();
    fields.set("cache-control", "no-store");
    made(503, "", &fields).unwrap_or_else(|_| web_sys::Response::error())
}

pub(super) fn build(
    answers: &Answers,
    policy: Option<&Policy>,
    route: Option<&Route>,
    denial: &Denial,
    exchange: &Exchange,
) -> Result<web_sys::Response, JsValue> {
    let asker = Asker::on(policy, route, &exchange.head(), exchange.request_id.as_str());
    respond(&answers.answer(denial, &asker))
}

/// An answer of the core as the platform has it.
pub(super) fn respond(answer: &Answer) -> Result<web_sys::Response, JsValue> {
    made(answer.status.as_u16(), &answer.body, &answer.fields)
}
