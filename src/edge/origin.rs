//! To the origin and back.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestCache, RequestInit, RequestRedirect, Response};
use worker::Env;

use super::headers::apply;
use super::serve::Visit;
use super::{log, platform};
use crate::gate::Denial;
use crate::origin::{self, AUTH_STATUSES, Purpose, ZoneCache};
use crate::policy::Origin;

/// Sends the request on; bodies stream, redirects come back as they are.
pub(super) async fn ask(visit: &Visit, purpose: &Purpose) -> Result<Response, Denial> {
    let asked = async {
        let request = forwarded(visit, purpose)?;
        let promise = match visit.site.policy.origin() {
            Origin::Own | Origin::Url(_) => {
                let init = past_zone_cache(origin::zone_cache(&visit.permit))?;
                platform::global().fetch_with_request_and_init(&request, &init)
            }
            Origin::Binding(name) => through(&visit.env, name, &request)?,
        };
        JsFuture::from(promise).await?.dyn_into::<Response>()
    };
    asked.await.map_err(|_| {
        log::failure("the origin does not answer");
        Denial::OriginUnreachable
    })
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

fn forwarded(visit: &Visit, purpose: &Purpose) -> Result<Request, JsValue> {
    let Visit { exchange, site, permit, .. } = visit;
    let url = origin::url(&site.policy, permit);
    let request = match purpose {
        // `new Request(url, request)` takes over method, body, redirect mode and fields.
        Purpose::Relay => {
            let init: &RequestInit = exchange.request.unchecked_ref();
            Request::new_with_str_and_init(&url, init)?
        }
        // What comes of this one is for others too: it must not end when its client leaves.
        Purpose::Store(_) => {
            let init = RequestInit::new();
            init.set_redirect(RequestRedirect::Manual);
            init.set_headers(&exchange.request.headers());
            Request::new_with_str_and_init(&url, &init)?
        }
    };
    let edits = origin::request(&site.policy, permit, &exchange.headers, purpose);
    apply(&edits, &request.headers())?;
    Ok(request)
}

fn through(env: &Env, name: &str, request: &Request) -> Result<Promise, JsValue> {
    let binding = Reflect::get(env, &name.into())?;
    let fetch: Function = Reflect::get(&binding, &"fetch".into())?.dyn_into()?;
    fetch.call1(&binding, request)?.dyn_into()
}
