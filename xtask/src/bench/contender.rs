//! Who is compared: Workers, bundled by wrangler as it would deploy them.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use crate::shell::{self, Failure, Result};
use crate::{check, project, setup};

/// A Worker that does the same task in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Contender {
    /// The least that any Worker can do.
    Floor,
    Turnpike,
    /// A hand-written Worker on the npm package `jose`.
    Jose,
    /// Hono with its middleware.
    Hono,
}

impl Contender {
    pub(super) const ALL: [Self; 4] = [Self::Floor, Self::Turnpike, Self::Jose, Self::Hono];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Turnpike => "Turnpike",
            Self::Jose => "jose",
            Self::Hono => "Hono",
        }
    }

    /// Whether it is what people would use instead of Turnpike.
    pub(super) fn is_peer(self) -> bool {
        matches!(self, Self::Jose | Self::Hono)
    }

    fn main(self) -> &'static str {
        match self {
            Self::Floor => "benches/floor.js",
            Self::Turnpike => "src/worker.js",
            Self::Jose => "benches/jose.js",
            Self::Hono => "benches/hono.js",
        }
    }
}

/// A Worker as it would be uploaded.
pub(super) struct Bundle {
    /// Where its modules are.
    pub(super) folder: PathBuf,
    /// Their names, the main one first.
    pub(super) modules: Vec<String>,
    pub(super) runtime: Runtime,
    pub(super) size: Size,
}

/// KiB, as wrangler counts them.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Size {
    pub(super) raw: f64,
    pub(super) gzipped: f64,
}

/// What the runtime is to behave like: as for the deployed Worker.
#[derive(Clone)]
pub(super) struct Runtime {
    pub(super) date: String,
    pub(super) flags: Vec<String>,
}

/// Bundles a Worker. Turnpike has to be built already.
pub(super) fn bundle(contender: Contender) -> Result<Bundle> {
    let root = project::root()?;
    let deployed = check::read(&root.join("wrangler.toml"))?;
    let date = deployed.get("compatibility_date").and_then(Value::as_str).unwrap_or_default();
    let flags = deployed.get("compatibility_flags").and_then(Value::as_array);
    let flags = flags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let runtime = Runtime { date: date.to_owned(), flags: flags.collect() };
    let name = contender.name().to_lowercase();
    let folder = project::target()?.join("bench").join(&name);
    let configuration = json!({
        "name": name,
        "main": root.join(contender.main()),
        "compatibility_date": runtime.date,
        "compatibility_flags": runtime.flags,
        "minify": deployed.get("minify").and_then(Value::as_bool).unwrap_or_default(),
        "keep_names": deployed.get("keep_names").and_then(Value::as_bool).unwrap_or(true),
    });
    let file = folder.join("wrangler.json");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, configuration.to_string()))
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    let outdir = folder.join("bundle");
    let mut wrangler = setup::wrangler()?;
    wrangler.current_dir(&root).args(["deploy", "--dry-run", "--outdir"]).arg(&outdir);
    wrangler.arg("--config").arg(&file);
    let report = shell::output(&mut wrangler, "wrangler could not bundle it: see above")?;
    let size = number_after(&report, "Total Upload: ").zip(number_after(&report, "gzip: "));
    let (raw, gzipped) =
        size.ok_or_else(|| Failure::new("wrangler no longer says what a Worker weighs"))?;
    let mut modules: Vec<_> = fs::read_dir(&outdir)
        .map_err(Failure::because("wrangler wrote no bundle"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| kind(name).is_some())
        .collect();
    modules.sort_by_key(|name| kind(name));
    Ok(Bundle { folder: outdir, modules, runtime, size: Size { raw, gzipped } })
}

/// What workerd calls a module of this name. JavaScript, which comes first in the order, is the
/// main module.
pub(super) fn kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("esModule"),
        "wasm" => Some("wasm"),
        _ => None,
    }
}

/// Prints what each contender weighs.
pub(super) fn print_sizes(bundles: &[(Contender, Bundle)]) {
    println!("\nupload, as wrangler counts it");
    for (contender, Bundle { size, .. }) in bundles {
        let name = contender.name();
        println!("  {name:<12} {:>8.1} KiB {:>8.1} KiB gzipped", size.raw, size.gzipped);
    }
}

fn number_after(report: &str, label: &str) -> Option<f64> {
    report.split_once(label)?.1.split(' ').next()?.parse().ok()
}
