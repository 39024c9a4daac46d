//! The identity provider of `identity_provider.mjs`, in the background.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::client;
use crate::process::{collect, path, root};

const DEADLINE: Duration = Duration::from_secs(30);

/// An identity provider. It can be killed, and started again with the same keys.
pub struct Provider {
    port: u16,
    /// The argument of the script.
    settings: String,
    output: Arc<Mutex<String>>,
    /// It ends when its standard input does, and so with the test process.
    process: Mutex<Option<Child>>,
}

impl Provider {
    /// Starts a provider with new keys. `settings` are those of the script besides port and keys.
    pub fn start(name: &str, mut settings: Value) -> Self {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-keys.json"));
        let _ = fs::remove_file(&file);
        let port = lasting_port();
        settings["port"] = json!(port);
        settings["keys"] = json!(file);
        let provider = Self {
            port,
            settings: settings.to_string(),
            output: Arc::default(),
            process: Mutex::default(),
        };
        provider.restart();
        provider
    }

    /// Starts it, on its port and with its keys.
    pub fn restart(&self) {
        let mut process = Command::new("node")
            .arg(root().join("tests/workerd/identity_provider.mjs"))
            .arg(&self.settings)
            .current_dir(root())
            .env("PATH", path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node can be started");
        collect(process.stdout.take(), &self.output, |_| {});
        collect(process.stderr.take(), &self.output, |_| {});
        let before = self.said("ready");
        *self.process.lock().expect("no test panics with it") = Some(process);
        self.expect("ready", before + 1);
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        let process = self.process.lock().expect("no test panics with it").take();
        let mut process = process.expect("it runs");
        process.kill().expect("it can be killed");
        process.wait().expect("it ends");
    }

    /// Gives a command of the script, and waits until it is carried out.
    pub fn tell(&self, command: &str) {
        let done = format!("done {command}");
        let before = self.said(&done);
        let mut process = self.process.lock().expect("no test panics with it");
        let stdin = process.as_mut().and_then(|process| process.stdin.as_mut()).expect("it runs");
        writeln!(stdin, "{command}").expect("it listens");
        drop(process);
        self.expect(&done, before + 1);
    }

    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// An access token for a resource, which the client `reader` gets by client credentials.
    pub fn token(&self, resource: &str, scope: &str) -> String {
        let parameters =
            [("grant_type", "client_credentials"), ("resource", resource), ("scope", scope)];
        text(&self.ask("/token", &parameters), "access_token")
    }

    /// What alice signs in with: an ID token, and an access token that is for the provider alone.
    pub fn sign_in(&self) -> (String, String) {
        let asked = self.ask("/backchannel", &[("login_hint", "alice"), ("scope", "openid")]);
        let request = text(&asked, "auth_req_id");
        let grant = ("grant_type", "urn:openid:params:grant-type:ciba");
        let tokens = self.ask("/token", &[grant, ("auth_req_id", &request)]);
        (text(&tokens, "id_token"), text(&tokens, "access_token"))
    }

    /// How often it was asked at a path so far.
    pub fn count(&self, path: &str) -> usize {
        self.said(&format!("asked {path}"))
    }

    /// Waits until it was asked at a path.
    pub fn expect_request(&self, path: &str) {
        self.expect(&format!("asked {path}"), 1);
    }

    fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let client = [("client_id", "reader"), ("client_secret", "a secret of the tests")];
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let pairs = client.iter().chain(parameters);
        let body: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let fields = [
            ("Host", format!("127.0.0.1:{}", self.port)),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let response = client::send(self.port, "POST", path, &fields, body.join("&").as_bytes());
        assert_eq!(response.status, 200, "{path} of the provider: {}", response.text());
        response.json()
    }

    /// How many lines say just this.
    fn said(&self, line: &str) -> usize {
        let output = self.output.lock().expect("no thread panics with it");
        output.lines().filter(|said| *said == line).count()
    }

    fn expect(&self, line: &str, count: usize) {
        let started = Instant::now();
        while self.said(line) < count {
            let output = self.output.lock().expect("no thread panics with it").clone();
            assert!(started.elapsed() < DEADLINE, "the provider does not say {line}:\n{output}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

/// A port that nobody takes while the provider is down: none of those that the system gives out.
fn lasting_port() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 1000).expect("it is small") * 10;
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    (first..32_000).find(is_free).expect("a port is free")
}
