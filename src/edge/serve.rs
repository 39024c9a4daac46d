//! What is done for a permitted request: from the cache, or from the origin and then into the
//! cache. The decisions are the core's; here is the order of waiting.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Response;
use worker::{Context, Env};

use super::cache::{self, Found, Place};
use super::headers::Reply;
use super::log::Entry;
use super::site::{Site, Sites};
use super::{Exchange, log, origin, platform, socket, task, tiered};
use crate::cache::{
    CacheKey, CacheStatus, Skip, Stale, Storing, Use, Why, decide, freshened, is_not_modified,
    validators, wants_part,
};
use crate::fields::{Edits, Headers};
use crate::gate::{Denial, Permit};
use crate::origin::{Purpose, passes_authorization};
use crate::policy::Store;

/// A permitted request. Tasks in the background share it.
pub(super) struct Visit {
    pub(super) exchange: Rc<Exchange>,
    /// The site that permitted it, and all there are.
    pub(super) site: &'static Site,
    pub(super) sites: &'static Sites,
    pub(super) permit: Permit<'static>,
    pub(super) env: Env,
}

/// An answer to leave with, and how it was come by.
pub(super) struct Outcome {
    pub(super) answer: Reply,
    pub(super) status: CacheStatus,
}

pub(super) async fn serve(
    visit: &Rc<Visit>,
    context: &Context,
    entry: &mut Entry,
) -> Result<Response, Denial> {
    let outcome = match (CacheKey::of(&visit.permit), visit.site.policy.store()) {
        (Some(key), Store::Colo) => through_cache(visit, key, context).await?,
        (Some(key), Store::Tiered) => tiered::ask(visit, &key, context).await?,
        (None, _) => past_cache(visit, context).await?,
    };
    entry.cache = Some(outcome.status);
    leave(visit, outcome, entry)
}

pub(super) async fn past_cache(visit: &Visit, context: &Context) -> Result<Outcome, Denial> {
    let answer = origin::ask(visit, &Purpose::Relay).await?;
    // What one policy has let somebody change, another one has stored for others.
    for policy in visit.sites.all().map(|site| &site.policy) {
        for key in CacheKey::invalidated_by(policy, &visit.permit, answer.status(), &answer) {
            match policy.store() {
                Store::Colo => task::in_background(context, cache::forget(&key)),
                Store::Tiered => tiered::forget(&key, context),
            }
        }
    }
    Ok(Outcome { answer, status: CacheStatus::without_key(&visit.permit) })
}

async fn through_cache(
    visit: &Rc<Visit>,
    key: CacheKey,
    context: &Context,
) -> Result<Outcome, Denial> {
    let found = match cache::lookup(key, &visit.exchange).await {
        Err((why, place)) => return ask_anew(visit, why, place, None, context).await,
        Ok(found) => found,
    };
    let now = platform::now();
    match found.record.use_at(now) {
        Use::Fresh => hand_out(visit, found, None).await,
        Use::WhileRevalidating => {
            if found.begin_revalidation(now) {
                revalidate_behind(visit, &found, context);
            }
            hand_out(visit, found, Some(Stale::WhileRevalidating)).await
        }
        Use::Revalidate => {
            let place = found.place.clone();
            ask_anew(visit, Why::Stale, place, Some(found), context).await
        }
    }
}

/// Asks the origin while the stored answer leaves, and forgets that one when it is no longer what
/// the origin says and nothing takes its place.
fn revalidate_behind(visit: &Rc<Visit>, found: &Found, context: &Context) {
    let Ok(answer) = found.answer.twin() else { return };
    let (visit, place, url) = (Rc::clone(visit), found.place.clone(), found.url().to_owned());
    task::in_background(context, async move {
        let mut conditions = validators(&answer).unwrap_or_default();
        // It is for whoever comes next, so it is asked for with nobody's credentials.
        conditions.remove(&["authorization"]);
        let purpose = Purpose::Store(conditions);
        if let Ok(arrived) = origin::ask(&visit, &purpose).await {
            let (answer, _) = freshen(arrived, Some(answer));
            let key = place.key().clone();
            match store(&visit, &purpose, place, &answer) {
                Ok(storing) => storing.await,
                Err(_) if has_failed(&answer) => {}
                Err(_) => cache::forget(&key).await,
            }
        }
        Found::end_revalidation(&url);
    });
}

