//! What is done with one cache: it is shown to work, then it is asked for everything it must not
//! keep, and at last the filter is taken away.

use std::collections::BTreeSet;

use super::answer::{Answer, Cache};
use super::case::{self, Ask, Case, Later};
use super::site::Site;
use crate::server::Server;
use crate::shell::{Failure, Result};

/// What was seen of one cache.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Answers that must not be kept.
    pub(super) tried: usize,
    pub(super) stored: Vec<String>,
    pub(super) reused: Vec<String>,
    /// Answers that are not what they must be, for whatever reason.
    pub(super) wrong: Vec<String>,
    /// Answers that the cache shows nobody, each with the reason.
    pub(super) concealed: Vec<&'static str>,
    /// Public answers that were reused, as they should be, of how many.
    pub(super) controls: (usize, usize),
    /// Refusals of the bare origin that were reused, of how many.
    pub(super) mutants: (usize, usize),
}

/// Who may see what a cache has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One person.
    Private,
    /// Everyone.
    Shared,
}

/// Everything, in the order that shows most: what is reused, and then what is left when nobody
/// answers any more.
pub(super) fn travel(name: &str, cache: &dyn Cache, kind: Kind, site: &Site) -> Result<Tally> {
    let cache = &Named { name, cache };
    site.origin.refuse(true);
    site.cut(false);
    let (mut tally, mut trip) = (Tally::default(), Trip { cache, seen: BTreeSet::new() });

    let controls = case::controls();
    tally.controls = (reused(cache, &controls)?, controls.len());
    let (mutants, _) = case::mutants();
    tally.mutants = (reused(cache, &mutants)?, mutants.len());

    let cases: Vec<&Case> = (site.cases.iter())
        .filter(|case| kind == Kind::Shared || !case.is_for_shared_caches_alone)
        .collect();
    let refused: Vec<_> = cases.iter().map(|case| case.step("", &case.ask, case.status)).collect();
    trip.ask(&refused, &mut tally)?;
    trip.ask(&refused, &mut tally)?;

    site.origin.refuse(false);
    let laters: Vec<_> =
        cases.iter().filter_map(|case| Some((*case, case.later.as_ref()?))).collect();
    let granted: Vec<_> = laters.iter().map(|(case, later)| case.granted(later)).collect();
    trip.ask(&granted, &mut tally)?;
    let refused_again: Vec<_> =
        laters.iter().filter_map(|(case, later)| case.refused_again(later)).collect();
    trip.ask(&refused_again, &mut tally)?;

    site.cut(true);
    let mut left: Vec<_> = refused
        .into_iter()
        .zip(&cases)
        .filter(|(_, case)| case.later.is_none())
        .map(|(step, _)| step)
        .collect();
    left.extend(refused_again);
    if kind == Kind::Shared {
        let protected = laters.iter().filter(|(_, later)| later.refused.is_some());
        left.extend(protected.map(|(case, later)| case.granted(later)));
    }
    let asks: Vec<_> = left.iter().map(|step| step.ask.clone()).collect();
    for (step, answer) in left.iter().zip(cache.ask(&asks)?) {
        if answer.mark().is_some() {
            tally.stored.push(step.name.clone());
        }
    }
    site.cut(false);
    Ok(tally)
}

/// A cache whose requests are for URLs of its own.
struct Named<'n> {
    name: &'n str,
    cache: &'n dyn Cache,
}

impl Cache for Named<'_> {
    fn ask(&self, asks: &[Ask]) -> Result<Vec<Answer>> {
        if Server::is_interrupted() {
            return Err(Failure::new("interrupted"));
        }
        let name = self.name.replace(' ', "-");
        let asks: Vec<_> = asks.iter().map(|ask| ask.clone().of_journey(&name)).collect();
        self.cache.ask(&asks)
    }

    fn conceals(&self, status: u16) -> Option<&'static str> {
        self.cache.conceals(status)
    }
}

/// A request and what must come of it.
struct Step {
    name: String,
    ask: Ask,
    status: u16,
}

impl Case {
    fn step(&self, what: &str, ask: &Ask, status: u16) -> Step {
        Step { name: format!("{}{what}", self.name), ask: ask.clone(), status }
    }

    fn granted(&self, later: &Later) -> Step {
        let ask = Ask { method: "GET", fields: later.admitted.clone(), ..self.ask.clone() };
        self.step(", then granted", &ask, 200)
    }

    fn refused_again(&self, later: &Later) -> Option<Step> {
        let (fields, status) = later.refused.clone()?;
        let ask = Ask { fields, ..self.ask.clone() };
        Some(self.step(", then granted, then refused again", &ask, status))
    }
}

struct Trip<'t> {
    cache: &'t dyn Cache,
    /// The marks of all answers so far.
    seen: BTreeSet<String>,
}

impl Trip<'_> {
    /// Each answer must be what it is to be, and a new one.
    fn ask(&mut self, steps: &[Step], tally: &mut Tally) -> Result {
        let asks: Vec<_> = steps.iter().map(|step| step.ask.clone()).collect();
        let answers = self.cache.ask(&asks)?;
        if answers.len() != steps.len() {
            return Err(Failure::new(format!(
                "{} answers to {} requests",
                answers.len(),
                steps.len()
            )));
        }
        tally.tried = tally.tried.saturating_add(answers.len());
        for (step, answer) in steps.iter().zip(answers) {
            let is_new = answer.mark().is_some_and(|mark| self.seen.insert(mark.to_owned()));
            let says = || format!("{}: {} {}", step.name, step.ask.path, told(&answer));
            if answer.mark().is_some() && !is_new {
                tally.reused.push(says());
            } else if let (0, Some(why)) = (answer.status, self.cache.conceals(step.status)) {
                tally.concealed.push(why);
            } else if !is_new || answer.status != step.status {
                tally.wrong.push(format!("{}; it should be {}", says(), step.status));
            }
        }
        Ok(())
    }
}

fn told(answer: &Answer) -> String {
    format!("is {} with {:?}", answer.status, answer.fields)
}

/// How many are answered with what was answered before.
fn reused(cache: &dyn Cache, asks: &[Ask]) -> Result<usize> {
    let before = cache.ask(asks)?;
    let after = cache.ask(asks)?;
    let is_same =
        |(one, other): &(&Answer, &Answer)| one.mark().is_some() && one.mark() == other.mark();
    Ok(before.iter().zip(&after).filter(is_same).count())
}
