//! What is asked: each scenario puts the same requests to several entrants, who answer alike.

use issuer::Algorithm;
use serde::Serialize;
use serde_json::{Value, json};

use super::Plan;
use super::contender::Contender;
use super::itself::{
    full_new, full_seen, hit_by_hand, issuers, passed_by_hand, refused_by_hand, routes,
};
use super::tokens::{self, AUDIENCE, ISSUER};
use super::workerd::{Origin, Setting};

/// A scenario before its tokens are signed.
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What Turnpike is to cost at most.
    pub(super) goal: Goal,
    pub(super) make: fn(&Plan) -> Scenario,
}

/// Ratios that are aimed at.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Goal {
    /// To the first entrant.
    pub(super) of_floor: Option<f64>,
    /// To the cheaper peer.
    pub(super) of_peer: Option<f64>,
}

/// What is asked, and who.
pub(super) struct Scenario {
    /// The first is what the others are measured by.
    pub(super) entrants: Vec<Entrant>,
    /// A request takes about so many times as long as others: so many times fewer are sent.
    pub(super) weight: usize,
}

/// A Worker with its setting, what it is asked, and what it has to answer.
pub(super) struct Entrant {
    pub(super) contender: Contender,
    pub(super) label: String,
    pub(super) setting: Setting,
    /// Asked once, before everything.
    pub(super) before: Vec<Vec<u8>>,
    /// Asked in turn, and from the beginning again.
    pub(super) requests: Vec<Vec<u8>>,
    pub(super) expected: Expected,
}

/// What every answer has to be like.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// Bytes of the body; `None`: any.
    pub(super) length: Option<u64>,
    /// A field, and what is in it.
    pub(super) field: Option<(&'static str, &'static str)>,
}

impl Expected {
    pub(super) fn status(status: u16) -> Self {
        Self { status, length: None, field: None }
    }

    pub(super) fn body(length: u64) -> Self {
        Self { status: 200, length: Some(length), field: None }
    }

    /// The same of the first answers, which come before anything is stored.
    pub(super) fn without_field(&self) -> Self {
        Self { field: None, ..self.clone() }
    }
}

/// How many people the tokens of a scenario are of, where they are seen again.
pub(super) const PEOPLE: usize = 100;

pub(super) const REPORTS: &str = "/reports/2026";

/// What programs accept, and browsers.
pub(super) const JSON: &str = "application/json";
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const TEXT: &str = "text/plain";
pub(super) const FORMS: [&str; 3] = [JSON, PAGE, TEXT];

/// Bodies of the origin, in bytes.
pub(super) const SMALL: u32 = 1024;
const LARGE: u32 = 1024 * 1024;

/// The body of the constant origin.
pub(super) const HELLO: u64 = 5;

const NONE: Goal = Goal { of_floor: None, of_peer: None };
const SEEN: Goal = Goal { of_floor: Some(1.5), of_peer: Some(0.6) };
const NEW: Goal = Goal { of_floor: None, of_peer: Some(1.15) };
const REFUSED: Goal = Goal { of_floor: Some(1.5), of_peer: None };
const HIT: Goal = Goal { of_floor: Some(1.25), of_peer: None };
const SAME: Goal = Goal { of_floor: Some(1.05), of_peer: None };
const FULL: Goal = Goal { of_floor: Some(1.1), of_peer: None };

const fn named(
    name: &'static str,
    title: &'static str,
    goal: Goal,
    make: fn(&Plan) -> Scenario,
) -> Named {
    Named { name, title, goal, make }
}

