//! To the origin and back.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RequestCache, RequestInit, Response};
use worker::Env;

use super::headers::{Question, Reply};
use super::serve::Visit;
use super::site::Site;
use super::task::settled;
use super::{assertion, log};
use crate::gate::Denial;
use crate::origin::{self, ASSERTION, AUTH_STATUSES, Purpose, ZoneCache};
use crate::policy::Origin;

/// Sends the request on; bodies stream, redirects come back as they are.
pub(super) async fn ask(visit: &Visit, purpose: &Purpose) -> Result<Reply, Denial> {
    let Visit { exchange, site, permit, env, .. } = visit;
    let assertion = assertion::of(visit).await?;
    let question = question(visit, purpose, assertion.as_deref());
    let zone_cache = origin::zone_cache(permit.route(), permit.is_handshake());
    let asked = send(&question, zone_cache, site, env);
    let answer = log::timed(exchange, asked).await.map_err(|_| {
        log::failure("the origin does not answer");
        Denial::OriginUnreachable
    })?;
    // To what was asked for whole, without conditions, a 304 is no answer: it has no body.
    if answer.status() == 304 && matches!(purpose, Purpose::Store(it) if it.set.is_empty()) {
        log::failure("the origin answers 304 to a request without conditions");
        return Err(Denial::OriginUnreachable);
    }
    Ok(Reply::of(answer))
}

/// Sends a question to the origin.
pub(super) async fn send(
    question: &Question<'_>,
    zone_cache: ZoneCache,
    site: &Site,
    env: &Env,
) -> Result<Response, JsValue> {
    match site.policy.origin() {
        Origin::Own | Origin::Url(_) => {
            answered(question.ask(&JsValue::UNDEFINED, &past_zone_cache(zone_cache)?)?).await
        }
        Origin::Binding(name) => through(&Reflect::get(env, &name.into())?, question).await,
    }
}

fn past_zone_cache(zone_cache: ZoneCache) -> Result<RequestInit, JsValue> {
    let init = RequestInit::new();
    match zone_cache {
        ZoneCache::Bypassed => init.set_cache(RequestCache::NoStore),
        ZoneCache::Usual => {
            let never = Object::new();
            for status in AUTH_STATUSES {
                Reflect::set(&never, &status.to_string().into(), &(-1).into())?;
            }
            let cf = Object::new();
            Reflect::set(&cf, &"cacheTtlByStatus".into(), &never)?;
            Reflect::set(&init, &"cf".into(), &cf)?;
        }
    }
    Ok(init)
}

/// The request as the origin is to get it.
pub(super) fn question<'q>(
    visit: &'q Visit,
    purpose: &Purpose,
    assertion: Option<&str>,
) -> Question<'q> {
    let Visit { exchange, site, permit, .. } = visit;
    let mut edits = origin::request(&site.policy, permit, &exchange.headers, purpose);
    if let Some(assertion) = assertion {
        edits.set(ASSERTION, assertion.to_owned());
    }
    Question {
        url: origin::url(&site.policy, permit),
        request: &exchange.request,
        // What comes of a request for the store is for others too: it must not end when its client
        // leaves.
        is_whole: matches!(purpose, Purpose::Relay),
        edits,
    }
}

/// Has a service, or another entrypoint, answer.
pub(super) async fn through(
    service: &JsValue,
    question: &Question<'_>,
) -> Result<Response, JsValue> {
    answered(question.ask(service, &RequestInit::new())?).await
}

async fn answered(promise: JsValue) -> Result<Response, JsValue> {
    settled(promise.dyn_into::<Promise>()?).await?.dyn_into()
}
