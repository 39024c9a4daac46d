//! What holds for whatever anyone sends.

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

use turnpike::cache::CacheKey;
use turnpike::gate::Denial;
use turnpike::request::CanonicalUrl;

use crate::site::{ISSUER, NOW, Site, apply};
use crate::support::case::Message;
use crate::support::token::token;

static SITE: LazyLock<Site> = LazyLock::new(Site::of_cases);

fn headers(fields: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append(HeaderName::from_static(name), value);
        }
    }
    map
}

fn bearer(token: &str) -> HeaderMap {
    headers(&[("authorization", format!("Bearer {token}").as_bytes())])
}

fn admit(path: &str, headers: &HeaderMap) -> Result<String, Denial> {
    let url = format!("https://docs.example.com{path}");
    SITE.admit("GET", &url, headers).map(|permit| permit.url().as_str().to_owned())
}

/// Every refusal is unstorable, and every 401 has a challenge (RFC 9110 section 15.5.2).
fn check_refusal(denial: &Denial, path: &str, headers: &HeaderMap) {
    for method in ["GET", "HEAD", "POST"] {
        let answer = SITE.refusal(denial, method, path, headers);
        let fields = apply(&answer.fields, HeaderMap::new());
        let field = |name: &str| fields.get(name).map(|value| value.to_str().expect("ASCII"));
        for name in ["cache-control", "cdn-cache-control", "cloudflare-cdn-cache-control"] {
            assert_eq!(field(name), Some("no-store"));
        }
        for name in ["etag", "age", "expires", "last-modified", "cache-status"] {
            assert_eq!(field(name), None);
        }
        assert!(!answer.status.is_success() && !answer.status.is_redirection());
        assert!(answer.status != 401 || field("www-authenticate").is_some());
        assert_eq!(answer.body.is_empty(), method == "HEAD");
    }
}

/// The dates themselves: the first and the last second with the leeway of 30 s.
#[test]
fn the_leeway_ends_on_the_second() {
    for (members, accepted) in [
        ("exp=-29", true),
        ("exp=-30", false),
        ("nbf=30", true),
        ("nbf=31", false),
        ("iat=30", true),
        ("iat=31", false),
        // `max_age` is 300 s, `max_lifetime` 3600 s. The leeway is for clocks, not for lifetimes.
        ("iss=https://strict.example typ=JWT iat=-329", true),
        ("iss=https://strict.example typ=JWT iat=-330", false),
        ("iss=https://strict.example typ=JWT exp=3600", true),
        ("iss=https://strict.example typ=JWT exp=3601", false),
    ] {
        let result = admit("/elsewhere", &bearer(&token(members, &ISSUER, NOW.0)));
        assert_eq!(result.is_ok(), accepted, "{members}: {result:?}");
    }
}

/// A route with `max_age = 300`, and the leeway of 30 s.
#[test]
fn a_time_of_signing_in_ends_on_the_second() {
    for (members, accepted) in [
        ("auth_time=-330", true),
        ("auth_time=-331", false),
        ("auth_time=30", true),
        ("auth_time=31", false),
        ("auth_time=-330.5", false),
    ] {
        let members = format!("scope=\"reports:read\" acr=\"urn:example:otp\" {members}");
        let result = admit("/step-up/x", &bearer(&token(&members, &ISSUER, NOW.0)));
        assert_eq!(result.is_ok(), accepted, "{members}: {result:?}");
    }
}

/// 512 cases, unless `PROPTEST_CASES` says half of another number.
fn thorough() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 2, ..usual }
}

