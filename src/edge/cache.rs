//! The Cache API: one store per data centre.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Cache, Request, RequestInit, Response};

use super::body::{self, Broken};
use super::headers::{Reply, made};
use super::task::settled;
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
    pub(super) answer: Reply,
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

thread_local! {
    /// The cache, once it was opened. It is no more than its name.
    static OPENED: RefCell<Option<Cache>> = const { RefCell::new(None) };
}

async fn open() -> Result<Cache, JsValue> {
    if let Some(opened) = OPENED.with_borrow(Clone::clone) {
        return Ok(opened);
    }
    let opened = settled(platform::global().caches()?.open(NAME)).await?;
    let opened: Cache = opened.unchecked_into();
    OPENED.with_borrow_mut(|cache| *cache = Some(opened.clone()));
    Ok(opened)
}

/// The stored answer, or why there is none. A store that fails is a store that has nothing.
pub(super) async fn lookup(key: CacheKey, exchange: &Exchange) -> Result<Found, (Why, Place)> {
    let url = key.to_url();
    let mut place = Place { key, variants: None };
    let variants = match find(&url).await {
        Some((answer, Stored::Answer(record, edits))) => {
            return Ok(found(answer, record, edits, place, url));
        }
        Some((_, Stored::Variants(variants))) => variants,
        None => return Err((Why::UriMiss, place)),
    };
    let chosen = variants.chosen_by(&exchange.headers);
    let url = place.key.variant(Variants::place_of(&chosen)).to_url();
    place.variants = Some(variants);
    let is_chosen = |answer: &Reply| answer.get(VARIANT).is_some_and(|variant| variant == chosen);
    match find(&url).await {
        Some((answer, Stored::Answer(record, edits))) if is_chosen(&answer) => {
            Ok(found(answer, record, edits, place, url))
        }
        _ => Err((Why::VaryMiss, place)),
    }
}

fn found(mut answer: Reply, record: Record, edits: Edits, place: Place, url: String) -> Found {
    answer.set_status(record.status);
    answer.edit(edits);
    Found { answer, record, place, url }
}

async fn find(url: &str) -> Option<(Reply, Stored)> {
    // A bare URL: fields of the client's request must not turn the copy into a 304 or a part.
    let looked = async { settled(open().await?.match_with_str(url)).await };
    let Ok(found) = looked.await else {
        log::failure("the cache could not be read");
        return None;
    };
    let answer = Reply::of(found.dyn_into::<Response>().ok()?);
    let stored = restore(&answer)?;
    Some((answer, stored))
}

/// The part of a stored answer that a `Range` asks for: 206, or 416. Meanwhile it may have been
/// forgotten, or replaced; so what is given back has nothing of what was found before.
pub(super) async fn part(found: &Found, range: &str) -> Result<Found, JsValue> {
    let init = RequestInit::new();
    let fields = web_sys::Headers::new()?;
    fields.set("range", range)?;
    init.set_headers(&fields);
    let request = Request::new_with_str_and_init(&found.url, &init)?;
    let matched = settled(open().await?.match_with_request(&request)).await?;
    let mut answer = Reply::of(matched.dyn_into()?);
    let (record, mut edits) = match restore(&answer) {
        Some(Stored::Answer(record, edits)) => (record, edits),
        // The store says so by itself, without the fields of what is stored.
        _ if answer.status() == 416 => (found.record, Edits::default()),
        _ => return Err(JsValue::UNDEFINED),
    };
    // They are about the bytes of the whole.
    edits.remove(&["content-digest", "content-md5"]);
    if answer.status() == 416 {
        edits.set("cache-control", "no-store");
    }
    answer.edit(edits);
    Ok(Found { answer, record, place: found.place.clone(), url: found.url.clone() })
}

/// Stores a copy of an answer while the answer itself is on its way. What is to be awaited for that
/// is given back.
pub(super) fn store(
    place: Place,
    answer: &Reply,
    (record, variance): (Record, Variance),
    exchange: &Exchange,
) -> impl Future<Output = ()> + 'static {
    let Place { key, variants } = place;
    let mut edits = stored_copy(answer, &record, &key.tags());
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
    let twin = answer.twin();
    async move {
        let stored = async {
            put(&url, twin?, edits).await?;
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
async fn put(url: &str, mut twin: Reply, edits: Edits) -> Result<(), JsValue> {
    let body = match body::collect(twin.source(), MAX_STORED_BYTES, MAX_HELD_BYTES).await {
        Ok(body) => body,
        Err(Broken::Crowded) => {
            log::failure("an answer was not stored: there are too many at once");
            return Ok(());
        }
        Err(Broken::Off | Broken::TooLong) => return Ok(()),
    };
    twin.set_status(200);
    let copy = twin.changed(edits).with(&body.blob()?.map_or(JsValue::NULL, JsValue::from))?;
    settled(open().await?.put_with_str(url, &copy)).await?;
    Ok(())
}

async fn put_marker(url: &str, variants: &Variants) -> Result<(), JsValue> {
    let marker = made(200, "", &stored_variants(variants))?;
    settled(open().await?.put_with_str(url, &marker)).await?;
    Ok(())
}

/// Forgets what is stored of a URL, all its variants with it.
pub(super) fn forget(key: &CacheKey) -> impl Future<Output = ()> + 'static {
    let url = key.to_url();
    async move {
        let forgotten = async { settled(open().await?.delete_with_str(&url)).await };
        if forgotten.await.is_err() {
            log::failure("a stored answer could not be deleted");
        }
    }
}

thread_local! {
    /// When which stored answers began to be revalidated in the background.
    static REVALIDATING: RefCell<Vec<(String, UnixTime)>> = const { RefCell::new(Vec::new()) };
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
