//! workerd itself, which `wrangler dev` runs too: here nothing is in front, and nothing keeps what
//! is to be stored.

use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Process, free_port, program, root};
use crate::secrets;
use crate::site::ISSUER;

/// A Worker that is being served.
pub struct Workerd(Process);

impl Deref for Workerd {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.0
    }
}

impl Workerd {
    /// Serves the built Worker with this policy.
    pub fn serve(name: &str, policy: &Value) -> Self {
        Self::serve_behind(name, policy, r#"export { default } from "./src/worker.js";"#)
    }

    /// The same, behind a module that imports it.
    pub fn serve_behind(name: &str, policy: &Value, entry: &str) -> Self {
        secrets::publish(policy);
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        for part in ["src", "build"] {
            fs::create_dir_all(folder.join(part)).expect("a folder can be made");
        }
        fs::write(folder.join("entry.js"), entry).expect("a file can be written");
        for file in ["src/worker.js", "build/index.js", "build/index_bg.wasm"] {
            fs::copy(root().join(file), folder.join(file))
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
  v8Flags = ["--expose-gc"],
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "entry.js", esModule = embed "entry.js"),
    (name = "src/worker.js", esModule = embed "src/worker.js"),
    (name = "build/index.js", esModule = embed "build/index.js"),
    (name = "build/index_bg.wasm", wasm = embed "build/index_bg.wasm"),
  ],
  compatibilityDate = "2026-10-30",
  bindings = [{}],
);
"#,
            bindings.join(", ")
        );
        let file = folder.join("config.capnp");
        fs::write(&file, configuration).expect("a file can be written");
        let mut workerd = program("workerd");
        workerd.arg("serve").arg(&file);
        Self(Process::start(workerd, port, Duration::from_secs(60), |_| false, secrets::search))
    }
}
