//! Scenarios without peers: Turnpike beside itself, and the floor beside what Turnpike does, by hand.

use issuer::Algorithm;
use serde_json::{Value, json};

use super::Plan;
use super::contender::Contender;
use super::scenario::{
    Entrant, Expected, HELLO, JSON, PEOPLE, REPORTS, SMALL, Scenario, carry, entrant, get, issuer,
    policy, refusal, with,
};
use super::tokens::{self, ISSUER};
use super::workerd::{Origin, Setting};

/// More tokens than an isolate remembers.
const TOO_MANY: usize = 20_000;

pub(super) fn routes(plan: &Plan) -> Scenario {
    let requests = with(&tokens::distinct(&plan.issuer, Algorithm::Es256, PEOPLE), REPORTS);
    let entrant = |count: usize| {
        let mut policy = policy(plan, Algorithm::Es256);
        let further = (1..count).map(|number| match number % 3 {
            0 => json!({ "path": format!("/section-{number}/*"), "scopes": ["sections:read"] }),
            1 => json!({ "path": format!("/reports/:year/section-{number}"), "methods": ["GET"] }),
            _ => json!({ "path": format!("/section-{number}/:item/edit"), "scopes": ["edit"] }),
        });
        let reports = json!({ "path": "/reports/*", "scopes": ["reports:read"] });
        set(&mut policy, "routes", std::iter::once(reports).chain(further).collect());
        let label = if count == 1 { "1 route".to_owned() } else { format!("{count} routes") };
        turnpike(&label, policy, &requests)
    };
    Scenario { entrants: [1, 50, 500].map(entrant).into(), weight: 1 }
}

pub(super) fn issuers(plan: &Plan) -> Scenario {
    let requests = with(&tokens::distinct(&plan.issuer, Algorithm::Es256, PEOPLE), REPORTS);
    let entrant = |count: usize| {
        let mut policy = policy(plan, Algorithm::Es256);
        let others = (1..count).map(|number| format!("https://issuer-{number}.example"));
        let identifiers = others.chain([ISSUER.to_owned()]);
        let issuers = identifiers.map(|identifier| issuer(plan, Algorithm::Es256, &identifier));
        set(&mut policy, "issuers", issuers.collect());
        let label = if count == 1 { "1 issuer".to_owned() } else { format!("{count} issuers") };
        turnpike(&label, policy, &requests)
    };
    Scenario { entrants: [1, 20].map(entrant).into(), weight: 1 }
}

pub(super) fn full_seen(plan: &Plan) -> Scenario {
    full(plan, PEOPLE)
}

pub(super) fn full_new(plan: &Plan) -> Scenario {
    full(plan, super::rounds::requests_in_all(plan))
}

/// So many tokens, asked for when nothing else was seen before and when too much was.
/// Both have answered as often: code that has run for longer is faster.
fn full(plan: &Plan, count: usize) -> Scenario {
    let algorithm = Algorithm::EdDsa;
    let mut tokens = tokens::distinct(&plan.issuer, algorithm, TOO_MANY.saturating_add(count));
    let requests = with(&tokens.split_off(TOO_MANY), REPORTS);
    let empty = turnpike("empty", policy(plan, algorithm), &requests);
    let full = turnpike("full", policy(plan, algorithm), &requests);
    let known = with(&tokens, REPORTS).into_iter().take(PEOPLE);
    let empty = Entrant { before: known.cycle().take(TOO_MANY).collect(), ..empty };
    let full = Entrant { before: with(&tokens, REPORTS), ..full };
    Scenario { entrants: vec![empty, full], weight: 1 }
}

/// The floor, and what it costs to do in JavaScript, by hand, what Turnpike does besides: what the
/// platform takes for it, whoever does it.
fn by_hand(
    origin: Origin,
    request: &[u8],
    expected: &Expected,
    further: &[(&'static str, Value)],
    tasks: &[(&str, &str)],
) -> Scenario {
    let floor = |(task, label): &(&str, &str)| {
        let mut variables = vec![("TASK", json!(task))];
        variables.extend_from_slice(further);
        let setting = Setting { variables, origin };
        let entrant = entrant(Contender::Floor, setting, vec![request.to_vec()], expected.clone());
        Entrant { label: (*label).to_owned(), ..entrant }
    };
    Scenario { entrants: tasks.iter().map(floor).collect(), weight: 1 }
}

pub(super) fn refused_by_hand(plan: &Plan) -> Scenario {
    let request = get(REPORTS, &[("Accept", JSON)]);
    let tasks = [("refuse", "floor"), ("log", "and a line"), ("refuseByHand", "all by hand")];
    let further = refusal(plan, JSON);
    by_hand(Origin::Constant, &request, &Expected::status(401), &further, &tasks)
}

pub(super) fn passed_by_hand(plan: &Plan) -> Scenario {
    let request = carried(plan, REPORTS);
    let tasks = [("pass", "floor"), ("passByHand", "all by hand")];
    by_hand(Origin::Constant, &request, &Expected::body(HELLO), &[], &tasks)
}

pub(super) fn hit_by_hand(plan: &Plan) -> Scenario {
    let request = carried(plan, "/shared/2026");
    let tasks = [("cache", "floor"), ("cacheByHand", "all by hand")];
    let expected =
        Expected { field: Some(("cf-cache-status", "HIT")), ..Expected::body(SMALL.into()) };
    by_hand(Origin::Server(SMALL), &request, &expected, &[], &tasks)
}

/// A request with some token.
fn carried(plan: &Plan, path: &str) -> Vec<u8> {
    let tokens = tokens::distinct(&plan.issuer, Algorithm::Es256, 1);
    tokens.first().map_or_else(Vec::new, |token| carry(token, path))
}

/// Turnpike with a policy, where it is compared with itself.
fn turnpike(label: &str, policy: Value, requests: &[Vec<u8>]) -> Entrant {
    let setting = Setting { variables: vec![("TURNPIKE", policy)], origin: Origin::Constant };
    let expected = Expected::body(HELLO);
    let entrant = entrant(Contender::Turnpike, setting, requests.to_vec(), expected);
    Entrant { label: label.to_owned(), ..entrant }
}

fn set(policy: &mut Value, name: &str, value: Value) {
    if let Some(policy) = policy.as_object_mut() {
        policy.insert(name.to_owned(), value);
    }
}
