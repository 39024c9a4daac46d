//! Open sockets (RFC 6455) in workerd itself: what passes, and how and when they end.

use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tungstenite::client::ClientRequestBuilder;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

use crate::site::{bearer, now, policy};
use crate::workerd::Workerd;

/// Clocks may not differ: a token ends at its `exp`.
static SITE: LazyLock<Workerd> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(format!("http://127.0.0.1:{}", *ORIGIN));
    policy["leeway"] = json!(0);
    Workerd::serve("websocket", &policy)
});

/// The port of an origin that sends back what it is sent, unless that is a word for it.
static ORIGIN: LazyLock<u16> = LazyLock::new(|| {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || converse(stream));
        }
    });
    port
});

/// What the origin saw of which path: messages by their beginning, and how the socket ended.
static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Nothing here takes longer, however it goes.
const DEADLINE: Duration = Duration::from_secs(10);

/// At this path the origin takes longer to answer than some tokens last.
const LATE: &str = "/elsewhere/late";

/// At this path the origin answers no Close, and goes on.
const STUBBORN: &str = "/elsewhere/stubborn";

#[expect(clippy::result_large_err, reason = "the library wants such a function")]
fn converse(stream: TcpStream) -> Option<()> {
    let mut path = String::new();
    let answer = |request: &Request, response: Response| {
        path = request.uri().path().to_owned();
        if path == LATE {
            thread::sleep(Duration::from_secs(3));
        }
        Ok(response)
    };
    let mut socket = tungstenite::accept_hdr(stream, answer).ok()?;
    let saw = |what: String| {
        SEEN.lock().expect("no test panics with it").push((path.clone(), what));
    };
    loop {
        match socket.read() {
            Ok(Message::Text(word)) if word == "close" => {
                let frame = CloseFrame { code: 4001.into(), reason: "enough".into() };
                socket.close(Some(frame)).ok()?;
            }
            Ok(Message::Text(word)) if word == "close without a code" => socket.close(None).ok()?,
            Ok(Message::Text(word)) if word == "drop" => {
                return socket.get_ref().shutdown(Shutdown::Both).ok();
            }
            Ok(Message::Close(frame)) => {
                saw(closed(frame));
                // Frames of text: "on".
                while path == STUBBORN && socket.get_mut().write_all(b"\x81\x02on").is_ok() {
                    thread::sleep(Duration::from_millis(50));
                }
            }
            Ok(message) => {
                saw(format!("message {:.10}", message.to_string()));
                socket.send(message).ok()?;
            }
            Err(Error::ConnectionClosed) => return None,
            Err(_) => {
                saw("lost".to_owned());
                return None;
            }
        }
    }
}

fn closed(frame: Option<CloseFrame>) -> String {
    frame.map_or("closed without a code".to_owned(), |CloseFrame { code, reason }| {
        format!("closed {} {reason}", u16::from(code)).trim_end().to_owned()
    })
}

/// Waits until the origin has seen something at a path.
#[track_caller]
fn expect_seen(path: &str, what: &str) {
    let started = Instant::now();
    loop {
        let seen = SEEN.lock().expect("no test panics with it").clone();
        if seen.iter().any(|(at, it)| at == path && it == what) {
            return;
        }
        let at_path: Vec<_> = seen.iter().filter(|(at, _)| at == path).collect();
        assert!(started.elapsed() < DEADLINE, "no {what:?}: {at_path:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

type Socket = WebSocket<TcpStream>;

/// Opens a socket with a token by description.
fn open(path: &str, members: &str) -> Socket {
    let uri = format!("ws://docs.example.com{path}").parse().expect("it is a URI");
    let request = ClientRequestBuilder::new(uri).with_header("Authorization", bearer(members));
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, SITE.port)).expect("it listens");
    stream.set_read_timeout(Some(DEADLINE)).expect("it can be set");
    tungstenite::client(request, stream).expect("the protocol changes").0
}

/// Asserts that a message comes back as it was.
#[track_caller]
fn assert_echo(socket: &mut Socket, message: impl Into<Message>) {
    let message = message.into();
    socket.send(message.clone()).expect("it is open");
    assert!(socket.read().expect("it is open") == message, "it is the same");
}

/// Reads on until the socket is closed, and says how.
#[track_caller]
fn end(socket: &mut Socket) -> String {
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < DEADLINE, "it does not end");
        match socket.read() {
            Ok(Message::Close(frame)) => return closed(frame),
            Ok(_) => {}
            Err(error) => return error.to_string(),
        }
    }
}

