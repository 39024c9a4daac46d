//! `wrangler dev` in the background.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Process, free_port, program, root};
use crate::secrets;

/// A Worker that is being served.
pub struct Wrangler(Process);

const START_DEADLINE: Duration = Duration::from_secs(60);

impl Deref for Wrangler {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.0
    }
}

impl Wrangler {
    /// Serves the built Worker with this policy and these other variables.
    pub fn serve(name: &str, policy: &Value, variables: &[(&str, &str)]) -> Self {
        Self::serve_main(name, "src/worker.js", policy, variables)
    }

    /// Serves another module.
    pub fn serve_main(name: &str, main: &str, policy: &Value, variables: &[(&str, &str)]) -> Self {
        let mut vars = json!({ "TURNPIKE": policy });
        for (name, value) in variables {
            vars[name] = json!(value);
        }
        Self::serve_with(name, main, &vars)
    }

    /// Serves a module with these variables.
    pub fn serve_with(name: &str, main: &str, vars: &Value) -> Self {
        assert!(
            root().join("build").exists(),
            "the Worker is not built: run `cargo xtask build` first"
        );
        for name in ["TURNPIKE", "TURNPIKE_NEXT"] {
            secrets::publish(&vars[name]);
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
        let mut wrangler = program("wrangler");
        wrangler
            .args(["dev", "--ip", "127.0.0.1"])
            .args(["--port", &port.to_string(), "--inspector-port", "0"])
            .args(["--show-interactive-dev-session=false", "--log-level", "log"])
            .arg("--persist-to")
            .arg(folder.join("state"))
            .arg("--config")
            .arg(configuration)
            .current_dir(folder)
            .env("WRANGLER_SEND_METRICS", "false")
            .env("WRANGLER_SEND_ERROR_REPORTS", "false")
            .env("WRANGLER_HIDE_BANNER", "true")
            .env("WRANGLER_LOG_PATH", folder.join("logs"))
            .env("WRANGLER_REGISTRY_PATH", folder.join("registry"))
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
            .env("FORCE_COLOR", "0");
        Self(Process::start(wrangler, port, START_DEADLINE, |_| false, secrets::search))
    }
}
