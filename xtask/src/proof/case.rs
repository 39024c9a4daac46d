//! What is asked: every refusal of the filter, and of the origin with hostile fields.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use issuer::{Algorithm, Issuer};
use serde_json::{Value, json};

use super::hostile::{self, Fields};

/// Whom a request is for, by host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Host {
    /// The filter, with the origin behind it.
    Filter,
    /// The filter under a name that it does not serve.
    Other,
    /// A filter whose configuration is invalid.
    Misconfigured,
    /// The origin, with no filter in front.
    Bare,
}

impl Host {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Filter => "docs.example.com",
            Self::Other => "other.example",
            Self::Misconfigured => "misconfigured.example",
            Self::Bare => "bare.example",
        }
    }
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) host: Host,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) fields: Fields,
}

/// An answer that must neither be stored nor reused.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) ask: Ask,
    /// The status of the refusal.
    pub(super) status: u16,
    /// The same URL by somebody who may have it, once the origin lets them in.
    pub(super) later: Option<Later>,
    /// A private cache may keep it.
    pub(super) is_for_shared_caches_alone: bool,
}

/// What follows a refusal.
#[derive(Debug, Clone)]
pub(super) struct Later {
    /// Who gets a 200.
    pub(super) admitted: Fields,
    /// Who is refused after that, and how; `None` on a public route.
    pub(super) refused: Option<(Fields, u16)>,
}

/// What the origin does at a path while it refuses.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// Answers with this status.
    Status(u16),
    /// Breaks off without an answer.
    Nothing,
}

/// The cases, and what the origin has to know of them: what it does, and the fields of its answers.
pub(super) struct Plan {
    pub(super) cases: Vec<Case>,
    pub(super) told: BTreeMap<String, (Told, Fields)>,
}

const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
const FORMS: [&str; 4] =
    ["text/html", "application/problem+json", "application/json", "text/plain"];
/// Other forms: how to ask for them, and the status they have instead of that of the refusal.
const OTHER_FORMS: [(&str, &str, &str, Option<u16>); 3] = [
    ("GET", "Sec-Fetch-Dest", "image", None),
    ("POST", "Content-Type", "application/grpc", Some(200)),
    ("POST", "Content-Type", "application/grpc-web-text", Some(200)),
];
const AUTH_STATUSES: [u16; 3] = [401, 403, 407];
/// Others by which an origin keeps somebody out, or conceals that there is something.
const OTHER_STATUSES: [u16; 6] = [400, 402, 404, 405, 410, 451];

pub(super) const ISSUER: &str = "https://issuer.example";
pub(super) const SILENT_ISSUER: &str = "https://silent.example";
pub(super) const AUDIENCE: &str = "https://docs.example.com";

/// `Authorization` with a token that says this beside what is usual.
fn bearer(issuer: &Issuer, claims: Value) -> (&'static str, String) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut all = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": "read", "iat": now, "auth_time": now,
        "exp": now.saturating_add(3600),
    });
    if let (Some(all), Value::Object(claims)) = (all.as_object_mut(), claims) {
        all.extend(claims);
    }
    ("Authorization", format!("Bearer {}", issuer.token(Algorithm::Es256, &all)))
}

impl Plan {
    pub(super) fn new(issuer: &Issuer) -> Self {
        let mut plan = Self { cases: Vec::new(), told: BTreeMap::new() };
        plan.add_denials(issuer);
        let good = vec![bearer(issuer, json!({}))];
        let routes = [("public", Fields::new()), ("private", good.clone()), ("kept", good.clone())];
        for (route, fields) in &routes {
            for status in AUTH_STATUSES {
                for method in METHODS {
                    for hostile in hostile::fields(method, status) {
                        plan.add_refusal_of_origin(route, method, status, (fields, hostile));
                    }
                }
            }
        }
        // A person sees a page of the filter's in place of what the origin says.
        let person = [good.clone(), vec![("Accept", "text/html".to_owned())]].concat();
        for (status, method) in [401, 403].into_iter().flat_map(|s| METHODS.map(|m| (s, m))) {
            for hostile in hostile::fields(method, status) {
                plan.add_refusal_of_origin("paged", method, status, (&person, hostile));
            }
        }
        for status in OTHER_STATUSES {
            for hostile in hostile::fields("GET", status) {
                plan.add_refusal_of_origin("private", "GET", status, (&good, hostile));
            }
        }
        plan
    }

