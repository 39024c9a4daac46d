//! Debian's packages: Chromium, Java, Valgrind, and a Rust toolchain for where rustup's server is out of reach.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use super::wasm::TARGET;
use crate::project;
use crate::shell::{self, Failure, Result};

/// The name under which rustup knows the toolchain.
const TOOLCHAIN: &str = "turnpike-wasm";

/// Debian's newest Rust, its sources (the standard library is built from them), the linker, Clippy.
const RUST_PACKAGES: [&str; 5] =
    ["rustc-web", "cargo-web", "rust-web-src", "lld-22", "rust-web-clippy"];
const RUSTC: &str = "/usr/bin/rustc";
const LINKER: &str = "/usr/lib/llvm-22/bin/lld";

/// A toolchain linked to rustup under [`TOOLCHAIN`].
pub(super) struct Toolchain {
    sysroot: PathBuf,
}

impl Toolchain {
    pub(super) fn select(&self, command: &mut Command) {
        // `clippy-driver` asks `SYSROOT` where the standard library is.
        command.env("RUSTUP_TOOLCHAIN", TOOLCHAIN).env("SYSROOT", &self.sysroot);
    }
}

/// Whether packages can be installed here without a question.
pub(super) fn can_install() -> bool {
    Path::new("/etc/debian_version").exists() && apt_get().is_some()
}

/// Installs Chromium when it is missing.
pub(super) fn ensure_chromium() -> Result {
    if shell::answer(Command::new("chromium").arg("--version")).is_some() {
        return Ok(());
    }
    if !can_install() {
        return Err(Failure::new(
            "the browser tests need Chromium: install it as `chromium` in the PATH",
        ));
    }
    shell::step("Installing Debian's Chromium (1 to 2 minutes)", || install(&["chromium"]))
}

/// Installs Java when it is missing: the Nu Html Checker runs on it.
pub(super) fn ensure_java() -> Result {
    if shell::answer(Command::new("java").arg("-version")).is_some() {
        return Ok(());
    }
    if !can_install() {
        return Err(Failure::new(
            "the browser tests check HTML with a Java program: install Java 11 or newer as `java` in the PATH",
        ));
    }
    shell::step("Installing Debian's Java (1 minute)", || install(&["default-jre-headless"]))
}

/// Installs Valgrind when it is missing. Elsewhere the tests do without, and say so.
pub(super) fn ensure_valgrind() -> Result {
    if shell::answer(Command::new("valgrind").arg("--version")).is_some() || !can_install() {
        return Ok(());
    }
    shell::step("Installing Debian's Valgrind (half a minute)", || install(&["valgrind"]))
}

/// The toolchain that [`make_toolchain`] made, unless Debian's Rust has changed since.
pub(super) fn installed_toolchain() -> Result<Option<Toolchain>> {
    let Some(sysroot) = sysroot()? else {
        return Ok(None);
    };
    let is_linked = shell::answer(Command::new("rustup").args(["toolchain", "list"]))
        .is_some_and(|list| list.lines().any(|line| line.split(' ').next() == Some(TOOLCHAIN)));
    Ok((is_linked && sysroot.is_dir()).then_some(Toolchain { sysroot }))
}

/// Makes a toolchain with the wasm32 target: Debian's compiler, and the standard library built
/// from Debian's sources.
pub(super) fn make_toolchain() -> Result<Toolchain> {
    shell::step("Installing Debian's Rust packages (1 minute)", || install(&RUST_PACKAGES))?;
    let sysroot = sysroot()?.ok_or_else(|| Failure::new("Debian's rustc-web does not run"))?;
    if !sysroot.is_dir() {
        shell::step("Building Rust's standard library for wasm32 (30 to 60 seconds)", || {
            let new = sysroot.with_extension("new");
            let _ = fs::remove_dir_all(&new);
            build_standard_library(&new.join("build")).and_then(|libraries| {
                lay_out(&new, &sysroot, &libraries)
                    .map_err(Failure::because("the toolchain could not be laid out"))
            })
        })?;
    }
    let mut link = Command::new("rustup");
    link.args(["toolchain", "link", TOOLCHAIN]).arg(&sysroot);
    shell::run_quietly(
        &mut link,
        "rustup refused the toolchain made of Debian's packages: see above",
    )?;
    Ok(Toolchain { sysroot })
}

/// Where the toolchain for Debian's present Rust belongs, if that is installed.
fn sysroot() -> Result<Option<PathBuf>> {
    let Some(version) = shell::answer(Command::new(RUSTC).arg("--version")) else {
        return Ok(None);
    };
    let number = version.split(' ').nth(1).unwrap_or_default();
    Ok(Some(project::cache()?.join(format!("debian-rust-{number}-{TARGET}"))))
}

