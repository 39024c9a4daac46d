//! `wrangler dev` in the background.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client;

/// A Worker that is being served.
pub struct Wrangler {
    pub port: u16,
    output: Arc<Mutex<String>>,
    /// Its standard input is what keeps it alive: see [`WRAPPER`].
    _process: Child,
}

/// Runs a program until standard input ends, as it does when the test process does, however that
/// ends; then stops everything the program started. The tests share servers in statics, which are
/// never dropped.
pub const WRAPPER: &str = r#""$@" & read -r _; kill -TERM 0"#;

const START_DEADLINE: Duration = Duration::from_secs(60);

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Wrangler {
    /// Serves the built Worker with this policy and these other variables.
    pub fn serve(name: &str, policy: &Value, variables: &[(&str, &str)]) -> Self {
        Self::serve_main(name, "src/worker.js", policy, variables)
    }

    /// Serves another module.
    pub fn serve_main(name: &str, main: &str, policy: &Value, variables: &[(&str, &str)]) -> Self {
        assert!(
            root().join("build").exists(),
            "the Worker is not built: run `cargo xtask build` first"
        );
        let mut vars = json!({ "TURNPIKE": policy });
        for (name, value) in variables {
            vars[name] = json!(value);
        }
        let configuration = json!({
            "name": name,
            "main": root().join(main),
            "compatibility_date": "2026-10-30",
            "vars": vars,
        });
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder can be made");
        let file = folder.join("wrangler.json");
        fs::write(&file, configuration.to_string()).expect("a file can be written");
        Self::start(&folder, &file)
    }

    fn start(folder: &Path, configuration: &Path) -> Self {
        let port = free_port();
        let mut process = Command::new("sh")
            .args(["-c", WRAPPER, "sh", "wrangler", "dev", "--ip", "127.0.0.1"])
            .args(["--port", &port.to_string(), "--inspector-port", "0"])
            .args(["--show-interactive-dev-session=false", "--log-level", "log"])
            .arg("--persist-to")
            .arg(folder.join("state"))
            .arg("--config")
            .arg(configuration)
            .current_dir(folder)
            .env("PATH", path())
            .env("WRANGLER_SEND_METRICS", "false")
            .env("WRANGLER_SEND_ERROR_REPORTS", "false")
            .env("WRANGLER_HIDE_BANNER", "true")
            .env("WRANGLER_LOG_PATH", folder.join("logs"))
            .env("WRANGLER_REGISTRY_PATH", folder.join("registry"))
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .env("FORCE_COLOR", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("sh can be started");
        let output = Arc::new(Mutex::new(String::new()));
        collect(process.stdout.take(), &output);
        collect(process.stderr.take(), &output);
        let wrangler = Self { port, output, _process: process };
        wrangler.wait();
        wrangler
    }

    fn wait(&self) {
        let started = Instant::now();
        while !answers(self.port) {
            assert!(
                started.elapsed() < START_DEADLINE,
                "wrangler does not answer:\n{}",
                self.log()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Everything it printed.
    pub fn log(&self) -> String {
        self.output.lock().expect("no thread panics with it").clone()
    }

    /// Waits for a log line that holds all of these.
    #[track_caller]
    pub fn expect_log(&self, parts: &[&str]) -> String {
        let started = Instant::now();
        loop {
            let log = self.log();
            let line = log.lines().find(|line| parts.iter().all(|part| line.contains(part)));
            match line {
                Some(line) => return line.to_owned(),
                None if started.elapsed() > Duration::from_secs(5) => {
                    panic!("no line with {parts:?} in\n{log}")
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// `PATH` with the programs of npm packages in front, a newer Node among them.
pub fn path() -> String {
    let programs = root().join("node_modules/.bin");
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default())
}

pub fn collect(pipe: Option<impl Read + Send + 'static>, output: &Arc<Mutex<String>>) {
    let output = Arc::clone(output);
    thread::spawn(move || {
        let lines = pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).lines());
        for line in lines.map_while(Result::ok) {
            let mut output = output.lock().expect("no thread panics with it");
            output.push_str(&line);
            output.push('\n');
        }
    });
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

pub fn answers(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        && client::send_bytes(
            port,
            b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            true,
        )
        .is_ok()
}
