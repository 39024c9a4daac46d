//! The Worker: WebAssembly and the JavaScript around it, in `build/`.

mod exports;
mod order;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;
use pico_args::Arguments;
use wasm_encoder::reencode;

use crate::setup::{self, Installed, TARGET};
use crate::shell::{self, Failure, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Compiles the Worker to WebAssembly, makes build/index.js and build/index_bg.wasm of it and prints
their size. It is what `[build]` in wrangler.toml calls. Takes a moment when nothing has changed.";

const WASM: &str = "index_bg.wasm";
const FILES: [&str; 2] = ["index.js", WASM];

/// What the compiler and wasm-bindgen use of WebAssembly beyond its first version.
const WASM_FEATURES: [&str; 7] = [
    "bulk-memory",
    "exception-handling",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

pub(crate) fn run(arguments: Arguments) -> Result {
    finish(arguments)?;
    make(&setup::for_build()?)
}

/// A way to make the Worker.
pub(crate) struct Bundle<'b> {
    /// The profile of `Cargo.toml`.
    pub(crate) profile: &'b str,
    /// What Cargo is told beside that.
    pub(crate) options: &'b [&'b str],
    /// Where the files go.
    pub(crate) folder: PathBuf,
}

/// Makes the Worker to be deployed unless the one in `build/` is up to date.
pub(crate) fn make(installed: &Installed) -> Result {
    let folder = project::root()?.join("build");
    make_as(&Bundle { profile: "release", options: &[], folder: folder.clone() }, installed)?;
    print_size(&folder)
}

/// Makes the Worker in some way unless it is up to date.
pub(crate) fn make_as(bundle: &Bundle<'_>, installed: &Installed) -> Result {
    compile(bundle, installed)?;
    if !is_up_to_date(bundle)? {
        let mut worker_build = installed.worker_build()?;
        match bundle.profile {
            "release" => worker_build.arg("--release"),
            other => worker_build.args(["--no-opt", "--profile", other]),
        };
        worker_build.arg("--out-dir").arg(&bundle.folder).args(bundle.options);
        let otherwise = "worker-build could not make the Worker of the WebAssembly: see above";
        shell::run_quietly(&mut worker_build, otherwise)?;
        optimize(&bundle.folder)?;
    }
    Ok(())
}

/// Compiles as worker-build is about to, which then finds it done: compiler errors and progress
/// are shown as Cargo shows them.
fn compile(bundle: &Bundle<'_>, installed: &Installed) -> Result {
    let mut cargo = installed.cargo_for_wasm()?;
    cargo
        .args(["build", "--lib", "--profile", bundle.profile, "--target", TARGET])
        .args(bundle.options)
        .env("WASM_BINDGEN_USE_JS_SYS", "1");
    shell::run(&mut cargo, "the Worker does not compile: see above")
}

/// Makes the WebAssembly smaller, without the names of functions: a fifth of the size.
fn optimize(folder: &Path) -> Result {
    let made = folder.join(WASM);
    let smaller = made.with_extension("smaller");
    rewrite(&made, exports::without_unused)?;
    let mut wasm_opt = setup::npm_program("wasm-opt")?;
    wasm_opt.args(["-Os", "--strip-debug", "--strip-producers"]);
    // What is computed twice is written alike, and compresses better than what is kept for later.
    wasm_opt.arg("--skip-pass=local-cse");
    // The first kilobyte is the very end of the stack, and no pointer is counted on from below zero.
    wasm_opt.arg("--low-memory-unused");
    // What follows from all functions together, and once more what follows from that.
    wasm_opt.args(["--gufa", "-Os"]);
    // By itself it makes one of a function and its only caller, whatever their size. That is a
    // little smaller and compresses a twentieth worse.
    wasm_opt.arg("--one-caller-inline-max-function-size=30");
    // Not `--all-features`, which may write what the runtime does not read yet.
    for feature in WASM_FEATURES {
        wasm_opt.arg(format!("--enable-{feature}"));
    }
    wasm_opt.arg(&made).arg("--output").arg(&smaller);
    shell::run_quietly(&mut wasm_opt, "wasm-opt could not read the WebAssembly: see above")?;
    rewrite(&smaller, order::ordered)?;
    fs::rename(smaller, made)
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))
}

fn rewrite(file: &Path, by: fn(&[u8]) -> std::result::Result<Vec<u8>, reencode::Error>) -> Result {
    let io = |what| Failure::because(format!("{} cannot be {what}", file.display()));
    let module = fs::read(file).map_err(io("read"))?;
    let module = by(&module).map_err(Failure::because("the WebAssembly is not understood"))?;
    fs::write(file, module).map_err(io("written to"))
}

fn is_up_to_date(bundle: &Bundle<'_>) -> Result<bool> {
    let root = project::root()?;
    let sources = [
        project::target()?.join(TARGET).join(bundle.profile).join("turnpike.wasm"),
        root.join("Cargo.toml"),
        root.join("package-lock.json"),
    ];
    let changed = sources.iter().map(|source| modified(source)).max();
    let made = FILES.iter().map(|file| modified(&bundle.folder.join(file))).min();
    Ok(changed <= made)
}

/// When a file was written; a missing file is older than any other.
fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn print_size(folder: &Path) -> Result {
    let mut raw = Vec::new();
    for file in FILES {
        let path = folder.join(file);
        let bytes = fs::read(path).map_err(Failure::because("build/ cannot be read"))?;
        raw.extend(bytes);
    }
    let gzipped = gzipped(&raw).map_err(Failure::because("the Worker cannot be compressed"))?;
    println!("build/: {} KB, {} KB gzipped", raw.len().div_ceil(1024), gzipped.div_ceil(1024));
    Ok(())
}

fn gzipped(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish().map(|compressed| compressed.len())
}
