//! The thousand requests of `tests/decisions/requests.rs`: what `explain --json` says of them is what the
//! core decides. `tests/workerd/table.rs` has them in the real runtime.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use issuer::Issuer;
use turnpike::time::UnixTime;

use super::order::{FOREIGN, ISSUER};
use super::{Question, Site, Who, decide};

#[expect(unreachable_pub, reason = "it is a part of other suites as well")]
#[path = "../../../tests/decisions/requests.rs"]
mod requests;

const NOW: u64 = 1_800_000_000;

#[test]
fn a_thousand_decisions_are_those_of_the_core() {
    let (issuer, foreign): (&Issuer, &Issuer) =
        (LazyLock::force(&ISSUER), LazyLock::force(&FOREIGN));
    let site = Site::of(&requests::policy(issuer, foreign));
    assert_eq!(site.policy().routes().len(), 30);
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut routes: BTreeMap<String, usize> = BTreeMap::new();
    for asked in requests::requests(issuer, foreign, NOW) {
        let question = Question {
            method: asked.method.to_owned(),
            url: format!("http://{}{}", asked.host, asked.path),
            headers: asked.fields.clone(),
            who: Who::Nobody,
            at: UnixTime(NOW),
        };
        let document = decide(&site, &question).expect("it is a request").json();
        let core = requests::core(site.policy(), &asked, NOW);
        let answer = &document["answer"];
        assert_eq!(answer["status"], core.status, "{asked:?}");
        assert_eq!(answer["code"].as_str(), core.code.as_deref(), "{asked:?}");
        assert_eq!(answer["challenge"].as_str(), core.challenge.as_deref(), "{asked:?}");
        let path = document["origin"]["url"].as_str().map(|url| {
            url.strip_prefix("https://origin.example").expect("the origin is asked").to_owned()
        });
        assert_eq!(path, core.origin.map(|(path, _)| path), "{asked:?}");
        // One check failed where something was denied, and none where nothing was.
        let checks = document["checks"].as_array().expect("a list");
        let failed = checks.iter().filter(|row| row["outcome"] == "failed").count();
        let is_denied = answer["code"].is_string() || answer["would_deny"].is_string();
        assert_eq!(failed, usize::from(is_denied), "{asked:?}");
        let count = |counts: &mut BTreeMap<String, usize>, name: &str| {
            let count = counts.entry(name.to_owned()).or_default();
            *count = count.saturating_add(1);
        };
        count(&mut codes, answer["code"].as_str().unwrap_or("passes"));
        count(&mut routes, document["route"]["name"].as_str().unwrap_or("ambiguous"));
    }
    // The requests are of every kind, and fall under most routes.
    assert!(codes["passes"] > 200 && codes["scope_insufficient"] > 40, "{codes:?}");
    assert!(codes.len() >= 11, "{codes:?}");
    assert!(routes.len() >= 24, "{routes:?}");
}
