//! The adapter to Cloudflare Workers: all I/O, in one straight line.
//!
//! [`fetch`] admits a request and serves it. What is decided is decided by the core; here is only
//! waiting, for keys, for `WebCrypto`, for the cache, for the origin.

mod answer;
mod body;
mod cache;
mod headers;
mod keys;
mod log;
mod origin;
mod platform;
#[cfg(feature = "probe")]
mod probe;
mod site;
mod webcrypto;

use wasm_bindgen::JsValue;
use worker::{Context, Env, event};

use crate::cache::{CacheKey, CacheStatus, Storing};
use crate::gate::{Denial, Permit, Screening, screen};
use crate::request::Head;
use headers::Fields;
use log::Line;
use site::Site;

/// One request on its way through.
struct Exchange {
    request: web_sys::Request,
    method: String,
    url: String,
    headers: Fields,
    request_id: String,
}

#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    let headers = Fields(request.headers());
    let request_id = platform::request_id(&headers);
    let (method, url) = (request.method(), request.url());
    let exchange = Exchange { request, method, url, headers, request_id };
    let response = platform::to_the_end(&context, answered(&exchange, &env, &context)).await;
    response.map_err(worker::Error::from)
}

/// The answer, and its log line.
async fn answered(
    exchange: &Exchange,
    env: &Env,
    context: &Context,
) -> Result<web_sys::Response, JsValue> {
    let mut line = Line::of(exchange);
    let response = match site::of(env) {
        Ok(site) => match answer_to(exchange, site, env, context, &mut line).await {
            Ok(response) => Ok(response),
            Err(denial) => {
                line.denied(&denial);
                answer::build(&site.answers, &denial, exchange)
            }
        },
        Err(unusable) => {
            log::problems(&unusable.problems, exchange);
            line.denied(&Denial::Misconfigured);
            answer::build(&unusable.answers, &Denial::Misconfigured, exchange)
        }
    };
    line.write(response.as_ref().map_or(500, web_sys::Response::status));
    response
}

async fn answer_to(
    exchange: &Exchange,
    site: &'static Site,
    env: &Env,
    context: &Context,
    line: &mut Line,
) -> Result<web_sys::Response, Denial> {
    let permit = admit(exchange, site, context).await?;
    line.route = permit.route().name();
    serve(exchange, site, &permit, env, context, line).await
}

/// Before anything else: may this request pass?
async fn admit(
    exchange: &Exchange,
    site: &'static Site,
    context: &Context,
) -> Result<Permit<'static>, Denial> {
    let head = Head { method: &exchange.method, url: &exchange.url, headers: &exchange.headers };
    match screen(&site.policy, &head, platform::now()) {
        Screening::Open(permit) => Ok(permit),
        Screening::Denied(denial) => Err(denial),
        Screening::Presented(presentation) => {
            let ring = keys::ring_for(&presentation, &site.policy, context).await?;
            let step = presentation.check(ring.set())?;
            let verdict = webcrypto::verify(&step, &ring).await?;
            step.conclude(verdict)
        }
    }
}

/// From the cache, or from the origin and then into the cache.
async fn serve(
    exchange: &Exchange,
    site: &'static Site,
    permit: &Permit<'static>,
    env: &Env,
    context: &Context,
    line: &mut Line,
) -> Result<web_sys::Response, Denial> {
    let key = CacheKey::of(permit);
    if let Some(key) = &key
        && let Some((response, status)) = cache::lookup(key, exchange).await
    {
        line.cache = Some(status);
        return Ok(response);
    }
    let arrived = origin::ask(&site.policy, permit, exchange, env).await?;
    let now = platform::now();
    let fields = Fields(arrived.headers());
    let status = CacheStatus::of(permit, key.as_ref(), arrived.status(), &fields, now);
    line.cache = Some(status);
    if let Some(key) = CacheKey::invalidated_by(permit, arrived.status()) {
        cache::forget(key, context);
    }
    let leaving = origin::release(&site.policy, permit, exchange, arrived, status)?;
    if let (Some(key), CacheStatus::Miss(Storing::Store { ttl, age })) = (key, status) {
        cache::store(key, &leaving, (ttl, age), now, context);
    }
    Ok(leaving)
}
