//! Clients who leave before they are answered.
//!
//! `wrangler dev` keeps it from the Worker that its client has left, so here workerd itself listens.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client;
use crate::server::{Reply, Server};
use crate::site::{ISSUER, ORIGIN, bearer, policy};
use crate::support::case::Message;
use crate::wrangler::{WRAPPER, answers, collect, free_port, path, root};

static KEY_SERVER: LazyLock<Server> = LazyLock::new(|| {
    Server::start(|_| {
        let body = ISSUER.jwks().to_string();
        let message = Message { start: "200".to_owned(), fields: Vec::new(), body };
        Reply::Late(Duration::from_millis(1000), message)
    })
});

/// The Worker, with nothing in front.
struct Workerd {
    port: u16,
    output: Arc<Mutex<String>>,
    /// Its standard input is what keeps it alive.
    _process: Child,
}

impl Workerd {
    fn serve(policy: &Value) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("leaving");
        fs::create_dir_all(&folder).expect("a folder can be made");
        for file in ["index.js", "index_bg.wasm"] {
            fs::copy(root().join("build").join(file), folder.join(file))
                .expect("the Worker is built by `cargo xtask build`");
        }
        let port = free_port();
        // A JSON string is a string of this language too.
        let bindings =
            [("TURNPIKE", policy.to_string()), ("TEST_SECRET", json!(ISSUER.secret()).to_string())]
                .map(|(name, value)| format!("(name = \"{name}\", json = {})", json!(value)));
        let configuration = format!(
            r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-10-30",
  bindings = [{}],
);
"#,
            bindings.join(", ")
        );
        let file = folder.join("config.capnp");
        fs::write(&file, configuration).expect("a file can be written");
        let mut process = Command::new("sh")
            .args(["-c", WRAPPER, "sh", "workerd", "serve"])
            .arg(&file)
            .env("PATH", path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("sh can be started");
        let output = Arc::new(Mutex::new(String::new()));
        collect(process.stdout.take(), &output);
        collect(process.stderr.take(), &output);
        let workerd = Self { port, output, _process: process };
        let started = Instant::now();
        while !answers(port) {
            assert!(started.elapsed() < Duration::from_secs(60), "it starts:\n{}", workerd.log());
            thread::sleep(Duration::from_millis(100));
        }
        workerd
    }

    fn log(&self) -> String {
        self.output.lock().expect("no thread panics with it").clone()
    }
}

/// Asks, and is ready to leave when dropped: an answer that is there and was not read makes a
/// reset of the end of the connection, which is all that the Worker hears of.
fn about_to_leave(port: u16, fields: &str) -> TcpStream {
    let mut leaving = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    let unread = "GET /public/unread HTTP/1.1\r\nHost: docs.example.com\r\n\r\n";
    let request =
        format!("{unread}GET /elsewhere/left HTTP/1.1\r\nHost: docs.example.com\r\n{fields}\r\n");
    leaving.write_all(request.as_bytes()).expect("it reads");
    leaving
}

#[test]
fn a_client_who_leaves_harms_nobody() {
    const LEAVING: usize = 20;
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    policy["issuers"].as_array_mut().expect("a list").push(json!({
        "issuer": "https://left.example",
        "audiences": ["https://docs.example.com"],
        "algorithms": ["ES256"],
        "jwks_uri": format!("{}/left", KEY_SERVER.url()),
    }));
    let workerd = Workerd::serve(&policy);
    let token = bearer("iss=https://left.example");
    let leaving: Vec<TcpStream> = (0..LEAVING)
        .map(|_| about_to_leave(workerd.port, &format!("Authorization: {token}\r\n")))
        .collect();
    let started = Instant::now();
    while KEY_SERVER.count("/left") == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the keys are never asked for");
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(300));
    drop(leaving);

    let fields = [("Authorization", token.as_str())];
    for _ in 0..10 {
        assert_eq!(client::get(workerd.port, "/elsewhere/stayed", &fields).status, 200);
    }
    assert_eq!(KEY_SERVER.count("/left"), 1, "the fetch outlived the one who began it");

    // A request that does not come to its end keeps its memory for ever.
    let ended = || {
        let is_left =
            |line: &&str| line.contains("\"event\":\"request\"") && line.contains("\"status\":200");
        workerd.log().lines().filter(is_left).count()
    };
    // Who leaves has asked twice.
    let expected = LEAVING * 2 + 10;
    let started = Instant::now();
    while ended() < expected {
        let log = workerd.log();
        assert!(started.elapsed() < Duration::from_secs(10), "{} of {expected}:\n{log}", ended());
        thread::sleep(Duration::from_millis(50));
    }
}
