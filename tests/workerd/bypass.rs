//! No trick gets a request to the wrong side: neither a spelling of its path, nor a field, nor how it
//! is put on the wire. Everything is sent as it stands, to workerd itself, which gives the filter the
//! URL as it arrived, and through `wrangler dev`, which resolves it first as Cloudflare does.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use turnpike::policy::{Environment, Policy};
use turnpike::request::CanonicalUrl;

use crate::adversarial::unkeyed;
use crate::client::{Connection, Response};
use crate::corpus;
use crate::readings;
use crate::server::{Reply, Server};
use crate::site::{ISSUER, bearer, policy};
use crate::workerd::Workerd;
use crate::wrangler::Wrangler;

/// Tells what it was asked, so that an answer shows what the origin received.
static ORIGIN: LazyLock<Server> =
    LazyLock::new(|| Server::start(|request| Reply::text(200, &[], &request.start)));

static RAW: LazyLock<Workerd> = LazyLock::new(|| Workerd::serve("bypass-raw", &around()));

static RESOLVED: LazyLock<Wrangler> =
    LazyLock::new(|| Wrangler::serve("bypass", &around(), &[("TEST_SECRET", ISSUER.secret())]));

/// Everything is public, but for a few: the worst neighbours there are.
fn around() -> Value {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    policy["routes"] = json!([
        { "path": "/*", "access": "public" },
        { "path": "/admin/*" },
        { "path": "/docs/internal/*" },
        { "path": "/api/:v/*" },
        { "path": "/api/:v/open", "access": "public" },
        { "path": "/lang/c++" },
        { "path": "/lang/[x]" },
        { "path": "/lang/caf%C3%A9" },
        { "path": "/lang/%D0%B9" },
        { "path": "/items/*", "methods": ["GET", "HEAD"], "access": "public" },
    ]);
    policy
}

/// Whether the policy protects it, said in another way.
fn is_protected(method: &str, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["api", _, "open"] => false,
        ["admin", ..] | ["docs", "internal", ..] | ["api", _, ..] => true,
        ["lang", name] => ["c++", "[x]", "café", "й"].contains(name),
        ["items", ..] => !matches!(method, "GET" | "HEAD"),
        _ => false,
    }
}

/// Asserts that what the origin received from nobody is public, however it is read.
#[track_caller]
fn assert_public(start: &str, sent: &str) {
    let (method, target) = start.split_once(' ').expect("a request line");
    let path = target.split('?').next().unwrap_or_default();
    for reading in readings::of(path) {
        assert!(
            !is_protected(method, &reading),
            "{sent:?} gets to the origin as {start:?}, which some read as {reading:?}"
        );
    }
}

fn request(method: &str, target: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut request = format!("{method} {target} HTTP/1.1\r\n");
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request += "Host: docs.example.com\r\n";
    }
    for (name, value) in fields {
        request += &format!("{name}: {value}\r\n");
    }
    (request + "\r\n").into_bytes()
}

/// Does something with each of many, on a few connections at once.
fn each<T: Sync>(port: u16, all: &[T], ask: impl Fn(&mut Connection, &T) + Sync) {
    thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(4)) {
            let ask = &ask;
            scope.spawn(move || {
                let mut connection = Connection::to(port);
                for one in part {
                    ask(&mut connection, one);
                }
            });
        }
    });
}

/// What the filter says of itself, and the runtime in front of it does not.
fn is_ours(response: &Response) -> bool {
    response.field("x-request-id").is_some()
}

/// An answer to nobody: of the origin, to what is public; a refusal; or the runtime's own.
#[track_caller]
fn assert_harmless(response: &Response, sent: &str) {
    match response.status {
        200 => assert_public(&response.text(), sent),
        400 | 401 if is_ours(response) => response.assert_unstorable(),
        status => assert!(
            !is_ours(response) && matches!(status, 400 | 404 | 414 | 431),
            "{sent:?}: {response:?}"
        ),
    }
}

#[test]
fn no_spelling_of_a_path_gets_to_the_wrong_side() {
    let paths = corpus::paths();
    assert!(paths.len() > 1500, "{}", paths.len());
    let harmless = |connection: &mut Connection, path: &String| {
        if let Some(response) = connection.send(&request("GET", path, &[]), false) {
            assert_harmless(&response, path);
        }
    };
    each(RAW.port, &paths, harmless);
    // It is slow, and most of it is resolved before it arrives.
    let some: Vec<String> = paths.into_iter().step_by(7).collect();
    each(RESOLVED.port, &some, harmless);
}

struct Secrets;

