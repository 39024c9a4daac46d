//! `wrangler dev`, from its start to its end.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::shell::{self, Failure, Result};
use crate::{project, setup};

const START_DEADLINE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);
const LINES_KEPT: usize = 20;

/// Workers that are being served, until this is dropped.
pub(crate) struct Server {
    process: Child,
    output: Output,
}

/// Whether someone pressed Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C, so that what was started is stopped: once, however many servers there are.
pub(crate) fn listen_for_interrupts() -> Result {
    static LISTENING: Once = Once::new();
    let mut listening = Ok(());
    LISTENING.call_once(|| {
        listening = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    });
    listening.map_err(Failure::because("Ctrl-C cannot be listened to"))
}

impl Server {
    /// Serves the Workers of these configurations, the first of them on the port of this machine,
    /// and waits until it answers requests.
    pub(crate) fn start(configurations: &[&Path], port: u16) -> Result<Self> {
        listen_for_interrupts()?;
        let mut command = wrangler(configurations, port)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: it is stopped with all it started, and only by us.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process =
            command.spawn().map_err(Failure::because("wrangler could not be started"))?;
        let output = Output::default();
        output.follow(process.stdout.take());
        output.follow(process.stderr.take());
        let mut server = Self { process, output };
        server.wait_until_it_answers(port)?;
        Ok(server)
    }

    /// Shows what it prints from now on. Returns when the program is interrupted; fails when the
    /// server ends by itself.
    pub(crate) fn wait(mut self) -> Result {
        // The request that was waited with is of no interest.
        thread::sleep(PAUSE.saturating_mul(4));
        self.output.show_from_now_on();
        while !Self::is_interrupted() {
            self.require_running()?;
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Whether someone pressed Ctrl-C.
    pub(crate) fn is_interrupted() -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }

    /// Prints what it printed last.
    pub(crate) fn print_last_lines(&self) {
        self.output.print_last_lines();
    }

    fn wait_until_it_answers(&mut self, port: u16) -> Result {
        let started = Instant::now();
        while !answers(port) {
            self.require_running()?;
            if Self::is_interrupted() {
                return Err(Failure::new("interrupted"));
            }
            if started.elapsed() > START_DEADLINE {
                self.output.print_last_lines();
                return Err(Failure::new(
                    "wrangler started and does not answer: its last output is above",
                ));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn require_running(&mut self) -> Result {
        if let Ok(None) = self.process.try_wait() {
            return Ok(());
        }
        self.output.print_last_lines();
        Err(Failure::new("wrangler has ended: its last output is above"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        shell::end_group(&mut self.process);
    }
}

fn wrangler(configurations: &[&Path], port: u16) -> Result<Command> {
    let state = empty_state_folder(port)?;
    let mut wrangler = setup::wrangler()?;
    wrangler
        .current_dir(project::root()?)
        .args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0"])
        .args(["--port", &port.to_string()])
        .args(["--show-interactive-dev-session=false", "--log-level", "log"])
        .env("WRANGLER_REGISTRY_PATH", state.join("registry"))
        .arg("--persist-to")
        .arg(state);
    for configuration in configurations {
        wrangler.arg("--config").arg(configuration);
    }
    Ok(wrangler)
}

/// Where the local runtime keeps its cache: emptied, so that a first request is a miss, and one for
/// each port, so that two servers do not lock each other out.
fn empty_state_folder(port: u16) -> Result<PathBuf> {
    let folder = project::target()?.join("dev-state").join(port.to_string());
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(Failure::because("the target folder cannot be written to"))?;
    Ok(folder)
}

/// A port of this machine that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Failure::because("there is no free port"))
}

/// Whether an HTTP response comes from the port.
fn answers(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut status_line = [0; 9];
        stream.read_exact(&mut status_line)?;
        Ok::<_, std::io::Error>(&status_line == b"HTTP/1.1 ")
    };
    ask().unwrap_or(false)
}

/// What the program prints: kept at first, for when it fails, and shown once it runs.
#[derive(Clone, Default)]
struct Output {
    last_lines: Arc<Mutex<VecDeque<String>>>,
    is_shown: Arc<AtomicBool>,
}

impl Output {
    fn follow(&self, pipe: Option<impl Read + Send + 'static>) {
        let output = self.clone();
        thread::spawn(move || {
            let lines = pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).lines());
            for line in lines.map_while(std::io::Result::ok) {
                output.take(line);
            }
        });
    }

    fn take(&self, line: String) {
        if self.is_shown.load(Ordering::Relaxed) {
            println!("{line}");
        }
        let mut last_lines = self.last_lines.lock().unwrap_or_else(PoisonError::into_inner);
        if last_lines.len() == LINES_KEPT {
            last_lines.pop_front();
        }
        last_lines.push_back(line);
    }

    fn show_from_now_on(&self) {
        self.is_shown.store(true, Ordering::Relaxed);
    }

    fn print_last_lines(&self) {
        if !self.is_shown.load(Ordering::Relaxed) {
            // What was printed just before the end may still be in the pipe.
            thread::sleep(PAUSE);
            for line in self.last_lines.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                eprintln!("{line}");
            }
        }
    }
}
