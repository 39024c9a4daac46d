//! The demo as a newcomer meets it: `cargo xtask dev`, `cargo xtask token`, and curl.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Response, get, send};
use crate::wrangler::{WRAPPER, answers, free_port, root};

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

/// Starts the demo; it ends with the test process.
fn dev() -> u16 {
    let port = free_port();
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("demo.log");
    let file = File::create(&output).expect("a file can be written");
    let demo = Command::new("sh")
        .args([
            "-c",
            WRAPPER,
            "sh",
            env!("CARGO"),
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--",
            "dev",
            "--port",
        ])
        .arg(port.to_string())
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(file.try_clone().expect("it can be shared"))
        .stderr(file)
        .process_group(0)
        .spawn()
        .expect("sh can be started");
    let started = Instant::now();
    while !answers(port) {
        let said = fs::read_to_string(&output).unwrap_or_default();
        let failed = said.lines().any(|line| line.starts_with("error: "));
        assert!(!failed && started.elapsed() < START_DEADLINE, "the demo does not start:\n{said}");
        thread::sleep(Duration::from_millis(200));
    }
    // Dropping it would end the demo; the process keeps it to its own end.
    std::mem::forget(demo);
    port
}

#[test]
fn the_demo_does_what_the_readme_says() {
    let port = dev();
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