impl Environment for Secrets {
    fn secret(&self, _: &str) -> Option<String> {
        Some(ISSUER.secret().to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        true
    }
}

/// With a token, every path that has one reading gets to the origin, as the native filter reads it;
/// and every other is refused.
#[test]
fn what_the_origin_receives_is_what_was_matched() {
    let policy = Policy::parse(&around().to_string(), &Secrets).expect("it is valid");
    let token = bearer("");
    let paths = corpus::paths();
    let paths: Vec<&String> = paths.iter().filter(|path| path.starts_with('/')).collect();
    each(RAW.port, &paths, |connection, path| {
        let sent = request("GET", path, &[("Authorization", &token)]);
        let response = connection.send(&sent, false).expect("it answers");
        // What stands behind `#` the runtime cuts off.
        let url = path.split('#').next().unwrap_or_default();
        let read = CanonicalUrl::parse(&format!("http://docs.example.com{url}"))
            .and_then(|url| policy.routes().find("GET", &url).map(|_| url));
        match read {
            _ if response.status == 400 && !is_ours(&response) => {}
            Ok(url) => {
                let expected = (200, format!("GET {}", url.path_and_query()));
                assert_eq!((response.status, response.text()), expected, "{path}");
            }
            Err(_) => assert_eq!(
                (response.status, response.code().as_str()),
                (400, "url_ambiguous"),
                "{path}"
            ),
        }
    });
}

/// Another path, method or person in a field opens nothing, whatever the field is called.
#[test]
fn no_field_gets_a_request_to_the_wrong_side() {
    let values = [
        "/public/x",
        "/admin/x",
        "https://docs.example.com/public/x",
        "docs.example.com",
        "POST",
        "admin",
        "1",
        "127.0.0.1",
    ];
    let spelled = unkeyed()
        .into_iter()
        .flat_map(|name| [name.to_owned(), name.replace('-', "_"), name.to_ascii_lowercase()]);
    let mut names: Vec<String> = spelled.collect();
    names.sort();
    names.dedup();
    assert!(names.len() > 400, "{}", names.len());
    let names: Vec<&[String]> = names.chunks(10).collect();
    each(RAW.port, &names, |connection, names| {
        for value in values {
            let fields: Vec<(&str, &str)> =
                names.iter().map(|name| (name.as_str(), value)).collect();
            let mut ask = |method, path| {
                connection.send(&request(method, path, &fields), false).expect("it answers")
            };
            for refused in [ask("GET", "/admin/x"), ask("POST", "/items/x")] {
                assert!(matches!(refused.status, 400 | 401), "{names:?}, {value}: {refused:?}");
            }
            let public = ask("GET", "/items/x");
            assert_eq!(
                (public.status, public.text().as_str()),
                (200, "GET /items/x"),
                "{names:?}, {value}"
            );
        }
    });
}

/// A second request hidden in the body of a first one stays there, or is judged as one of its own.
#[test]
fn no_framing_hides_a_request() {
    let hidden =
        "GET /admin/hidden HTTP/1.1\r\nHost: docs.example.com\r\nX-Auth-Subject: admin\r\n\r\n";
    let length = hidden.len();
    let chunked = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    let framings = [
        (
            format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
            format!("0\r\n\r\n{hidden}"),
        ),
        (
            format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
            format!("0\r\n\r\n{hidden}"),
        ),
        (format!("Content-Length: 0\r\nContent-Length: {length}"), hidden.to_owned()),
        (format!("Content-Length: {length}\r\nContent-Length: 0"), hidden.to_owned()),
        (format!("Content-Length: 0, {length}"), hidden.to_owned()),
        (format!("Content-Length: +{length}"), hidden.to_owned()),
        (format!("Content-Length: 0x{length:x}"), hidden.to_owned()),
        (format!("Content-Length : {length}"), hidden.to_owned()),
        (format!("Content_Length: {length}"), hidden.to_owned()),
        ("Transfer-Encoding: xchunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding : chunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding: \x0bchunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding: chunked, identity".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding: identity, chunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("X: y\nTransfer-Encoding: chunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("X: y\rTransfer-Encoding: chunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding:\r\n chunked".to_owned(), format!("0\r\n\r\n{hidden}")),
        ("Transfer-Encoding: chunked".to_owned(), format!("0;x=\r\n\r\n{hidden}")),
        ("Transfer-Encoding: chunked".to_owned(), chunked.clone()),
        ("Transfer-Encoding: chunked".to_owned(), chunked.replacen("\r\n", "\n", 1)),
        ("Transfer-Encoding: chunked".to_owned(), format!("0x{chunked}")),
        (format!("Content-Length: {length}"), hidden.to_owned()),
        (format!("Content-Length: {length}\r\nExpect: 100-continue"), hidden.to_owned()),
        (
            format!(
                "Content-Length: {length}\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings"
            ),
            hidden.to_owned(),
        ),
        (format!("Content-Length: {length}\r\nConnection: Content-Length"), hidden.to_owned()),
    ];
    for port in [RAW.port, RESOLVED.port] {
        for (fields, body) in &framings {
            // A GET of what is public, and its body; then a proper request, on the same connection.
            let head =
                format!("GET /items/framed HTTP/1.1\r\nHost: docs.example.com\r\n{fields}\r\n\r\n");
            let last =
                "GET /items/last HTTP/1.1\r\nHost: docs.example.com\r\nConnection: close\r\n\r\n";
            let _ =
                crate::client::send_bytes(port, format!("{head}{body}{last}").as_bytes(), false);
        }
    }
    for request in ORIGIN.seen() {
        assert!(!request.start.contains("hidden"), "{request:?}");
    }
    assert!(ORIGIN.count("/items/framed") > 0, "what is framed properly gets there");
}

#[test]
fn no_method_gets_to_the_wrong_side() {
    let methods = [
        "get",
        "Get",
        "post",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "QUERY",
        "TRACE",
        "TRACK",
        "DEBUG",
        "CONNECT",
        "PROPFIND",
        "PROPPATCH",
        "MKCOL",
        "COPY",
        "MOVE",
        "LOCK",
        "UNLOCK",
        "SEARCH",
        "PURGE",
        "M-SEARCH",
        "PRI",
        "BREW",
        "GET,POST",
        "GET\t",
        "GETX",
        "G\0ET",
        "HEAD,GET",
        "_METHOD",
    ];
    for port in [RAW.port, RESOLVED.port] {
        let mut connection = Connection::to(port);
        for method in methods {
            for target in
                ["/items/x", "/admin/x", "/items/x?_method=GET", "*", "docs.example.com:443"]
            {
                let Some(response) = connection.send(&request(method, target, &[]), false) else {
                    continue;
                };
                if response.status == 200 && response.text().contains(' ') {
                    assert_public(&response.text(), &format!("{method} {target}"));
                } else {
                    assert!(
                        response.status >= 400 || !is_ours(&response),
                        "{method} {target}: {response:?}"
                    );
                }
            }
        }
    }
}

/// The host decides nothing but whether the request is served: there is no unprotected twin.
#[test]
fn no_host_has_a_policy_of_its_own() {
    let served = [
        "docs.example.com",
        "DOCS.Example.COM",
        "docs.example.com.",
        "docs.example.com:80",
        "docs.example.com:443",
        "docs.example.com:",
        "docs.example.com:8443",
    ];
    let others = [
        "evil.example",
        "docs.example.com.evil.example",
        "turnpike.account.workers.dev",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "docs.example.com..",
        ".docs.example.com",
        "docs.example.com:x",
        "docs.example.com:99999",
        "docs.example.com@evil.example",
        "docs.example.com, evil.example",
        "evil.example#docs.example.com",
        "evil.example\\docs.example.com",
        "docs.example.c\u{43e}m",
        "0x7f.1",
        "2130706433",
        "*",
        " ",
    ];
    for port in [RAW.port, RESOLVED.port] {
        let mut connection = Connection::to(port);
        let mut status = |host: &str, target: &str| {
            let sent = request("GET", target, &[("Host", host)]);
            let response = connection.send(&sent, false);
            // What is in front of workerd in development fails where it finds no URL.
            let is_theirs =
                |it: &Response| it.status == 500 && port == RESOLVED.port && !is_ours(it);
            response.filter(|response| !is_theirs(response)).map_or(0, |response| response.status)
        };
        for host in served {
            assert_eq!(status(host, "/admin/x"), 401, "{host}");
            assert_eq!(status(host, "/items/x"), 200, "{host}");
        }
        for host in others {
            for target in ["/items/x", "/admin/x", "http://docs.example.com/items/x"] {
                let status = status(host, target);
                assert!(matches!(status, 0 | 400 | 421), "{host:?} {target}: {status}");
            }
        }
    }
    // What a parser of URLs makes the host that is served of is that host, or none.
    for host in [
        "user@docs.example.com",
        "evil.example@docs.example.com",
        "docs%2eexample.com",
        "docs\u{3002}example.com",
    ] {
        for (port, expected) in [(RAW.port, [400, 400]), (RESOLVED.port, [200, 401])] {
            let mut connection = Connection::to(port);
            let status = ["/items/x", "/admin/x"].map(|target| {
                let sent = request("GET", target, &[("Host", host)]);
                connection.send(&sent, false).map_or(0, |response| response.status)
            });
            assert_eq!(status, expected, "{host:?}");
        }
    }
    // Of two hosts, none is believed.
    let two = request("GET", "/items/x", &[("Host", "docs.example.com"), ("Host", "evil.example")]);
    let response = Connection::to(RAW.port).send(&two, false).expect("it answers");
    assert_eq!(response.status, 400);
}

#[test]
fn long_paths_take_no_time() {
    let mut connection = Connection::to(RAW.port);
    for path in [
        "/a".repeat(5000),
        "/;x".repeat(3000),
        "/%2e%25".repeat(1500),
        format!("/{}", "%EF%BC%A1".repeat(1500)),
        "/a;".repeat(4000),
    ] {
        let started = Instant::now();
        let response = connection.send(&request("GET", &path, &[]), false).expect("it answers");
        assert!(matches!(response.status, 200 | 400), "{}", response.status);
        assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    }
}
