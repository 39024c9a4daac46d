//! Workers Cache: a store of several tiers in front of an entrypoint of our own.
//!
//! The gate calls that entrypoint, `TurnpikeStore`, for what it has admitted, and the platform
//! answers in its place when something is stored. It knows answers by path, query and the properties
//! of the call.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};
use worker::{Context, Env, worker_sys};

use super::headers::{self, Question, Reply, made};
use super::serve::{Outcome, Visit, past_cache};
use super::task::settled;
use super::{assertion, log, origin, platform, site, task};
use crate::cache::{
    CONDITIONAL, CacheKey, CacheStatus, Skip, Stale, Storing, Tiered, Use, Why, decide_for,
    is_internal, tiered_copy, tiered_failure, tiered_request,
};
use crate::fields::{Edits, Headers};
use crate::gate::Denial;
use crate::origin::{Purpose, passes_authorization, zone_cache};

/// The name of the entrypoint in `src/worker.js`.
const ENTRYPOINT: &str = "TurnpikeStore";

/// Asks the store, which asks the origin when it has nothing.
pub(super) async fn ask(
    visit: &Visit,
    key: &CacheKey,
    context: &Context,
) -> Result<Outcome, Denial> {
    let request = &visit.exchange.headers;
    let assertion = assertion::of(visit).await?;
    let assertion = assertion.as_deref();
    // Whether the client has other parts of this very answer, the store is not known to find out.
    let range = request.get("range").filter(|_| request.get("if-range").is_none());
    let range = range.filter(|_| visit.exchange.method == "GET");
    let mut outcome = from_store(visit, key, assertion, range.as_deref(), context).await;
    // Where the store gives no part, the whole is an answer too (RFC 9110 section 14.2).
    if range.is_some() && matches!(outcome, Err(Trouble::Store)) {
        outcome = from_store(visit, key, assertion, None, context).await;
    }
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(Trouble::Origin) => {
            log::failure("the origin does not answer");
            Err(Denial::OriginUnreachable)
        }
        Err(Trouble::Store) => {
            log::failure("the tiered store does not answer: is `main` src/worker.js?");
            past_cache(visit, context).await
        }
    }
}

/// Why there is no answer.
enum Trouble {
    /// The origin gave none.
    Origin,
    /// The store gave none, or not one of ours, or one that is too old.
    Store,
}

impl From<JsValue> for Trouble {
    fn from(_: JsValue) -> Self {
        Self::Store
    }
}

/// What the store makes of a request.
async fn from_store(
    visit: &Visit,
    key: &CacheKey,
    assertion: Option<&str>,
    range: Option<&str>,
    context: &Context,
) -> Result<Outcome, Trouble> {
    let exchange = &visit.exchange;
    let mut question = origin::question(visit, &Purpose::Store(Edits::default()), assertion);
    let mut edits = tiered_request(&exchange.headers, exchange.request_id.as_str(), &key.tags());
    if let Some(range) = range {
        edits.set("range", range.to_owned());
    }
    question.edits.append(edits);
    let answer = origin::through(&entrypoint(key, context)?, &question).await?;
    let now = platform::now();
    let mut answer = Reply::of(answer);
    let (status, edits) = match Tiered::of(&answer, exchange.request_id.as_str()) {
        Tiered::Made(edits) => (None, edits),
        Tiered::Stored(record, mut edits) => {
            let stale = match record.use_at(now) {
                Use::Fresh => None,
                Use::WhileRevalidating => Some(Stale::WhileRevalidating),
                Use::Revalidate if record.may_stand_in(now) => Some(Stale::IfError),
                Use::Revalidate => return Err(Trouble::Store),
            };
            edits.set("age", record.age(now).to_string());
            (Some(CacheStatus::Hit { ttl: record.ttl(now), stale }), edits)
        }
        Tiered::Unanswered => return Err(Trouble::Origin),
        Tiered::Foreign => return Err(Trouble::Store),
    };
    answer.edit(edits);
    let status = status.unwrap_or_else(|| CacheStatus::Forwarded {
        why: Why::Miss,
        unchanged: false,
        skipped: skipped(visit, &answer),
    });
    Ok(Outcome { answer, status })
}

