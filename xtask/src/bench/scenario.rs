//! What is asked: each scenario puts the same requests to several entrants, who answer alike.

use issuer::Algorithm;
use serde_json::{Value, json};

use super::Plan;
use super::contender::Contender;
use super::tokens::{self, AUDIENCE, ISSUER};
use super::workerd::{Origin, Setting};

/// One row of questions.
pub(super) struct Scenario {
    /// The first is what the others are measured by.
    pub(super) entrants: Vec<Entrant>,
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
    fn status(status: u16) -> Self {
        Self { status, length: None, field: None }
    }

    /// The same of the first answers, which come before anything is stored.
    pub(super) fn status_only(&self) -> Self {
        Self::status(self.status)
    }
}

/// A scenario by name.
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) make: fn(&Plan) -> Scenario,
}

/// How many people the tokens of a scenario are of, where they are seen again.
const PEOPLE: usize = 100;

pub(super) const REPORTS: &str = "/reports/2026";

/// What programs accept, and browsers.
const JSON: &str = "application/json";
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const TEXT: &str = "text/plain";
pub(super) const FORMS: [&str; 3] = [JSON, PAGE, TEXT];

const fn named(name: &'static str, title: &'static str, make: fn(&Plan) -> Scenario) -> Named {
    Named { name, title, make }
}

pub(super) const SCENARIOS: [Named; 17] = [
    named("seen-rs256", "token seen before, RS256", |plan| seen(plan, Algorithm::Rs256)),
    named("seen-es256", "token seen before, ES256", |plan| seen(plan, Algorithm::Es256)),
    named("seen-ed25519", "token seen before, Ed25519", |plan| seen(plan, Algorithm::EdDsa)),
    named("seen-hs256", "token seen before, HS256", |plan| seen(plan, Algorithm::Hs256)),
    named("new-rs256", "token never seen, RS256", |plan| new(plan, Algorithm::Rs256)),
    named("new-es256", "token never seen, ES256", |plan| new(plan, Algorithm::Es256)),
    named("new-ed25519", "token never seen, Ed25519", |plan| new(plan, Algorithm::EdDsa)),
    named("new-hs256", "token never seen, HS256", |plan| new(plan, Algorithm::Hs256)),
    named("none-json", "no token, answered with JSON", |plan| none(plan, JSON)),
    named("none-page", "no token, answered with a page", |plan| none(plan, PAGE)),
    named("none-text", "no token, answered with text", |plan| none(plan, TEXT)),
    named("junk-expired", "expired tokens", |plan| junk(plan, &expired(plan))),
    named("junk-shape", "what was never a token", |plan| junk(plan, &tokens::misshapen())),
    named("junk-issuer", "tokens of an unknown issuer", |plan| junk(plan, &foreign(plan))),
    named("junk-mixed", "the three in turn", |plan| junk(plan, &mixed(plan))),
    named("hit-shared", "cache hit, shared", |plan| hit(plan, "shared", "/shared/2026")),
    named("hit-subject", "cache hit, for one subject", |plan| hit(plan, "subject", "/mine/2026")),
];

/// The same few tokens again and again.
fn seen(plan: &Plan, algorithm: Algorithm) -> Scenario {
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, PEOPLE), REPORTS);
    passed(plan, algorithm, Origin::Constant, &requests, 5)
}

/// Each token once.
fn new(plan: &Plan, algorithm: Algorithm) -> Scenario {
    let count = super::rounds::requests_in_all(plan);
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, count), REPORTS);
    passed(plan, algorithm, Origin::Constant, &requests, 5)
}

/// Requests that all contenders pass to the origin.
fn passed(
    plan: &Plan,
    algorithm: Algorithm,
    origin: Origin,
    requests: &[Vec<u8>],
    length: u64,
) -> Scenario {
    let expected = Expected { status: 200, length: Some(length), field: None };
    let entrant = |contender| Entrant {
        contender,
        label: contender.name().to_owned(),
        setting: Setting { variables: variables(plan, contender, algorithm, "pass"), origin },
        before: Vec::new(),
        requests: requests.to_vec(),
        expected: expected.clone(),
    };
    Scenario { entrants: Contender::ALL.map(entrant).into() }
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
            variables.push(("TYPE", json!(accept.split(',').next())));
            variables.push(("BODY", json!(plan.refusal(accept))));
        }
        Entrant {
            contender,
            label: contender.name().to_owned(),
            setting: Setting { variables, origin: Origin::Constant },
            before: Vec::new(),
            requests: requests.to_vec(),
            expected: Expected::status(401),
        }
    };
    Scenario { entrants: contenders.map(entrant).collect() }
}

/// Requests that all contenders answer out of the cache.
fn hit(plan: &Plan, share: &'static str, path: &str) -> Scenario {
    let algorithm = Algorithm::Es256;
    let requests = with(&tokens::distinct(&plan.issuer, algorithm, PEOPLE), path);
    let entrant = |contender: Contender| {
        let mut variables = variables(plan, contender, algorithm, "cache");
        if contender.is_peer() {
            variables.push(("CACHE", json!(share)));
        }
        let field = match contender {
            Contender::Turnpike => ("cache-status", "turnpike; hit"),
            _ => ("cf-cache-status", "HIT"),
        };
        Entrant {
            contender,
            label: contender.name().to_owned(),
            setting: Setting { variables, origin: Origin::Server(1024) },
            before: Vec::new(),
            requests: requests.clone(),
            expected: Expected { status: 200, length: Some(1024), field: Some(field) },
        }
    };
    Scenario { entrants: Contender::ALL.map(entrant).into() }
}

/// What a contender has to be told.
fn variables(
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
    let (name, keys) = match algorithm.kid() {
        Some(_) => ("jwks", tokens::jwks(&plan.issuer, algorithm)),
        None => ("secret", json!("SECRET")),
    };
    let issuer = json!({
        "issuer": ISSUER,
        "audiences": [AUDIENCE],
        "algorithms": [algorithm.name()],
        (name): keys,
    });
    json!({
        "brand": { "name": "Example", "sign_in": "https://login.example.com/?return_to={url}" },
        "issuers": [issuer],
        "routes": [
            { "path": "/reports/*", "scopes": ["reports:read"] },
            { "path": "/shared/*", "scopes": ["reports:read"], "cache": "shared" },
            { "path": "/mine/*", "scopes": ["reports:read"], "cache": "subject" },
        ],
    })
}

/// A request for a path with each of the tokens.
fn with(tokens: &[String], path: &str) -> Vec<Vec<u8>> {
    let request =
        |token| get(path, &[("Accept", JSON), ("Authorization", &format!("Bearer {token}"))]);
    tokens.iter().map(request).collect()
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
