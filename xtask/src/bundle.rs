//! The Worker: WebAssembly and the JavaScript around it, in `build/`.
//!
//! 1. Cargo compiles it, and calls this very program to link it, without what nobody uses (`linker`).
//! 2. wasm-bindgen writes the JavaScript (`bind`), and is not told of what nobody uses (`unused`).
//! 3. wasm-opt makes the WebAssembly smaller (`optimize`), and its functions are put in an order that
//!    compresses better (`order`).
//! 4. Names get shorter (`names`), and esbuild makes one small file of the JavaScript (`join`).

pub(crate) mod linker;
mod names;
mod order;
mod unused;

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

const SCRIPT: &str = "index.js";
const WASM: &str = "index_bg.wasm";
const FILES: [&str; 2] = [SCRIPT, WASM];
const SMALLER: &str = "smaller.wasm";

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
    if is_up_to_date(bundle)? {
        return Ok(());
    }
    let compiled = compiled(bundle)?;
    let parts = compiled.with_extension("parts");
    bind(&compiled, &parts, installed)?;
    optimize(&parts)?;
    join(&parts, &bundle.folder)
}

/// Shows compiler errors and progress as Cargo does.
fn compile(bundle: &Bundle<'_>, installed: &Installed) -> Result {
    let mut cargo = installed.cargo_for_wasm()?;
    let (variable, linker) = linker::variable()?;
    cargo
        .env(variable, linker)
        .args(["rustc", "--lib", "--profile", bundle.profile, "--target", TARGET])
        .args(bundle.options)
        .args(["--", "-C", &linker::option()])
        // The standard functions of wasm-bindgen in terms of js-sys, as the crate `worker` expects.
        .env("WASM_BINDGEN_USE_JS_SYS", "1");
    shell::run(&mut cargo, "the Worker does not compile: see above")
}

/// What Cargo makes.
fn compiled(bundle: &Bundle<'_>) -> Result<PathBuf> {
    Ok(project::target()?.join(TARGET).join(bundle.profile).join("turnpike.wasm"))
}

/// Has wasm-bindgen write what is between the WebAssembly and the platform: with a function that
/// begins anew what broke, which the crate `worker` asks for.
fn bind(compiled: &Path, parts: &Path, installed: &Installed) -> Result {
    fs::create_dir_all(parts)
        .map_err(Failure::because(format!("{} cannot be made", parts.display())))?;
    let used = parts.join("used.wasm");
    rewrite(compiled, &used, unused::undeclared)?;
    let mut wasm_bindgen = installed.wasm_bindgen();
    wasm_bindgen
        .args(["--target", "module", "--no-typescript", "--out-name", "index"])
        .args(["--experimental-reset-state-function", "--force-enable-abort-handler"])
        .arg("--out-dir")
        .arg(parts)
        .arg(&used);
    shell::run_quietly(&mut wasm_bindgen, "wasm-bindgen could not read the WebAssembly: see above")
}

/// Makes the WebAssembly smaller, without the names of functions: a fifth of the size.
fn optimize(parts: &Path) -> Result {
    let made = parts.join(WASM);
    let smaller = parts.join(SMALLER);
    let mut wasm_opt = setup::npm_program("wasm-opt")?;
    wasm_opt.args(["-Os", "--strip-debug", "--strip-producers"]);
    // What is computed twice is written alike, and compresses better than what is kept for later.
    wasm_opt.arg("--skip-pass=local-cse");
    // The first kilobyte is the very end of the stack, and no pointer is counted on from below zero.
    wasm_opt.arg("--low-memory-unused");
    // What follows from all functions together, and once more what follows from that.
    wasm_opt.args(["--gufa", "-Os", "--converge"]);
    // No instruction says on what boundary its data lies: nobody needs it, and it is one byte less to
    // differ in.
    wasm_opt.arg("--dealign");
    // Zeros compress well, and the places of what lies between them do not.
    wasm_opt.arg("--skip-pass=memory-packing");
    // By itself it makes one of a function and its only caller, whatever their size. That is a
    // little smaller and compresses a twentieth worse.
    wasm_opt.arg("--one-caller-inline-max-function-size=30");
    // Not `--all-features`, which may write what the runtime does not read yet.
    for feature in WASM_FEATURES {
        wasm_opt.arg(format!("--enable-{feature}"));
    }
    wasm_opt.arg(&made).arg("--output").arg(&smaller);
    shell::run_quietly(&mut wasm_opt, "wasm-opt could not read the WebAssembly: see above")?;
    rewrite(&smaller, &smaller, order::ordered)
}

/// Puts the two files into the folder, as few bytes as they can be.
fn join(parts: &Path, folder: &Path) -> Result {
    let io =
        |path: &Path| Failure::because(format!("{} cannot be read or written", path.display()));
    fs::create_dir_all(folder).map_err(io(folder))?;
    let script = parts.join(SCRIPT);
    let text = fs::read_to_string(&script).map_err(io(&script))?;
    let module = fs::read(parts.join(SMALLER)).map_err(io(parts))?;
    let (module, text) = names::shortened(&module, &text).map_err(not_understood)?;
    // The platform knows no `import source`: it imports the module as one anyway.
    let text = text.replace("import source ", "import ");
    fs::write(&script, text).map_err(io(&script))?;
    let mut esbuild = setup::npm_program("esbuild")?;
    esbuild.current_dir(parts).args([SCRIPT, "--bundle", "--minify", "--format=esm"]);
    esbuild.arg(format!("--external:./{WASM}")).arg("--log-level=warning");
    esbuild.arg(format!("--outfile={}", folder.join(SCRIPT).display()));
    shell::run_quietly(&mut esbuild, "esbuild could not read what wasm-bindgen wrote: see above")?;
    fs::write(folder.join(WASM), module).map_err(io(folder))
}

fn rewrite(
    from: &Path,
    to: &Path,
    by: fn(&[u8]) -> std::result::Result<Vec<u8>, reencode::Error>,
) -> Result {
    let io =
        |path: &Path| Failure::because(format!("{} cannot be read or written", path.display()));
    let module = fs::read(from).map_err(io(from))?;
    let module = by(&module).map_err(not_understood)?;
    fs::write(to, module).map_err(io(to))
}

fn not_understood(error: reencode::Error) -> Failure {
    Failure::because("the WebAssembly is not understood")(error)
}

fn is_up_to_date(bundle: &Bundle<'_>) -> Result<bool> {
    let root = project::root()?;
    // This program as well: it is what puts the parts together.
    let sources = [
        compiled(bundle)?,
        root.join("Cargo.toml"),
        root.join("package-lock.json"),
        shell::this_program()?,
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
    println!("build/: {} KiB, {} KiB gzipped", raw.len().div_ceil(1024), gzipped.div_ceil(1024));
    Ok(())
}

fn gzipped(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish().map(|compressed| compressed.len())
}
