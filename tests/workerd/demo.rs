//! The demo as a newcomer meets it: `cargo xtask dev`, `cargo xtask token`, and curl.

use std::fs;
use std::process::Command;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::client::{Response, get, send};
use crate::process::{Process, free_port, program, root};

/// What it may take, a build included.
const START_DEADLINE: Duration = Duration::from_secs(400);

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--package", "xtask", "--"]).current_dir(root());
    command
}

fn token(arguments: &[&str]) -> String {
    let output = xtask().arg("token").args(arguments).output().expect("xtask runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    format!("Bearer {}", String::from_utf8(output.stdout).expect("a token is text").trim())
}

/// The demo, until the test process ends.
static DEMO: LazyLock<Process> = LazyLock::new(|| {
    let port = free_port();
    let mut demo = program(env!("CARGO"));
    demo.args(["run", "--quiet", "--package", "xtask", "--", "dev", "--port"])
        .arg(port.to_string())
        .current_dir(root());
    Process::start(demo, port, START_DEADLINE, |line| line.starts_with("error: "), |_| {})
});

#[test]
fn the_demo_does_what_the_readme_says() {
    let port = DEMO.port;
    let ask = |path: &str, token: &str| get(port, path, &[("Authorization", token)]);
    let count = |response: &Response| response.json()["count"].as_u64().expect("a count");
    let cache = |response: &Response| response.field("cache-status").unwrap_or_default();

    let anonymous = get(port, "/reports/q3", &[]);
    assert_eq!(anonymous.status, 401);
    assert_eq!(
        anonymous.field("www-authenticate").as_deref(),
        Some("Bearer realm=\"Turnpike Demo\", scope=\"reports:read\"")
    );
    assert_eq!(anonymous.field("content-type").as_deref(), Some("application/problem+json"));
    anonymous.assert_unstorable();
    let person = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")];
    let page = get(port, "/reports/q3", &person);
    assert_eq!(
        (page.status, page.field("content-type").as_deref()),
        (401, Some("text/html; charset=utf-8"))
    );
    assert!(page.text().contains("Turnpike Demo"));

    let reader = token(&["--scope", "reports:read"]);
    let first = ask("/reports/q3", &reader);
    assert_eq!((first.status, cache(&first).as_str()), (200, "turnpike; fwd=uri-miss; stored"));
    thread::sleep(Duration::from_millis(300));
    let second = ask("/reports/q3", &reader);
    assert!(cache(&second).starts_with("turnpike; hit; ttl="), "{}", cache(&second));
    assert_eq!(count(&second), count(&first), "the origin was not asked again");
    assert_eq!(get(port, "/reports/q3", &[]).status, 401);

    let expired = ask("/reports/q3", &token(&["--scope", "reports:read", "--expires-in", "-60"]));
    assert_eq!((expired.status, expired.code().as_str()), (401, "token_expired"));
    let challenge = expired.field("www-authenticate").expect("a challenge");
    let error = "error=\"invalid_token\", error_description=\"The access token expired\", ";
    assert!(challenge.contains(error), "{challenge}");
    assert_eq!(ask("/reports/q3", &token(&[])).status, 403);

    let etag = first.field("etag").expect("the demo names a version");
    let conditional = get(port, "/reports/q3", &[("If-None-Match", &etag)]);
    assert_eq!(conditional.status, 401);
    conditional.assert_unstorable();

    let subject = |response: &Response| response.json()["identity"]["x-auth-subject"].clone();
    for name in ["alice", "bob", "alice", "bob"] {
        let mine = ask("/mine/x", &token(&["--sub", name]));
        assert_eq!(subject(&mine), Value::from(name));
    }

    let any = token(&["--alg", "EdDSA", "--claim", "team=\"docs\""]);
    for path in ["/origin/401", "/origin/403"] {
        let contained = ask(path, &any);
        let again = ask(path, &any);
        assert!(matches!(contained.status, 401 | 403));
        assert_eq!(contained.field("cache-control").as_deref(), Some("no-store"));
        for gone in ["cdn-cache-control", "expires", "etag", "age", "last-modified"] {
            assert_eq!(contained.field(gone), None, "{gone}");
        }
        assert_eq!(count(&again), count(&contained) + 1, "it is not stored");
    }
    for algorithm in ["HS512", "RS256", "PS384", "ES512"] {
        let response = ask("/elsewhere", &token(&["--alg", algorithm]));
        assert_eq!(response.status, 404, "{algorithm}: an unknown path is the origin's 404");
    }
    assert_eq!(ask("/origin/redirect", &any).status, 302);
    assert_eq!(ask("/origin/500", &any).status, 500);
    assert_eq!(get(port, "/public/hello", &[]).status, 200);
    let posted = send(port, "POST", "/elsewhere", &[("Authorization", &any)], b"four");
    assert_eq!(posted.json()["body_length"], 4);

    // The page of examples/spa/, and the script it shows.
    assert!(get(port, "/public/spa/", &[]).text().contains("./fetch.mjs"));
    let script = get(port, "/public/spa/fetch.mjs", &[]);
    let type_of_scripts = script.field("content-type").unwrap_or_default();
    assert!(type_of_scripts.starts_with("text/javascript"), "{type_of_scripts}");
    let file = fs::read_to_string(root().join("examples/spa/fetch.mjs")).expect("it can be read");
    assert_eq!(script.text(), file);

    // Without `cors`, the origin answers preflights: nobody sees more of it than a browser needs.
    let mut preflight =
        vec![("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "GET")];
    let passed = send(port, "OPTIONS", "/reports/q3", &preflight, b"");
    assert_eq!((passed.status, passed.text().as_str()), (200, ""));
    assert_eq!(passed.field("cache-control").as_deref(), Some("no-store"));
    assert_eq!((passed.field("etag"), passed.field("content-type")), (None, None));
    preflight.pop();
    assert_eq!(send(port, "OPTIONS", "/reports/q3", &preflight, b"").status, 401);
}

/// Every line of the commands, by a shell, in their order.
#[test]
fn what_the_readme_shows_of_the_cache_can_be_seen() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    let section = readme.split("### See it").nth(1).expect("it has this section");
    let commands = section.split("```").nth(1).and_then(|block| block.strip_prefix("sh\n"));
    let commands = commands.expect("it has commands");
    let says_what_is_printed = |line: &&str| line.starts_with("see ") || line.starts_with("curl ");
    let expected: Vec<String> = commands
        .lines()
        .filter(says_what_is_printed)
        .map(|line| line.split_once(" # ").expect("it says what is printed").1)
        .map(without_seconds)
        .collect();
    assert!(expected.len() > 10, "{commands}");

    // Storing goes on behind an answer; nobody types as fast as a script.
    let script = format!("set -e\n{}", commands.replace('\n', "\nsleep 0.5\n"));
    let reader = token(&["--scope", "reports:read"]).replace("Bearer ", "");
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("URL", format!("http://127.0.0.1:{}", DEMO.port))
        .env("READER", reader)
        .output()
        .expect("sh can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("it is text");
    let printed: Vec<String> = printed.lines().map(without_seconds).collect();
    assert_eq!(printed, expected);
}

/// A line that is the same a second later.
fn without_seconds(line: &str) -> String {
    let (before, after) = line.split_once("ttl=").unwrap_or((line, ""));
    let after: String = after.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{before}{after}").trim().to_owned()
}
