//! What a run depends on: the machine, the versions, the day.

use std::fs;
use std::process::Command;

use serde::Serialize;
use serde_json::Value;

use super::workerd;
use crate::shell::{self, Result};
use crate::{check, project};

#[derive(Serialize)]
pub(super) struct Machine {
    pub(super) processor: String,
    pub(super) cores: usize,
    pub(super) system: String,
    pub(super) date: String,
    pub(super) revision: String,
    pub(super) rustc: String,
    pub(super) workerd: String,
    pub(super) jose: String,
    pub(super) hono: String,
}

impl Machine {
    pub(super) fn here() -> Result<Self> {
        let root = project::root()?;
        let said = |program: &str, arguments: &[&str]| {
            shell::answer(Command::new(program).args(arguments).current_dir(&root))
                .unwrap_or_default()
        };
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let is_changed = !said("git", &["status", "--porcelain"]).is_empty();
        let package = |name: &str| -> Result<String> {
            let packages = check::read(&root.join("package.json"))?;
            let version = packages.get("devDependencies").and_then(|all| all.get(name));
            Ok(version.and_then(Value::as_str).unwrap_or_default().to_owned())
        };
        let workerd = shell::answer(Command::new(workerd::program()?).arg("--version"));
        Ok(Self {
            processor: model(&processors).unwrap_or("unknown").to_owned(),
            cores: processors.lines().filter(|line| line.starts_with("processor")).count(),
            system: said("uname", &["-sr"]),
            date: said("date", &["-u", "+%Y-%m-%d"]),
            revision: said("git", &["rev-parse", "--short", "HEAD"])
                + if is_changed { " with changes" } else { "" },
            rustc: said("rustc", &["--version"]),
            workerd: workerd.unwrap_or_default(),
            jose: package("jose")?,
            hono: package("hono")?,
        })
    }

    /// One line on each.
    pub(super) fn lines(&self) -> [String; 3] {
        [
            format!("{}, {} cores, {}", self.processor, self.cores, self.system),
            format!("{}, jose {}, Hono {}, {}", self.workerd, self.jose, self.hono, self.rustc),
            format!("{}, revision {}", self.date, self.revision),
        ]
    }
}

/// What `/proc/cpuinfo` calls the first processor.
fn model(processors: &str) -> Option<&str> {
    let line = processors.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim())
}
