//! To the origin and back.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, Request, RequestCache, RequestInit, Response, ResponseInit};
use worker::Env;

use super::headers::{Fields, apply};
use super::{Exchange, log, platform};
use crate::cache::CacheStatus;
use crate::fields::{Edits, Headers};
use crate::gate::{Denial, Permit};
use crate::origin::{self, AUTH_STATUSES, ZoneCache};
use crate::policy::{Origin, Policy};

/// Sends the request on; bodies stream, redirects come back as they are.
pub(super) async fn ask(
    policy: &Policy,
    permit: &Permit<'_>,
    exchange: &Exchange,
    env: &Env,
) -> Result<Response, Denial> {
    let asked = async {
        let request = forwarded(policy, permit, exchange)?;
        let promise = match policy.origin() {
            Origin::Own | Origin::Url(_) => {
                let init = past_zone_cache(origin::zone_cache(permit))?;
                platform::global().fetch_with_request_and_init(&request, &init)
            }
            Origin::Binding(name) => through(env, name, &request)?,
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

fn forwarded(
    policy: &Policy,
    permit: &Permit<'_>,
    exchange: &Exchange,
) -> Result<Request, JsValue> {
    // `new Request(url, request)` takes over method, body, redirect mode and fields.
    let init: &RequestInit = exchange.request.unchecked_ref();
    let request = Request::new_with_str_and_init(&origin::url(policy, permit), init)?;
    apply(&origin::request(policy, permit, &exchange.headers), &request.headers())?;
    Ok(request)
}

fn through(env: &Env, name: &str, request: &Request) -> Result<Promise, JsValue> {
    let binding = Reflect::get(env, &name.into())?;
    let fetch: Function = Reflect::get(&binding, &"fetch".into())?.dyn_into()?;
    fetch.call1(&binding, request)?.dyn_into()
}

/// The origin's answer as it leaves.
pub(super) fn release(
    policy: &Policy,
    permit: &Permit<'_>,
    exchange: &Exchange,
    arrived: Response,
    status: CacheStatus,
) -> Result<Response, Denial> {
    // Switching protocols: the socket hangs on this very object.
    if arrived.status() == 101 && exchange.headers.get("upgrade").is_some() {
        return Ok(arrived);
    }
    let fields = Fields(arrived.headers());
    let mut edits = origin::response(policy, permit, arrived.status(), &fields);
    edits.set("cache-status", status.after(fields.get("cache-status").as_deref()));
    rebuild(&arrived, arrived.body().as_ref(), &edits).map_err(|_| {
        log::failure("the origin's answer cannot be passed on");
        Denial::OriginUnreachable
    })
}

/// The same response with other fields; those of a fetched one cannot be changed in place.
pub(super) fn rebuild(
    response: &Response,
    body: Option<&ReadableStream>,
    edits: &Edits,
) -> Result<Response, JsValue> {
    Response::new_with_opt_readable_stream_and_init(body, &init(response, edits)?)
}

/// Status and fields for a response like this one.
pub(super) fn init(response: &Response, edits: &Edits) -> Result<ResponseInit, JsValue> {
    let headers = web_sys::Headers::new_with_headers(&response.headers())?;
    apply(edits, &headers)?;
    let init = ResponseInit::new();
    init.set_status(response.status());
    init.set_status_text(&response.status_text());
    init.set_headers(&headers);
    Ok(init)
}
