//! A thousand requests for the policy beside this, always the same ones, and what the core
//! decides about each.

use http::{HeaderMap, HeaderName, HeaderValue};
use issuer::{Algorithm, Issuer};
use serde_json::{Map, Value, json};
use turnpike::answer::{Answers, Asker};
use turnpike::gate::{Permit, Screening, screen};
use turnpike::native;
use turnpike::origin::{self, Purpose};
use turnpike::policy::{KeySource, Policy};
use turnpike::request::Head;
use turnpike::time::UnixTime;

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: &'static str,
    pub host: &'static str,
    pub path: String,
    pub fields: Vec<(String, String)>,
}

/// What comes of it, as far as that can be seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub status: u16,
    pub code: Option<String>,
    pub challenge: Option<String>,
    /// What the origin is asked: path, and whoever it is told is asking.
    pub origin: Option<(String, Option<String>)>,
}

pub const COUNT: usize = 1000;

/// The policy with the keys of its issuers.
pub fn policy(issuer: &Issuer, foreign: &Issuer) -> Value {
    let text = include_str!("policy.toml");
    let mut policy: Value = toml::from_str(text).expect("the policy is TOML");
    for (index, keys) in [issuer, foreign].into_iter().enumerate() {
        let trusted = &mut policy["issuers"][index];
        let algorithms = trusted["algorithms"].clone();
        let fits = |key: &Value| algorithms.as_array().expect("a list").contains(&key["alg"]);
        let mut jwks = keys.jwks();
        jwks["keys"].as_array_mut().expect("keys").retain(fits);
        trusted["jwks"] = jwks;
    }
    policy
}

/// The requests, with tokens that are good at this time or not.
pub fn requests(issuer: &Issuer, foreign: &Issuer, now: u64) -> Vec<Asked> {
    let mut chance = Chance(0x7475_726e_7069_6b65);
    (0..COUNT).map(|_| request(&mut chance, issuer, foreign, now)).collect()
}

