//! The keys of this isolate: configured ones, and fetched ones with their memory.
//!
//! The memory holds values, never promises: a request that waits for another request's promise is
//! cancelled by the platform. So one request fetches, in a task that outlives its client, and the
//! others look into the memory every few milliseconds, each by a timer of its own.

use std::cell::RefCell;
use std::iter;
use std::ptr;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, RequestCache, RequestInit, RequestRedirect, Response};
use worker::Context;

use super::body::{self, Broken};
use super::headers::Reply;
use super::task::settled;
use super::webcrypto::Imported;
use super::{log, platform, task};
use crate::fields::Headers;
use crate::gate::{Denial, Presentation};
use crate::json::Value;
use crate::keys::{History, KeySet, MAX_SET_BYTES, Plan, jwks_uri, max_age, plan};
use crate::policy::{Issuer, KeySource};
use crate::token::{UntrustedToken, VerifiedTokens, Voucher};

/// An issuer that has not handed out its keys after this long, discovery included, is taken for
/// dead.
const DEADLINE_MILLISECONDS: u32 = 2000;

/// How long who waits for another request's fetch pauses between two looks, in milliseconds: at
/// first not long, since most fetches are quick, and in all a little longer than a fetch may take.
fn pauses() -> impl Iterator<Item = i32> {
    [10, 20, 40, 80].into_iter().chain(iter::repeat_n(150, 15))
}

/// Of the keys a set holds in vain, so many are logged.
const MAX_LOGGED: usize = 10;

/// What `Retry-After` says when even the second look leaves nothing to decide with.
const RETRY_AFTER_SECONDS: u64 = 5;

/// Of verified tokens, the isolate remembers 8,192 and 16 MiB at most.
const BUCKETS: usize = 256;

/// A key set, what vouches in its name for tokens whose signatures it found valid, and the keys of
/// it that `WebCrypto` has imported so far. When a key leaves the set, all of it goes.
pub(super) struct KeyRing {
    set: Set,
    voucher: Voucher,
    pub(super) imported: RefCell<Vec<(usize, Imported)>>,
}

/// Where a key set comes from.
pub(super) enum Set {
    Configured(&'static KeySet),
    Fetched(KeySet),
}

impl KeyRing {
    /// A ring without memories.
    pub(super) fn new(set: Set) -> Rc<Self> {
        let voucher = VERIFIED.with_borrow_mut(VerifiedTokens::voucher);
        Rc::new(Self { set, voucher, imported: RefCell::default() })
    }

    /// Whether these very keys found the signature of this very token valid.
    pub(super) fn vouches_for(&self, token: &UntrustedToken) -> bool {
        VERIFIED.with_borrow_mut(|verified| verified.knows(token, &self.voucher))
    }