proptest! {
    #![proptest_config(thorough())]

    #[test]
    fn no_bytes_in_any_field_open_the_gate_or_panic(
        authorization in proptest::collection::vec(any::<u8>(), 0..200),
        cookie in proptest::collection::vec(any::<u8>(), 0..200),
        accept in proptest::collection::vec(any::<u8>(), 0..100),
        path in "\\PC{0,40}",
    ) {
        let headers = headers(&[
            ("authorization", &authorization), ("cookie", &cookie), ("accept", &accept), ("x-access-token", &cookie),
        ]);
        let path = format!("/reports/{path}");
        let denial = admit(&path, &headers).expect_err("nobody has a key");
        check_refusal(&denial, &path, &headers);
    }

    #[test]
    fn no_text_in_the_fields_of_browsers_opens_the_gate_or_panics(
        method in "GET|HEAD|POST|OPTIONS|PUT",
        path in "/(reports|written|step-up|mine|\\.well-known/oauth-protected-resource)/[a-z]{1,4}",
        origin in "null|https://app\\.example\\.com|[ -~]{0,40}",
        asked in "[A-Z]{0,8}|[ -~]{0,20}",
        names in "[ -~]{0,80}",
        protocols in "(x, )?bearer\\.[ -~]{0,60}",
        content_type in "application/grpc[ -~]{0,12}|[ -~]{0,20}",
        destination in "image|iframe|[ -~]{0,10}",
    ) {
        let text = format!(
            "{method} {path}\nOrigin: {origin}\nAccess-Control-Request-Method: {asked}\n\
             Access-Control-Request-Headers: {names}\nSec-WebSocket-Protocol: {protocols}\n\
             Content-Type: {content_type}\nSec-Fetch-Dest: {destination}\nUpgrade: websocket"
        );
        let outcome = SITE.serve(&Message::parse(&text), None);
        prop_assert!(outcome.received.is_none());
        let (status, field) = (outcome.answer.status(), |name| outcome.answer.field(name));
        prop_assert_eq!(field("cache-control"), Some("no-store"));
        match status {
            // What is said to a preflight, and to gRPC.
            204 => prop_assert_eq!(method.as_str(), "OPTIONS"),
            200 => prop_assert!(method == "POST" && field("grpc-status").is_some()),
            _ => prop_assert!((400..=403).contains(&status), "{status}"),
        }
        let allowed = field("access-control-allow-origin");
        prop_assert!(allowed.is_none_or(|allowed| allowed == "https://app.example.com" && allowed == origin.trim()));
    }

    #[test]
    fn text_that_looks_like_a_token_opens_nothing(text in "(Bearer )?[A-Za-z0-9_=-]{0,80}(\\.[A-Za-z0-9_-]{0,80}){0,4}") {
        let headers = headers(&[("authorization", text.as_bytes())]);
        prop_assert!(admit("/elsewhere", &headers).is_err());
    }

    #[test]
    fn any_character_of_a_token_that_changes_spoils_it(
        position in any::<proptest::sample::Index>(),
        replacement in "[A-Za-z0-9_.-]",
        algorithm in prop_oneof![Just("ES256"), Just("HS256"), Just("EdDSA"), Just("RS256"), Just("PS256")],
    ) {
        let good = token(&format!("alg={algorithm}"), &ISSUER, NOW.0);
        prop_assert!(admit("/elsewhere", &bearer(&good)).is_ok());
        let at = position.index(good.len());
        prop_assume!(good[at..=at] != replacement);
        let mut changed = good;
        changed.replace_range(at..=at, &replacement);
        let denial = admit("/elsewhere", &bearer(&changed)).expect_err("it was changed");
        prop_assert!(!matches!(denial, Denial::CredentialsMissing));
        check_refusal(&denial, "/elsewhere", &HeaderMap::new());
    }

    #[test]
    fn a_token_is_good_exactly_between_its_dates(nbf in -100_i64..100, exp in -100_i64..100) {
        let result = admit("/elsewhere", &bearer(&token(&format!("nbf={nbf} exp={exp}"), &ISSUER, NOW.0)));
        let (begun, ended) = (nbf <= 30, exp + 30 <= 0);
        let expected = match (begun, ended) {
            (_, true) => Some(Denial::TokenExpired),
            (false, false) => Some(Denial::TokenNotYetValid),
            (true, false) => None,
        };
        prop_assert_eq!(result.err(), expected);
    }

    #[test]
    fn claims_of_any_shape_get_an_answer(name in "iss|sub|aud|exp|nbf|iat|scope|x", number in any::<f64>(), text in "\\PC{0,20}") {
        for value in [json!(number), json!(text), json!([text]), json!({ "a": number }), json!(null), json!(true)] {
            let mut claims = json!({
                "iss": "https://issuer.example", "aud": "https://docs.example.com", "sub": "alice", "exp": NOW.0 + 60,
            });
            claims[&name] = value;
            let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "es256" });
            let token = ISSUER.sign(issuer::Algorithm::Es256, &header, &claims);
            if let Err(denial) = admit("/elsewhere", &bearer(&token)) {
                check_refusal(&denial, "/elsewhere", &HeaderMap::new());
            }
        }
    }

    #[test]
    fn a_canonical_url_is_its_own_canonical_form(path in "(/[a-zA-Z0-9%._~;=@:+$,-]{0,12}){0,6}(\\?[ -~&&[^#]]{0,20})?") {
        if let Ok(url) = CanonicalUrl::parse(&format!("https://docs.example.com{path}")) {
            prop_assert_eq!(&CanonicalUrl::parse(url.as_str()).expect("it is canonical"), &url);
            for segment in url.segments() {
                prop_assert!(!segment.is_empty() && segment != "." && segment != "..");
            }
        }
    }

    #[test]
    fn readers_share_a_key_only_where_they_may(
        one in "[a-z|:]{1,6}", other in "[a-z|:]{1,6}", path in "(mine|reports|elsewhere)(/[a-z]{1,3}){0,2}",
    ) {
        let key = |subject: &str| {
            let token = token(&format!("sub={} scope=\"reports:read\"", json!(subject)), &ISSUER, NOW.0);
            let permit = SITE.admit("GET", &format!("https://docs.example.com/{path}"), &bearer(&token)).expect("a good token");
            CacheKey::of(&permit)
        };
        let (first, second) = (key(&one), key(&other));
        if path.starts_with("elsewhere") {
            prop_assert!(first.is_none());
        } else {
            prop_assert_eq!(first == second, path.starts_with("reports") || one == other);
        }
    }
}
