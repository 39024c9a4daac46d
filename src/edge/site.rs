//! The policies of this isolate, parsed once.

use std::sync::OnceLock;

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use worker::Env;

use super::{Exchange, log};
use crate::answer::{Answer, Answers};
use crate::policy::{Environment, Policy, Problem, Rollout};

/// A valid policy and what follows from it.
pub(super) struct Site {
    pub(super) policy: Policy,
    pub(super) answers: Answers,
}

impl Site {
    fn of(policy: Policy) -> Self {
        Self { answers: Answers::new(&policy), policy }
    }

    /// What is answered to anybody, without the origin.
    pub(super) fn unasked(&self, exchange: &Exchange) -> Option<Answer> {
        self.answers.unasked(&self.policy, &exchange.head())
    }
}

/// The site as it is, and as it is to be.
pub(super) struct Sites {
    pub(super) present: Site,
    pub(super) next: Option<(Site, Rollout)>,
}

impl Sites {
    /// The one that answers what anybody may ask.
    pub(super) fn of_nobody(&self) -> &Site {
        match &self.next {
            Some((site, rollout)) if rollout.decides_for(None) => site,
            _ => &self.present,
        }
    }

    /// Both.
    pub(super) fn all(&self) -> impl Iterator<Item = &Site> {
        std::iter::once(&self.present).chain(self.next.as_ref().map(|(site, _)| site))
    }
}

/// What there is instead when the configuration is invalid.
pub(super) struct Unusable {
    pub(super) problems: Vec<Problem>,
    pub(super) answers: Box<Answers>,
}

/// A changed variable or secret makes new isolates, so this never goes stale.
static SITES: OnceLock<Result<Sites, Unusable>> = OnceLock::new();

/// The sites, parsed on the first request.
pub(super) fn of(env: &Env) -> Result<&'static Sites, &'static Unusable> {
    let sites = SITES.get_or_init(|| {
        let sites = || Ok(Sites { present: Site::of(present(env)?), next: next(env)? });
        sites().map_err(|problems| Unusable { problems, answers: Box::new(Answers::neutral()) })
    });
    sites.as_ref()
}

fn present(env: &Env) -> Result<Policy, Vec<Problem>> {
    let missing = "is missing; write it under [vars.TURNPIKE] in wrangler.toml";
    let value = variable(env, "TURNPIKE")?;
    let value = value.ok_or_else(|| vec![Problem::new("TURNPIKE", missing)])?;
    Policy::parse(&value, &Bindings(env))
}

/// While the next policy decides for nobody, what is wrong with it is no reason to refuse what the
/// present one grants.
fn next(env: &Env) -> Result<Option<(Site, Rollout)>, Vec<Problem>> {
    let Some(value) = variable(env, "TURNPIKE_NEXT")? else { return Ok(None) };
    match Rollout::parse(&value, &Bindings(env)) {
        Ok((policy, rollout)) => Ok(Some((Site::of(policy), rollout))),
        Err(problems) if Rollout::is_wanted(&value) => Err(problems),
        Err(problems) => {
            log::problems_of_next(&problems);
            Ok(None)
        }
    }
}

/// The value of a variable as JSON, if it is set. An empty text is how one is taken back for an
/// environment.
fn variable(env: &Env, name: &str) -> Result<Option<String>, Vec<Problem>> {
    let value = Reflect::get(env, &JsValue::from_str(name)).unwrap_or_default();
    if value.is_undefined() || value.as_string().is_some_and(|text| text.is_empty()) {
        return Ok(None);
    }
    let json = JSON::stringify(&value).ok().and_then(|json| json.as_string());
    let problem = || vec![Problem::new(name, "is neither a table nor a string")];
    json.map(Some).ok_or_else(problem)
}

/// The environment as the platform hands it over.
struct Bindings<'e>(&'e Env);

impl Environment for Bindings<'_> {
    fn secret(&self, name: &str) -> Option<String> {
        Reflect::get(self.0, &JsValue::from_str(name)).ok()?.as_string()
    }

    fn has_binding(&self, name: &str) -> bool {
        Reflect::get(self.0, &JsValue::from_str(name)).is_ok_and(|binding| binding.is_object())
    }
}