#[rustfmt::skip]
pub(super) const SCENARIOS: [Named; 28] = [
    named("seen-rs256", "token seen before, RS256", SEEN, |plan| seen(plan, Algorithm::Rs256)),
    named("seen-es256", "token seen before, ES256", SEEN, |plan| seen(plan, Algorithm::Es256)),
    named("seen-ed25519", "token seen before, Ed25519", SEEN, |plan| seen(plan, Algorithm::EdDsa)),
    named("seen-hs256", "token seen before, HS256", SEEN, |plan| seen(plan, Algorithm::Hs256)),
    named("new-rs256", "token never seen, RS256", NEW, |plan| new(plan, Algorithm::Rs256)),
    named("new-es256", "token never seen, ES256", NEW, |plan| new(plan, Algorithm::Es256)),
    named("new-ed25519", "token never seen, Ed25519", NEW, |plan| new(plan, Algorithm::EdDsa)),
    named("new-hs256", "token never seen, HS256", NEW, |plan| new(plan, Algorithm::Hs256)),
    named("none-json", "no token, answered with JSON", REFUSED, |plan| none(plan, JSON)),
    named("none-page", "no token, answered with a page", REFUSED, |plan| none(plan, PAGE)),
    named("none-text", "no token, answered with text", REFUSED, |plan| none(plan, TEXT)),
    named("expired", "expired tokens", REFUSED, |plan| junk(plan, &expired(plan))),
    named("junk-shape", "what was never a token", REFUSED, |plan| junk(plan, &tokens::misshapen())),
    named("junk-issuer", "tokens of an unknown issuer", REFUSED, |plan| junk(plan, &foreign(plan))),
    named("junk-mixed", "expired, misshapen and foreign tokens in turn", REFUSED, |plan| junk(plan, &mixed(plan))),
    named("hit-shared", "cache hit, shared", HIT, |plan| hit(plan, "shared", "/shared/2026")),
    named("hit-subject", "cache hit, for one subject each", HIT, |plan| hit(plan, "subject", "/mine/2026")),
    named("miss-1k", "cache miss, 1 KB", NONE, |plan| miss(plan, SMALL, 1)),
    named("miss-1m", "cache miss, 1 MB", NONE, |plan| miss(plan, LARGE, 20)),
    named("pass-1k", "passed to the origin, 1 KB", NONE, |plan| pass(plan, SMALL, 1)),
    named("pass-1m", "passed to the origin, 1 MB", NONE, |plan| pass(plan, LARGE, 20)),
    named("routes", "among more routes", SAME, routes),
    named("issuers", "among more issuers", SAME, issuers),
    named("full-seen", "token seen before, token memory full", FULL, full_seen),
    named("full-new", "token never seen, token memory full", FULL, full_new),
    named("hand-refused", "no token, answered with JSON, in JavaScript", NONE, refused_by_hand),
    named("hand-passed", "token seen before, in JavaScript", NONE, passed_by_hand),
    named("hand-hit", "cache hit, in JavaScript", NONE, hit_by_hand),
];

/// The same few tokens again and again.
fn seen(plan: &Plan, algorithm: Algorithm) -> Scenario {
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, PEOPLE), REPORTS);
    passed(plan, algorithm, Origin::Constant, &requests, HELLO)
}

/// Each token once.
fn new(plan: &Plan, algorithm: Algorithm) -> Scenario {
    let count = super::rounds::requests_in_all(plan);
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, count), REPORTS);
    passed(plan, algorithm, Origin::Constant, &requests, HELLO)
}

/// What a fresh isolate is asked.
pub(super) fn first_token(plan: &Plan) -> Scenario {
    seen(plan, Algorithm::Es256)
}

/// Answers of an origin that is somewhere else.
fn pass(plan: &Plan, length: u32, weight: usize) -> Scenario {
    let algorithm = Algorithm::Es256;
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, PEOPLE), REPORTS);
    let scenario = passed(plan, algorithm, Origin::Server(length), &requests, length.into());
    Scenario { weight, ..scenario }
}

/// Requests that all contenders pass to the origin.
fn passed(
    plan: &Plan,
    algorithm: Algorithm,
    origin: Origin,
    requests: &[Vec<u8>],
    length: u64,
) -> Scenario {
    let entrant = |contender| {
        let variables = variables(plan, contender, algorithm, "pass");
        let expected = Expected::body(length);
        entrant(contender, Setting { variables, origin }, requests.to_vec(), expected)
    };
    Scenario { entrants: Contender::ALL.map(entrant).into(), weight: 1 }
}

/// No token at all. Turnpike alone has pages and texts.
fn none(plan: &Plan, accept: &str) -> Scenario {
    let contenders = Contender::ALL.into_iter().filter(|it| accept == JSON || !it.is_peer());
    refused(plan, contenders, accept, &[get(REPORTS, &[("Accept", accept)])])
}

/// Tokens that are good for nothing.
fn junk(plan: &Plan, tokens: &[String]) -> Scenario {
    refused(plan, Contender::ALL.into_iter(), JSON, &with(tokens, REPORTS))
}

fn expired(plan: &Plan) -> Vec<String> {
    tokens::expired(&plan.issuer, Algorithm::Es256, PEOPLE)
}

fn foreign(plan: &Plan) -> Vec<String> {
    tokens::foreign(&plan.issuer, Algorithm::Es256, PEOPLE)
}

/// As many of each kind.
fn mixed(plan: &Plan) -> Vec<String> {
    let misshapen = tokens::misshapen().into_iter().cycle();
    let others = expired(plan).into_iter().zip(foreign(plan));
    misshapen.zip(others).flat_map(|(one, (another, third))| [one, another, third]).collect()
}

/// Requests that all of these contenders refuse.
fn refused(
    plan: &Plan,
    contenders: impl Iterator<Item = Contender>,
    accept: &str,
    requests: &[Vec<u8>],
) -> Scenario {
    let entrant = |contender: Contender| {
        let mut variables = variables(plan, contender, Algorithm::Es256, "refuse");
        if contender == Contender::Floor {
            variables.extend(refusal(plan, accept));
        }
        let setting = Setting { variables, origin: Origin::Constant };
        entrant(contender, setting, requests.to_vec(), Expected::status(401))
    };
    Scenario { entrants: contenders.map(entrant).collect(), weight: 1 }
}

