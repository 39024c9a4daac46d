//! To the origin and back.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Request, RequestCache, RequestInit, Response};
use worker::Env;

use super::headers::Reply;
use super::serve::Visit;
use super::site::Site;
use super::task::settled;
use super::{assertion, headers, log, platform};
use crate::gate::Denial;
use crate::origin::{self, ASSERTION, AUTH_STATUSES, Purpose, ZoneCache};
use crate::policy::Origin;

/// Sends the request on; bodies stream, redirects come back as they are.
pub(super) async fn ask(visit: &Visit, purpose: &Purpose) -> Result<Reply, Denial> {
    let Visit { exchange, site, permit, env, .. } = visit;
    let assertion = assertion::of(visit).await?;
    let request = forwarded(visit, purpose, assertion.as_deref());
    let zone_cache = origin::zone_cache(permit.route(), permit.is_handshake());
    let asked = async { send(&request?, zone_cache, site, env).await };
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

/// Sends a request that is ready for the origin.
pub(super) async fn send(
    request: &Request,
    zone_cache: ZoneCache,
    site: &Site,
    env: &Env,
) -> Result<Response, JsValue> {
    match site.policy.origin() {
        Origin::Own | Origin::Url(_) => {
            let init = past_zone_cache(zone_cache)?;
            let promise = platform::global().fetch_with_request_and_init(request, &init);
            settled(promise).await?.dyn_into()
        }
        Origin::Binding(name) => through(&Reflect::get(env, &name.into())?, request).await,
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
pub(super) fn forwarded(
    visit: &Visit,
    purpose: &Purpose,
    assertion: Option<&str>,
) -> Result<Request, JsValue> {
    let Visit { exchange, site, permit, .. } = visit;
    let url = origin::url(&site.policy, permit);
    let mut edits = origin::request(&site.policy, permit, &exchange.headers, purpose);
    if let Some(assertion) = assertion {
        edits.set(ASSERTION, assertion.to_owned());
    }
    // What comes of a request for the store is for others too: it must not end when its client leaves.
    let is_relayed = matches!(purpose, Purpose::Relay);
    headers::forwarded(&url, &exchange.request, is_relayed, &edits)
}

#[wasm_bindgen]
extern "C" {
    /// What a binding to a service is, and another entrypoint.
    type Service;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Service, request: &Request) -> Result<JsValue, JsValue>;
}

/// Has a service, or another entrypoint, answer a request.
pub(super) async fn through(service: &JsValue, request: &Request) -> Result<Response, JsValue> {
    let promise = service.unchecked_ref::<Service>().fetch(request)?;
    settled(promise.dyn_into::<Promise>()?).await?.dyn_into()
}
