//! One JSON line per request, and one for each thing an operator has to look at.
//!
//! A line is made of words of ours, of names out of the policy and of the request id. Nothing that
//! could hold a token, a cookie or a claim has a way in.

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::Exchange;
use crate::cache::CacheStatus;
use crate::gate::Denial;
use crate::keys::{KeyFault, Refusal};
use crate::policy::Problem;

/// The line of one request.
pub(super) struct Line {
    request_id: String,
    method: &'static str,
    denial: Option<(&'static str, Option<&'static str>)>,
    pub(super) route: &'static str,
    pub(super) cache: Option<CacheStatus>,
}

#[derive(Serialize)]
struct Written<'a> {
    event: &'static str,
    request_id: &'a str,
    method: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    route: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<&'static str>,
}

impl Line {
    pub(super) fn of(exchange: &Exchange) -> Self {
        const METHODS: [&str; 8] =
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];
        let method = METHODS.into_iter().find(|method| *method == exchange.method);
        Self {
            request_id: exchange.request_id.clone(),
            method: method.unwrap_or("other"),
            denial: None,
            route: "",
            cache: None,
        }
    }

    pub(super) fn denied(&mut self, denial: &Denial) {
        self.denial = Some((denial.code(), denial.reason()));
    }

    pub(super) fn write(self, status: u16) {
        let (code, reason) = self.denial.unzip();
        emit(&Written {
            event: "request",
            request_id: &self.request_id,
            method: self.method,
            status,
            route: self.route,
            code,
            reason: reason.flatten(),
            cache: self.cache.map(|cache| cache.word()),
        });
    }
}

/// What is wrong with the configuration.
pub(super) fn problems(problems: &[Problem], exchange: &Exchange) {
    #[derive(Serialize)]
    struct Misconfigured<'a> {
        event: &'static str,
        request_id: &'a str,
        problems: Vec<String>,
    }
    emit(&Misconfigured {
        event: "misconfigured",
        request_id: &exchange.request_id,
        problems: problems.iter().map(ToString::to_string).collect(),
    });
}

#[derive(Serialize)]
struct Keys<'a> {
    event: &'static str,
    issuer: &'a str,
    what: &'a str,
}

/// Something about an issuer's keys.
pub(super) fn keys(issuer: &str, what: &str) {
    emit(&Keys { event: "keys", issuer, what });
}

/// A key of an issuer that is not used. One that should never have been published is an alarm:
/// whoever read it can sign tokens.
pub(super) fn key_refused(issuer: &str, refusal: Refusal) {
    let what = format!("key {}: {}", refusal.index, refusal.why);
    let event = if refusal.why == KeyFault::Private { "alarm" } else { "keys" };
    emit(&Keys { event, issuer, what: &what });
}

/// Something that failed on the platform's side, in words of ours.
pub(super) fn failure(what: &'static str) {
    #[derive(Serialize)]
    struct Failure {
        event: &'static str,
        what: &'static str,
    }
    emit(&Failure { event: "failure", what });
}

fn emit(line: &impl Serialize) {
    let line = serde_json::to_string(line).unwrap_or_default();
    web_sys::console::log_1(&JsValue::from_str(&line));
}