/// What the floor is told to say: as much as Turnpike does.
pub(super) fn refusal(plan: &Plan, accept: &str) -> [(&'static str, Value); 2] {
    [("TYPE", json!(accept.split(',').next())), ("BODY", json!(plan.refusal(accept)))]
}

/// Requests that all contenders answer out of the cache.
fn hit(plan: &Plan, share: &'static str, path: &str) -> Scenario {
    let tokens = tokens::distinct(&plan.issuer, Algorithm::Es256, PEOPLE);
    cached(plan, share, SMALL, &with(&tokens, path), |contender| match contender {
        Contender::Turnpike => Some(("cache-status", "turnpike; hit")),
        _ => Some(("cf-cache-status", "HIT")),
    })
}

/// Requests to which there is no stored answer yet; it is stored.
fn miss(plan: &Plan, length: u32, weight: usize) -> Scenario {
    let tokens = tokens::distinct(&plan.issuer, Algorithm::Es256, PEOPLE);
    let count = super::rounds::requests_in_all(plan);
    let numbered = tokens.iter().cycle().take(count).enumerate();
    let requests: Vec<_> =
        numbered.map(|(number, token)| carry(token, &format!("/shared/{number}"))).collect();
    let scenario = cached(plan, "shared", length, &requests, |contender| match contender {
        Contender::Turnpike => Some(("cache-status", "turnpike; fwd=uri-miss; stored")),
        _ => None,
    });
    Scenario { weight, ..scenario }
}

/// Requests for what is stored, or will be.
fn cached(
    plan: &Plan,
    share: &str,
    length: u32,
    requests: &[Vec<u8>],
    field: fn(Contender) -> Option<(&'static str, &'static str)>,
) -> Scenario {
    let entrant = |contender: Contender| {
        let mut variables = variables(plan, contender, Algorithm::Es256, "cache");
        if contender.is_peer() {
            variables.push(("CACHE", json!(share)));
        }
        let setting = Setting { variables, origin: Origin::Server(length) };
        let expected = Expected { field: field(contender), ..Expected::body(length.into()) };
        entrant(contender, setting, requests.to_vec(), expected)
    };
    Scenario { entrants: Contender::ALL.map(entrant).into(), weight: 1 }
}

pub(super) fn entrant(
    contender: Contender,
    setting: Setting,
    requests: Vec<Vec<u8>>,
    expected: Expected,
) -> Entrant {
    let label = contender.name().to_owned();
    Entrant { contender, label, setting, before: Vec::new(), requests, expected }
}

/// What a contender has to be told.
pub(super) fn variables(
    plan: &Plan,
    contender: Contender,
    algorithm: Algorithm,
    task: &str,
) -> Vec<(&'static str, Value)> {
    let is_secret = algorithm.kid().is_none();
    let secret = ("SECRET", json!(plan.issuer.secret()));
    match contender {
        Contender::Floor => vec![("TASK", json!(task))],
        Contender::Turnpike => {
            let policy = ("TURNPIKE", policy(plan, algorithm));
            if is_secret { vec![policy, secret] } else { vec![policy] }
        }
        Contender::Jose | Contender::Hono => vec![
            ("ISSUER", json!(ISSUER)),
            ("AUDIENCE", json!(AUDIENCE)),
            ("ALGORITHM", json!(algorithm.name())),
            if is_secret { secret } else { ("JWKS", tokens::jwks(&plan.issuer, algorithm)) },
        ],
    }
}

/// Turnpike's policy. The origin is what the request was for, as on a route of a zone.
pub(super) fn policy(plan: &Plan, algorithm: Algorithm) -> Value {
    json!({
        "brand": { "name": "Example", "sign_in": "https://login.example.com/?return_to={url}" },
        "issuers": [issuer(plan, algorithm, ISSUER)],
        "routes": [
            { "path": "/reports/*", "scopes": ["reports:read"] },
            { "path": "/shared/*", "scopes": ["reports:read"], "cache": "shared" },
            { "path": "/mine/*", "scopes": ["reports:read"], "cache": "subject" },
        ],
    })
}

pub(super) fn issuer(plan: &Plan, algorithm: Algorithm, identifier: &str) -> Value {
    let (name, keys) = match algorithm.kid() {
        Some(_) => ("jwks", tokens::jwks(&plan.issuer, algorithm)),
        None => ("secret", json!("SECRET")),
    };
    json!({
        "issuer": identifier,
        "audiences": [AUDIENCE],
        "algorithms": [algorithm.name()],
        (name): keys,
    })
}

/// A request for a path with each of the tokens.
pub(super) fn with(tokens: &[String], path: &str) -> Vec<Vec<u8>> {
    tokens.iter().map(|token| carry(token, path)).collect()
}

/// A request with a token.
pub(super) fn carry(token: &str, path: &str) -> Vec<u8> {
    get(path, &[("Accept", JSON), ("Authorization", &format!("Bearer {token}"))])
}

/// A request as a program sends it.
pub(super) fn get(path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut request =
        format!("GET {path} HTTP/1.1\r\nHost: docs.example.com\r\nUser-Agent: bench\r\n");
    for (name, value) in fields {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.push_str("\r\n");
    request.into()
}