    /// Remembers that they did.
    pub(super) fn vouch_for(&self, token: &Rc<UntrustedToken>) {
        VERIFIED.with_borrow_mut(|verified| verified.remember(token, &self.voucher));
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
    /// Of each issuer that a policy names. Two policies may name one with different keys.
    static MEMORY: RefCell<Vec<(&'static Issuer, Memory)>> = const { RefCell::new(Vec::new()) };

    static VERIFIED: RefCell<VerifiedTokens> =
        RefCell::new(VerifiedTokens::new(BUCKETS));
}

/// What was verified in this isolate, by whatever keys.
pub(super) fn with_verified<T>(ask: impl FnOnce(&VerifiedTokens) -> T) -> T {
    VERIFIED.with_borrow(ask)
}

fn recall(issuer: &'static Issuer) -> Memory {
    MEMORY.with_borrow(|memory| {
        let of_issuer = memory.iter().find(|(known, _)| ptr::eq(*known, issuer));
        of_issuer.map(|(_, memory)| memory.clone()).unwrap_or_default()
    })
}

fn remember(issuer: &'static Issuer, change: impl FnOnce(&mut Memory)) {
    let mut of_issuer = recall(issuer);
    change(&mut of_issuer);
    MEMORY.with_borrow_mut(|memory| {
        memory.retain(|(known, _)| !ptr::eq(*known, issuer));
        memory.push((issuer, of_issuer));
    });
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
        KeySource::Uri(_) | KeySource::Discovery(_) => fetched(issuer, presentation, context).await,
    }
}

async fn fetched(
    issuer: &'static Issuer,
    presentation: &Presentation<'static>,
    context: &Context,
) -> Result<Rc<KeyRing>, Denial> {
    let mut has_fetched = false;
    let mut pauses = pauses();
    loop {
        let Memory { ring, history } = recall(issuer);
        let give_up = Denial::KeysUnavailable { retry_after: RETRY_AFTER_SECONDS };
        let known = ring.as_ref().is_some_and(|ring| presentation.is_known_to(ring.set()));
        match (plan(&history, issuer.grace(), known, platform::now()), ring) {
            (Plan::Use, Some(ring)) => return Ok(ring),
            (Plan::UseAndRenew, Some(ring)) => {
                _ = begin_renewal(issuer, context);
                return Ok(ring);
            }
            (Plan::UseStale, Some(ring)) => {
                log::keys(issuer.identifier(), "a key set is used past its lifetime");
                return Ok(ring);
            }
            (Plan::GiveUp { retry_after }, _) => {
                return Err(Denial::KeysUnavailable { retry_after });
            }
            (Plan::Wait, _) => {
                let Some(pause) = pauses.next() else { return Err(give_up) };
                platform::pause(pause).await;
            }
            (Plan::Fetch, _) if !has_fetched => {
                has_fetched = true;
                // It cannot fail: how it went is in the memory.
                _ = settled(begin_renewal(issuer, context)).await;
            }
            _ => return Err(give_up),
        }
    }
}

/// Notes that a fetch is under way, so that others need not begin one, and begins it. It goes on
/// when the client that caused it leaves.
fn begin_renewal(issuer: &'static Issuer, context: &Context) -> Promise {
    remember(issuer, |memory| memory.history.began = Some(platform::now()));
    let renewal = task::begin(async move {
        renew(issuer).await;
        Ok(JsValue::UNDEFINED)
    });
    task::outlive(context, &renewal);
    renewal
}

/// Fetches the set of an issuer and remembers how that went.
async fn renew(issuer: &'static Issuer) {
    let fetched = fetch(issuer).await;
    let now = platform::now();
    match fetched {
        Ok((set, max_age)) => {
            let history = History { good: Some((now, max_age)), ..History::default() };
            remember(issuer, |memory| {
                memory.history = history;
                // What was imported of the same keys stays good.
                let is_same = |ring: &Rc<KeyRing>| ring.set().has_keys_of(&set);
                if !memory.ring.as_ref().is_some_and(is_same) {
                    memory.ring = Some(KeyRing::new(Set::Fetched(set)));
                }
            });
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
async fn fetch(issuer: &'static Issuer) -> Result<(KeySet, u64), &'static str> {
    let signal = AbortSignal::timeout_with_u32(DEADLINE_MILLISECONDS);
    let (value, response) = match issuer.keys() {
        KeySource::Static(_) => return Err("these keys are not fetched"),
        KeySource::Uri(uri) => json_at(uri, &signal).await?,
        KeySource::Discovery(urls) => {
            let metadata = discover(urls, &signal).await?;
            json_at(jwks_uri(&metadata, issuer.identifier())?, &signal).await?
        }
    };
    let set = KeySet::of(&value, issuer.algorithms()).map_err(|_| "the answer is no key set")?;
    for refusal in set.refused().iter().take(MAX_LOGGED) {
        log::key_refused(issuer.identifier(), *refusal);
    }
    if set.is_empty() {
        return Err("the key set holds no usable key");
    }
    let fields = Reply::of(response);
    let max_age = max_age(fields.get("cache-control").as_deref(), fields.get("age").as_deref());
    Ok((set, max_age))
}

/// The metadata at the first URL that has any; else what went wrong at the first.
async fn discover(urls: &[String; 2], signal: &AbortSignal) -> Result<Value, &'static str> {
    let [first, second] = urls;
    let (metadata, _) = match json_at(first, signal).await {
        Ok(found) => found,
        Err(why) => json_at(second, signal).await.map_err(|_| why)?,
    };
    Ok(metadata)
}

/// The JSON that an issuer serves.
async fn json_at(uri: &str, signal: &AbortSignal) -> Result<(Value, Response), &'static str> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    // Whoever looks for a new key wants no stored set; how long one is good is remembered by us.
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(signal));
    let response = settled(platform::global().fetch_with_str_and_init(uri, &init)).await;
    let response: Response =
        response.map_err(|_| "the key server does not answer")?.unchecked_into();
    if response.status() != 200 {
        return Err("the key server does not answer with 200");
    }
    let body =
        body::collect(&response, MAX_SET_BYTES, usize::MAX).await.map_err(
            |broken| match broken {
                Broken::Off => "the answer of the key server breaks off",
                Broken::TooLong | Broken::Crowded => {
                    "the answer of the key server is larger than 256 KiB"
                }
            },
        )?;
    let value = Value::parse(&body.bytes()).map_err(|_| "the key server's answer is not JSON")?;
    Ok((value, response))
}
