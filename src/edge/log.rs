//! One JSON line per request, and one for each thing an operator has to look at.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use super::{Exchange, platform};
use crate::cache::CacheStatus;
use crate::gate::Denial;
use crate::keys::{KeyFault, KeyName, Refusal};
use crate::log::Line;
use crate::policy::{Problem, Pseudonym};

/// What is written about one request.
#[derive(Default)]
pub(super) struct Entry {
    denial: Option<Denied>,
    /// What a route that only reports would have said.
    pub(super) would_deny: Option<Denied>,
    pub(super) outcome: Outcome,
    pub(super) route: &'static str,
    pub(super) issuer: Option<&'static str>,
    pub(super) key: Option<KeyName>,
    pub(super) subject: Option<Pseudonym>,
    pub(super) cache: Option<CacheStatus>,
}

/// What became of a request at the gate.
#[derive(Clone, Copy, Default)]
pub(super) enum Outcome {
    #[default]
    Denied,
    /// It was for everybody, and for us to answer.
    Answered,
    Passed,
}

/// Code and reason of a denial.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Denied {
    code: &'static str,
    reason: Option<&'static str>,
}

impl Denied {
    pub(super) fn by(denial: &Denial) -> Self {
        Self { code: denial.code(), reason: denial.reason() }
    }
}

impl Entry {
    pub(super) fn denied(&mut self, denial: &Denial) {
        self.denial = Some(Denied::by(denial));
    }

    pub(super) fn write(&self, exchange: &Exchange, status: u16) {
        let outcome = match (self.outcome, &self.would_deny) {
            (Outcome::Denied, _) => "denied",
            (Outcome::Answered, _) => "answered",
            (Outcome::Passed, Some(_)) => "would_deny",
            (Outcome::Passed, None) => "passed",
        };
        let denied = self.denial.or(self.would_deny);
        let line = about("request", exchange)
            .with("method", &method(&exchange.method))
            .with("outcome", &outcome)
            .with("status", &u64::from(status))
            .with_any("route", Some(&self.route).filter(|route| !route.is_empty()))
            .with_any("code", denied.as_ref().map(|denied| &denied.code))
            .with_any("reason", denied.and_then(|denied| denied.reason).as_ref())
            .with_any("issuer", self.issuer.as_ref())
            .with_any("key", self.key.as_ref())
            .with_any("subject", self.subject.as_ref())
            .with_any("cache", self.cache.map(|cache| cache.word()).as_ref());
        emit(line.with("outside_ms", &exchange.outside.get()));
    }
}

/// Words of ours, so that no client chooses what stands here.
fn method(method: &str) -> &'static str {
    const METHODS: [&str; 8] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("other")
}

fn about(event: &'static str, exchange: &Exchange) -> Line {
    let line = Line::of(event).with("request_id", &exchange.request_id);
    line.with_any("trace_id", exchange.trace_id.as_ref())
}

/// What is wrong with the configuration.
pub(super) fn problems(problems: &[Problem], exchange: &Exchange) {
    emit(about("misconfigured", exchange).with("problems", problems));
}

/// What is wrong with the configuration that is to come.
pub(super) fn problems_of_next(problems: &[Problem]) {
    emit(Line::of("next_misconfigured").with("problems", problems));
}

/// What one policy made of a request: the route, and what is said if not yes.
pub(super) type Judged = (&'static str, Option<Denied>);

thread_local! {
    /// How many requests both policies judged in this isolate, and how many of them differently.
    static COMPARED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// What two policies make of a request.
pub(super) fn compare(present: Judged, next: Judged, exchange: &Exchange) {
    let (compared, different) = COMPARED.get();
    let (compared, different) =
        (compared.saturating_add(1), different.saturating_add(u64::from(present != next)));
    COMPARED.set((compared, different));
    if present == next {
        return;
    }
    let verdict = |(_, denied): Judged| denied.map_or("passed", |denied| denied.code);
    let reason = |(_, denied): Judged| denied.and_then(|denied| denied.reason);
    let line = about("difference", exchange)
        .with("route", &present.0)
        .with("verdict", &verdict(present))
        .with_any("reason", reason(present).as_ref())
        .with("next_route", &next.0)
        .with("next_verdict", &verdict(next))
        .with_any("next_reason", reason(next).as_ref())
        .with("different", &different);
    emit(line.with("compared", &compared));
}

/// Something about an issuer's keys.
pub(super) fn keys(issuer: &'static str, what: &'static str) {
    emit(Line::of("keys").with("issuer", &issuer).with("what", &what));
}

/// A key of an issuer that is not used. One that should never have been published is an alarm:
/// whoever read it can sign tokens.
pub(super) fn key_refused(issuer: &'static str, refusal: Refusal) {
    let event = if refusal.why == KeyFault::Private { "alarm" } else { "keys" };
    emit(Line::of(event).with("issuer", &issuer).with("what", &refusal));
}

/// Something that failed on the platform's side, in words of ours.
pub(super) fn failure(what: &'static str) {
    emit(Line::of("failure").with("what", &what));
}

/// Waits for something outside, and counts the milliseconds towards those of the request.
pub(super) async fn timed<T>(exchange: &Exchange, outside: impl Future<Output = T>) -> T {
    let began = platform::milliseconds();
    let outcome = outside.await;
    let passed = platform::milliseconds().saturating_sub(began);
    exchange.outside.set(exchange.outside.get().saturating_add(passed));
    outcome
}

fn emit(line: Line) {
    web_sys::console::log_1(&JsValue::from_str(&line.finish()));
}
