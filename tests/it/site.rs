//! The filter without a platform: the stages in the order of `src/edge/mod.rs`.

use std::path::Path;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use issuer::Issuer;
use serde_json::Value;
use turnpike::answer::{Answer, Answers, Asker};
use turnpike::cache::{CacheKey, CacheStatus, Skip, Storing, Why, decide};
use turnpike::fields::{Edits, Headers};
use turnpike::gate::{Denial, Permit, Screening, screen};
use turnpike::keys::KeySet;
use turnpike::native;
use turnpike::origin::{self, Purpose};
use turnpike::policy::{Environment, KeySource, Policy};
use turnpike::request::Head;
use turnpike::time::UnixTime;

use crate::support::case::Message;
use crate::support::token::with_keys;

pub const NOW: UnixTime = UnixTime(1_800_000_000);

/// Keys are made once per run, which takes seconds; `cargo xtask mutants` has hundreds of runs and
/// keeps them.
pub static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| match std::env::var_os("TURNPIKE_TEST_ISSUER") {
        Some(file) => Issuer::load_or_generate(Path::new(&file)).expect("keys can be read"),
        None => Issuer::generate(),
    });

/// RFC 7515 appendix A.3.1.
const ASSERTION_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// RFC 8037 appendix A.1.
const NEXT_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// Secrets and bindings as the test policies name them.
pub struct TestEnvironment;

impl Environment for TestEnvironment {
    fn secret(&self, name: &str) -> Option<String> {
        match name {
            "TEST_SECRET" => Some(ISSUER.secret().to_owned()),
            "NEXT_SECRET" => Some("n".repeat(64)),
            "ASSERTION_KEY" => Some(ASSERTION_KEY.to_owned()),
            "NEXT_KEY" | "SAME_KEY" => Some(NEXT_KEY.to_owned()),
            "SMALL_KEY" => Some(
                NEXT_KEY.replace("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", &"A".repeat(43)),
            ),
            "SHORT_SECRET" => Some("too short".to_owned()),
            _ => None,
        }
    }

    fn has_binding(&self, name: &str) -> bool {
        name == "ORIGIN"
    }
}

/// The policy of `tests/cases`, with the keys of the test issuer.
pub fn policy_of_cases() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/policy.toml");
    let text = std::fs::read_to_string(file).expect("the policy is there");
    with_keys(toml::from_str(&text).expect("the policy is TOML"), &ISSUER)
}

pub struct Site {
    policy: Policy,
    answers: Answers,
}

/// What came of a request.
pub struct Outcome {
    pub received: Option<Message>,
    pub reason: Option<&'static str>,
    pub answer: Message,
}

impl Site {
    /// The policy of `tests/cases`, with the keys of the test issuer.
    pub fn of_cases() -> Self {
        Self::of(&policy_of_cases())
    }

    pub fn of(policy: &Value) -> Self {
        let policy =
            Policy::parse(&policy.to_string(), &TestEnvironment).expect("the policy is valid");
        Self { answers: Answers::new(&policy), policy }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether a request may pass.
    pub fn admit(
        &self,
        method: &str,
        url: &str,
        headers: &dyn Headers,
    ) -> Result<Permit<'_>, Denial> {
        self.admit_at(method, url, headers, NOW)
    }

