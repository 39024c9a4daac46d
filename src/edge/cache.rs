//! The Cache API: one store per data centre.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Request, RequestInit, Response};

use super::body::{self, Broken};
use super::headers::{Fields, rebuilt};
use super::{Exchange, log, platform};
use crate::cache::{
    CacheKey, MAX_STORED_BYTES, Record, Stored, VARIANT, Variance, Variants, Why, restore,
    stored_copy, stored_variants,
};
use crate::fields::{Edits, Headers};
use crate::time::UnixTime;

/// What answers that are being stored may hold of memory together. The platform ends an isolate
/// that uses 128 MB, and with it all of its requests; on its way into the store, a body is there
/// twice.
const MAX_HELD_BYTES: usize = 4 * MAX_STORED_BYTES;

/// Apart from the cache that `fetch()` uses.
const NAME: &str = "turnpike";

/// An answer as the origin gave it, out of the store.
pub(super) struct Found {
    pub(super) answer: Response,
    pub(super) record: Record,
    pub(super) place: Place,
    url: String,
}

/// Where the answers to a URL are stored, or would be.
#[derive(Clone)]
pub(super) struct Place {
    key: CacheKey,
    /// When the URL has variants.
    variants: Option<Variants>,
}

async fn open() -> Result<Cache, JsValue> {
    Ok(JsFuture::from(platform::global().caches()?.open(NAME)).await?.unchecked_into())
}

/// The stored answer, or why there is none. A store that fails is a store that has nothing.
pub(super) async fn lookup(key: CacheKey, exchange: &Exchange) -> Result<Found, (Why, Place)> {
    let url = key.to_url();
    let mut place = Place { key, variants: None };
    let variants = match find(&url).await {
        Some((response, Stored::Answer(record, edits))) => {
            return found(&response, record, &edits, place, url).map_err(|p| (Why::UriMiss, p));
        }
        Some((_, Stored::Variants(variants))) => variants,
        None => return Err((Why::UriMiss, place)),
    };
    let chosen = variants.chosen_by(&exchange.headers);
    let url = place.key.variant(Variants::place_of(&chosen)).to_url();
    place.variants = Some(variants);
    let is_chosen = |response: &Response| {
        Fields(response.headers()).get(VARIANT).is_some_and(|variant| variant == chosen)
    };
    match find(&url).await {
        Some((response, Stored::Answer(record, edits))) if is_chosen(&response) => {
            found(&response, record, &edits, place, url).map_err(|p| (Why::VaryMiss, p))
        }
        _ => Err((Why::VaryMiss, place)),
    }
}

fn found(
    response: &Response,
    record: Record,
    edits: &Edits,
    place: Place,
    url: String,
) -> Result<Found, Place> {
    // With these statuses, a body is a mistake.
    let body = response.body().filter(|_| !matches!(record.status, 204 | 304));
    match rebuilt(response, record.status, body.as_ref(), edits) {
        Ok(answer) => Ok(Found { answer, record, place, url }),
        Err(_) => Err(place),
    }
}

async fn find(url: &str) -> Option<(Response, Stored)> {
    // A bare URL: fields of the client's request must not turn the copy into a 304 or a part.
    let looked = async { JsFuture::from(open().await?.match_with_str(url)).await };
    let Ok(found) = looked.await else {
        log::failure("the cache could not be read");
        return None;
    };
    let response = found.dyn_into::<Response>().ok()?;
    let stored = restore(&Fields(response.headers()))?;
    Some((response, stored))
}

/// The part of a stored answer that a `Range` asks for: 206, or 416. Meanwhile it may have been
/// forgotten, or replaced; so what is given back has nothing of what was found before.
pub(super) async fn part(found: &Found, range: &str) -> Result<Found, JsValue> {
    let init = RequestInit::new();
    let fields = web_sys::Headers::new()?;
    fields.set("range", range)?;
    init.set_headers(&fields);
    let request = Request::new_with_str_and_init(&found.url, &init)?;
    let matched = JsFuture::from(open().await?.match_with_request(&request)).await?;
    let response: Response = matched.dyn_into()?;
    let (record, mut edits) = match restore(&Fields(response.headers())) {
        Some(Stored::Answer(record, edits)) => (record, edits),
        // The store says so by itself, without the fields of what is stored.
        _ if response.status() == 416 => (found.record, Edits::default()),
        _ => return Err(JsValue::UNDEFINED),
    };
    // They are about the bytes of the whole.
    edits.remove(&["content-digest", "content-md5"]);
    if response.status() == 416 {
        edits.set("cache-control", "no-store");
    }
    let answer = rebuilt(&response, response.status(), response.body().as_ref(), &edits)?;
    Ok(Found { answer, record, place: found.place.clone(), url: found.url.clone() })
}

