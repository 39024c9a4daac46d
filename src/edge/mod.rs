//! The adapter to Cloudflare Workers: all I/O, in one straight line.
//!
//! [`fetch`] admits a request and serves it. What is decided is decided by the core; here is only
//! waiting, for keys, for `WebCrypto`, for the cache, for the origin.

mod answer;
mod assertion;
mod body;
mod cache;
mod headers;
mod keys;
mod log;
mod origin;
mod platform;
#[cfg(feature = "probe")]
mod probe;
mod serve;
mod site;
mod tiered;
mod webcrypto;

use std::convert::Infallible;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use worker::{Context, Env, event};

use crate::gate::{Denial, Permit, Screening, screen};
use crate::request::Head;
use headers::Fields;
use log::Line;
use serve::{Visit, serve};
use site::Site;

/// One request on its way through.
struct Exchange {
    request: web_sys::Request,
    method: String,
    url: String,
    headers: Fields,
    request_id: String,
}

impl Exchange {
    /// What decisions are made on.
    fn head(&self) -> Head<'_> {
        Head { method: &self.method, url: &self.url, headers: &self.headers }
    }
}

/// It cannot fail: what `worker` has for errors would be a twentieth of the Worker.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> Result<web_sys::Response, Infallible> {
    let headers = Fields(request.headers());
    let request_id = platform::request_id(&headers);
    let (method, url) = (request.method(), request.url());
    let exchange = Rc::new(Exchange { request, method, url, headers, request_id });
    let response = platform::to_the_end(&context, answered(&exchange, env, &context)).await;
    Ok(response.unwrap_or_else(|_| answer::unanswerable()))
}

/// The answer, and its log line.
async fn answered(
    exchange: &Rc<Exchange>,
    env: Env,
    context: &Context,
) -> Result<web_sys::Response, JsValue> {
    let mut line = Line::of(exchange);
    let response = match site::of(&env) {
        Ok(site) => match site.answers.unasked(&site.policy, &exchange.head()) {
            Some(answer) => answer::respond(&answer),
            None => match answer_to(exchange, site, env, context, &mut line).await {
                Ok(response) => Ok(response),
                Err(denial) => {
                    line.denied(&denial);
                    answer::build(&site.answers, Some(&site.policy), &denial, exchange)
                }
            },
        },
        Err(unusable) => {
            log::problems(&unusable.problems, exchange);
            line.denied(&Denial::Misconfigured);
            answer::build(&unusable.answers, None, &Denial::Misconfigured, exchange)
        }
    };
    line.write(response.as_ref().map_or(500, web_sys::Response::status));
    response
}

async fn answer_to(
    exchange: &Rc<Exchange>,
    site: &'static Site,
    env: Env,
    context: &Context,
    line: &mut Line,
) -> Result<web_sys::Response, Denial> {
    let permit = admit(exchange, site, context).await?;
    line.route = permit.route().name();
    let visit = Visit { exchange: Rc::clone(exchange), site, permit, env };
    serve(&Rc::new(visit), context, line).await
}

/// Before anything else: may this request pass?
async fn admit(
    exchange: &Exchange,
    site: &'static Site,
    context: &Context,
) -> Result<Permit<'static>, Denial> {
    match screen(&site.policy, &exchange.head(), platform::now()) {
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
