//! Every case of `tests/cases`, over HTTP.

use crate::client;
use crate::server::Reply;
use crate::site::{ISSUER, ORIGIN, SITE, is_the_platforms, message, now, tell};
use crate::support::case::{self, Case};
use crate::support::token::fill;

#[test]
fn every_case_holds() {
    for case in case::all() {
        run(&case);
    }
}

fn run(case: &Case) {
    let (method, path) = case.request.method_and_path();
    if let Some((receives, answers)) = &case.origin {
        tell(receives.method_and_path().1, Reply::With(answers.clone()));
    }
    let fields: Vec<(String, String)> =
        std::iter::once(("CF-Ray".to_owned(), "test-request".to_owned()))
            .chain(
                case.request
                    .fields
                    .iter()
                    .map(|(name, value)| (name.clone(), fill(value, &ISSUER, now()))),
            )
            .collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Other tests ask the origin at the same time, but never for the paths of a case.
    let asked = |path: &str| ORIGIN.seen_at(path).into_iter().next_back();
    let before =
        case.origin.as_ref().map_or(0, |(receives, _)| ORIGIN.count(receives.method_and_path().1));
    let response = client::send(SITE.port, method, path, &fields, case.request.body.as_bytes());
    let received = case.origin.as_ref().and_then(|(receives, _)| {
        let path = receives.method_and_path().1;
        assert_eq!(ORIGIN.count(path), before + 1, "{}: the origin is asked once", case.name());
        let mut received = asked(path)?;
        // What tells the cache of the zone to keep out, as the platform puts it (see edge/origin.rs).
        let told = |name: &str| received.field(name) == Some("no-cache");
        let is_teams = case.request.field("host").is_some_and(|host| host.contains(".teams."));
        let is_handshake = case.request.field("upgrade").is_some();
        let is_public = !is_handshake
            && ((path.starts_with("/public/") && !is_teams) || path.starts_with("/site/"));
        assert_eq!(told("cache-control") && told("pragma"), !is_public, "{}", case.name());
        received.fields.retain(|(name, _)| name != "cache-control" && name != "pragma");
        Some(received)
    });
    if case.origin.is_none() {
        assert_eq!(ORIGIN.count(path), 0, "{}: the origin is not asked", case.name());
    }
    case.compare(received.map(|message| message.normalized(is_the_platforms)), message(response));
}