/// Numbers that only look random (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let bound = u64::try_from(bound).expect("it is small");
        usize::try_from(self.0.checked_rem(bound).expect("it is not zero")).expect("it is small")
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const METHODS: [&str; 10] =
    ["GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

const FIRST: [&str; 10] = [
    "public",
    "docs",
    "reports",
    "orders",
    "users",
    "tenants",
    "admin",
    "beta",
    "files",
    "elsewhere",
];

const NEXT: [&str; 16] = [
    "2026",
    "2025",
    "public",
    "drafts",
    "all",
    "me",
    "keys",
    "shared",
    "health",
    "closed",
    "raw",
    "public.txt",
    "x",
    "month",
    "acme",
    "a%20b",
];

/// What some origins read in another way, or nobody in one.
const ODD: [&str; 8] = ["%2F", ";a", "//x", "/Public", "%zz", ".", "%252e", "/%70ublic"];

fn request(chance: &mut Chance, issuer: &Issuer, foreign: &Issuer, now: u64) -> Asked {
    let mut path = String::new();
    if !chance.once_in(30) {
        path = format!("/{}", chance.of(&FIRST));
        for _ in 0..chance.below(4) {
            path = format!("{path}/{}", chance.of(&NEXT));
        }
    }
    if chance.once_in(8) {
        path.push_str(chance.of(&ODD));
    }
    if path.is_empty() || chance.once_in(8) {
        path.push('/');
    }
    if chance.once_in(5) {
        path.push_str("?q=1&access_token=none");
    }
    let mut fields = Vec::new();
    let mut field = |name: &str, value: String| fields.push((name.to_owned(), value));
    if !chance.once_in(5) {
        let token = token(chance, issuer, foreign, now);
        match chance.below(12) {
            0 => field("Cookie", format!("a=b; __Host-token={token}")),
            1 => field("Cookie", format!("__Host-token={token}; __Host-token=further")),
            2 => {
                field("Authorization", format!("Bearer {token}"));
                field("Cookie", format!("__Host-token={token}"));
            }
            3 => field("Authorization", format!("Basic {token}")),
            4 => field("Authorization", format!("Bearer {token} {token}")),
            _ => field("Authorization", format!("Bearer {token}")),
        }
    }
    if chance.once_in(10) {
        field("X-Auth-Subject", "mallory".to_owned());
    }
    Asked {
        method: chance.of(&METHODS),
        host: match chance.below(20) {
            0 => "other.example",
            1..5 => "api.example.com",
            _ => "docs.example.com",
        },
        path,
        fields,
    }
}

fn token(chance: &mut Chance, issuer: &Issuer, foreign: &Issuer, now: u64) -> String {
    const SCOPES: [&str; 9] =
        ["read", "list", "write", "current", "drafts", "keys", "admin", "beta", "further"];
    let is_strict = chance.once_in(6);
    let mut signer = if is_strict { foreign } else { issuer };
    let (name, typ, scope) = if is_strict {
        ("https://strict.example", "JWT", "scp")
    } else {
        ("https://issuer.example", "at+jwt", "scope")
    };
    let scopes: Vec<&str> = SCOPES.into_iter().filter(|_| chance.below(2) == 0).collect();
    let date = |seconds: i64| json!(now.saturating_add_signed(seconds));
    let mut claims = Map::from_iter([
        ("iss".to_owned(), json!(name)),
        ("aud".to_owned(), json!("https://docs.example.com")),
        ("sub".to_owned(), json!(chance.of(&["alice", "bob", "Zoë 100%"]))),
        ("iat".to_owned(), date(-10)),
        ("exp".to_owned(), date(600)),
        (scope.to_owned(), json!(scopes.join(" "))),
        ("tenant".to_owned(), json!(chance.of(&["acme", "umbrella"]))),
        ("acr".to_owned(), json!(chance.of(&["phr", "otp", "pwd"]))),
        ("auth_time".to_owned(), date(chance.of(&[-10, -200, -5000]))),
    ]);
    let mut algorithm = Algorithm::Es256;
    let mut header = json!({ "typ": typ, "kid": "es256" });
    match chance.below(28) {
        0 => _ = claims.insert("exp".to_owned(), date(-120)),
        1 => _ = claims.insert("nbf".to_owned(), date(300)),
        2 => _ = claims.insert("aud".to_owned(), json!("https://other.example")),
        3 => _ = claims.insert("iss".to_owned(), json!("https://evil.example")),
        4 => _ = claims.remove("sub"),
        5 => _ = claims.insert("cnf".to_owned(), json!({ "jkt": "x" })),
        6 => header["typ"] = json!("dpop+jwt"),
        7 => header["kid"] = json!("unknown"),
        8 => header["crit"] = json!(["x"]),
        9 => signer = if is_strict { issuer } else { foreign },
        10 => _ = claims.insert(scope.to_owned(), json!(7)),
        11 => {
            algorithm = Algorithm::EdDsa;
            header["kid"] = json!("ed25519");
        }
        12 => return "not.a.token".to_owned(),
        _ => {}
    }
    header["alg"] = json!(algorithm.name());
    signer.sign(algorithm, &header, &Value::Object(claims))
}

pub fn header_map(fields: &[(String, String)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let name: HeaderName = name.parse().expect("a field name");
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a field value"));
    }
    map
}

/// What the core decides: the straight line of `src/edge`, without anything around it.
pub fn core(policy: &Policy, asked: &Asked, now: u64) -> Decided {
    let (url, headers) =
        (format!("http://{}{}", asked.host, asked.path), header_map(&asked.fields));
    let head = Head { method: asked.method, url: &url, headers: &headers };
    let answers = Answers::new(policy);
    if let Some(answer) = answers.unasked(policy, &head) {
        let status = answer.status.as_u16();
        return Decided { status, code: None, challenge: None, origin: None };
    }
    let admitted = match screen(policy, &head, UnixTime(now)) {
        Screening::Open(permit) => Ok(permit),
        Screening::Denied(denial) => Err(denial),
        Screening::Presented(presentation) => {
            let KeySource::Static(keys) = presentation.issuer().keys() else {
                panic!("all keys are in the policy")
            };
            presentation.check(keys).and_then(|step| {
                let verdict = native::verify(&step);
                step.conclude(verdict)
            })
        }
    };
    match admitted.or_else(|denial| Permit::for_report(policy, &head, denial)) {
        Ok(permit) => {
            let asked = origin::url(policy, &permit);
            let path = asked.strip_prefix("https://origin.example").unwrap_or(&asked);
            let edits = origin::request(policy, &permit, &headers, &Purpose::Relay);
            let subject = edits.value_of("x-auth-subject").map(str::to_owned);
            let origin = Some((path.to_owned(), subject));
            Decided { status: 200, code: None, challenge: None, origin }
        }
        Err(denial) => {
            let answer = answers.answer(&denial, &Asker::of(Some(policy), &head, "table"));
            Decided {
                status: answer.status.as_u16(),
                code: Some(denial.code().to_owned()),
                challenge: answer.fields.value_of("www-authenticate").map(str::to_owned),
                origin: None,
            }
        }
    }
}
