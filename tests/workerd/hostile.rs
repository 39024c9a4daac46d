//! Input nobody sends by accident. After each, the same instance still serves others.

use serde_json::json;

use crate::client::{get, send, send_bytes};
use crate::process::root;
use crate::site::{ISSUER, SITE, bearer, get_with};

/// Sends fields as raw bytes and returns the status; 0 when the connection was just closed.
fn status_of(fields: &[u8]) -> u16 {
    let head =
        b"GET /elsewhere/hostile HTTP/1.1\r\nHost: docs.example.com\r\nConnection: close\r\n";
    let bytes = [head, fields, b"\r\n\r\n"].concat();
    send_bytes(SITE.port, &bytes, false).map_or(0, |response| response.status)
}

#[track_caller]
fn assert_alive() {
    assert_eq!(get_with("", "/elsewhere/alive").status, 200);
    // An origin that fails for another test is no trap of WebAssembly.
    let log = SITE.log().replace("origin_unreachable", "");
    for sign in ["panicked", "Critical Error", "Reinitializing", "unreachable"] {
        assert!(!log.contains(sign), "{sign} in the log:\n{log}");
    }
}

#[test]
fn oversized_tokens_are_refused() {
    // The server in front of workerd answers 431 for more than 16 KB of fields, or closes.
    for (what, length) in [("a", 9_000), ("a", 1_000_000), (".", 9_000), (".", 1_000_000)] {
        let field = format!("Authorization: Bearer {}", what.repeat(length));
        let status = status_of(field.as_bytes());
        let expected: &[u16] = if length < 10_000 { &[401] } else { &[0, 431] };
        assert!(expected.contains(&status), "{length} of {what}: {status}");
    }
    assert_alive();
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let fields: [&[u8]; 6] = [
        b"Authorization: Bearer \xff\xfe.\x80.\x80",
        b"Authorization: \xc3\x28",
        b"Cookie: __Host-access_token=\xff\xff; \xfe=\xfe",
        b"X-Access-Token: \xf0\x28\x8c\x28",
        b"Authorization: Bearer a.b.c\xc3\xa9",
        b"Accept: \xff\xff\r\nSec-Fetch-Mode: \xff",
    ];
    for field in fields {
        let status = status_of(field);
        assert!(matches!(status, 400 | 401), "{}: {status}", String::from_utf8_lossy(field));
    }
    assert_alive();
}

#[test]
fn odd_fields_get_an_answer_all_the_same() {
    let long = "text/html;q=0.1,".repeat(600);
    let deep = format!("Bearer {}.e30.AAAA", "[".repeat(3000));
    let fields = [
        ("Accept", long.as_str()),
        ("Accept", ",;=\"\\"),
        ("Authorization", ""),
        ("Authorization", "Bearer \"quoted\""),
        ("Authorization", &deep),
        ("Cookie", "=;=;;;=;__Host-access_token"),
        ("Cookie", "__Host-access_token=\""),
        ("Cookie", "__Host-access_token=a.b.c"),
        ("CF-Ray", "<script>alert(1)</script>"),
    ];
    for field in fields {
        let response = get(SITE.port, "/elsewhere/odd", &[field]);
        assert!(matches!(response.status, 400 | 401), "{field:?}: {}", response.status);
        response.assert_unstorable();
        assert!(!response.text().contains("<script"), "{field:?}");
    }
    assert_alive();
}

#[test]
fn tokens_full_of_json_are_refused() {
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "es256" });
    let many: serde_json::Map<_, _> = (0..400).map(|n| (format!("c{n}"), json!(n))).collect();
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    for claims in [json!(many), json!({ "iss": deep }), json!([]), json!("x"), json!(null)] {
        let token = ISSUER.sign(issuer::Algorithm::Es256, &header, &claims);
        let response =
            get(SITE.port, "/elsewhere/json", &[("Authorization", &format!("Bearer {token}"))]);
        assert_eq!((response.status, response.code().as_str()), (401, "token_invalid"));
    }
    // What could be a bomb for a recursive parser.
    let nested = "eyJhIjoi".to_owned() + &"W1tb".repeat(1500);
    assert_eq!(
        get(
            SITE.port,
            "/elsewhere/json",
            &[("Authorization", &format!("Bearer {nested}.{nested}.AAAA"))]
        )
        .status,
        401
    );
    assert_alive();
}

#[test]
fn odd_paths_and_methods_are_refused_or_passed_on_but_never_public() {
    for path in [
        "/public/../reports/q3",
        "/public/%2e%2e/reports/q3",
        "//reports/q3",
        "/reports%2fq3",
        "/public/..%2freports/q3",
        "/public\\..\\reports",
        "/%2e/reports/q3",
        "/reports;/q3",
        "/public/%00",
        "/public/%",
        "/public/%zz",
        "/PUBLIC/x",
        "/reports/q3#/public/x",
        "/publicx",
        "/public/..;/reports/q3",
        "/.",
        "/..",
        "/*",
    ] {
        let response = get(SITE.port, path, &[]);
        assert!(matches!(response.status, 400 | 401), "{path}: {}", response.status);
        response.assert_unstorable();
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "PROPFIND"] {
        let response = send(SITE.port, method, "/reports/q3", &[], b"");
        assert!(matches!(response.status, 400 | 401 | 405), "{method}: {}", response.status);
    }
    assert_alive();
}

#[test]
fn no_token_is_in_the_log() {
    get_with("sub=secret-subject", "/elsewhere/logged");
    get_with("tamper=signature", "/elsewhere/logged");
    get(
        SITE.port,
        "/elsewhere/logged?access_token=eyJhbGciOi",
        &[("Cookie", &bearer("").replace("Bearer ", "__Host-access_token="))],
    );
    SITE.expect_log(&["\"reason\":\"signature\""]);
    let log = SITE.log();
    for line in log.lines().filter(|line| line.contains("\"event\"")) {
        assert!(!line.contains("eyJ") && !line.contains("secret-subject"), "{line}");
    }
}

#[test]
fn the_built_worker_has_no_probe() {
    for file in ["build/index.js", "build/index_bg.wasm"] {
        let bytes = std::fs::read(root().join(file)).expect("the Worker is built");
        // As a whole word: Dutch people are asked to "proberen".
        let mut words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
        assert!(!words.any(|word| word == b"probe"), "{file} answers questions");
    }
}
