//! A cache of this machine, run with a configuration of its own.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::case::Host;
use super::site::Site;
use crate::server;
use crate::setup::caches::Programs;
use crate::shell::{self, Failure, Result};

const START_DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// What a configuration is made of.
pub(super) struct Place<'p> {
    /// Where the cache listens, on loopback.
    pub(super) port: u16,
    /// An empty folder of its own.
    pub(super) folder: PathBuf,
    pub(super) site: &'p Site,
    pub(super) programs: &'p Programs,
}

impl Place<'_> {
    /// Where requests for a host go.
    pub(super) fn behind(&self, host: Host) -> u16 {
        self.site.port(host)
    }

    /// Writes a file into the folder.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let file = self.folder.join(name);
        file.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, text))
            .map_err(Failure::because(format!("{} cannot be written to", file.display())))?;
        Ok(file)
    }
}

/// A cache of another make.
pub(super) struct Product {
    pub(super) name: &'static str,
    pub(super) program: &'static str,
    /// What makes it say its version.
    pub(super) version: &'static str,
    /// Writes its configuration; gives the rest of the command line.
    pub(super) configure: fn(&Place<'_>, &mut Command) -> Result,
}

impl Product {
    /// The first number with dots that it prints when asked for its version; `None` where it is not installed.
    pub(super) fn version(&self, programs: &Programs) -> Option<String> {
        let mut command = programs.command(self.program)?;
        let output = command.arg(self.version).stdin(Stdio::null()).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        let is_version =
            |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        words.into_iter().find(is_version).map(str::to_owned)
    }

    /// Runs it, until what is given back is dropped.
    pub(super) fn start(&self, programs: &Programs, site: &Site, folder: &Path) -> Result<Running> {
        let folder = folder.join(self.program);
        let cannot = || format!("{} cannot be written to", folder.display());
        fs::create_dir_all(&folder).map_err(Failure::because(cannot()))?;
        let output = File::create(folder.join("output")).map_err(Failure::because(cannot()))?;
        let error = output.try_clone().map_err(Failure::because(cannot()))?;
        let mut command = (programs.command(self.program))
            .ok_or_else(|| Failure::new(format!("{} is not installed", self.program)))?;
        let port = server::free_port()?;
        let place = Place { port, folder: folder.clone(), site, programs };
        (self.configure)(&place, &mut command)?;
        command.current_dir(&folder).stdin(Stdio::null()).stdout(output).stderr(error);
        // A group of its own: it is stopped with all it started, and only by us.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command
            .spawn()
            .map_err(Failure::because(format!("{} could not be started", self.name)))?;
        let mut running = Running { port, process };
        match running.wait() {
            Ok(()) => Ok(running),
            Err(_) => Err(Failure::new(format!(
                "{} does not start: {} has its output",
                self.name,
                folder.join("output").display()
            ))),
        }
    }
}

/// A process that ends with this.
pub(super) struct Running {
    pub(super) port: u16,
    process: Child,
}

impl Running {
    fn wait(&mut self) -> io::Result<()> {
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if started.elapsed() > START_DEADLINE || self.process.try_wait()?.is_some() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        shell::end_group(&mut self.process);
    }
}
