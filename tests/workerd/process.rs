//! Programs in the background that serve a port, and what they print.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::client;

/// A server that runs until this is dropped, or the test process ends.
pub struct Process {
    pub port: u16,
    output: Arc<Mutex<String>>,
    /// Its standard input is what keeps it alive: see [`WRAPPER`].
    child: Child,
}

/// Runs a program until standard input ends, as it does when the test process does, however that
/// ends; then stops everything the program started. The tests share servers in statics, which are
/// never dropped.
const WRAPPER: &str = r#""$@" & read -r _; kill -TERM 0"#;

/// A program to be given arguments and [started](Process::start).
pub fn program(name: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", WRAPPER, "sh", name])
        .env("PATH", path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

impl Process {
    /// Starts a [`program`] that was told to serve this port on loopback, and waits until it does.
    ///
    /// It fails when that takes too long, or when the program prints a line that `is_failure`. Each
    /// line it ever prints is shown to `on_line`.
    pub fn start(
        mut program: Command,
        port: u16,
        deadline: Duration,
        is_failure: impl Fn(&str) -> bool,
        on_line: fn(&str),
    ) -> Self {
        let mut child = program.spawn().expect("sh can be started");
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take(), &output, on_line);
        collect(child.stderr.take(), &output, on_line);
        let process = Self { port, output, child };
        let started = Instant::now();
        while !answers(port) {
            let log = process.log();
            let failed = log.lines().any(&is_failure) || started.elapsed() > deadline;
            assert!(!failed, "it does not start:\n{log}");
            thread::sleep(Duration::from_millis(100));
        }
        process
    }

    /// Everything it printed.
    pub fn log(&self) -> String {
        self.output.lock().expect("no thread panics with it").clone()
    }

    /// Waits for a log line that holds all of these.
    #[track_caller]
    pub fn expect_log(&self, parts: &[&str]) -> String {
        let started = Instant::now();
        loop {
            let log = self.log();
            let line = log.lines().find(|line| parts.iter().all(|part| line.contains(part)));
            match line {
                Some(line) => return line.to_owned(),
                None if started.elapsed() > Duration::from_secs(5) => {
                    panic!("no line with {parts:?} in\n{log}")
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Process {
    /// The memory of those programs of this name that it is or started. Only Linux tells.
    pub fn memory(&self, name: &str) -> Option<Memory> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let ids = fs::read_dir("/proc")
            .expect("there are processes")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let group = self.child.id().to_string();
        let is_ours = |id: &u32| {
            // `1234 (name) S PARENT GROUP ...`
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            let (before, after) = stat.rsplit_once(')').unwrap_or_default();
            before.ends_with(&format!("({name}")) && after.split(' ').nth(3) == Some(&group)
        };
        Some(Memory(ids.filter(is_ours).collect()))
    }
}

/// Reads the memory of processes.
pub struct Memory(Vec<u32>);

impl Memory {
    /// What is resident now, in bytes, of all of them.
    pub fn resident(&self) -> usize {
        self.read("VmRSS:")
    }

    /// The most that was since [`Memory::forget_peak`].
    pub fn peak(&self) -> usize {
        self.read("VmHWM:")
    }

    pub fn forget_peak(&self) {
        for id in &self.0 {
            fs::write(format!("/proc/{id}/clear_refs"), "5").expect("it is ours");
        }
    }

    fn read(&self, name: &str) -> usize {
        let kilobytes = |id| -> usize {
            let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
                .expect("a number")
        };
        assert!(!self.0.is_empty(), "there is such a process");
        self.0.iter().map(kilobytes).sum::<usize>() * 1024
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `PATH` with the programs of npm packages in front, a newer Node among them.
pub fn path() -> String {
    let programs = root().join("node_modules/.bin");
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default())
}

pub fn collect(
    pipe: Option<impl Read + Send + 'static>,
    output: &Arc<Mutex<String>>,
    on_line: fn(&str),
) {
    let output = Arc::clone(output);
    thread::spawn(move || {
        let lines = pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).lines());
        for line in lines.map_while(Result::ok) {
            on_line(&line);
            let mut output = output.lock().expect("no thread panics with it");
            output.push_str(&line);
            output.push('\n');
        }
    });
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

fn answers(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        && client::send_bytes(
            port,
            b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            true,
        )
        .is_ok()
}