/// Builds the standard library in an empty crate and gives its files.
fn build_standard_library(folder: &Path) -> Result<Vec<PathBuf>> {
    let write = |path: &str, text: &str| fs::write(folder.join(path), text);
    fs::create_dir_all(folder.join("src"))
        .and_then(|()| {
            write("Cargo.toml", "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n")
        })
        .and_then(|()| write("src/lib.rs", ""))
        .map_err(Failure::because("the user's cache folder cannot be written to"))?;
    let mut build = Command::new("/usr/bin/cargo");
    build
        .args(["build", "--quiet", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test")
        .current_dir(folder)
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // The release profile's link-time optimisation needs bitcode in the libraries.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", folder.join("target"));
    shell::run_quietly(&mut build, "Rust's standard library could not be built: see above")?;
    let artifacts = folder.join("target").join(TARGET).join("release").join("deps");
    let entries =
        fs::read_dir(artifacts).map_err(Failure::because("no standard library was built"))?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("rlib")))
        .filter(|path| !path.to_string_lossy().contains("libempty-"))
        .collect())
}

/// Makes a folder of the form rustup expects at `new` and moves it to `sysroot`.
fn lay_out(new: &Path, sysroot: &Path, libraries: &[PathBuf]) -> io::Result<()> {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let rustlib = new.join("lib").join("rustlib");
    let wasm = rustlib.join(TARGET).join("lib");
    for folder in [new.join("bin"), rustlib.join(&host).join("bin"), wasm.clone()] {
        fs::create_dir_all(folder)?;
    }
    for library in libraries {
        fs::copy(library, wasm.join(library.file_name().unwrap_or_default()))?;
    }
    let rustc = format!("#!/bin/sh\nexec {RUSTC} --sysroot '{}' \"$@\"\n", sysroot.display());
    write_script(&new.join("bin").join("rustc"), &rustc)?;
    for program in ["cargo", "rustdoc", "cargo-clippy", "clippy-driver"] {
        link(&Path::new("/usr/bin").join(program), &new.join("bin").join(program))?;
    }
    let debian = Path::new("/usr/lib/rustlib");
    link(&debian.join(&host).join("lib"), &rustlib.join(&host).join("lib"))?;
    link(&debian.join("src"), &rustlib.join("src"))?;
    link(Path::new(LINKER), &rustlib.join(&host).join("bin").join("rust-lld"))?;
    fs::remove_dir_all(new.join("build"))?;
    fs::rename(new, sysroot)
}

#[cfg(unix)]
fn link(original: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(unix)]
fn write_script(path: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn link(_original: &Path, _link: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn write_script(_path: &Path, _text: &str) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn install(packages: &[&str]) -> Result {
    let otherwise = format!(
        "Debian's packages {} could not be installed: see above; if the archive could not be reached, try again",
        packages.join(" ")
    );
    let apt = || {
        apt_get().ok_or_else(|| Failure::new("apt-get needs root or a password: run it yourself"))
    };
    shell::run_quietly(apt()?.args(["update", "-q"]), &otherwise)?;
    shell::run_quietly(
        apt()?.args(["install", "-qy", "--no-install-recommends"]).args(packages),
        &otherwise,
    )
}

/// Unpacks packages into a folder, with those they need that are not installed. Nothing of that
/// takes root but the archive's newest list.
pub(super) fn unpack(packages: &[&str], folder: &Path) -> Result {
    let new = folder.with_extension("new");
    let archives = new.join("archives");
    let _ = fs::remove_dir_all(&new);
    // apt wants a place for what it has half of.
    fs::create_dir_all(archives.join("partial"))
        .map_err(Failure::because("the user's cache folder cannot be written to"))?;
    let otherwise = format!(
        "Debian's packages {} could not be downloaded: see above; if the archive could not be reached, try again",
        packages.join(" ")
    );
    if let Some(mut apt) = apt_get() {
        shell::run_quietly(apt.args(["update", "-q"]), &otherwise)?;
    }
    let mut download = Command::new("apt-get");
    download
        .args(["install", "-qy", "--no-install-recommends", "--download-only"])
        .args(["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", "-o"])
        .arg(format!("Dir::Cache::archives={}", archives.display()))
        .args(packages);
    shell::run_quietly(&mut download, &otherwise)?;
    let unreadable = "the downloaded packages cannot be read";
    for entry in fs::read_dir(&archives).map_err(Failure::because(unreadable))? {
        let file = entry.map_err(Failure::because(unreadable))?.path();
        if file.extension() == Some(OsStr::new("deb")) {
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("--extract").arg(&file).arg(new.join("root"));
            shell::run_quietly(&mut unpack, "a package could not be unpacked: see above")?;
        }
    }
    fs::rename(new.join("root"), folder)
        .and_then(|()| fs::remove_dir_all(&new))
        .map_err(Failure::because("the user's cache folder cannot be written to"))
}

/// `apt-get`, as root or by a `sudo` that asks no password.
fn apt_get() -> Option<Command> {
    let is_root = shell::answer(Command::new("id").arg("-u"))? == "0";
    let mut command = Command::new(if is_root { "env" } else { "sudo" });
    if !is_root {
        shell::answer(Command::new("sudo").args(["-n", "true"]))?;
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Some(command)
}
