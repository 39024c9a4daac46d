//! Caches of other makes, for the proof. Debian's packages are unpacked into the user's cache
//! folder rather than installed: nothing is started, nothing is started at the next boot, and the
//! system stays as it is.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::project;
use crate::shell::{self, Result};

const PACKAGES: [&str; 4] = ["nginx-light", "squid", "trafficserver", "varnish"];

/// Where the caches are.
pub(crate) struct Programs {
    /// Debian's packages, unpacked.
    unpacked: Option<PathBuf>,
}

/// Unpacks the packages where that is possible and was not done yet.
pub(crate) fn ensure() -> Result<Programs> {
    if !Path::new("/etc/debian_version").exists() {
        return Ok(Programs { unpacked: None });
    }
    let folder = project::cache()?.join("debian-caches");
    if !folder.is_dir() {
        shell::step("Unpacking Debian's nginx, Squid, Traffic Server and Varnish (20 s)", || {
            debian::unpack(&PACKAGES, &folder)
        })?;
    }
    Ok(Programs { unpacked: Some(folder) })
}

impl Programs {
    /// A program, ready to be run; `None` where it is not installed. One that is installed on the
    /// system comes first: it is not among what was unpacked.
    pub(crate) fn command(&self, name: &str) -> Option<Command> {
        let path = env::var_os("PATH").unwrap_or_default();
        let system = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
        let installed = env::split_paths(&path).chain(system).map(|folder| folder.join(name));
        if let Some(file) = installed.into_iter().find(|file| file.is_file()) {
            return Some(Command::new(file));
        }
        let unpacked = self.unpacked.as_ref()?;
        let mut places =
            ["usr/sbin", "usr/bin"].iter().map(|place| unpacked.join(place).join(name));
        let mut command = Command::new(places.find(|file| file.is_file())?);
        command.env("LD_LIBRARY_PATH", env::join_paths(libraries(unpacked)).ok()?);
        Some(command)
    }

    /// A file that came with a program.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        let unpacked = self.unpacked.iter().map(|folder| folder.join(path));
        unpacked.into_iter().find(|file| file.exists()).unwrap_or_else(|| Path::new("/").join(path))
    }
}

/// The folders of shared libraries.
fn libraries(unpacked: &Path) -> Vec<PathBuf> {
    let machine = format!("{}-linux-gnu", env::consts::ARCH);
    let places = ["usr/lib", "lib"].map(|place| unpacked.join(place).join(&machine));
    let own = [
        unpacked.join("usr/lib").join(&machine).join("varnish"),
        unpacked.join("usr/lib/trafficserver"),
    ];
    places.into_iter().chain(own).collect()
}
