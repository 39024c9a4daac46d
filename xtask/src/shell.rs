//! Running other programs, and saying what is going on.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fmt, io, thread};

/// Why a command stopped: one sentence that says what went wrong and what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For `map_err`: what could not be done, and the system's reason.
    pub(crate) fn because<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |reason| Self(format!("{what}: {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<pico_args::Error> for Failure {
    fn from(error: pico_args::Error) -> Self {
        Self(error.to_string())
    }
}

/// Prints a line; what `println!` of this crate is. When whoever reads has had enough, the command
/// goes on to its end without a word, and its exit status is right.
#[expect(clippy::panic, reason = "as the standard library has it")]
pub(crate) fn say(line: fmt::Arguments<'_>) {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            panic!("nothing can be printed: {error}")
        }
        _ => {}
    }
}

/// Announces a step that takes a while, and says how long it took.
pub(crate) fn step<T>(announcement: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {announcement}");
    let started = Instant::now();
    let done = work()?;
    eprintln!("    done in {:.1} s", started.elapsed().as_secs_f64());
    Ok(done)
}

/// Runs a program that speaks for itself; `otherwise` is the sentence for when it fails.
pub(crate) fn run(command: &mut Command, otherwise: &str) -> Result {
    let status =
        command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(otherwise)) }
}

/// Runs a program whose output is of interest only when it fails.
pub(crate) fn run_quietly(command: &mut Command, otherwise: &str) -> Result {
    output(command, otherwise).map(|_| ())
}

/// What a program prints.
pub(crate) fn output(command: &mut Command, otherwise: &str) -> Result<String> {
    let output = captured(command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    eprint!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Err(Failure::new(otherwise))
}

/// What a program prints, when it is there and content.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = captured(command).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program succeeds in that time, its output aside.
pub(crate) fn succeeds_within(deadline: Duration, command: &mut Command) -> bool {
    const PAUSE: Duration = Duration::from_millis(50);
    let started = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return false };
    while started.elapsed() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(PAUSE),
            Err(_) => break,
        }
    }
    end(&mut child);
    false
}

/// Ends a program at once.
pub(crate) fn end(child: &mut Child) {
    // An error means that it has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

/// Ends a program that leads a group of processes, with all of the group: by a signal, and at once
/// if that takes too long.
pub(crate) fn end_group(leader: &mut Child) {
    const DEADLINE: Duration = Duration::from_secs(5);
    const PAUSE: Duration = Duration::from_millis(50);
    let started = Instant::now();
    let group = format!("-{}", leader.id());
    let _ = answer(Command::new("kill").args(["-TERM", "--", &group]));
    while started.elapsed() < DEADLINE && matches!(leader.try_wait(), Ok(None)) {
        thread::sleep(PAUSE);
    }
    let _ = answer(Command::new("kill").args(["-KILL", "--", &group]));
    end(leader);
}

/// Where this program is.
pub(crate) fn this_program() -> Result<PathBuf> {
    env::current_exe().map_err(Failure::because("this program does not know where it is"))
}

/// `PATH` with a folder in front.
pub(crate) fn path_with(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&path));
    env::join_paths(folders).map_err(Failure::because("PATH cannot be extended"))
}

fn captured(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))
}

fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::new(format!("`{program}` is needed and is not installed"))
        }
        _ => Failure::new(format!("`{program}` could not be started: {error}")),
    }
}
