//! The policy of this isolate, parsed once.

use std::sync::OnceLock;

use js_sys::{JSON, Reflect};
use serde_json::Value;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::answer::Answers;
use crate::policy::{Environment, Policy, Problem};

/// A valid policy and what follows from it.
pub(super) struct Site {
    pub(super) policy: Policy,
    pub(super) answers: Answers,
}

/// What there is instead when the configuration is invalid.
pub(super) struct Unusable {
    pub(super) problems: Vec<Problem>,
    pub(super) answers: Box<Answers>,
}

/// A changed variable or secret makes new isolates, so this never goes stale.
static SITE: OnceLock<Result<Site, Unusable>> = OnceLock::new();

/// The site, parsed on the first request.
pub(super) fn of(env: &Env) -> Result<&'static Site, &'static Unusable> {
    let site = SITE.get_or_init(|| {
        let policy = variable(env).and_then(|value| Policy::parse(&value, &Bindings(env)));
        match policy {
            Ok(policy) => Ok(Site { answers: Answers::new(&policy), policy }),
            Err(problems) => Err(Unusable { problems, answers: Box::new(Answers::neutral()) }),
        }
    });
    site.as_ref()
}

fn variable(env: &Env) -> Result<Value, Vec<Problem>> {
    let problem = |what: &str| vec![Problem::new("TURNPIKE", what)];
    let value = Reflect::get(env, &JsValue::from_str("TURNPIKE")).unwrap_or_default();
    if value.is_undefined() {
        return Err(problem("is missing; write it under [vars.TURNPIKE] in wrangler.toml"));
    }
    let json = JSON::stringify(&value).ok().and_then(|json| json.as_string());
    let json = json.ok_or_else(|| problem("is neither a table nor a string"))?;
    serde_json::from_slice(json.as_bytes())
        .map_err(|error| problem(&format!("is not JSON: {error}")))
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
