//! What must never be in a log: tokens, cookies, and what claims say. Everything that any test sends
//! is kept in mind, and every line that any Worker prints is searched for it.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::process;
use std::sync::{LazyLock, Mutex};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

/// A secret this long is found anywhere in a line, a shorter one as a word of its own.
const BEGINNING: usize = 6;

/// A shorter one says nothing.
const SHORTEST: usize = 3;

/// Schemes, and methods that some test puts into every field there is.
const WORDS: [&str; 5] = ["bearer", "basic", "digest", "options", "post"];

#[derive(Default)]
struct Secrets {
    /// By how they begin.
    long: HashMap<Vec<u8>, HashSet<String>>,
    short: HashSet<String>,
    /// What stands in a policy is no secret.
    policies: Vec<String>,
}

static SECRETS: LazyLock<Mutex<Secrets>> = LazyLock::new(Mutex::default);

/// Keeps in mind what a request holds that is about to be sent.
pub fn note(request: &[u8]) {
    let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let head = String::from_utf8_lossy(&request[..end.unwrap_or(request.len())]);
    let mut secrets = SECRETS.lock().expect("no thread panics with it");
    for (name, value) in head.split("\r\n").skip(1).filter_map(|line| line.split_once(':')) {
        let pieces = value.split([' ', ';', ',']);
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" | "cookie" | "x-access-token" => {
                // `NAME=VALUE` of a cookie; not the padding of Base64.
                let value = |piece: &'_ str| match piece.split_once('=') {
                    Some((_, value)) => value.trim_matches(['=', '"']).to_owned(),
                    None => piece.to_owned(),
                };
                pieces.map(value).for_each(|token| secrets.add_token(&token));
            }
            "sec-websocket-protocol" => {
                let tokens = pieces.filter_map(|piece| piece.strip_prefix("bearer."));
                tokens.for_each(|token| secrets.add_token(token));
            }
            _ => {}
        }
    }
}

/// Takes what stands in a policy for public.
pub fn publish(policy: &Value) {
    SECRETS.lock().expect("no thread panics with it").policies.push(policy.to_string());
}

/// Ends the tests when a Worker has printed a secret.
///
/// No test waits for the line, and the Worker is everybody's: so all of them have failed.
pub fn search(line: &str) {
    if let Some(secret) = found_in(line) {
        // Past the test that began the Worker, which would keep it to itself.
        let _ = writeln!(io::stderr(), "\n{secret:?} was sent to a Worker, which printed\n{line}");
        process::exit(101);
    }
}

/// The secret in a line of the Worker's, if there is one.
fn found_in(line: &str) -> Option<String> {
    // What wrangler says of requests has their URLs, and the stand-in for Workers Cache tells a test
    // what it was asked. Neither of them is deployed.
    if line.starts_with("[wrangler:") || line.starts_with("{\"store\":") {
        return None;
    }
    let secrets = SECRETS.lock().expect("no thread panics with it");
    let bytes = line.as_bytes();
    let long = (0..bytes.len()).find_map(|at| {
        let rest = &bytes[at..];
        let those = secrets.long.get(rest.get(..BEGINNING)?)?;
        those.iter().find(|it| rest.starts_with(it.as_bytes()) && !secrets.is_public(it))
    });
    let mut words = line.split(|c: char| !c.is_alphanumeric() && !"-_".contains(c));
    let is_short = |word: &&str| secrets.short.contains(*word) && !secrets.is_public(word);
    long.cloned().or_else(|| words.find(is_short).map(str::to_owned))
}

impl Secrets {
    fn add(&mut self, secret: &str) {
        match secret.as_bytes().get(..BEGINNING) {
            Some(beginning) => {
                self.long.entry(beginning.to_vec()).or_default().insert(secret.to_owned());
            }
            None if secret.len() >= SHORTEST => _ = self.short.insert(secret.to_owned()),
            None => {}
        }
    }

    /// A token; of a compact JWS, its parts, too, and what its claims say.
    fn add_token(&mut self, token: &str) {
        if WORDS.contains(&token.to_ascii_lowercase().as_str()) {
            return;
        }
        self.add(token);
        let parts: Vec<&str> = token.split('.').collect();
        let &[_, payload, signature] = parts.as_slice() else { return };
        self.add(payload);
        self.add(signature);
        let claims = Base64UrlUnpadded::decode_vec(payload).unwrap_or_default();
        self.add_values(&serde_json::from_slice(&claims).unwrap_or_default());
    }

    fn add_values(&mut self, claim: &Value) {
        match claim {
            Value::String(text) => self.add(text),
            // A short number may be a status.
            Value::Number(number) if number.to_string().len() >= BEGINNING => {
                self.add(&number.to_string());
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_values(item)),
            Value::Object(members) => members.values().for_each(|value| self.add_values(value)),
            Value::Number(_) | Value::Null | Value::Bool(_) => {}
        }
    }

    fn is_public(&self, secret: &str) -> bool {
        self.policies.iter().any(|policy| policy.contains(secret))
    }
}

/// What is searched for is found.
#[test]
fn a_secret_in_a_line_is_noticed() {
    let claims = r#"{"sub":"noticed-subject","n":{"list":["zq9"]},"iss":"published-issuer"}"#;
    let token =
        format!("e30.{}.noticed-signature", Base64UrlUnpadded::encode_string(claims.as_bytes()));
    publish(&serde_json::json!({ "issuer": "published-issuer" }));
    note(
        format!(
            "GET / HTTP/1.1\r\nAuthorization: Bearer {token}\r\nCookie: a=noticed-cookie; b=1\r\n\
             Sec-WebSocket-Protocol: chat, bearer.noticed-entry\r\nAccept: not-noticed\r\n\r\nnot-noticed"
        )
        .as_bytes(),
    );
    for line in [
        format!("{{\"event\":\"request\",\"what\":\"{token}\"}}"),
        "xnoticed-subjectx".to_owned(),
        "Error: noticed-cookie".to_owned(),
        "noticed-entry".to_owned(),
        "the noticed-signature".to_owned(),
        "{\"a\":\"zq9\"}".to_owned(),
    ] {
        assert!(found_in(&line).is_some(), "{line}");
    }
    for line in
        ["xzq9x", "published-issuer", "not-noticed", "Bearer", "chat", "[wrangler:info] zq9"]
    {
        assert_eq!(found_in(line), None, "{line}");
    }
}
