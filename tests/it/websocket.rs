//! Handshakes of a `WebSocket` (RFC 6455): where their token is, what the origin sees of it, and whose
//! pages may use the cookies of this site.

use serde_json::json;
use turnpike::gate::Denial;
use turnpike::origin::selects_token;

use crate::site::{ISSUER, NOW, Site, header_map};
use crate::support::case::Message;
use crate::support::token::{token, with_keys};

/// What comes of a handshake with these fields, where `TOKEN` stands for a good token.
fn handshake(path: &str, fields: &str) -> (Option<Message>, Message) {
    let good = token("scope=\"reports:read\"", &ISSUER, NOW.0);
    let text = format!("GET {path}\nUpgrade: websocket\n{fields}").replace("TOKEN", &good);
    let plain = Message::parse("200\n\nhello");
    let outcome = Site::of_cases().serve(&Message::parse(&text), Some(&plain));
    (outcome.received, outcome.answer)
}

#[track_caller]
fn protocols_seen(path: &str, fields: &str) -> Option<String> {
    let (received, _) = handshake(path, fields);
    let received = received.expect("the origin is asked");
    assert!(!received.to_string().contains("eyJ"), "{received}");
    received.field("sec-websocket-protocol").map(str::to_owned)
}

#[track_caller]
fn refused(fields: &str, status: u16, code: &str) {
    let (received, answer) = handshake("/elsewhere", fields);
    assert_eq!((received, answer.status()), (None, status), "{fields}");
    assert!(answer.body.contains(&format!("\"{code}\"")), "{}", answer.body);
}

#[test]
fn a_subprotocol_carries_the_token_and_the_origin_does_not_see_it() {
    let seen = |fields| protocols_seen("/elsewhere", fields);
    assert_eq!(seen("Sec-WebSocket-Protocol: chat.v1, bearer.TOKEN").as_deref(), Some("chat.v1"));
    assert_eq!(seen("Sec-WebSocket-Protocol: bearer.TOKEN"), None);
    // Where none is needed, it is not shown either.
    let seen = protocols_seen("/public/x", "Sec-WebSocket-Protocol: a, bearer.TOKEN, b");
    assert_eq!(seen.as_deref(), Some("a, b"));
}

/// What the origin receives, and `Cache-Status` of its answer.
fn passed_on(path: &str, members: &str, fields: &str) -> (Message, String) {
    let token = token(members, &ISSUER, NOW.0);
    let text = format!("GET {path}\nAuthorization: Bearer {token}\n{fields}");
    let plain = Message::parse("200\nCache-Control: max-age=60\n\nhello");
    let outcome = Site::of_cases().serve(&Message::parse(&text), Some(&plain));
    let status = outcome.answer.field("cache-status").expect("it passes").to_owned();
    (outcome.received.expect("the origin is asked"), status)
}