/// Why the answer was not stored, by the same rules as where it was made.
fn skipped(visit: &Visit, answer: &Reply) -> Option<Skip> {
    let (policy, permit, request) = (&visit.site.policy, &visit.permit, &visit.exchange.headers);
    let authorized =
        passes_authorization(policy, permit, request, &Purpose::Store(Edits::default()));
    let (route, credentials, fields) = (permit.route(), policy.credentials(), answer);
    match decide_for(route, credentials, authorized, answer.status(), fields, platform::now()) {
        Storing::Store(..) => None,
        Storing::Skip(skip) => Some(skip),
    }
}

/// The entrypoint, to be called with the properties of a key.
fn entrypoint(key: &CacheKey, context: &Context) -> Result<JsValue, JsValue> {
    let exports = Reflect::get(context.as_ref(), &"exports".into())?;
    let properties = Object::new();
    for (name, value) in key.properties() {
        Reflect::set(&properties, &name.into(), &value.into())?;
    }
    let options = Object::new();
    Reflect::set(&options, &"props".into(), &properties)?;
    platform::call(&exports, ENTRYPOINT, &options)
}

/// Forgets what a request has changed, for whomever it is stored.
pub(super) fn forget(key: &CacheKey, context: &Context) {
    let (entrypoint, tag) = (entrypoint(key, context), key.url_tag());
    task::in_background(context, async move {
        let purged = async { purge(&entrypoint?, &tag).await };
        if !purged.await.is_ok_and(|is_done| is_done) {
            log::failure("what a request has changed could not be purged from the tiered store");
        }
    });
}

/// Whether the platform took it on.
async fn purge(entrypoint: &JsValue, tag: &str) -> Result<bool, JsValue> {
    let what = Object::new();
    Reflect::set(&what, &"tags".into(), &Array::of1(&tag.into()))?;
    let purged = platform::call(entrypoint, "purge", &what)?;
    // What a call of another entrypoint gives is like a promise, and is none.
    let result = settled(Promise::resolve(&purged)).await?;
    Ok(Reflect::get(&result, &"success".into())?.is_truthy())
}

/// The cached entrypoint: asks the origin what the gate has admitted, and tells the store what it
/// may do with the answer.
///
/// # Errors
///
/// When it is not the gate that calls.
#[expect(unreachable_pub, reason = "wasm-bindgen exports it")]
#[wasm_bindgen]
pub fn fill(request: Request, env: Env, context: worker_sys::Context) -> Result<JsValue, JsValue> {
    let context = Rc::new(Context::new(context));
    task::at_once_or_later(&Rc::clone(&context), async move {
        filled(&request, &env, &context).await.map(JsValue::from)
    })
}

async fn filled(request: &Request, env: &Env, context: &Context) -> Result<Response, JsValue> {
    let not_the_gate = || JsValue::from_str("only the gate calls this");
    let sites = site::of(env).map_err(|_| not_the_gate())?;
    let properties = Reflect::get(context.as_ref(), &"props".into())?;
    let rules = Reflect::get(&properties, &"rules".into())?.as_string().unwrap_or_default();
    let (site, route) = sites
        .all()
        .find_map(|site| Some((site, site.policy.routes().with_fingerprint(&rules)?)))
        .ok_or_else(not_the_gate)?;
    let ([_, url], told) = headers::read(request);
    // All of the answer is wanted, whatever the store was asked for. Of its own conditions nothing
    // is known that would make a 304 better than an answer with all its fields.
    let mut edits = Edits::default();
    edits.remove(&CONDITIONAL);
    edits.remove(&["range"]);
    edits.remove_where(&told, &is_internal);
    let question = Question { url, request, is_whole: false, edits };
    let mut answer = match origin::send(&question, zone_cache(route, false), site, env).await {
        // Without conditions, a 304 is no answer: it has no body.
        Ok(answer) if answer.status() != 304 => Reply::of(answer),
        _ => return made(502, "", &tiered_failure(&told)),
    };
    let now = platform::now();
    let authorized = told.get("authorization").is_some();
    let credentials = site.policy.credentials();
    let storing = decide_for(route, credentials, authorized, answer.status(), &answer, now);
    answer.edit(tiered_copy(&answer, &storing, &told));
    answer.whole()
}
