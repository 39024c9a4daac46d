//! Every refusal that can be provoked, in every form, over HTTP: one table, and what must hold of all
//! of them. `cargo test --test workerd forms -- --show-output` prints it.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::json;
use turnpike::answer::CODES;

use crate::client::{self, Response, get, send};
use crate::server::Reply;
use crate::site::{ORIGIN, bearer, policy, tell};
use crate::wrangler::Wrangler;

/// The policy of the cases, and an issuer whose keys cannot be had.
static FORMS: LazyLock<Wrangler> = LazyLock::new(|| {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    policy["issuers"].as_array_mut().expect("issuers").push(json!({
        "issuer": "https://silent.example",
        "audiences": ["https://docs.example.com"],
        "algorithms": ["ES256"],
        "jwks_uri": "http://127.0.0.1:1/jwks",
    }));
    Wrangler::serve("forms", &policy, &[("TEST_SECRET", crate::site::ISSUER.secret())])
});

static BROKEN: LazyLock<Wrangler> =
    LazyLock::new(|| Wrangler::serve("forms-broken", &json!({ "issuers": [] }), &[]));

type Fields = Vec<(&'static str, String)>;

/// How to be refused: the code, its status, and the path and fields that lead to it.
fn refusals() -> Vec<(&'static str, u16, &'static str, Fields)> {
    let with = |members: &str| vec![("Authorization", bearer(members))];
    let field = |name, value: &str| vec![(name, value.to_owned())];
    let two = [with(""), field("X-Access-Token", "a.b.c")].concat();
    let read = "scope=\"reports:read\"";
    for (path, reply) in [
        ("/refused/forms-401", Reply::text(401, &[("WWW-Authenticate", "Basic realm=\"x\"")], "")),
        ("/refused/forms-403", Reply::text(403, &[], "no")),
        ("/forms-unreachable", Reply::Silence(Duration::ZERO)),
    ] {
        tell(path, reply);
    }
    vec![
        ("credentials_missing", 401, "/reports/forms", vec![]),
        ("credentials_malformed", 400, "/reports/forms", field("Authorization", "Bearer a b")),
        ("credentials_ambiguous", 400, "/reports/forms", two),
        ("token_expired", 401, "/reports/forms", with("exp=-60")),
        ("token_not_yet_valid", 401, "/reports/forms", with("nbf=300")),
        ("token_invalid", 401, "/reports/forms", with("tamper=signature")),
        ("scope_insufficient", 403, "/reports/forms", with("")),
        ("authentication_insufficient", 401, "/step-up/forms", with(read)),
        ("url_ambiguous", 400, "/reports//forms", vec![]),
        ("host_unknown", 421, "/reports/forms", field("Host", "other.example")),
        ("keys_unavailable", 503, "/forms", with("iss=https://silent.example")),
        ("misconfigured", 503, "/forms", vec![]),
        ("origin_unreachable", 502, "/forms-unreachable", with("")),
        ("origin_unauthorized", 401, "/refused/forms-401", with("")),
        ("origin_forbidden", 403, "/refused/forms-403", with("")),
    ]
}

/// What only `TRACE` gets, and the handshake of a `WebSocket`: see `adversarial.rs`, and below.
const ELSEWHERE: [&str; 2] = ["method_not_allowed", "page_foreign"];

type Wish = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

/// How to ask for a form: its name, the method, the fields, and the media type that comes.
const ASKED: [Wish; 9] = [
    ("default", "GET", &[], "application/problem+json"),
    ("problem", "GET", &[("Accept", "application/problem+json")], "application/problem+json"),
    ("json", "GET", &[("Accept", "application/json")], "application/json"),
    ("text", "GET", &[("Accept", "text/plain")], "text/plain; charset=utf-8"),
    ("page", "GET", &[("Accept", "text/html")], "text/html; charset=utf-8"),
    ("navigate", "GET", &[("Sec-Fetch-Mode", "navigate")], "text/html; charset=utf-8"),
    ("image", "GET", &[("Sec-Fetch-Dest", "image")], "image/png"),
    ("grpc", "POST", &[("Content-Type", "application/grpc")], "application/grpc"),
    (
        "grpc-web",
        "POST",
        &[("Content-Type", "application/grpc-web-text")],
        "application/grpc-web-text",
    ),
];

fn ask(code: &str, method: &str, path: &str, fields: &Fields, more: &[(&str, &str)]) -> Response {
    let port = if code == "misconfigured" { BROKEN.port } else { FORMS.port };
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(port, method, path, &[&fields, more].concat(), b"")
}

/// The fields that say what is refused and how, without those that differ from request to request.
fn stable(response: &Response) -> Vec<(String, String)> {
    const CHANGING: [&str; 8] = [
        "date",
        "connection",
        "keep-alive",
        "content-length",
        "transfer-encoding",
        "x-request-id",
        "cf-ray",
        "retry-after",
    ];
    let mut fields = response.fields.clone();
    fields.retain(|(name, _)| !CHANGING.contains(&name.as_str()));
    fields.sort();
    fields
}

#[test]
fn every_refusal_comes_in_every_form() {
    let refusals = refusals();
    let provoked: BTreeSet<&str> =
        refusals.iter().map(|(code, ..)| *code).chain(ELSEWHERE).collect();
    assert_eq!(provoked, CODES.iter().map(|explanation| explanation.code).collect());

    let mut table = format!("{:<28}", "");
    for (form, ..) in ASKED {
        table += &format!("{form:>10}");
    }
    for (code, status, path, fields) in &refusals {
        table += &format!("\n{code:<28}");
        let is_origins = code.starts_with("origin_") && *code != "origin_unreachable";
        for (form, method, more, media_type) in ASKED {
            // A program gets the origin's own refusals as they are.
            if is_origins && !matches!(form, "page" | "navigate") {
                table += &format!("{:>10}", "-");
                continue;
            }
            let answer = ask(code, method, path, fields, more);
            check(&answer, code, *status, form, media_type);
            table += &format!("{:>10}", answer.status);
            if method == "GET" {
                let head = ask(code, "HEAD", path, fields, more);
                assert_eq!(head.status, answer.status, "{code}, {form}");
                assert_eq!(stable(&head), stable(&answer), "{code}, {form}");
                assert!(head.body.is_empty(), "{code}, {form}");
            }
        }
    }
    eprintln!("{table}");
}

fn check(answer: &Response, code: &str, status: u16, form: &str, media_type: &str) {
    let field = |name: &str| answer.field(name).unwrap_or_default();
    answer.assert_kept_nowhere();
    assert_eq!(field("content-type"), media_type, "{code}, {form}");
    assert!(!field("x-request-id").is_empty(), "{code}, {form}");
    for name in ["Accept", "Content-Type", "Sec-Fetch-Dest", "Sec-Fetch-Mode"] {
        assert!(field("vary").contains(name), "{code}, {form}: {}", field("vary"));
    }
    let is_grpc = form.starts_with("grpc");
    assert_eq!(answer.status, if is_grpc { 200 } else { status }, "{code}, {form}");
    // RFC 9110 section 15.5.2.
    assert!(status != 401 || answer.field("www-authenticate").is_some(), "{code}, {form}");
    let text = answer.text();
    match form {
        "image" => assert_eq!(text, "", "{code}"),
        "grpc" | "grpc-web" => {
            let expected = match status {
                400 => "3",
                401 => "16",
                403 => "7",
                502 | 503 => "14",
                _ => "2",
            };
            assert_eq!(field("grpc-status"), expected, "{code}");
            assert!(field("grpc-message").starts_with(&format!("{code}: ")), "{code}");
            assert_eq!(text, "", "{code}");
        }
        "json" => {
            let error = &answer.json()["error"];
            assert_eq!((&error["reason"], &error["code"]), (&json!(code), &json!(status)));
        }
        "text" => assert!(text.contains(code) && text.ends_with('\n'), "{text}"),
        "page" | "navigate" => {
            assert!(text.contains(&format!(">{code}</code>")), "{text}");
        }
        _ => {
            let problem = answer.json();
            let kind = format!("tag:turnpike.example,2026:{code}");
            assert_eq!((&problem["type"], &problem["code"]), (&json!(kind), &json!(code)));
            assert_eq!(problem["status"], json!(status), "{code}");
            assert!(text.ends_with("}\n") && text.contains("\n  \"title\": "), "{text}");
        }
    }
}

/// Conditions, parts and long or malformed wishes change nothing of a refusal.
#[test]
fn odd_wishes_are_refused_like_any_other() {
    let long = "text/html;q=0.1, ".repeat(600);
    for (name, value) in [
        ("Accept", long.as_str()),
        ("Accept", "text/html;q=maybe"),
        ("Sec-Fetch-Dest", "\"image"),
        ("Sec-Fetch-Mode", "navigate, navigate"),
        ("If-None-Match", "*"),
        ("Range", "bytes=0-10"),
        ("Expect", "100-continue"),
    ] {
        let answer = get(FORMS.port, "/reports/forms-odd", &[(name, value)]);
        assert_eq!(answer.status, 401, "{name}");
        answer.assert_unstorable();
    }
}

/// A handshake is refused with an answer that can be read, before the protocol changes.
#[test]
fn a_websocket_is_refused_before_its_protocol_changes() {
    let handshake = |fields: &str| {
        let text = format!(
            "GET /reports/forms-socket HTTP/1.1\r\nHost: docs.example.com\r\nConnection: Upgrade, close\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n"
        );
        client::send_bytes(FORMS.port, text.as_bytes(), false).expect("it is answered")
    };
    let good = bearer("scope=\"reports:read\"").replace("Bearer ", "");
    for (fields, status, code) in [
        (String::new(), 401, "credentials_missing"),
        ("Sec-WebSocket-Protocol: bearer.a.b.c\r\n".to_owned(), 401, "token_invalid"),
        (
            format!("Origin: https://evil.example\r\nCookie: __Host-access_token={good}\r\n"),
            403,
            "page_foreign",
        ),
    ] {
        let answer = handshake(&fields);
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        answer.assert_unstorable();
    }
}
