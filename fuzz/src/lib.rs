//! What the fuzz targets do, each in a module of its own, and what they have in common: an issuer,
//! the policy of the cases, requests as text, and what must hold of every decision.
//!
//! `fuzz_targets/` hands them to the fuzzer, `seeds` to an ordinary test.

pub mod caching;
pub mod claims;
pub mod credentials;
pub mod freshness;
pub mod gate;
pub mod json;
pub mod jws;
pub mod keys;
pub mod negotiation;
pub mod origin;
pub mod policy;
#[cfg(test)]
mod seeds;
pub mod signed;
pub mod url;

#[allow(dead_code, reason = "each suite uses its part of it")]
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use issuer::Issuer;
use serde_json::Value;
use turnpike::answer::{Answer, Answers, Asker};
use turnpike::fields::{Edits, Headers};
use turnpike::gate::{Denial, Permit, Screening, screen};
use turnpike::native;
use turnpike::policy::{Environment, KeySource, Policy};
use turnpike::request::{CredentialSource, Head};
use turnpike::time::UnixTime;
use turnpike::token::Jws;

use self::support::{ecdsa, token};

pub const NOW: UnixTime = UnixTime(1_800_000_000);

/// The issuer whose tokens are in the corpus: `cargo xtask fuzz` keeps it.
pub static ISSUER: LazyLock<Issuer> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.turnpike/dev-issuer.json");
    Issuer::load_or_generate(&file).expect("the issuer's keys can be read")
});

/// The policy of the cases, with the issuer's keys.
///
/// Without PS* and ES512, whose signatures are random: a second one of the same bytes is another
/// one, and [`made_by_issuer`] could not tell. The target `keys` has them.
pub static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/policy.toml");
    let text = std::fs::read_to_string(file).expect("the policy is there");
    let mut policy: Value = toml::from_str(&text).expect("the policy is TOML");
    for issuer in policy["issuers"].as_array_mut().expect("issuers") {
        let algorithms = issuer["algorithms"].as_array_mut().expect("algorithms");
        algorithms.retain(|name| !signs_randomly(name.as_str().expect("a name")));
    }
    let policy = token::with_keys(policy, &ISSUER);
    Policy::parse(&policy.to_string(), &Secrets).expect("the policy is valid")
});

static ANSWERS: LazyLock<Answers> = LazyLock::new(|| Answers::new(&POLICY));

/// Secrets and bindings as the policies of tests name them.
pub struct Secrets;

impl Environment for Secrets {
    fn secret(&self, name: &str) -> Option<String> {
        (name == "TEST_SECRET").then(|| ISSUER.secret().to_owned())
    }

    fn has_binding(&self, name: &str) -> bool {
        name == "ORIGIN"
    }
}

/// A line that says what it is, and the header fields below it.
pub fn message(bytes: &[u8]) -> Option<(&str, HeaderMap)> {
    let (start, lines) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end..]),
        None => (bytes, &[][..]),
    };
    let mut map = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    Some((std::str::from_utf8(start).ok()?, map))
}

/// The only field of a request.
pub fn bearer(token: &str) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a field value");
    HeaderMap::from_iter([(http::header::AUTHORIZATION, value)])
}

/// The decision, in the order of `src/edge/mod.rs`.
pub fn admit<'p>(
    policy: &'p Policy,
    method: &str,
    url: &str,
    headers: &dyn Headers,
) -> Result<Permit<'p>, Denial> {
    match screen(policy, &Head { method, url, headers }, NOW) {
        Screening::Open(permit) => Ok(permit),
        Screening::Denied(denial) => Err(denial),
        Screening::Presented(presentation) => {
            let KeySource::Static(keys) = presentation.issuer().keys() else {
                return Err(Denial::KeysUnavailable { retry_after: 1 });
            };
            let step = presentation.check(keys)?;
            let verdict = native::verify(&step);
            step.conclude(verdict)
        }
    }
}

/// Permits for requests of alice, who may read reports, by method and path. They are made once.
pub fn permits(requests: &[(&str, &str)]) -> Vec<Permit<'static>> {
    let token = token::token("scope=\"reports:read reports:write\"", &ISSUER, NOW.0);
    let permit = |(method, path): &(&str, &str)| {
        let url = format!("https://docs.example.com{path}");
        admit(&POLICY, method, &url, &bearer(&token)).expect("it is a good token")
    };
    requests.iter().map(permit).collect()
}

/// Whether each signature by the issuer is another one.
pub fn signs_randomly(algorithm: &str) -> bool {
    algorithm.starts_with("PS") || algorithm == "ES512"
}

/// Whether one of the issuers signed this: it does so once more, and the same comes out.
pub fn made_by_issuer(text: &str) -> bool {
    let Ok(jws) = Jws::parse(text) else { return false };
    let algorithm = match jws.algorithm().name() {
        "Ed25519" => issuer::Algorithm::EdDsa,
        name => name.parse().expect("the issuer knows it"),
    };
    let is_ecdsa = algorithm.name().starts_with("ES");
    let made_by = |issuer: &Issuer| {
        let signature = issuer.signature(algorithm, jws.message());
        // Whoever has one ECDSA signature can make a second one of it.
        signature == jws.signature() || is_ecdsa && ecdsa::high_s(&signature) == jws.signature()
    };
    made_by(&ISSUER) || made_by(&token::FOREIGN)
}

/// No cache may keep a refusal, and every 401 has a challenge (RFC 9110 section 15.5.2).
pub fn check_refusal(denial: &Denial, method: &str, url: &str, headers: &dyn Headers) {
    let asker = Asker::of(Some(&POLICY), &Head { method, url, headers }, "fuzz");
    check_answer(&ANSWERS.answer(denial, &asker));
}

pub fn check_answer(answer: &Answer) {
    let fields = apply(&answer.fields, HeaderMap::new());
    let field = |name: &str| fields.get(name).map(|value| value.to_str().expect("ASCII"));
    for name in ["cache-control", "cdn-cache-control", "cloudflare-cdn-cache-control"] {
        assert_eq!(field(name), Some("no-store"));
    }
    for name in ["etag", "age", "expires", "last-modified", "cache-status"] {
        assert_eq!(field(name), None);
    }
    // To gRPC, a refusal is told by a field of its own.
    let is_refusal = answer.status.is_client_error() || answer.status.is_server_error();
    assert!(is_refusal || field("grpc-status").is_some_and(|status| status != "0"));
    assert!(answer.status != 401 || field("www-authenticate").is_some());
    assert_eq!(field("x-request-id"), Some("fuzz"));
}

/// The fields after a change. What is set can be sent.
pub fn apply(edits: &Edits, mut fields: HeaderMap) -> HeaderMap {
    for name in &edits.remove {
        fields.remove(&**name);
    }
    for (name, value) in &edits.set {
        let name: HeaderName = name.parse().expect("a field name");
        fields.insert(name, HeaderValue::from_bytes(value.as_bytes()).expect("a field value"));
    }
    fields
}

/// The members of a `Cache-Control` or `Vary` field, in lower case.
pub fn members(field: Option<&str>) -> Vec<String> {
    field.unwrap_or_default().split(',').map(|member| member.trim().to_ascii_lowercase()).collect()
}

/// The places of the policy where a token may be, by the name of the field.
pub fn credential_fields() -> impl Iterator<Item = &'static str> {
    POLICY.credentials().iter().map(|source| match source {
        CredentialSource::Bearer => "authorization",
        CredentialSource::Cookie(_) => "cookie",
        CredentialSource::Header(name) => name,
        CredentialSource::Subprotocol(_) => "sec-websocket-protocol",
    })
}