/// Asks the origin, with the stored answer at hand if there is one.
async fn ask_anew(
    visit: &Visit,
    why: Why,
    place: Place,
    stale: Option<Found>,
    context: &Context,
) -> Result<Outcome, Denial> {
    let is_head = visit.exchange.method == "HEAD";
    // A head or a part makes no copy, and goes to the client as the origin gives it.
    let partial = match visit.exchange.headers.get("range") {
        _ if is_head => Some(Skip::Head),
        Some(_) => Some(Skip::Range),
        None => None,
    };
    let purpose = match partial {
        Some(_) => Purpose::Relay,
        None => Purpose::Store(
            stale.as_ref().and_then(|found| validators(&found.answer)).unwrap_or_default(),
        ),
    };
    let asked = origin::ask(visit, &purpose).await;
    let failed = asked.as_ref().map_or(true, has_failed);
    let stale = match stale {
        Some(found) if failed && found.record.may_stand_in(platform::now()) => {
            return hand_out(visit, found, Some(Stale::IfError)).await;
        }
        other => other,
    };
    let arrived = asked?;
    if let Some(skip) = partial {
        let status = CacheStatus::Forwarded { why, unchanged: false, skipped: Some(skip) };
        return Ok(Outcome { answer: arrived, status });
    }
    let has_stale = stale.is_some();
    let (answer, unchanged) = freshen(arrived, stale.map(|found| found.answer));
    let key = place.key().clone();
    let skipped = match store(visit, &purpose, place, &answer) {
        Ok(storing) => {
            task::in_background(context, storing);
            None
        }
        Err(skip) => {
            // What was stored is no longer what the origin says.
            if has_stale && !failed {
                task::in_background(context, cache::forget(&key));
            }
            Some(skip)
        }
    };
    Ok(Outcome { answer, status: CacheStatus::Forwarded { why, unchanged, skipped } })
}

/// Whether the origin failed to answer, so that a stale answer may stand in (RFC 5861 section 4).
fn has_failed(answer: &Reply) -> bool {
    matches!(answer.status(), 500 | 502 | 503 | 504)
}

/// The stored answer with what a 304 says of it, or the answer that arrived.
fn freshen(arrived: Reply, stored: Option<Reply>) -> (Reply, bool) {
    match stored {
        Some(mut stored) if arrived.status() == 304 => {
            stored.edit(freshened(&arrived));
            (stored, true)
        }
        _ => (arrived, false),
    }
}

fn store(
    visit: &Visit,
    purpose: &Purpose,
    place: Place,
    answer: &Reply,
) -> Result<impl Future<Output = ()> + 'static, Skip> {
    let policy = &visit.site.policy;
    let now = platform::now();
    let (permit, request) = (&visit.permit, &visit.exchange.headers);
    let authorized = passes_authorization(policy, permit, request, purpose);
    match decide(permit, policy.credentials(), authorized, answer.status(), answer, now) {
        Storing::Store(record, variance) => {
            Ok(cache::store(place, answer, (record, variance), &visit.exchange))
        }
        Storing::Skip(skip) => Err(skip),
    }
}

/// A stored answer, or the part of it that the client wants.
async fn hand_out(
    visit: &Visit,
    mut found: Found,
    stale: Option<Stale>,
) -> Result<Outcome, Denial> {
    let request = &visit.exchange.headers;
    let wants_part_of = |found: &Found| {
        let fields = &found.answer;
        found.record.status == 200
            && visit.exchange.method == "GET"
            && wants_part(request, fields)
            && !is_not_modified(request, fields)
    };
    // Without the part, the whole is an answer too (RFC 9110 section 14.2).
    if wants_part_of(&found)
        && let Some(range) = request.get("range")
        && let Ok(part) = cache::part(&found, &range).await
        && wants_part_of(&part)
    {
        found = part;
    }
    let now = platform::now();
    let status = CacheStatus::Hit { ttl: found.record.ttl(now), stale };
    let mut edits = Edits::default();
    edits.set("age", found.record.age(now).to_string());
    found.answer.edit(edits);
    Ok(Outcome { answer: found.answer, status })
}

/// The answer as it leaves.
fn leave(visit: &Visit, outcome: Outcome, entry: &mut Entry) -> Result<Response, Denial> {
    let Outcome { mut answer, status } = outcome;
    let Visit { exchange, site, permit, .. } = visit;
    if answer.status() == 101 && permit.is_handshake() {
        return socket::leave(visit, answer);
    }
    let fields = &answer;
    let mut edits = crate::origin::response(&site.policy, permit, answer.status(), fields);
    edits.set("cache-status", status.after(fields.get("cache-status").as_deref()));
    if let Some((denial, page)) = site.answers.in_place_of(
        &site.policy,
        permit.route(),
        answer.status(),
        &exchange.head(),
        exchange.request_id.as_str(),
    ) {
        entry.denied(&denial);
        edits.append(page.fields);
        return answer.changed(edits).with_text(&page.body).map_err(broken);
    }
    let is_ours = matches!(status, CacheStatus::Hit { .. } | CacheStatus::Forwarded { .. });
    let leaving = if is_ours && answer.status() == 200 && is_not_modified(&exchange.headers, fields)
    {
        edits.remove(&["content-length", "content-type", "content-encoding"]);
        answer.set_status(304);
        answer.changed(edits).with_text("")
    } else if permit.has_body() {
        answer.changed(edits).whole()
    } else {
        answer.changed(edits).with_text("")
    };
    leaving.map_err(broken)
}

pub(super) fn broken(_: JsValue) -> Denial {
    log::failure("the origin's answer cannot be passed on");
    Denial::OriginUnreachable
}