#[test]
fn a_handshake_is_passed_on_whole_and_never_stored_whatever_the_route_stores() {
    let handshake = "Upgrade: websocket\nSec-WebSocket-Protocol: chat.v1";
    for path in ["/reports/x", "/ttl/x", "/tenant/x", "/mine/x"] {
        let token = r#"scope="reports:read" tenant=acme"#;
        let (received, status) = passed_on(path, token, handshake);
        assert_eq!(received.field("upgrade"), Some("websocket"), "{path}");
        assert_eq!(received.field("sec-websocket-protocol"), Some("chat.v1"));
        assert_eq!(received.field("x-auth-subject"), Some("alice"));
        assert_eq!(received.field("x-auth-claim-tenant"), None);
        assert_eq!(received.field("surrogate-capability"), None);
        assert_eq!(status, "turnpike; fwd=bypass");
    }
    // Any other protocol is none that is changed to: the request is one like all others.
    let (received, status) = passed_on("/reports/x", r#"scope="reports:read""#, "Upgrade: h2c");
    assert_eq!((received.field("upgrade"), received.field("x-auth-subject")), (None, None));
    assert_eq!(status, "turnpike; fwd=uri-miss; stored");
}

#[test]
fn a_token_among_subprotocols_is_judged_like_any_other() {
    refused("Sec-WebSocket-Protocol: chat.v1", 401, "credentials_missing");
    refused("Sec-WebSocket-Protocol: bearer.a.b.c", 401, "token_invalid");
    refused("Sec-WebSocket-Protocol: bearer.", 400, "credentials_malformed");
    refused("Sec-WebSocket-Protocol: bearer.TOKEN, bearer.x", 400, "credentials_ambiguous");
    let two = "Authorization: Bearer x.y.z\nSec-WebSocket-Protocol: bearer.TOKEN";
    refused(two, 400, "credentials_ambiguous");
}

#[test]
fn a_request_for_no_websocket_has_no_token_there() {
    let site = Site::of_cases();
    let good = token("", &ISSUER, NOW.0);
    for upgrade in ["", "\nUpgrade: h2c"] {
        let text = format!("GET /elsewhere\nSec-WebSocket-Protocol: bearer.{good}{upgrade}");
        assert_eq!(site.serve(&Message::parse(&text), None).answer.status(), 401);
    }
}

#[test]
fn cookies_open_a_websocket_for_pages_of_this_site_and_listed_ones_alone() {
    let with_cookie = |origin: &str| format!("{origin}\nCookie: __Host-access_token=TOKEN");
    // The cases are served over plain HTTP.
    for own in ["http://docs.example.com", "https://app.example.com", "http://localhost:3000"] {
        let (received, _) = handshake("/elsewhere", &with_cookie(&format!("Origin: {own}")));
        assert!(received.is_some(), "{own}");
    }
    for foreign in [
        "Origin: https://evil.example",
        "Origin: http://docs.example.com.evil.example",
        "Origin: http://docs.example.com:8080",
        "Origin: https://docs.example.com",
        "Origin: null",
        "X-Origin: none",
    ] {
        refused(&with_cookie(foreign), 403, "page_foreign");
    }
    // On an optional route too, where a page of another site may come as nobody.
    let (received, _) = handshake("/optional/x", "Origin: https://evil.example");
    assert_eq!(received.expect("the origin is asked").field("x-auth-subject"), None);
    let (received, answer) = handshake("/optional/x", &with_cookie("Origin: https://evil.example"));
    assert_eq!((received, answer.status()), (None, 403));
    // Whoever brings the token otherwise has it.
    let (received, _) = handshake(
        "/elsewhere",
        "Origin: https://evil.example\nSec-WebSocket-Protocol: x, bearer.TOKEN\nCookie: __Host-access_token=TOKEN",
    );
    assert!(received.is_some());
}

/// An origin that is listed to ask with tokens of its own is not listed to use somebody's cookies.
#[test]
fn a_listed_origin_needs_leave_to_use_cookies() {
    let admitted = |credentials: bool| {
        let policy = json!({
            "credentials": ["cookie:at"],
            "issuers": [{
                "issuer": "https://issuer.example",
                "audiences": ["https://docs.example.com"],
                "algorithms": ["ES256"],
            }],
            "cors": { "origins": ["https://app.example.com"], "credentials": credentials },
        });
        let good = token("", &ISSUER, NOW.0);
        let handshake = format!(
            "GET /x\nUpgrade: websocket\nOrigin: https://app.example.com\nCookie: at={good}"
        );
        let headers = header_map(&Message::parse(&handshake).fields);
        let site = Site::of(&with_keys(policy, &ISSUER));
        site.admit("GET", "https://docs.example.com/x", &headers).map(|_| ())
    };
    assert_eq!(admitted(true), Ok(()));
    assert_eq!(admitted(false), Err(Denial::PageForeign));
}

#[test]
fn an_origin_that_selects_the_token_is_noticed() {
    let site = Site::of_cases();
    let selects = |protocol: &str| {
        let answer = header_map(&[("sec-websocket-protocol".to_owned(), protocol.to_owned())]);
        selects_token(site.policy(), &answer)
    };
    assert!(selects("bearer.x") && selects("bearer."));
    assert!(!selects("chat.v1") && !selects("bearer"));
    assert!(!selects_token(site.policy(), &header_map(&[])));
}
