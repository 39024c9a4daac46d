//! What stands between a cache and the filter: a relay that can be cut. What still comes out of
//! the cache then was stored there.
//!
//! It also says when an answer was made, as Cloudflare's edge does and the local runtime does not:
//! without `Date`, some caches take an answer for old and store less than they would.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::SystemTime;

use crate::shell::{Failure, Result};

/// Passes on to a port of this machine what arrives at its own, one request for each connection.
pub(super) struct Relay {
    pub(super) port: u16,
    is_cut: Arc<AtomicBool>,
}

impl Relay {
    pub(super) fn start(to: u16) -> Result<Self> {
        let listen = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            Ok::<_, io::Error>((listener.local_addr()?.port(), listener))
        };
        let (port, listener) = listen().map_err(Failure::because("a relay has no port"))?;
        let is_cut = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&is_cut);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let is_cut = Arc::clone(&theirs);
                thread::spawn(move || {
                    // An error ends this connection alone.
                    let _ = pass_on(&client, to, &is_cut);
                    client.shutdown(Shutdown::Both)
                });
            }
        });
        Ok(Self { port, is_cut })
    }

    /// Until it is mended, whoever connects is sent away without an answer.
    pub(super) fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }
}

fn pass_on(mut client: &TcpStream, to: u16, is_cut: &AtomicBool) -> io::Result<()> {
    let mut request = Vec::new();
    // No request of the proof has a body.
    for line in BufReader::new(client).split(b'\n') {
        let line = line?;
        match line.trim_ascii() {
            b"" => break,
            _ if is_named(&line, b"connection") => {}
            text => request.extend([text, b"\r\n"].concat()),
        }
    }
    if request.is_empty() || is_cut.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, to))?;
    request.extend(b"Connection: close\r\n\r\n");
    server.write_all(&request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let lines = answer.split_inclusive(|byte| *byte == b'\n');
    let has_date = lines
        .clone()
        .take_while(|line| !line.trim_ascii().is_empty())
        .any(|line| is_named(line, b"date"));
    let status_line = lines.clone().next().unwrap_or_default();
    client.write_all(status_line)?;
    if !has_date && !status_line.is_empty() {
        write!(client, "Date: {}\r\n", httpdate::fmt_http_date(SystemTime::now()))?;
    }
    client.write_all(answer.get(status_line.len()..).unwrap_or_default())
}

/// Whether a line is a field of this name.
fn is_named(line: &[u8], name: &[u8]) -> bool {
    let given = line.split(|byte| *byte == b':').next().unwrap_or_default();
    given.eq_ignore_ascii_case(name)
}
