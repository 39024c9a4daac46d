//! The adapter to Cloudflare Workers: all I/O, in one straight line.
//!
//! [`fetch`] admits a request and serves it. What is decided is decided by the core; here is only
//! waiting, for keys, for `WebCrypto`, for the cache, for the origin.

mod answer;
mod assertion;
mod body;
mod cache;
mod headers;
mod judgement;
mod keys;
mod log;
mod origin;
mod platform;
#[cfg(feature = "probe")]
mod probe;
mod serve;
mod site;
mod socket;
mod task;
mod tiered;
mod webcrypto;

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Context, Env, worker_sys};

use crate::gate::Denial;
use crate::request::{Head, RequestId, TraceId};
use headers::Fields;
use judgement::Judgement;
use log::{Entry, Outcome};
use serve::{Visit, serve};
use site::Sites;

/// As fast as the standard library's, and 2 KB smaller.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// One request on its way through.
struct Exchange {
    request: web_sys::Request,
    method: String,
    url: String,
    headers: Fields,
    request_id: RequestId,
    trace_id: Option<TraceId>,
    /// Milliseconds that were spent on waiting for others.
    outside: Cell<u64>,
}

impl Exchange {
    /// What decisions are made on.
    fn head(&self) -> Head<'_> {
        Head { method: &self.method, url: &self.url, headers: &self.headers }
    }
}

/// The response, or a promise of it where something has to be waited for.
///
/// Without `#[event(fetch)]`, which makes a promise of everything.
#[expect(unreachable_pub, reason = "wasm-bindgen exports it")]
#[wasm_bindgen]
pub fn fetch(
    request: web_sys::Request,
    env: Env,
    context: worker_sys::Context,
) -> Result<JsValue, JsValue> {
    let ([method, url], headers) = headers::read(&request);
    let request_id = RequestId::of(&headers, platform::random_word);
    let trace_id = TraceId::of(&headers);
    let outside = Cell::default();
    let exchange =
        Rc::new(Exchange { request, method, url, headers, request_id, trace_id, outside });
    let context = Rc::new(Context::new(context));
    task::at_once_or_later(&Rc::clone(&context), async move {
        let response = answered(&exchange, env, &context).await;
        Ok(response.unwrap_or_else(|_| answer::unanswerable()).into())
    })
}

/// The answer, and its log line.
async fn answered(
    exchange: &Rc<Exchange>,
    env: Env,
    context: &Context,
) -> Result<web_sys::Response, JsValue> {
    let mut entry = Entry::default();
    let response = match site::of(&env) {
        Ok(sites) => {
            if let Some(answer) = sites.of_nobody().unasked(exchange) {
                entry.outcome = Outcome::Answered;
                answer::respond(&answer)
            } else {
                let judgement = judgement::of(exchange, sites, context).await;
                let (site, found) = (judgement.site, judgement.found);
                match serve_if(judgement, exchange, sites, env, context, &mut entry).await {
                    Ok(response) => Ok(response),
                    Err(denial) => {
                        entry.denied(&denial);
                        answer::build(&site.answers, Some(&site.policy), found, &denial, exchange)
                    }
                }
            }
        }
        Err(unusable) => {
            log::problems(&unusable.problems, exchange);
            entry.denied(&Denial::Misconfigured);
            answer::build(&unusable.answers, None, None, &Denial::Misconfigured, exchange)
        }
    };
    entry.write(exchange, response.as_ref().map_or(500, web_sys::Response::status));
    response
}

/// What the judgement leads to, if it is favourable.
async fn serve_if(
    judgement: Judgement,
    exchange: &Rc<Exchange>,
    sites: &'static Sites,
    env: Env,
    context: &Context,
    entry: &mut Entry,
) -> Result<web_sys::Response, Denial> {
    entry.route = judgement.route;
    entry.would_deny = judgement.would_deny;
    (entry.issuer, entry.key) = (judgement.issuer, judgement.key);
    let (site, permit) = (judgement.site, judgement.permit?);
    entry.outcome = Outcome::Passed;
    if let (Some(key), Some(principal)) = (site.policy.log_key(), permit.principal()) {
        entry.subject = Some(key.pseudonym(&principal.issuer, &principal.subject));
    }
    let visit = Visit { exchange: Rc::clone(exchange), site, sites, permit, env };
    serve(&Rc::new(visit), context, entry).await
}