    /// The filter's own refusals, in every form and for every method. But for the one of TRACE, which
    /// caches answer themselves and Chromium does not send, and the one of a `WebSocket`'s handshake,
    /// which is for no cache.
    fn add_denials(&mut self, issuer: &Issuer) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let good = bearer(issuer, json!({}));
        let mut tampered = bearer(issuer, json!({}));
        tampered.1.push('A');
        let denials: [(&str, Host, u16, Fields); 13] = [
            ("credentials_missing", Host::Filter, 401, vec![]),
            (
                "credentials_malformed",
                Host::Filter,
                400,
                vec![("Authorization", "Bearer a b".into())],
            ),
            (
                "credentials_ambiguous",
                Host::Filter,
                400,
                vec![good.clone(), ("X-Access-Token", "a.b.c".into())],
            ),
            (
                "token_expired",
                Host::Filter,
                401,
                vec![bearer(issuer, json!({ "exp": now.saturating_sub(3600) }))],
            ),
            (
                "token_not_yet_valid",
                Host::Filter,
                401,
                vec![bearer(issuer, json!({ "nbf": now.saturating_add(3000) }))],
            ),
            ("token_invalid", Host::Filter, 401, vec![tampered]),
            (
                "scope_insufficient",
                Host::Filter,
                403,
                vec![bearer(issuer, json!({ "scope": "write" }))],
            ),
            (
                "authentication_insufficient",
                Host::Filter,
                401,
                vec![bearer(issuer, json!({ "auth_time": 0 }))],
            ),
            ("url_ambiguous", Host::Filter, 400, vec![good.clone()]),
            ("host_unknown", Host::Other, 421, vec![good.clone()]),
            (
                "keys_unavailable",
                Host::Filter,
                503,
                vec![bearer(issuer, json!({ "iss": SILENT_ISSUER }))],
            ),
            ("misconfigured", Host::Misconfigured, 503, vec![good.clone()]),
            ("origin_unreachable", Host::Filter, 502, vec![good.clone()]),
        ];
        for (code, host, status, credentials) in denials {
            let accepted = METHODS
                .iter()
                .flat_map(|method| FORMS.map(|accept| (*method, "Accept", accept, None)));
            for (method, name, wish, other) in accepted.chain(OTHER_FORMS) {
                let status = other.unwrap_or(status);
                for route in ["private", "kept"] {
                    let mut fields = credentials.clone();
                    fields.push((name, wish.to_owned()));
                    let path = match code {
                        "url_ambiguous" => format!("/{route}/a%2fb/{code}"),
                        _ => format!("/{route}/{code}"),
                    };
                    let admitted = vec![good.clone(), (name, wish.to_owned())];
                    let refused = match code {
                        // Once the origin answers, what is left is who asks.
                        "origin_unreachable" => {
                            (vec![(name, wish.to_owned())], other.unwrap_or(401))
                        }
                        _ => (fields.clone(), status),
                    };
                    let never = matches!(code, "url_ambiguous" | "host_unknown" | "misconfigured");
                    let later = (!never).then_some(Later { admitted, refused: Some(refused) });
                    let told = match code {
                        "origin_unreachable" => Told::Nothing,
                        _ => Told::Status(200),
                    };
                    let ask = Ask { host, method, path, fields };
                    let name = format!("{code}, {method} {wish}, {route}");
                    let case = Case { name, ask, status, later, is_for_shared_caches_alone: false };
                    self.add(case, &(told, hostile::all()));
                }
            }
        }
    }

    fn add_refusal_of_origin(
        &mut self,
        route: &str,
        method: &'static str,
        status: u16,
        (fields, hostile): (&Fields, Fields),
    ) {
        let refused = (route != "public").then(|| (Fields::new(), 401));
        let case = Case {
            name: format!("{status} of the origin, {method} {route}, with {hostile:?}"),
            ask: Ask {
                host: Host::Filter,
                method,
                path: format!("/{route}/{status}"),
                fields: fields.clone(),
            },
            status,
            later: Some(Later { admitted: fields.clone(), refused }),
            is_for_shared_caches_alone: !AUTH_STATUSES.contains(&status),
        };
        self.add(case, &(Told::Status(status), hostile));
    }

    /// Twice, each at a URL of its own: one that is refused and nothing else, and one that is
    /// granted afterwards.
    fn add(&mut self, mut case: Case, told: &(Told, Fields)) {
        let later = case.later.take();
        let path = case.ask.path.clone();
        for later in [Some(None), later.map(Some)].into_iter().flatten() {
            case.ask.path = format!("{path}/{}", self.cases.len());
            case.later = later;
            self.told.insert(case.ask.path.clone(), told.clone());
            self.cases.push(case.clone());
        }
    }
}

impl Ask {
    /// The same at a URL that only one journey uses: the filter has a cache, too, and what it
    /// stores is still there when the next begins.
    #[must_use]
    pub(super) fn of_journey(mut self, journey: &str) -> Self {
        self.path = format!("{}?{journey}", self.path);
        self
    }
}

/// What shows that a cache works: public answers of the filter that anyone may store.
pub(super) fn controls() -> Vec<Ask> {
    let path = |number| format!("/public/control/{number}");
    let ask = |number| Ask {
        host: Host::Filter,
        method: "GET",
        path: path(number),
        fields: Fields::new(),
    };
    (0..10).map(ask).collect()
}

/// What shows that the proof can fail: refusals of the origin with no filter in front of it.
pub(super) fn mutants() -> (Vec<Ask>, BTreeMap<String, (Told, Fields)>) {
    let mut told = BTreeMap::new();
    let mut asks = Vec::new();
    for status in AUTH_STATUSES {
        for hostile in hostile::fields("GET", status) {
            let path = format!("/bare/{status}/{}", asks.len());
            told.insert(path.clone(), (Told::Status(status), hostile));
            asks.push(Ask { host: Host::Bare, method: "GET", path, fields: Fields::new() });
        }
    }
    (asks, told)
}
