//! An HTTP/1.1 client that sends whatever bytes it is given.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use crate::secrets;
use crate::support::case::Message;

/// No answer may take longer: the limits inside are 2 s.
const DEADLINE: Duration = Duration::from_secs(20);

/// A response as it came over the wire.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// Every line of a field, joined.
    pub fn field(&self, name: &str) -> Option<String> {
        let lines: Vec<&str> = self
            .fields
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// The code of a problem of ours.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Asserts what holds for every answer that the filter makes.
    #[track_caller]
    pub fn assert_unstorable(&self) {
        assert_eq!(self.field("cache-status"), None, "{self:?}");
        self.assert_kept_nowhere();
    }

    /// Asserts what holds for a page in place of an origin's refusal, too: that the origin was asked
    /// may be told.
    #[track_caller]
    pub fn assert_kept_nowhere(&self) {
        for name in ["cache-control", "cdn-cache-control", "cloudflare-cdn-cache-control"] {
            assert_eq!(self.field(name).as_deref(), Some("no-store"), "{name} of {self:?}");
        }
        for name in ["etag", "age", "expires", "last-modified", "surrogate-control"] {
            assert_eq!(self.field(name), None, "{name} of {self:?}");
        }
        assert!(self.status != 401 || self.field("www-authenticate").is_some());
    }

    pub fn message(self) -> Message {
        let body = self.text();
        Message { start: self.status.to_string(), fields: self.fields, body }
    }
}

/// Sends a GET.
#[track_caller]
pub fn get(port: u16, path: &str, fields: &[(&str, &str)]) -> Response {
    send(port, "GET", path, fields, b"")
}

/// Sends a request.
#[track_caller]
pub fn send(port: u16, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Response {
    let mut request = format!("{method} {path} HTTP/1.1\r\n");
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request += "Host: docs.example.com\r\n";
    }
    for (name, value) in fields {
        request += &format!("{name}: {value}\r\n");
    }
    let has_length = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if !body.is_empty() && !has_length {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    request += "Connection: close\r\n\r\n";
    send_bytes(port, &[request.as_bytes(), body].concat(), method == "HEAD")
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

/// Sends these very bytes, which must ask for the connection to be closed.
pub fn send_bytes(port: u16, bytes: &[u8], is_head: bool) -> io::Result<Response> {
    secrets::note(bytes);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    // A server that refuses early may close before it has read everything; its answer counts.
    let written = stream.write_all(bytes);
    let mut received = Vec::new();
    match stream.read_to_end(&mut received) {
        Err(error) if received.is_empty() => return Err(written.err().unwrap_or(error)),
        _ => {}
    }
    parse(&received, is_head).ok_or_else(|| io::Error::other(format!("no response: {received:?}")))
}

/// An answer whose body is read bit by bit.
pub struct Download {
    /// Status and fields.
    pub head: Response,
    stream: BufReader<TcpStream>,
    /// What is left of the body, or of the chunk.
    left: usize,
    is_chunked: bool,
}

/// Asks for something, and reads no more of the answer than its head.
pub fn download(port: u16, path: &str, fields: &[(&str, &str)]) -> Download {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: docs.example.com\r\n");
    for (name, value) in fields {
        request += &format!("{name}: {value}\r\n");
    }
    request += "Connection: close\r\n\r\n";
    secrets::note(request.as_bytes());
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    stream.set_read_timeout(Some(DEADLINE)).expect("it can be set");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut stream = BufReader::with_capacity(256 * 1024, stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let read = stream.read_until(b'\n', &mut head).expect("it answers");
        assert!(read > 0, "it closes within the head");
    }
    let head = parse(&head, true).expect("it is a head");
    let is_chunked = head.field("transfer-encoding").as_deref() == Some("chunked");
    let length = head.field("content-length").and_then(|length| length.parse().ok());
    let left = if is_chunked { 0 } else { length.expect("it has a length or chunks") };
    Download { head, stream, left, is_chunked }
}

impl Download {
    /// Reads at most so many bytes more, and says how many they were: fewer at the end of the body,
    /// where it says so, too.
    ///
    /// # Errors
    ///
    /// The body breaks off.
    pub fn read(&mut self, limit: usize) -> io::Result<usize> {
        let mut read = 0;
        while read < limit {
            if self.left == 0 && !(self.is_chunked && self.next_chunk()?) {
                break;
            }
            let available = self.stream.fill_buf()?.len();
            if available == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let taken = available.min(self.left).min(limit - read);
            self.stream.consume(taken);
            self.left -= taken;
            read += taken;
        }
        Ok(read)
    }

    /// Goes on to the next chunk, unless the last one was the end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        let mut line = String::new();
        while line.trim().is_empty() {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.left = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        self.is_chunked = self.left > 0;
        Ok(self.is_chunked)
    }
}

fn parse(received: &[u8], is_head: bool) -> Option<Response> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked =
        fields.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let rest = &received[end + 4..];
    let body = match (is_head, chunked) {
        (true, _) => Vec::new(),
        (false, true) => unchunk(rest)?,
        (false, false) => rest.to_vec(),
    };
    Some(Response { status, fields, body })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + length)?);
        rest = rest.get(line + 4 + length..)?;
    }
}

/// A connection that is kept for many requests, and opened anew when the server closes it.
pub struct Connection {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub fn to(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// Sends these very bytes, and reads one answer; `None` when the server closes without one.
    pub fn send(&mut self, bytes: &[u8], is_head: bool) -> Option<Response> {
        secrets::note(bytes);
        let was_kept = self.stream.is_some();
        let answer = self.try_send(bytes, is_head);
        if answer.is_none() && was_kept {
            // It may have been closed since the last answer.
            return self.try_send(bytes, is_head);
        }
        answer
    }

    fn try_send(&mut self, bytes: &[u8], is_head: bool) -> Option<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
                stream.set_nodelay(true).ok()?;
                stream.set_read_timeout(Some(DEADLINE)).ok()?;
                BufReader::new(stream)
            }
        };
        // A server that refuses early may close before it has read everything.
        let _ = stream.get_mut().write_all(bytes);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_until(b'\n', &mut head).ok()? == 0 {
                return None;
            }
        }
        let mut response = parse(&head, true)?;
        let closes = response.field("connection").is_some_and(|field| field == "close");
        let length = response.field("content-length").and_then(|length| length.parse().ok());
        let has_body = !is_head && !matches!(response.status, 101 | 204 | 304);
        let is_chunked = response.field("transfer-encoding").as_deref() == Some("chunked");
        if has_body && is_chunked {
            response.body = read_chunks(&mut stream).ok()?;
        } else if let (true, Some(length)) = (has_body, length) {
            response.body = vec![0; length];
            stream.read_exact(&mut response.body).ok()?;
        } else if has_body {
            stream.read_to_end(&mut response.body).ok()?;
        }
        self.stream = (!closes && (length.is_some() || is_chunked || !has_body)).then_some(stream);
        Some(response)
    }
}

fn read_chunks(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; length + 2];
        stream.read_exact(&mut chunk)?;
        if length == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}