/// Stores a copy of an answer while the answer itself is on its way. What is to be awaited for that
/// is given back.
pub(super) fn store(
    place: Place,
    answer: &Response,
    (record, variance): (Record, Variance),
    exchange: &Exchange,
) -> impl Future<Output = ()> + 'static {
    let Place { key, variants } = place;
    let mut edits = stored_copy(&Fields(answer.headers()), &record, &key.tags());
    let (url, marker) = if variance.is_empty() {
        (key.to_url(), None)
    } else {
        let known = variants.filter(|variants| *variants.variance() == variance);
        let is_new = known.is_none();
        let variants = known.unwrap_or_else(|| Variants::new(variance, &platform::random_word()));
        let chosen = variants.chosen_by(&exchange.headers);
        let url = key.variant(Variants::place_of(&chosen)).to_url();
        edits.set(VARIANT, chosen);
        (url, is_new.then(|| (key.to_url(), variants)))
    };
    let twin = answer.clone();
    async move {
        let stored = async {
            put(&url, &twin?, &edits).await?;
            match marker {
                Some((url, variants)) => put_marker(&url, &variants).await,
                None => Ok(()),
            }
        };
        if stored.await.is_err() {
            log::failure("an answer could not be stored");
        }
    }
}

/// A body is stored once it is there to its end: `put` takes a stream that breaks off for whole.
async fn put(url: &str, twin: &Response, edits: &Edits) -> Result<(), JsValue> {
    let body = match body::collect(twin, MAX_STORED_BYTES, MAX_HELD_BYTES).await {
        Ok(body) => body,
        Err(Broken::Crowded) => {
            log::failure("an answer was not stored: there are too many at once");
            return Ok(());
        }
        Err(Broken::Off | Broken::TooLong) => return Ok(()),
    };
    let init = super::headers::init(twin, 200, edits)?;
    let copy = Response::new_with_opt_blob_and_init(body.blob()?.as_ref(), &init)?;
    JsFuture::from(open().await?.put_with_str(url, &copy)).await?;
    Ok(())
}

async fn put_marker(url: &str, variants: &Variants) -> Result<(), JsValue> {
    let marker = rebuilt(&Response::new()?, 200, None, &stored_variants(variants))?;
    JsFuture::from(open().await?.put_with_str(url, &marker)).await?;
    Ok(())
}

/// Forgets what is stored of a URL, all its variants with it.
pub(super) fn forget(key: &CacheKey) -> impl Future<Output = ()> + 'static {
    let url = key.to_url();
    async move {
        let forgotten = async { JsFuture::from(open().await?.delete_with_str(&url)).await };
        if forgotten.await.is_err() {
            log::failure("a stored answer could not be deleted");
        }
    }
}

thread_local! {
    /// When which stored answers began to be revalidated in the background.
    static REVALIDATING: RefCell<Vec<(String, UnixTime)>> = RefCell::default();
}

/// A background task that has not ended by then is taken for lost.
const LOST_AFTER_SECONDS: u64 = 30;

impl Found {
    /// Whether nobody else revalidates this in the background; then it is up to the caller.
    pub(super) fn begin_revalidation(&self, now: UnixTime) -> bool {
        REVALIDATING.with_borrow_mut(|under_way| {
            under_way.retain(|(_, began)| now.since(*began) < LOST_AFTER_SECONDS);
            let is_first = under_way.iter().all(|(url, _)| *url != self.url);
            if is_first {
                under_way.push((self.url.clone(), now));
            }
            is_first
        })
    }

    /// Lets others revalidate it again.
    pub(super) fn end_revalidation(url: &str) {
        REVALIDATING.with_borrow_mut(|under_way| under_way.retain(|(other, _)| other != url));
    }

    /// What it is stored under.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Place {
    /// The key of all that is stored of the URL.
    pub(super) fn key(&self) -> &CacheKey {
        &self.key
    }
}
