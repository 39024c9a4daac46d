//! Chromium: the private cache of a person. It is asked by script, within pages of each host.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::answer::{Answer, Cache};
use super::case::{Ask, Host};
use super::site::Site;
use crate::shell::{self, Failure, Result};
use crate::{project, setup};

const SCRIPT: &str = include_str!("chromium.mjs");

/// What to call a browser that is there, and its version.
pub(super) fn version() -> Option<String> {
    let text = shell::answer(Command::new(program()).arg("--version"))?;
    text.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

fn program() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned())
}

/// A browser with a new profile, until it is dropped.
pub(super) struct Chromium {
    process: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Chromium {
    pub(super) fn start(site: &Site, folder: &Path) -> Result<Self> {
        let script = folder.join("chromium.mjs");
        std::fs::write(&script, SCRIPT)
            .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
        let server = |name: &str, host: Host| format!("http://{name}:{}", site.port(host));
        let servers = json!({
            Host::Filter.name(): server("127.0.0.1", Host::Filter),
            Host::Other.name(): server("localhost", Host::Other),
            Host::Misconfigured.name(): server("127.0.0.1", Host::Misconfigured),
            Host::Bare.name(): server("127.0.0.1", Host::Bare),
        });
        let mut node = setup::npm_program("node")?;
        node.arg(script).arg(project::root()?).arg(servers.to_string());
        node.stdin(Stdio::piped()).stdout(Stdio::piped());
        // A group of its own: it is stopped with its browser, and only by us.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut node, 0);
        let mut process = node.spawn().map_err(Failure::because("node could not be started"))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(input), Some(output)) => {
                Ok(Self { process, pipes: Mutex::new((input, BufReader::new(output))) })
            }
            _ => Err(Failure::new("node has no pipes")),
        }
    }
}

impl Cache for Chromium {
    fn ask(&self, asks: &[Ask]) -> Result<Vec<Answer>> {
        let asks: Vec<_> = asks.iter().map(as_json).collect();
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = String::new();
        writeln!(pipes.0, "{}", json!(asks))
            .and_then(|()| pipes.1.read_line(&mut line))
            .map_err(Failure::because("Chromium is not to be talked to"))?;
        let answers: Vec<Value> = serde_json::from_str(&line)
            .map_err(Failure::because("Chromium has no answers: see above"))?;
        Ok(answers.iter().map(answer).collect())
    }

    fn conceals(&self, status: u16) -> Option<&'static str> {
        (status == 407).then_some("it takes a 407 that comes from no proxy for an error")
    }
}

fn as_json(ask: &Ask) -> Value {
    let fields: Vec<_> = ask.fields.iter().map(|(name, value)| json!([name, value])).collect();
    json!({ "host": ask.host.name(), "method": ask.method, "path": ask.path, "fields": fields })
}

/// What cannot be read as an answer is none.
fn answer(value: &Value) -> Answer {
    let status = value.get("status").and_then(Value::as_u64).unwrap_or_default();
    let mut fields = HeaderMap::new();
    for field in value.get("fields").and_then(Value::as_array).into_iter().flatten() {
        let part = |place| field.get(place).and_then(Value::as_str).unwrap_or_default();
        if let (Ok(name), Ok(value)) =
            (part(0).parse::<HeaderName>(), part(1).parse::<HeaderValue>())
        {
            fields.append(name, value);
        }
    }
    Answer { status: u16::try_from(status).unwrap_or_default(), fields }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        shell::end_group(&mut self.process);
    }
}