    /// The same at another time.
    pub fn admit_at(
        &self,
        method: &str,
        url: &str,
        headers: &dyn Headers,
        now: UnixTime,
    ) -> Result<Permit<'_>, Denial> {
        match screen(&self.policy, &Head { method, url, headers }, now) {
            Screening::Open(permit) => Ok(permit),
            Screening::Denied(denial) => Err(denial),
            Screening::Presented(presentation) => {
                let fetched;
                let keys = match presentation.issuer().keys() {
                    KeySource::Static(keys) => keys,
                    KeySource::Uri(_) | KeySource::Discovery(_) => {
                        let algorithms = presentation.issuer().algorithms();
                        fetched = KeySet::parse(&ISSUER.jwks().to_string(), algorithms)
                            .expect("a key set");
                        &fetched
                    }
                };
                let step = presentation.check(keys)?;
                let verdict = native::verify(&step);
                step.conclude(verdict)
            }
        }
    }

    /// The answer to a refused request.
    pub fn refusal(
        &self,
        denial: &Denial,
        method: &str,
        url: &str,
        headers: &dyn Headers,
    ) -> Answer {
        let head = Head { method, url, headers };
        self.answers.answer(denial, &Asker::of(Some(&self.policy), &head, "test-request"))
    }

    /// What comes of a request when the origin, if it is asked, answers with `answers`.
    pub fn serve(&self, request: &Message, answers: Option<&Message>) -> Outcome {
        let (method, path) = request.method_and_path();
        let url = format!("http://{}{path}", request.field("host").unwrap_or("docs.example.com"));
        let headers = header_map(&request.fields);
        let head = Head { method, url: &url, headers: &headers };
        if let Some(answer) = self.answers.unasked(&self.policy, &head) {
            let fields = apply(&answer.fields, HeaderMap::new());
            let answer = message(answer.status.as_u16(), &fields, &answer.body);
            return Outcome { received: None, reason: None, answer };
        }
        let permit = match self.admit(method, &url, &headers) {
            Ok(permit) => permit,
            Err(denial) => {
                let answer = self.refusal(&denial, method, &url, &headers);
                let fields = apply(&answer.fields, HeaderMap::new());
                return Outcome {
                    received: None,
                    reason: denial.reason(),
                    answer: message(answer.status.as_u16(), &fields, &answer.body),
                };
            }
        };
        let asked = origin::url(&self.policy, &permit);
        let path = asked.strip_prefix("https://origin.example").expect("the origin is asked");
        let key = CacheKey::of(&permit);
        let wants_all = method == "GET" && !headers.contains_key("range");
        let purpose = match &key {
            Some(_) if wants_all => Purpose::Store(Edits::default()),
            _ => Purpose::Relay,
        };
        let edits = origin::request(&self.policy, &permit, &headers, &purpose);
        let received = apply(&edits, headers.clone());
        let received = message_of(format!("{method} {path}"), &received, &request.body);
        let answers = answers
            .unwrap_or_else(|| panic!("{} passes, and the case has no origin", request.start));
        let fields = header_map(&answers.fields);
        let credentials = self.policy.credentials();
        let authorized = origin::passes_authorization(&self.policy, &permit, &headers, &purpose);
        let decided = decide(&permit, credentials, authorized, answers.status(), &fields, NOW);
        let skipped = match decided {
            _ if method == "HEAD" => Some(Skip::Head),
            _ if !wants_all => Some(Skip::Range),
            Storing::Store(..) => None,
            Storing::Skip(skip) => Some(skip),
        };
        let status = match key {
            Some(_) => CacheStatus::Forwarded { why: Why::UriMiss, unchanged: false, skipped },
            None => CacheStatus::without_key(&permit),
        };
        let mut edits = origin::response(&self.policy, &permit, answers.status(), &fields);
        edits.set("cache-status", status.after(Headers::get(&fields, "cache-status").as_deref()));
        let (route, status) = (permit.route(), answers.status());
        let page = self.answers.in_place_of(&self.policy, route, status, &head, "test-request");
        if let Some((_, page)) = page {
            edits.append(page.fields);
            let answer = message(answers.status(), &apply(&edits, fields), &page.body);
            return Outcome { received: Some(received), reason: None, answer };
        }
        let body = if permit.has_body() { &answers.body } else { "" };
        Outcome {
            received: Some(received),
            reason: None,
            answer: message(answers.status(), &apply(&edits, fields), body),
        }
    }
}

pub fn header_map(fields: &[(String, String)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let name: HeaderName = name.parse().expect("a field name");
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a field value"));
    }
    map
}

pub fn apply(edits: &Edits, mut fields: HeaderMap) -> HeaderMap {
    for name in &edits.remove {
        fields.remove(&**name);
    }
    for (name, value) in &edits.set {
        let name: HeaderName = name.parse().expect("a field name");
        fields.insert(name, value.parse().expect("a field value"));
    }
    fields
}

fn message(status: u16, fields: &HeaderMap, body: &str) -> Message {
    message_of(status.to_string(), fields, body)
}

fn message_of(start: String, fields: &HeaderMap, body: &str) -> Message {
    let fields = fields
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    Message { start, fields, body: body.to_owned() }
        .normalized(|name| matches!(name, "cf-ray" | "date" | "host"))
}
