//! What is outside of workerd: an origin that answers at once, and a cache that keeps what it is
//! given. They run on the core of the load, so that what they cost is not measured.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::http::{self, Bytes};

/// Bytes that a cache holds: more than the scenarios look up, and little memory where nothing is
/// looked up again.
const KEPT: usize = 16 * 1024 * 1024;

#[derive(Default)]
struct Stored {
    answers: HashMap<String, Bytes>,
    bytes: usize,
}

/// Starts an origin whose answers are the same, this long, and may be stored. Gives its port.
pub(super) fn origin(length: u32) -> io::Result<u16> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    answer.extend((0..length).map(|_| b'x'));
    let answer = Bytes::new(answer);
    http::serve(move |_, _| Arc::clone(&answer))
}

/// Starts what workerd reaches by the Cache API: it puts whole answers as the body of a request, and
/// wants them back with a field that says where they come from. Gives its port.
pub(super) fn cache() -> io::Result<u16> {
    let stored: Mutex<Stored> = Mutex::default();
    let missed = Bytes::new(
        b"HTTP/1.1 504 Gateway Timeout\r\nCF-Cache-Status: MISS\r\nContent-Length: 0\r\n\r\n"
            .into(),
    );
    let done = Bytes::new(b"HTTP/1.1 204 No Content\r\n\r\n".into());
    http::serve(move |head, body| {
        let url = head.words().nth(1).unwrap_or_default();
        let key = format!("{} {url}", head.field("cf-cache-namespace").unwrap_or_default());
        let mut stored = stored.lock().unwrap_or_else(PoisonError::into_inner);
        match head.words().next() {
            Some("GET") => stored.answers.get(&key).unwrap_or(&missed).clone(),
            Some("PUT") => {
                stored.bytes = stored.bytes.saturating_add(body.len());
                if stored.bytes > KEPT {
                    *stored = Stored::default();
                }
                stored.answers.insert(key, Bytes::new(as_hit(&body)));
                Arc::clone(&done)
            }
            _ => {
                stored.answers.remove(&key);
                Arc::clone(&done)
            }
        }
    })
}

/// The answer with the field after its first line.
fn as_hit(answer: &[u8]) -> Vec<u8> {
    let mut lines = answer.splitn(2, |byte| *byte == b'\n');
    let (first, rest) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    [first, b"\nCF-Cache-Status: HIT\r\n", rest].concat()
}
