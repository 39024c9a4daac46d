//! Servers on loopback that stand for the outside world: origins and key servers that count what
//! they are asked, and misbehave when told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::case::Message;

/// What a server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers.
    With(Message),
    /// Answers with these bytes for a body.
    Bytes(Message, Vec<u8>),
    /// Answers with the head and promises more of a body than it sends.
    Truncated(Message),
    /// Sends so many bytes, made on the way: with their number in front, or in chunks.
    Streamed(Message, Stream),
    /// Sends the body a byte at a time, one every tenth of a second.
    Dripping(Message),
    /// Answers after this long.
    Late(Duration, Message),
    /// Says nothing, and keeps the connection open for this long.
    Silence(Duration),
}

/// A body that is nowhere whole.
#[derive(Debug, Clone, Copy)]
pub struct Stream {
    pub length: usize,
    pub framing: Framing,
    pub halfway: Halfway,
}

/// What happens when half of a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halfway {
    GoesOn,
    /// The connection is closed.
    BreaksOff,
    /// Nothing is sent for this long.
    Pauses(Duration),
}

/// How the end of a body is told (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    Length,
    Chunked,
}

impl Reply {
    pub fn text(status: u16, fields: &[(&str, &str)], body: &str) -> Self {
        Self::With(head(status, fields, body))
    }

    pub fn bytes(status: u16, fields: &[(&str, &str)], body: &[u8]) -> Self {
        Self::Bytes(head(status, fields, ""), body.to_vec())
    }

    /// A body that is made on the way.
    pub fn stream(fields: &[(&str, &str)], body: Stream) -> Self {
        Self::Streamed(head(200, fields, ""), body)
    }

    pub fn json(value: &serde_json::Value) -> Self {
        Self::text(200, &[("Content-Type", "application/json")], &value.to_string())
    }
}

fn head(status: u16, fields: &[(&str, &str)], body: &str) -> Message {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Message { start: status.to_string(), fields: fields.collect(), body: body.to_owned() }
}

/// A running server. It lives as long as the test process.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Message>>>,
}

impl Server {
    /// Starts a server that answers as `handler` says.
    pub fn start(handler: impl Fn(&Message) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (handler, record) = (Arc::new(handler), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, record) = (Arc::clone(&handler), Arc::clone(&record));
                thread::spawn(move || converse(stream, &*handler, &record));
            }
        });
        Self { port, seen }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything it was asked so far.
    pub fn seen(&self) -> Vec<Message> {
        self.seen.lock().expect("no test panics with it").clone()
    }

    /// What it was asked at a path so far.
    pub fn seen_at(&self, path: &str) -> Vec<Message> {
        let seen = self.seen.lock().expect("no test panics with it");
        seen.iter().filter(|request| request.method_and_path().1 == path).cloned().collect()
    }

    /// How often it was asked at a path so far.
    pub fn count(&self, path: &str) -> usize {
        self.seen_at(path).len()
    }
}

fn converse(
    stream: TcpStream,
    handler: &dyn Fn(&Message) -> Reply,
    record: &Mutex<Vec<Message>>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    while let Some(request) = read_request(&mut reader) {
        record.lock().expect("no test panics with it").push(request.clone());
        let is_head = request.start.starts_with("HEAD ");
        respond(&stream, handler(&request), is_head)?;
    }
    None
}

fn read_request(reader: &mut impl BufRead) -> Option<Message> {
    let mut start = String::new();
    reader.read_line(&mut start).ok().filter(|length| *length > 0)?;
    let mut fields = Vec::new();
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).ok()?;
        let line = String::from_utf8_lossy(&line);
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let field = |name: &str| {
        fields.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    };
    let mut body = Vec::new();
    if field("transfer-encoding") == Some("chunked") {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let length = usize::from_str_radix(line.trim(), 16).ok()?;
            let mut chunk = vec![0; length + 2];
            reader.read_exact(&mut chunk).ok()?;
            if length == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..length]);
        }
    } else if let Some(length) = field("content-length").and_then(|length| length.parse().ok()) {
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
    }
    let start = start.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Message { start, fields, body: String::from_utf8_lossy(&body).into_owned() })
}

fn respond(mut stream: &TcpStream, reply: Reply, is_head: bool) -> Option<()> {
    let (message, more) = match &reply {
        Reply::Silence(duration) => {
            thread::sleep(*duration);
            return None;
        }
        Reply::Late(duration, message) => {
            thread::sleep(*duration);
            (message, 0)
        }
        Reply::With(message) | Reply::Dripping(message) => (message, 0),
        Reply::Bytes(message, bytes) => (message, bytes.len()),
        Reply::Truncated(message) => (message, 1000),
        Reply::Streamed(message, body) => {
            return respond_streaming(stream, message, *body, is_head);
        }
    };
    let mut head = format!("HTTP/1.1 {} As Told\r\n", message.start);
    for (name, value) in &message.fields {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", message.body.len() + more);
    stream.write_all(head.as_bytes()).ok()?;
    if is_head {
        return Some(());
    }
    match reply {
        Reply::Dripping(_) => {
            for byte in message.body.as_bytes() {
                stream.write_all(&[*byte]).ok()?;
                thread::sleep(Duration::from_millis(100));
            }
        }
        Reply::Bytes(_, bytes) => {
            stream.write_all(&bytes).ok()?;
            return Some(());
        }
        _ => stream.write_all(message.body.as_bytes()).ok()?,
    }
    (more == 0).then_some(())
}

fn respond_streaming(
    mut stream: &TcpStream,
    message: &Message,
    body: Stream,
    is_head: bool,
) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} As Told\r\n", message.start);
    for (name, value) in &message.fields {
        head += &format!("{name}: {value}\r\n");
    }
    head += &match body.framing {
        Framing::Length => format!("Content-Length: {}\r\n\r\n", body.length),
        Framing::Chunked => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
    };
    stream.write_all(head.as_bytes()).ok()?;
    if is_head {
        return Some(());
    }
    let piece = vec![b'x'; 64 * 1024];
    let mut left = body.length;
    let mut halfway = Some(body.halfway);
    while left > 0 {
        if left <= body.length / 2 {
            match halfway.take() {
                Some(Halfway::BreaksOff) => return None,
                Some(Halfway::Pauses(duration)) => thread::sleep(duration),
                Some(Halfway::GoesOn) | None => {}
            }
        }
        let bytes = &piece[..left.min(piece.len()).min(body.length / 2)];
        match body.framing {
            Framing::Length => stream.write_all(bytes).ok()?,
            Framing::Chunked => {
                let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
                chunk.extend_from_slice(bytes);
                chunk.extend_from_slice(b"\r\n");
                stream.write_all(&chunk).ok()?;
            }
        }
        left -= bytes.len();
    }
    if body.framing == Framing::Chunked {
        stream.write_all(b"0\r\n\r\n").ok()?;
    }
    Some(())
}
