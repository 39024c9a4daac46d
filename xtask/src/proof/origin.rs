//! The origin: refuses as it is told, or lets everyone in. Each of its answers has a number.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::case::Told;
use super::hostile::{self, Fields};
use crate::shell::{Failure, Result};

/// The field that tells the origin's answers apart.
pub(super) const SERIAL: &str = "x-serial";

/// A server on loopback, until the program ends.
pub(super) struct Origin {
    pub(super) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    told: BTreeMap<String, (Told, Fields)>,
    refuses: AtomicBool,
    answers: AtomicU64,
}

impl Origin {
    pub(super) fn start(told: BTreeMap<String, (Told, Fields)>) -> Result<Self> {
        let listen = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            Ok::<_, std::io::Error>((listener.local_addr()?.port(), listener))
        };
        let (port, listener) = listen().map_err(Failure::because("the origin has no port"))?;
        let shared =
            Arc::new(Shared { told, refuses: AtomicBool::new(true), answers: AtomicU64::new(0) });
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&theirs);
                thread::spawn(move || converse(&stream, &shared));
            }
        });
        Ok(Self { port, shared })
    }

    /// Whether it refuses from now on what it was told to refuse.
    pub(super) fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }
}

/// Answers until the connection is closed. No request has a body.
fn converse(mut stream: &TcpStream, shared: &Shared) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(start)) = lines.next() {
        let mut is_last = false;
        loop {
            let field = lines.next()?.ok()?.to_ascii_lowercase();
            if field.is_empty() {
                break;
            }
            is_last |= field == "connection: close";
        }
        let mut words = start.split(' ');
        let method = words.next()?;
        let answer = shared.answer(words.next()?)?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let body = if method == "HEAD" { "" } else { body };
        write!(stream, "{head}\r\n\r\n{body}").ok()?;
        if is_last {
            break;
        }
    }
    None
}

impl Shared {
    /// The answer for a path, whatever the query; `None` for none at all.
    fn answer(&self, target: &str) -> Option<String> {
        let path = target.split('?').next().unwrap_or_default();
        let refuses = self.refuses.load(Ordering::SeqCst);
        let (status, fields) = match self.told.get(path) {
            None if path == "/keys" => (500, Fields::new()),
            None => (200, hostile::plain()),
            Some((Told::Nothing, _)) if refuses => return None,
            Some((Told::Status(status), fields)) if refuses => (*status, fields.clone()),
            Some((_, fields)) => (200, fields.clone()),
        };
        let serial = self.answers.fetch_add(1, Ordering::SeqCst);
        let body = format!("answer {serial}\n");
        let challenge = match status {
            401 => "WWW-Authenticate: Basic realm=\"origin\"\r\n",
            407 => "Proxy-Authenticate: Basic realm=\"origin\"\r\n",
            _ => "",
        };
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let (fields, length) = (fields.concat(), body.len());
        let answer = format!(
            "HTTP/1.1 {status} Told\r\n{SERIAL}: {serial}\r\n{challenge}{fields}Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        Some(answer)
    }
}
