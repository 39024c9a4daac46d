//! Every case of `tests/cases`, through the core.

use crate::site::{ISSUER, NOW, Outcome, Site};
use crate::support::case::{self, Case, Message};
use crate::support::token::fill;

/// With `TURNPIKE_BLESS` set, what comes of a case is written down as expected; then read the
/// difference before you commit it.
#[test]
fn every_case_holds() {
    let site = Site::of_cases();
    for case in case::all() {
        let Outcome { received, reason, answer } = run(&site, &case);
        if std::env::var_os("TURNPIKE_BLESS").is_some() {
            case.bless(received, reason, answer);
        } else {
            assert_eq!(case.reason.as_deref(), reason, "{}", case.name());
            case.compare(received, answer);
        }
    }
}

fn run(site: &Site, case: &Case) -> Outcome {
    let request = case.request.clone();
    let filled = |text: &str| fill(text, &ISSUER, NOW.0);
    let request = Message {
        fields: request.fields.iter().map(|(name, value)| (name.clone(), filled(value))).collect(),
        ..request
    };
    site.serve(&request, case.origin.as_ref().map(|(_, answers)| answers))
}