/// Asserts that a time, in seconds after 1970, is now, or was less than a second ago.
#[track_caller]
fn assert_just_now(time: u64) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
    let late = since.checked_sub(Duration::from_secs(time));
    assert!(late.is_some_and(|late| late < Duration::from_secs(1)), "{late:?}");
}

#[test]
fn a_websocket_ends_when_its_token_does() {
    let path = "/elsewhere/ends";
    let exp = now() + 3;
    let mut socket = open(path, &format!("exp=@{exp}"));
    let mut other = open("/elsewhere/goes-on", "exp=600");
    assert_echo(&mut socket, "hello");
    assert_echo(&mut socket, vec![0, 255, 128]);
    assert_echo(&mut socket, "x".repeat(1024 * 1024));
    assert_echo(&mut socket, vec![7; 1024 * 1024]);
    assert_eq!(end(&mut socket), "closed 1008 token_expired");
    assert_just_now(exp);
    expect_seen(path, "closed 1008 token_expired");
    assert_just_now(exp);
    assert_echo(&mut other, "still here");
}

#[test]
fn nothing_passes_after_the_end() {
    let path = "/elsewhere/after";
    let mut socket = open(path, "exp=2");
    assert_echo(&mut socket, "before");
    expect_seen(path, "closed 1008 token_expired");
    // It has not read the Close, so it goes on.
    for _ in 0..5 {
        socket.send("after".into()).expect("it does not know");
        thread::sleep(Duration::from_millis(50));
    }
    let seen = SEEN.lock().expect("no test panics with it").clone();
    assert!(!seen.contains(&(path.to_owned(), "message after".to_owned())), "{seen:?}");
}

#[test]
fn a_token_that_ends_during_the_handshake_ends_the_websocket_at_once() {
    let mut socket = open(LATE, "exp=2");
    assert_eq!(end(&mut socket), "closed 1008 token_expired");
    expect_seen(LATE, "closed 1008 token_expired");
}

#[test]
fn a_close_is_passed_on_with_code_and_reason() {
    let path = "/elsewhere/closed-by-client";
    let mut socket = open(path, "");
    let frame = CloseFrame { code: 4002.into(), reason: "later".into() };
    socket.close(Some(frame)).expect("it is open");
    expect_seen(path, "closed 4002 later");
    assert_eq!(end(&mut socket), "closed 4002 later", "the origin's own answer");

    let path = "/elsewhere/closed-without-a-code";
    open(path, "").close(None).expect("it is open");
    expect_seen(path, "closed without a code");

    for (word, expected) in
        [("close", "closed 4001 enough"), ("close without a code", "closed without a code")]
    {
        let mut socket = open("/elsewhere/closed-by-origin", "");
        socket.send(word.into()).expect("it is open");
        assert_eq!(end(&mut socket), expected);
    }
}

#[test]
fn a_connection_that_is_lost_is_closed_on_the_other_side() {
    let mut socket = open("/elsewhere/dropped", "");
    socket.send("drop".into()).expect("it is open");
    assert_eq!(end(&mut socket), "closed 1001");

    let path = "/elsewhere/vanished";
    let mut socket = open(path, "");
    assert_echo(&mut socket, "hello");
    drop(socket);
    expect_seen(path, "closed 1001");
}

#[test]
fn what_is_half_closed_ends_with_the_token_too() {
    let exp = now() + 2;
    let mut socket = open(STUBBORN, &format!("exp=@{exp}"));
    socket.close(None).expect("it is open");
    expect_seen(STUBBORN, "closed without a code");
    assert_eq!(socket.read().expect("the origin goes on"), Message::from("on"));
    assert_eq!(end(&mut socket), "closed 1008 token_expired");
    assert_just_now(exp);
}

#[test]
fn a_websocket_opens_on_routes_whose_answers_are_stored() {
    for (path, token) in [
        ("/reports/socket", r#"scope="reports:read""#),
        ("/mine/socket", ""),
        ("/tenant/socket", "tenant=acme"),
        ("/open/socket", ""),
    ] {
        let mut socket = open(path, token);
        assert_echo(&mut socket, path);
    }
}

#[test]
fn a_websocket_that_needs_no_token_is_the_origins_own() {
    let path = "/public/socket";
    let mut socket = open(path, "exp=1");
    assert_echo(&mut socket, "hello");
    thread::sleep(Duration::from_millis(2500));
    assert_echo(&mut socket, "still here");
    let frame = CloseFrame { code: 4002.into(), reason: "later".into() };
    socket.close(Some(frame)).expect("it is open");
    expect_seen(path, "closed 4002 later");
    // Of what we pass on ourselves, this would be a Close.
    let mut socket = open(path, "");
    socket.send("drop".into()).expect("it is open");
    assert!(!end(&mut socket).starts_with("closed"));
}
