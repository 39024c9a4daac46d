//! The Cache API: one store per data centre.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Response};
use worker::Context;

use super::headers::Fields;
use super::{Exchange, body, log, origin, platform};
use crate::cache::{CacheKey, CacheStatus, MAX_STORED_BYTES, restore, stored_copy};
use crate::fields::{Edits, Headers};
use crate::time::UnixTime;

/// Apart from the cache that `fetch()` uses.
const NAME: &str = "turnpike";

async fn open() -> Result<Cache, JsValue> {
    Ok(JsFuture::from(platform::global().caches()?.open(NAME)).await?.unchecked_into())
}

/// The stored answer, ready to leave. A store that fails is a store that has nothing.
pub(super) async fn lookup(key: &CacheKey, exchange: &Exchange) -> Option<(Response, CacheStatus)> {
    find(key, exchange).await.unwrap_or_else(|_| {
        log::failure("the cache could not be read");
        None
    })
}

async fn find(
    key: &CacheKey,
    exchange: &Exchange,
) -> Result<Option<(Response, CacheStatus)>, JsValue> {
    // A bare URL: fields of the client's request must not turn the copy into a 304 or a part.
    let found = JsFuture::from(open().await?.match_with_str(key.as_str())).await?;
    let Ok(stored) = found.dyn_into::<Response>() else {
        return Ok(None);
    };
    let fields = Fields(stored.headers());
    let Some((mut edits, ttl)) = restore(&fields, platform::now()) else {
        return Ok(None);
    };
    let status = CacheStatus::Hit { ttl };
    edits.set("cache-status", status.after(fields.get("cache-status").as_deref()));
    let body = if exchange.method == "HEAD" { None } else { stored.body() };
    Ok(Some((origin::rebuild(&stored, body.as_ref(), &edits)?, status)))
}

/// Stores a copy of an answer while the answer itself is on its way.
pub(super) fn store(
    key: CacheKey,
    leaving: &Response,
    (ttl, age): (u64, u64),
    now: UnixTime,
    context: &Context,
) {
    let Ok(twin) = leaving.clone() else {
        return log::failure("an answer could not be copied");
    };
    platform::in_background(context, async move {
        let edits = stored_copy(&Fields(twin.headers()), ttl, age, now);
        if put(&key, &twin, &edits).await.is_err() {
            log::failure("an answer could not be stored");
        }
    });
}

/// Forgets what a request has changed.
pub(super) fn forget(key: CacheKey, context: &Context) {
    platform::in_background(context, async move {
        let forgotten = async { JsFuture::from(open().await?.delete_with_str(key.as_str())).await };
        if forgotten.await.is_err() {
            log::failure("a stored answer could not be deleted");
        }
    });
}

/// A body is stored once it is there to its end: `put` takes a stream that breaks off for whole.
async fn put(key: &CacheKey, twin: &Response, edits: &Edits) -> Result<(), JsValue> {
    let Ok(body) = body::collect(twin, MAX_STORED_BYTES).await else {
        return Ok(());
    };
    let init = origin::init(twin, edits)?;
    let copy = Response::new_with_opt_blob_and_init(body.blob()?.as_ref(), &init)?;
    JsFuture::from(open().await?.put_with_str(key.as_str(), &copy)).await?;
    Ok(())
}
