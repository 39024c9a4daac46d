//! Takes one step of a request's life again and again: what `cargo xtask cost` counts the
//! instructions of.
//!
//! `core STEP ROUNDS`

#![expect(clippy::expect_used, clippy::panic, reason = "a tool for the command line")]

use std::env;
use std::hint::black_box;

use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION};
use issuer::Algorithm;
use serde_json::{Value, json};
use turnpike::answer::{Answer, Answers, Asker};
use turnpike::cache::CacheKey;
use turnpike::gate::{Permit, Screening, SignatureStep, route_and_screen};
use turnpike::native;
use turnpike::origin::{self, Purpose};
use turnpike::policy::{Environment, KeySource, Policy};
use turnpike::request::{CanonicalUrl, Head};
use turnpike::time::UnixTime;
use turnpike::token::VerifiedTokens;

const NOW: UnixTime = UnixTime(1_800_000_000);
const SOON: u64 = 1_800_000_600;
const LATELY: u64 = 1_799_999_400;

const URL: &str = "https://docs.example.com/reports/2026?page=2";
const ISSUER: &str = "https://issuer.example";
const SECRET: &str = "a secret of at least 32 bytes, which everybody knows";

const JSON: &str = "application/json";
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

struct Secrets;

impl Environment for Secrets {
    fn secret(&self, _: &str) -> Option<String> {
        Some(SECRET.to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

fn main() {
    let mut arguments = env::args().skip(1);
    let mut argument = || arguments.next().expect("STEP ROUNDS");
    let (step, rounds) = (argument(), argument().parse().expect("a number"));
    let mut step = named(&step);
    for _ in 0..rounds {
        step();
    }
}

/// A step, ready to be taken.
fn named(name: &str) -> Box<dyn FnMut()> {
    let token = signed(ISSUER, SOON);
    match name {
        "route-of-5" => find(5),
        "route-of-50" => find(50),
        "route-of-500" => find(500),
        "token-seen" => {
            let (policy, request) = (policy(5), request(JSON, Some(&token)));
            let mut verified = VerifiedTokens::new(256);
            let keys = verified.voucher();
            let step = presented(policy, &request, &verified);
            verified.remember(step.token(), &keys);
            let verdict = native::verify(&step);
            Box::new(move || {
                let step = presented(policy, black_box(&request), &verified);
                assert!(verified.knows(step.token(), &keys), "it was seen");
                black_box(step.conclude(verdict)).expect("it is good");
            })
        }
        "cache-key" => {
            let permit = admitted(policy(5), &request(JSON, Some(&token)));
            Box::new(move || {
                let key = CacheKey::of(black_box(&permit)).expect("it is cached");
                black_box(key.to_url());
            })
        }
        "to-origin" => {
            let (policy, request) = (policy(5), request(JSON, Some(&token)));
            let permit = admitted(policy, &request);
            Box::new(move || {
                black_box(origin::url(policy, black_box(&permit)));
                black_box(origin::request(policy, &permit, &request, &Purpose::Relay));
            })
        }
        "none-json" => refuse(JSON, None),
        "none-page" => refuse(PAGE, None),
        "junk-shape" => refuse(JSON, Some("not.a.token")),
        "junk-issuer" => refuse(JSON, Some(&signed("https://elsewhere.example", SOON))),
        "expired" => refuse(JSON, Some(&signed(ISSUER, LATELY))),
        other => panic!("there is no step {other}"),
    }
}

/// Routes as sites have them: for sections, for what is in them, for methods.
fn route(number: usize) -> Value {
    let section = number / 5;
    match number % 5 {
        0 => json!({ "path": format!("/section-{section}/*") }),
        1 => json!({ "path": format!("/section-{section}/:item"), "methods": ["GET"] }),
        2 => json!({ "path": format!("/section-{section}/:item/edit") }),
        3 => json!({ "path": format!("/section-{section}/index"), "access": "public" }),
        _ => json!({ "path": format!("/section-{section}/files/*"), "methods": ["GET", "PUT"] }),
    }
}

/// So many routes, and one more. It stays until the end.
fn policy(routes: usize) -> &'static Policy {
    let reports = json!({ "path": "/reports/*", "scopes": ["reports:read"], "cache": "subject" });
    let policy = json!({
        "issuers": [{
            "issuer": ISSUER,
            "audiences": ["https://docs.example.com"],
            "algorithms": ["HS256"],
            "secret": "SECRET",
        }],
        "routes": (0..routes).map(route).chain([reports]).collect::<Vec<_>>(),
    });
    Box::leak(Box::new(Policy::parse(&policy.to_string(), &Secrets).expect("it is valid")))
}

/// Finds a route of the last section, and then one of none.
fn find(routes: usize) -> Box<dyn FnMut()> {
    let policy = policy(routes);
    let section = routes.saturating_sub(1) / 5;
    let urls = ["", "/index", "/x/edit", "/files/a/b", "/y", "/../elsewhere"].map(|rest| {
        let path = match rest.strip_prefix("/..") {
            Some(elsewhere) => elsewhere.to_owned(),
            None => format!("/section-{section}{rest}"),
        };
        CanonicalUrl::parse(&format!("https://docs.example.com{path}")).expect("it is canonical")
    });
    let mut urls = urls.into_iter().cycle();
    Box::new(move || {
        let url = urls.next().expect("there is always another one");
        black_box(policy.routes().find(black_box("GET"), &url)).expect("it has one reading");
    })
}

/// Refuses a request, from its head to the whole answer.
fn refuse(accept: &str, token: Option<&str>) -> Box<dyn FnMut()> {
    let (policy, request) = (policy(5), request(accept, token));
    let (answers, known) = (Answers::new(policy), VerifiedTokens::new(0));
    Box::new(move || {
        let head = Head { method: "GET", url: black_box(URL), headers: &request };
        let (route, Screening::Denied(denial)) = route_and_screen(policy, &head, NOW, &known)
        else {
            panic!("it is not refused");
        };
        let asker = Asker::on(Some(policy), route, &head, "3f0e7c1e-4a5b-4c55-9d0e-1f2a3b4c5d6e");
        black_box::<Answer>(answers.answer(&denial, &asker));
    })
}

/// A request up to the step that needs cryptography.
fn presented(
    policy: &'static Policy,
    request: &HeaderMap,
    known: &VerifiedTokens,
) -> SignatureStep<'static, 'static> {
    let head = Head { method: "GET", url: URL, headers: request };
    let (_, Screening::Presented(presentation)) = route_and_screen(policy, &head, NOW, known)
    else {
        panic!("it has a token");
    };
    let KeySource::Static(keys) = presentation.issuer().keys() else { panic!("there is a key") };
    presentation.check(keys).expect("it fits")
}

fn admitted(policy: &'static Policy, request: &HeaderMap) -> Permit<'static> {
    let step = presented(policy, request, &VerifiedTokens::new(0));
    let verdict = native::verify(&step);
    step.conclude(verdict).expect("it is good")
}

/// The fields of a request.
fn request(accept: &str, token: Option<&str>) -> HeaderMap {
    let value = |text: &str| text.parse().expect("a field value");
    let authorization = token.map(|token| (AUTHORIZATION, value(&format!("Bearer {token}"))));
    [(ACCEPT, value(accept))].into_iter().chain(authorization).collect()
}

/// A token as it is usual, signed with the secret.
fn signed(issuer: &str, expires: u64) -> String {
    let header = json!({ "alg": "HS256", "typ": "at+jwt" });
    let claims = json!({
        "iss": issuer,
        "aud": "https://docs.example.com",
        "sub": "alice",
        "client_id": "reader",
        "exp": expires,
        "jti": "0c3f0d6a5b8e4b53a1d07c9be7a1d2f4",
        "scope": "openid profile reports:read",
    });
    let part = |part: &Value| Base64UrlUnpadded::encode_string(part.to_string().as_bytes());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = issuer::mac(Algorithm::Hs256, SECRET.as_bytes(), message.as_bytes());
    format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature))
}
