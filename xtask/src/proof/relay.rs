//! What stands between a cache and the filter: a relay that can be cut. What still comes out of
//! the cache then was stored there.
//!
//! It also says when an answer was made, as Cloudflare's edge does and the local runtime does not:
//! without `Date`, some caches take an answer for old and store less than they would. And it turns
//! the order of the fields round, which means nothing, but not to every cache: the local runtime
//! sorts them by name, and nobody promises that of the network.

use std::cmp::Reverse;
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
    client.write_all(&as_from_the_edge(&answer))
}

/// The same answer with a date, and its fields the other way round.
fn as_from_the_edge(answer: &[u8]) -> Vec<u8> {
    let mut lines = answer.split_inclusive(|byte| *byte == b'\n');
    let status_line = lines.next().unwrap_or_default().to_vec();
    let mut fields: Vec<_> =
        lines.take_while(|line| !line.trim_ascii().is_empty()).map(<[u8]>::to_vec).collect();
    let length = fields.iter().map(Vec::len).fold(status_line.len(), usize::saturating_add);
    if !status_line.is_empty() && !fields.iter().any(|field| is_named(field, b"date")) {
        let date = httpdate::fmt_http_date(SystemTime::now());
        fields.push(format!("Date: {date}\r\n").into_bytes());
    }
    // Lines of one field stay in their order, which has a meaning.
    fields.sort_by_key(|field| Reverse(name(field)));
    let rest = answer.get(length..).unwrap_or_default();
    [status_line, fields.concat(), rest.to_vec()].concat()
}

/// Whether a line is a field of this name.
fn is_named(line: &[u8], wanted: &[u8]) -> bool {
    name(line) == wanted
}

fn name(line: &[u8]) -> Vec<u8> {
    line.split(|byte| *byte == b':').next().unwrap_or_default().to_ascii_lowercase()
}
