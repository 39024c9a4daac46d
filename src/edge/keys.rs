//! The keys of this isolate: configured ones, and fetched ones with their memory.
//!
//! The memory holds values, never promises: a request that waits for another request's promise is
//! cancelled by the platform. So requests that find nothing usable at the same time each fetch.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, RequestRedirect, Response};
use worker::Context;

use super::body::{self, Broken};
use super::headers::Fields;
use super::{log, platform};
use crate::fields::Headers;
use crate::gate::{Denial, Presentation};
use crate::keys::{History, KeySet, MAX_SET_BYTES, Plan, max_age, plan};
use crate::policy::{Issuer, KeySource};

/// A key server that has not answered after this long is taken for dead.
const DEADLINE_MILLISECONDS: u32 = 2000;

/// Of the keys a set holds in vain, so many are logged.
const MAX_LOGGED: usize = 10;

/// What `Retry-After` says when even the second look leaves nothing to decide with.
const RETRY_AFTER_SECONDS: u64 = 5;

/// A key set and the keys of it that `WebCrypto` has imported so far.
pub(super) struct KeyRing {
    set: Set,
    pub(super) imported: RefCell<BTreeMap<usize, web_sys::CryptoKey>>,
}

enum Set {
    Configured(&'static KeySet),
    Fetched(KeySet),
}

impl KeyRing {
    fn new(set: Set) -> Rc<Self> {
        Rc::new(Self { set, imported: RefCell::default() })
    }

    pub(super) fn set(&self) -> &KeySet {
        match &self.set {
            Set::Configured(set) => set,
            Set::Fetched(set) => set,
        }
    }
}

/// What is remembered of one issuer.
#[derive(Clone, Default)]
struct Memory {
    ring: Option<Rc<KeyRing>>,
    history: History,
}

thread_local! {
    /// By issuer identifier; there are as many as the policy names.
    static MEMORY: RefCell<BTreeMap<&'static str, Memory>> = RefCell::default();
}

fn recall(issuer: &'static Issuer) -> Memory {
    MEMORY.with_borrow(|memory| memory.get(issuer.identifier()).cloned().unwrap_or_default())
}

fn remember(issuer: &'static Issuer, change: impl FnOnce(&mut Memory)) {
    MEMORY.with_borrow_mut(|memory| change(memory.entry(issuer.identifier()).or_default()));
}

/// The keys to check a token with.
pub(super) async fn ring_for(
    presentation: &Presentation<'static>,
    context: &Context,
) -> Result<Rc<KeyRing>, Denial> {
    let issuer = presentation.issuer();
    match issuer.keys() {
        KeySource::Static(set) => Ok(recall(issuer).ring.unwrap_or_else(|| {
            let ring = KeyRing::new(Set::Configured(set));
            remember(issuer, |memory| memory.ring = Some(Rc::clone(&ring)));
            ring
        })),
        KeySource::Uri(uri) => fetched(issuer, uri, presentation, context).await,
    }
}

async fn fetched(
    issuer: &'static Issuer,
    uri: &'static str,
    presentation: &Presentation<'static>,
    context: &Context,
) -> Result<Rc<KeyRing>, Denial> {
    // One look before a fetch and one after it.
    for _ in 0..2 {
        let Memory { ring, history } = recall(issuer);
        let known = ring.as_ref().is_some_and(|ring| presentation.is_known_to(ring.set()));
        match (plan(&history, issuer.grace(), known, platform::now()), ring) {
            (Plan::Use, Some(ring)) => return Ok(ring),
            (Plan::UseAndRenew, Some(ring)) => {
                began(issuer);
                context.wait_until(renew(issuer, uri));
                return Ok(ring);
            }
            (Plan::UseStale, Some(ring)) => {
                log::keys(issuer.identifier(), "a key set is used past its lifetime");
                return Ok(ring);
            }
            (Plan::GiveUp { retry_after }, _) => {
                return Err(Denial::KeysUnavailable { retry_after });
            }
            (Plan::Fetch, _) | (_, None) => {
                began(issuer);
                renew(issuer, uri).await;
            }
        }
    }
    Err(Denial::KeysUnavailable { retry_after: RETRY_AFTER_SECONDS })
}

/// Notes that a fetch is under way, so that others need not begin one.
fn began(issuer: &'static Issuer) {
    remember(issuer, |memory| memory.history.began = Some(platform::now()));
}

/// Fetches the set of an issuer and remembers how that went.
async fn renew(issuer: &'static Issuer, uri: &'static str) {
    let fetched = fetch(issuer, uri).await;
    let now = platform::now();
    match fetched {
        Ok((set, max_age)) => {
            for refusal in set.refused().iter().take(MAX_LOGGED) {
                log::keys(issuer.identifier(), &format!("key {}: {}", refusal.index, refusal.why));
            }
            let ring = Some(KeyRing::new(Set::Fetched(set)));
            let history = History { good: Some((now, max_age)), ..History::default() };
            remember(issuer, |memory| *memory = Memory { ring, history });
        }
        Err(what) => {
            log::keys(issuer.identifier(), what);
            remember(issuer, |memory| {
                memory.history.failed = Some(now);
                memory.history.began = None;
            });
        }
    }
}

/// A usable set and its lifetime in seconds, or what went wrong.
async fn fetch(issuer: &Issuer, uri: &str) -> Result<(KeySet, u64), &'static str> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(DEADLINE_MILLISECONDS)));
    let response = JsFuture::from(platform::global().fetch_with_str_and_init(uri, &init)).await;
    let response: Response =
        response.map_err(|_| "the key server does not answer")?.unchecked_into();
    if response.status() != 200 {
        return Err("the key server does not answer with 200");
    }
    let body = body::collect(&response, MAX_SET_BYTES).await.map_err(|broken| match broken {
        Broken::Off => "the answer of the key server breaks off",
        Broken::TooLong => "the key set is larger than 256 KiB",
    })?;
    let value = serde_json::from_slice(&body.bytes()).map_err(|_| "the key set is not JSON")?;
    let set = KeySet::parse(&value, issuer.algorithms()).map_err(|_| "the answer is no key set")?;
    if set.is_empty() {
        return Err("the key set holds no usable key");
    }
    let max_age = max_age(Fields(response.headers()).get("cache-control").as_deref());
    Ok((set, max_age))
}
