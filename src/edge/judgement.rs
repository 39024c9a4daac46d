//! May a request pass? By the present policy, and by the next one if there is one.

use std::rc::Rc;

use worker::Context;

use super::site::{Site, Sites};
use super::{Exchange, keys, log, platform, task, webcrypto};
use crate::gate::{Denial, Permit, Screening, route_and_screen};
use crate::keys::KeyName;
use crate::policy::Route;

/// What is decided about a request, and what the log says of it.
pub(super) struct Judgement {
    /// By what it is judged.
    pub(super) site: &'static Site,
    pub(super) permit: Result<Permit<'static>, Denial>,
    /// The denial that was only reported.
    pub(super) would_deny: Option<log::Denied>,
    /// The route it falls under, whatever comes of it.
    pub(super) found: Option<&'static Route>,
    /// The name of the route by which it was decided.
    pub(super) route: &'static str,
    /// Whose token it has.
    pub(super) issuer: Option<&'static str>,
    /// By which key it was signed.
    pub(super) key: Option<KeyName>,
    /// Issuer and subject of a token whose signature is good, also where it is not enough; noted
    /// where another policy may decide for them.
    identity: Option<(String, String)>,
}

impl Judgement {
    fn in_short(&self) -> log::Judged {
        let denied = self.permit.as_ref().err().map(log::Denied::by);
        (self.route, denied.or(self.would_deny))
    }
}

/// The judgement that counts.
///
/// Nobody for whom the next policy does not decide waits for its keys.
pub(super) async fn of(
    exchange: &Rc<Exchange>,
    sites: &'static Sites,
    context: &Context,
) -> Judgement {
    let is_compared = sites.next.is_some();
    let present = judge(exchange, &sites.present, is_compared, context).await;
    let Some((site, rollout)) = &sites.next else { return present };
    let may_decide = match &present.identity {
        Some((issuer, subject)) => rollout.decides_for(Some((issuer, subject))),
        None => rollout.decides(),
    };
    if !may_decide {
        compare_behind(present.in_short(), exchange, site, context);
        return present;
    }
    let next = judge(exchange, site, is_compared, context).await;
    log::compare(present.in_short(), next.in_short(), exchange);
    let identity = present.identity.as_ref().or(next.identity.as_ref());
    if rollout.decides_for(identity.map(|(issuer, subject)| (&**issuer, &**subject))) {
        next
    } else {
        present
    }
}

/// Judges by the next policy while the request goes on by the present one.
fn compare_behind(
    present: log::Judged,
    exchange: &Rc<Exchange>,
    site: &'static Site,
    context: &Context,
) {
    let (exchange, same) = (Rc::clone(exchange), platform::same(context));
    task::in_background(context, async move {
        let next = judge(&exchange, site, true, &same).await;
        log::compare(present, next.in_short(), &exchange);
    });
}

async fn judge(
    exchange: &Exchange,
    site: &'static Site,
    is_compared: bool,
    context: &Context,
) -> Judgement {
    let mut judgement = Judgement {
        site,
        permit: Err(Denial::Misconfigured),
        would_deny: None,
        found: None,
        route: "",
        issuer: None,
        key: None,
        identity: None,
    };
    let policy = &site.policy;
    let (found, screening) = keys::with_verified(|known| {
        route_and_screen(policy, &exchange.head(), platform::now(), known)
    });
    judgement.found = found;
    let admitted = admit(exchange, screening, is_compared, context, &mut judgement).await;
    judgement.permit = admitted.or_else(|denial| {
        let denied = log::Denied::by(&denial);
        let permit = Permit::for_report(policy, &exchange.head(), denial)?;
        judgement.would_deny = Some(denied);
        Ok(permit)
    });
    let route = judgement.permit.as_ref().map_or(found, |permit| Some(permit.route()));
    judgement.route = route.map_or("", Route::name);
    judgement
}

async fn admit(
    exchange: &Exchange,
    screening: Screening<'static>,
    is_compared: bool,
    context: &Context,
    judgement: &mut Judgement,
) -> Result<Permit<'static>, Denial> {
    match screening {
        Screening::Open(permit) => Ok(permit),
        Screening::Denied(denial) => Err(denial),
        Screening::Presented(presentation) => {
            judgement.issuer = Some(presentation.issuer().identifier());
            let ring = keys::ring_for(&presentation, context);
            let ring = log::timed(exchange, ring).await?;
            let step = presentation.check(ring.set())?;
            if let [key] = step.candidates() {
                judgement.key = key.name().cloned();
            }
            let verdict = webcrypto::verify(&step, &ring).await?;
            if is_compared && verdict.is_valid() {
                let (issuer, subject) = step.identity();
                judgement.identity = Some((issuer.to_owned(), subject.to_owned()));
            }
            step.conclude(verdict)
        }
    }
}
