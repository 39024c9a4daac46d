//! workerd with one Worker in it, on a core of its own, and what it has used of that.

use std::fs;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::contender::{Bundle, kind};
use super::cores::{self, Cores};
use super::http::Client;
use super::{memory, outside};
use crate::shell::{self, Failure, Result};
use crate::{project, server, setup};

const START_DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_micros(500);

/// What `fetch()` reaches.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// A Worker in the same process that answers with a constant: as near to nothing as it gets.
    Constant,
    /// A server on this machine, with answers of this many bytes.
    Server(u32),
}

/// What a Worker is given.
#[derive(Clone)]
pub(super) struct Setting {
    /// Variables, with their values as JSON.
    pub(super) variables: Vec<(&'static str, Value)>,
    pub(super) origin: Origin,
}

/// A running workerd. It ends when this is dropped.
pub(super) struct Workerd {
    pub(super) port: u16,
    process: Child,
}

impl Drop for Workerd {
    fn drop(&mut self) {
        shell::end(&mut self.process);
    }
}

impl Workerd {
    /// Serves a Worker on a core, and waits until connections are taken.
    pub(super) fn start(bundle: &Bundle, setting: &Setting, core: usize) -> Result<Self> {
        let port = server::free_port()?;
        let configuration = bundle.folder.join(format!("{port}.capnp"));
        let no_port = Failure::because("the origin or the cache has no port");
        let text = outside::cache().and_then(|cache| configure(bundle, setting, port, cache));
        fs::write(&configuration, text.map_err(no_port)?)
            .map_err(Failure::because(format!("{} cannot be written", configuration.display())))?;
        let process = Cores::on(core, || spawn(&configuration))?;
        let mut workerd = Self { port, process };
        workerd.wait_until_it_listens(&configuration.with_extension("log"))?;
        Ok(workerd)
    }

    fn wait_until_it_listens(&mut self, log: &Path) -> Result {
        let started = Instant::now();
        while Client::connect(self.port).is_err() {
            let has_ended = !matches!(self.process.try_wait(), Ok(None));
            if has_ended || started.elapsed() > START_DEADLINE {
                let log = fs::read_to_string(log).unwrap_or_default();
                return Err(Failure::new(format!("workerd does not start: {log}")));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// What it has used of processors until now.
    pub(super) fn cpu(&self) -> Result<Duration> {
        cores::used_by(self.process.id())
    }

    /// What it holds of memory now, and held at most, in KiB.
    pub(super) fn memory(&self) -> Result<(usize, usize)> {
        memory::of(self.process.id())
    }
}

/// The program itself. What npm has under its name may be a script that starts it.
pub(super) fn program() -> Result<PathBuf> {
    let mut node = setup::npm_program("node")?;
    node.current_dir(project::root()?).args(["--print", "require('workerd').default"]);
    shell::output(&mut node, "workerd is not installed: see above").map(|path| path.trim().into())
}

/// What it prints, a line for each request for instance, is thrown away.
fn spawn(configuration: &Path) -> Result<Child> {
    let log = File::create(configuration.with_extension("log"))
        .map_err(Failure::because("the target folder cannot be written to"))?;
    let mut workerd = Command::new(program()?);
    workerd.arg("serve").arg(configuration);
    workerd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    workerd.spawn().map_err(Failure::because("workerd could not be started"))
}

fn configure(bundle: &Bundle, setting: &Setting, port: u16, cache: u16) -> std::io::Result<String> {
    let origin = match setting.origin {
        Origin::Constant => "worker = .origin".to_owned(),
        Origin::Server(length) => {
            format!(r#"external = (address = "127.0.0.1:{}", http = ())"#, outside::origin(length)?)
        }
    };
    // A JSON string is a string of this language too.
    let modules = bundle.modules.iter().filter_map(|name| {
        Some(format!("(name = {0}, {1} = embed {0})", json!(name), kind(name)?))
    });
    let bindings = setting.variables.iter().map(|(name, value)| {
        format!("(name = {}, json = {})", json!(name), json!(value.to_string()))
    });
    let joined =
        |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join(",\n    ");
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "origin", {origin}),
    (name = "cache", external = (address = "127.0.0.1:{cache}", http = (style = proxy))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    {}
  ],
  compatibilityDate = {},
  compatibilityFlags = {},
  bindings = [
    {}
  ],
  globalOutbound = "origin",
  cacheApiOutbound = "cache",
);
const origin :Workerd.Worker = (
  modules = [(name = "origin.js", esModule = "export default {{ fetch: () => new Response('hello') }}")],
  compatibilityDate = {},
);
"#,
        joined(&mut modules.into_iter()),
        json!(bundle.runtime.date),
        json!(bundle.runtime.flags),
        joined(&mut bindings.into_iter()),
        json!(bundle.runtime.date),
    ))
}
