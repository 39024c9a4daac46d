//! From an answer of the core to a response of the platform.

use wasm_bindgen::JsValue;

use super::Exchange;
use crate::answer::{Answers, Asker};
use crate::gate::Denial;
use crate::request::Form;

/// When even a refusal cannot be built, which the types of the policy exclude.
pub(super) fn none() -> web_sys::Response {
    let init = web_sys::ResponseInit::new();
    init.set_status(500);
    let response = web_sys::Response::new_with_opt_str_and_init(None, &init);
    response.unwrap_or_else(|_| web_sys::Response::error())
}

pub(super) fn build(
    answers: &Answers,
    denial: &Denial,
    exchange: &Exchange,
) -> Result<web_sys::Response, JsValue> {
    let answer = answers.answer(
        denial,
        &Asker {
            method: &exchange.method,
            url: &exchange.url,
            form: Form::wanted(&exchange.headers),
            request_id: &exchange.request_id,
        },
    );
    let headers = web_sys::Headers::new()?;
    for (name, value) in answer.headers() {
        // Only ever ASCII: see the policy and `answer`.
        headers.append(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    let init = web_sys::ResponseInit::new();
    init.set_status(answer.status().as_u16());
    init.set_headers(&headers);
    let body = Some(answer.body().as_str()).filter(|body| !body.is_empty());
    web_sys::Response::new_with_opt_str_and_init(body, &init)
}
