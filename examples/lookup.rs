//! Looks up routes of a large policy: what `cargo xtask cost` counts the instructions of.
//!
//! `lookup ROUTES ROUNDS`

#![expect(clippy::expect_used, reason = "a tool for the command line")]

use std::env;
use std::hint::black_box;

use serde_json::{Value, json};
use turnpike::policy::{Environment, Policy};
use turnpike::request::CanonicalUrl;

struct Nothing;

impl Environment for Nothing {
    fn secret(&self, _: &str) -> Option<String> {
        None
    }

    fn has_binding(&self, _: &str) -> bool {
        false
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

fn main() {
    let mut numbers = env::args().skip(1).map(|text| text.parse().expect("a number"));
    let mut number = || -> usize { numbers.next().expect("ROUTES ROUNDS") };
    let (routes, rounds) = (number(), number());
    let policy = json!({
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks_uri": "https://issuer.example/jwks.json",
        }],
        "routes": (0..routes).map(route).collect::<Vec<_>>(),
    });
    let policy = Policy::parse(&policy.to_string(), &Nothing).expect("it is valid");
    // Of the last section, and of none.
    let section = routes.saturating_sub(1) / 5;
    let urls = ["", "/index", "/x/edit", "/files/a/b", "/y", "/../elsewhere"].map(|rest| {
        let path = match rest.strip_prefix("/..") {
            Some(elsewhere) => elsewhere.to_owned(),
            None => format!("/section-{section}{rest}"),
        };
        CanonicalUrl::parse(&format!("https://docs.example.com{path}")).expect("it is canonical")
    });
    for _ in 0..rounds {
        for url in &urls {
            black_box(policy.routes().find(black_box("GET"), url)).expect("it has one reading");
        }
    }
}
