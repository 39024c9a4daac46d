//! `cargo xtask policy-test`: what a policy decides, beside what it is expected to.

mod file;

use std::path::{Path, PathBuf};

use pico_args::Arguments;
use serde_json::{Value, json};

use self::file::{Difference, Test, TestFile};
use crate::decide::{Decision, Site, Who, decide, show_time};
use crate::explain;
use crate::shell::{Failure, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Usage: cargo xtask policy-test [FILE]... [options]

Puts the requests of a file to the policy beside it and compares what comes of them with what the
file expects. It is the Worker's own code, run here; nothing is sent anywhere. Exits with 1 if a
test fails, and says how to have it explained. Without FILE it is turnpike.tests.toml beside
wrangler.toml.

    at = \"2026-11-23T11:00:00Z\"             # the time of all tests; default: now

    [[test]]
    name = \"readers read reports\"
    request = \"GET https://docs.example.com/reports/1\"
    claims = { scope = \"reports:read\" }     # of a token that is signed as it should be
    expect = { status = 200, route = \"/reports/*\", cache = \"shared\" }

A file may name its `config` and `env`. A test may have `headers`, a table; `claims`, in which iss,
aud, sub, iat and exp are filled in, but for those in `omit`, a list; `expires_in`, seconds from its
time; or a `token` in place of claims; and an `at` of its own. Without claims and token, nobody asks.
`expect` takes `status`, where 200 is for what passes to the origin or the store, and, each only
compared if it is there, `code`, `reason`, `route`, `cache`, `subject`, `challenge`, `origin` (the
URL that it is asked by), `check` (the check that fails, as `explain` calls it) and `would_deny` (the
code of a refusal that is only reported).

Options:
  --config FILE   in place of what the file of tests says; default: wrangler.toml beside it
  --env NAME      an environment of it
  --next          [vars.TURNPIKE_NEXT] in place of [vars.TURNPIKE]
  --keys FILE     a JWK Set for tokens in place of those that issuers publish
  --json          print one JSON document for each test, a line each: `name`, `passed`,
                  `differences` and `decision`, which is what `explain --json` prints";

/// The file that is looked for.
const DEFAULT: &str = "turnpike.tests.toml";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let chosen = Chosen {
        config: arguments.opt_value_from_str("--config")?,
        environment: arguments.opt_value_from_str("--env")?,
        is_next: arguments.contains("--next"),
        keys: arguments.opt_value_from_str("--keys")?,
    };
    let as_json = arguments.contains("--json");
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(file) = arguments.opt_free_from_str::<PathBuf>()? {
        if file.to_string_lossy().starts_with('-') {
            return Err(Failure::new(format!(
                "`{}` is not an option of `policy-test`: `cargo xtask policy-test --help` lists \
                 them",
                file.display()
            )));
        }
        files.push(file);
    }
    finish(arguments)?;
    if files.is_empty() {
        let beside = match &chosen.config {
            Some(config) => config.clone(),
            None => project::root()?.join("wrangler.toml"),
        };
        files.push(beside.with_file_name(DEFAULT));
    }
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for file in &files {
        for result in results(file, &chosen)? {
            let count = if result.passed() { &mut passed } else { &mut failed };
            *count = count.saturating_add(1);
            if as_json {
                println!("{}", result.json());
            } else {
                println!("{}", result.text().trim_end());
            }
        }
    }
    if !as_json {
        println!("{passed} passed, {failed} failed");
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new("a test failed")),
        failed => Err(Failure::new(format!("{failed} tests failed"))),
    }
}

/// What the command line says in place of the files.
#[derive(Default)]
struct Chosen {
    config: Option<PathBuf>,
    environment: Option<String>,
    is_next: bool,
    keys: Option<PathBuf>,
}

/// What came of a test.
struct Outcome {
    name: String,
    differences: Vec<Difference>,
    decision: Decision,
    /// What explains it.
    command: String,
}

/// The tests of a file, all of them.
fn results(file: &Path, chosen: &Chosen) -> Result<Vec<Outcome>> {
    let tests = TestFile::read(file)?;
    let beside = |name: &str| file.with_file_name(name);
    let config = chosen.config.clone().unwrap_or_else(|| {
        file.parent().unwrap_or(Path::new("")).join(tests.config.as_deref().unwrap_or_else(|| {
            if beside("wrangler.json").exists() { "wrangler.json" } else { "wrangler.toml" }
        }))
    });
    let environment = chosen.environment.clone().or_else(|| tests.env.clone());
    let site = Site::load(&config, environment, chosen.is_next, chosen.keys.as_deref())?;
    let now = match &tests.at {
        Some(at) => at.time()?,
        None => explain::now(),
    };
    let judge = |test: &Test| {
        let wrong = |failure: Failure| {
            Failure::new(format!("{}, `{}`: {failure}", file.display(), test.name))
        };
        let question = test.question(now).map_err(wrong)?;
        let decision = decide(&site, &question).map_err(wrong)?;
        Ok(Outcome {
            name: test.name.clone(),
            differences: test.expect.differences(&decision),
            command: command(&site, &question, chosen.keys.as_deref()),
            decision,
        })
    };
    tests.test.iter().map(judge).collect()
}

impl Outcome {
    fn passed(&self) -> bool {
        self.differences.is_empty()
    }

    fn text(&self) -> String {
        if self.passed() {
            return format!("ok      {}\n", self.name);
        }
        let told = |Difference { field, expected, found }: &Difference| {
            format!("        {field}: expected {expected}, found {found}\n")
        };
        let told: String = self.differences.iter().map(told).collect();
        format!("FAILED  {}\n{told}        {}\n", self.name, self.command)
    }

    fn json(&self) -> Value {
        let differences = self
            .differences
            .iter()
            .map(|it| json!({ "field": it.field, "expected": it.expected, "found": it.found }));
        json!({
            "name": self.name,
            "passed": self.passed(),
            "differences": differences.collect::<Vec<_>>(),
            "decision": self.decision.json(),
        })
    }
}

/// The command that explains a decision. A token is left for the reader to fill in.
fn command(site: &Site, question: &crate::decide::Question, keys: Option<&Path>) -> String {
    let mut words =
        vec!["cargo xtask explain --config".to_owned(), quoted(&site.file.display().to_string())];
    let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    if let Some(name) = &site.environment {
        option("--env", name);
    }
    if site.is_next {
        words.push("--next".to_owned());
    }
    let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    if let Some(keys) = keys {
        option("--keys", &keys.display().to_string());
    }
    option("--method", &question.method);
    option("--url", &question.url);
    for (name, value) in &question.headers {
        option("--header", &format!("{name}: {value}"));
    }
    option("--at", &show_time(question.at.0));
    match &question.who {
        Who::Nobody => {}
        Who::Claims(claims) => option("--claims", &Value::Object(claims.clone()).to_string()),
        Who::Token(_) => words.push("--token \"$TOKEN\"".to_owned()),
    }
    words.join(" ")
}

/// A word that a shell leaves as it is.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn texts(file: &Path) -> Vec<String> {
        let results = results(file, &Chosen::default());
        let results = results.unwrap_or_else(|failure| panic!("{failure}"));
        results.iter().map(Outcome::text).collect()
    }

    #[test]
    fn the_policies_of_the_repository_do_what_their_tests_say() {
        for file in ["turnpike.tests.toml", "demo/turnpike.tests.toml"] {
            let results = texts(&root().join(file));
            assert!(results.len() > 5, "{file}");
            assert!(results.iter().all(|text| text.starts_with("ok  ")), "{}", results.concat());
        }
    }

    #[test]
    fn a_difference_is_told_with_the_command_that_explains_it() {
        let folder = std::env::temp_dir().join(format!("turnpike-tests-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("some.toml");
        let config = root().canonicalize().unwrap().join("demo/wrangler.toml");
        let text = format!(
            "config = '{}'
            at = 1970-01-01T00:10:00Z
            [[test]]
            name = 'it passes'
            request = 'GET https://demo.example/reports/1'
            claims = {{ scope = \"it's none\" }}
            headers = {{ Accept = 'text/html' }}
            expect = {{ status = 200, code = '', route = '/reports/*', subject = 'alice' }}
            ",
            config.display()
        );
        std::fs::write(&file, text).unwrap();
        let [text] = texts(&file).try_into().unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(
            text,
            format!(
                "FAILED  it passes
        status: expected 200, found 403
        code: expected none, found scope_insufficient
        subject: expected alice, found none
        cargo xtask explain --config {} --method GET --url https://demo.example/reports/1 \
                 --header 'Accept: text/html' --at 1970-01-01T00:10:00Z \
                 --claims '{{\"scope\":\"it'\\''s none\"}}'
",
                config.display()
            )
        );
    }
}
