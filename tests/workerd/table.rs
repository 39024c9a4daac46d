//! The thousand requests of `tests/decisions/requests.rs`, over HTTP: what is decided is what the core
//! decides here, and what `cargo xtask explain` says of it.

use std::sync::Arc;
use std::thread;

use serde_json::json;
use turnpike::policy::{Environment, Policy};

use crate::client;
use crate::server::{Reply, Server};
use crate::site::{ISSUER, now};
use crate::support::token::FOREIGN;
use crate::wrangler::Wrangler;

#[path = "../decisions/requests.rs"]
mod requests;
use requests::{Asked, Decided};

/// How many ask at the same time.
const CLIENTS: usize = 8;

struct Nothing;

impl Environment for Nothing {
    fn secret(&self, _: &str) -> Option<String> {
        None
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

#[test]
fn a_thousand_decisions_are_those_of_the_core() {
    // It says what it was asked, and that nobody may keep that.
    let origin = Server::start(|request| {
        let subject = request.field("x-auth-subject").unwrap_or("-");
        let asked = format!("{} {subject}", request.method_and_path().1);
        Reply::text(200, &[("Cache-Control", "no-store"), ("X-Asked", &asked)], "hello")
    });
    let mut value = requests::policy(&ISSUER, &FOREIGN);
    let policy = Policy::parse(&value.to_string(), &Nothing).expect("the policy is valid");
    value["origin"] = json!(origin.url());
    let worker = Wrangler::serve("table", &value, &[]);
    let port = worker.port;

    let now = now();
    let asked = Arc::new(requests::requests(&ISSUER, &FOREIGN, now));
    let clients = (0..CLIENTS).map(|client| {
        let asked = Arc::clone(&asked);
        thread::spawn(move || -> Vec<(usize, Decided)> {
            let mine = asked.iter().enumerate().skip(client).step_by(CLIENTS);
            mine.map(|(index, asked)| (index, over_http(port, asked))).collect()
        })
    });
    let clients: Vec<_> = clients.collect();
    let mut judged = 0;
    for client in clients {
        for (index, found) in client.join().expect("no request fails") {
            let asked = &asked[index];
            let mut expected = requests::core(&policy, asked, now);
            if asked.method == "HEAD" {
                expected.code = None;
            }
            assert_eq!(found, expected, "{asked:?}");
            judged += 1;
        }
    }
    assert_eq!(judged, requests::COUNT);
}

fn over_http(port: u16, asked: &Asked) -> Decided {
    let mut fields = vec![("Host", asked.host)];
    fields.extend(asked.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let response = client::send(port, asked.method, &asked.path, &fields, b"");
    let origin = response.field("x-asked").map(|asked| {
        let (path, subject) = asked.split_once(' ').expect("two words");
        (path.to_owned(), Some(subject.to_owned()).filter(|subject| subject != "-"))
    });
    let is_refused = origin.is_none() && response.status >= 400;
    Decided {
        status: response.status,
        code: (is_refused && asked.method != "HEAD").then(|| response.code()),
        challenge: response.field("www-authenticate"),
        origin,
    }
}
