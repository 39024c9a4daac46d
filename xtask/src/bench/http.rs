//! HTTP/1.1 as far as the benchmark needs it, on connections that are kept.
//!
//! Asking has to cost little beside what is measured, on a core of its own.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// The first line of a message and its fields.
pub(super) struct Head(String);

impl Head {
    /// The next head; `None` when the connection has ended.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            if reader.read_line(&mut text)? == 0 {
                return if text.is_empty() {
                    Ok(None)
                } else {
                    Err(ErrorKind::UnexpectedEof.into())
                };
            }
        }
        Ok(Some(Self(text)))
    }

    /// The words of the first line.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.lines().next().unwrap_or_default().split(' ')
    }

    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.lines().skip(1).filter_map(|line| line.split_once(':'));
        let (_, value) = fields.find(|(given, _)| given.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// Takes the body from the connection, and gives its length.
    fn read_body(&self, reader: &mut impl BufRead, body: &mut impl Write) -> io::Result<u64> {
        if self.field("transfer-encoding").is_none() {
            let length = self.field("content-length").map_or(Ok(0), str::parse);
            let length = length.map_err(|_| ErrorKind::InvalidData)?;
            return copy(reader, length, body);
        }
        let mut total = 0_u64;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let length =
                u64::from_str_radix(line.trim(), 16).map_err(|_| ErrorKind::InvalidData)?;
            total = total.saturating_add(copy(reader, length, body)?);
            // The line end after each chunk.
            copy(reader, 2, &mut io::sink())?;
            if length == 0 {
                return Ok(total);
            }
        }
    }
}

fn copy(reader: &mut impl BufRead, length: u64, body: &mut impl Write) -> io::Result<u64> {
    match io::copy(&mut reader.take(length), body)? {
        copied if copied == length => Ok(length),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: Head,
    /// Bytes of the body.
    pub(super) length: u64,
}

/// One connection to a server on this machine.
pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::with_capacity(64 * 1024, stream)))
    }

    /// Sends a request and takes the whole answer.
    pub(super) fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.ask_for(request, &mut io::sink())
    }

    /// The same with the body of the answer.
    pub(super) fn ask_for(&mut self, request: &[u8], body: &mut impl Write) -> io::Result<Answer> {
        self.0.get_mut().write_all(request)?;
        let head = Head::read(&mut self.0)?.ok_or(ErrorKind::UnexpectedEof)?;
        let status = head.words().nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or(ErrorKind::InvalidData)?;
        let length = head.read_body(&mut self.0, body)?;
        Ok(Answer { status, head, length })
    }
}

/// What a server says: the whole answer as bytes, which need not be copied.
pub(super) type Bytes = Arc<Vec<u8>>;

/// Serves a port of this machine until the program ends, and gives the port.
pub(super) fn serve(
    answer: impl Fn(&Head, Vec<u8>) -> Bytes + Send + Sync + 'static,
) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // An error ends this connection alone.
            thread::spawn(move || converse(stream, &*answer));
        }
    });
    Ok(port)
}

fn converse(stream: TcpStream, answer: &dyn Fn(&Head, Vec<u8>) -> Bytes) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    while let Some(head) = Head::read(&mut reader)? {
        let mut body = Vec::new();
        head.read_body(&mut reader, &mut body)?;
        reader.get_mut().write_all(&answer(&head, body))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_to_their_end() {
        let sized =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 304 Not Modified\r\n\r\n";
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhell\r\n1\r\no\r\n0\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n";
        for text in [sized, chunked] {
            let mut reader = BufReader::new(text.as_bytes());
            let (head, mut body) = (Head::read(&mut reader).unwrap().unwrap(), Vec::new());
            assert_eq!(head.read_body(&mut reader, &mut body).unwrap(), 5, "{text}");
            assert_eq!(body, b"hello");
            let next = Head::read(&mut reader).unwrap().unwrap();
            assert_eq!(next.words().nth(1), Some("304"));
            assert!(Head::read(&mut reader).unwrap().is_none());
        }
    }

    #[test]
    fn half_a_body_is_an_error() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello";
        let mut reader = BufReader::new(text.as_bytes());
        let head = Head::read(&mut reader).unwrap().unwrap();
        assert!(head.read_body(&mut reader, &mut io::sink()).is_err());
    }
}
