//! What is printed, and what is a finding.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::reasons::{PASSED, REASONS};

/// A test of the suite and what came of it.
#[derive(Deserialize)]
pub(super) struct Test {
    suite: String,
    /// Whether it is not of the package, but made of one that is. Such tests are not in the sum.
    derived: bool,
    id: String,
    kind: Kind,
    /// What the suite says is wrong; none when the test passed.
    failure: Option<String>,
}

/// What the suite makes of a failure.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A cache must do this.
    Required,
    /// A cache does better to do this.
    Optimal,
    /// It is of interest what caches do; neither is wrong.
    Check,
}

/// In these tests, a stored answer that is used against the rules is a finding whatever the reason.
const NEVER_REUSED_WRONGLY: [&str; 5] =
    ["vary-", "cdn-", "invalidate-", "freshness-", "cc-resp-no-cache-case-insensitive"];

impl Test {
    fn passed(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether a stored answer was used where the test wants a new one.
    fn is_wrong_reuse(&self) -> bool {
        let reused = |failure: &String| {
            failure.contains(" comes from cache") || failure.contains("wasn't sent to server")
        };
        self.failure.as_ref().is_some_and(reused)
    }

    fn reason(&self) -> Option<&'static str> {
        let names_this = |(_, ids): &&(&str, &[&str])| ids.contains(&self.id.as_str());
        REASONS.iter().find(names_this).map(|(reason, _)| *reason)
    }
}

/// Prints the table, then every test that did not pass, by its reason. Gives the findings.
pub(super) fn print(tests: &[Test]) -> Vec<String> {
    let mut suites: Vec<&str> = tests.iter().map(|test| test.suite.as_str()).collect();
    suites.dedup();
    let width = suites.iter().map(|name| name.len()).max().unwrap_or_default();
    println!(
        "{:<width$}  {:>5}  {:>6}  {:>8}  {:>7}  {:>5}",
        "", "tests", "passed", "required", "optimal", "check"
    );
    let line = |name: &str, tests: &[&Test]| {
        let passed = |kind: Kind| {
            let of_kind = tests.iter().filter(|test| test.kind == kind);
            let passed = of_kind.clone().filter(|test| test.passed()).count();
            format!("{passed}/{}", of_kind.count())
        };
        let all_passed = tests.iter().filter(|test| test.passed()).count();
        println!(
            "{name:<width$}  {:>5}  {all_passed:>6}  {:>8}  {:>7}  {:>5}",
            tests.len(),
            passed(Kind::Required),
            passed(Kind::Optimal),
            passed(Kind::Check)
        );
    };
    for derived in [false, true] {
        for suite in &suites {
            let is_in = |test: &&Test| test.suite == *suite && test.derived == derived;
            let tests: Vec<_> = tests.iter().filter(is_in).collect();
            if !tests.is_empty() {
                line(suite, &tests);
            }
        }
        if !derived {
            line("in all", &tests.iter().filter(|test| !test.derived).collect::<Vec<_>>());
        }
    }
    println!("\nNot passed, because ...");
    for (reason, ids) in REASONS {
        println!("{:>5}  {reason}", ids.len());
        for test in tests.iter().filter(|test| ids.contains(&test.id.as_str())) {
            println!("         {}: {}", test.id, test.failure.as_deref().unwrap_or("passed"));
        }
    }
    println!();
    findings(tests)
}

fn findings(tests: &[Test]) -> Vec<String> {
    let describe = |what: &str, test: &Test| {
        format!("{what}: {}: {}", test.id, test.failure.as_deref().unwrap_or("passed"))
    };
    let mut findings = Vec::new();
    for test in tests {
        let is_watched = NEVER_REUSED_WRONGLY.iter().any(|prefix| test.id.starts_with(prefix));
        match (test.passed(), test.reason()) {
            _ if is_watched && test.is_wrong_reuse() => findings.push(describe("Reused", test)),
            (false, None) => findings.push(describe("Without a reason", test)),
            (true, Some(_)) => findings.push(describe("Has a reason not to", test)),
            _ => {}
        }
    }
    let mut known: BTreeSet<_> = tests.iter().map(|test| test.id.as_str()).collect();
    for id in REASONS.iter().flat_map(|(_, ids)| *ids) {
        // Removed once named, so that a second reason for the same test shows as well.
        if !known.remove(id) {
            findings.push(format!("A reason for no test, or a second one: {id}"));
        }
    }
    let passed = tests.iter().filter(|test| test.passed() && !test.derived).count();
    if passed < PASSED {
        findings.push(format!("Only {passed} tests passed, {PASSED} are to"));
    }
    findings
}
