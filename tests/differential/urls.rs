//! URLs beside the URL parser of Node: what is matched, keyed and sent is one thing, and no parser on
//! the way changes it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use turnpike::cache::CacheKey;
use turnpike::gate::{Permit, Screening, screen};
use turnpike::origin;
use turnpike::policy::Policy;
use turnpike::request::{CanonicalUrl, Head, free_reading};
use turnpike::time::UnixTime;

use crate::base::SEED;
use crate::verifiers::{Secrets, node};

/// So many URLs are made up, and more than a third of them have one reading.
const URLS: usize = 10_000;

/// What Node makes of a URL.
#[derive(serde::Deserialize)]
struct Parsed {
    href: String,
    hostname: String,
    pathname: String,
}

/// URLs of pieces that parsers have been at odds about.
fn made_up() -> Vec<String> {
    let segment = prop_oneof![
        6 => "[a-z0-9._~!$&'()*+,;=:@-]{1,6}",
        3 => "([A-Za-z]|%[0-9A-Fa-f]{2}){1,4}",
        2 => "[\"<>^`{|}\\[\\]a-z]{1,4}",
        1 => "(\\.|%2e|%20|;|%25){1,3}",
        1 => "(%C3%A9|%EF%BC%8F|%C2%85|%F0%9F%9A%80|%e2%80%a8|a){1,3}",
        1 => "[ -~é\\t]{0,4}",
    ];
    let path = proptest::collection::vec(segment, 0..5).prop_flat_map(|segments| {
        let path = format!("/{}", segments.join("/"));
        prop_oneof![3 => Just(path.clone()), 1 => Just(path + "/")]
    });
    let host = prop_oneof![
        4 => "(docs\\.|DOCS\\.)?example\\.com\\.?",
        1 => "[a-zA-Z0-9_-]{1,6}(\\.[a-zA-Z0-9-]{1,4}){0,3}",
        1 => "(0|1|127|255|256|0x7f|010)(\\.(0|1|127|255|0x1|01)){0,4}",
        1 => Just("[::1]".to_owned()),
    ];
    let port =
        prop_oneof![4 => Just(String::new()), 3 => ":(443|80|0443|8443|1|)", 1 => ":[0-9x]{1,6}"];
    let query = prop_oneof![2 => Just(String::new()), 1 => "\\?[ -~é&&[^#]]{0,12}"];
    let url =
        ("https?|HTTPS", host, port, path, query).prop_map(|(scheme, host, port, path, query)| {
            format!("{scheme}://{host}{port}{path}{query}")
        });
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEED.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    (0..URLS).map(|_| url.new_tree(&mut runner).expect("nothing is filtered").current()).collect()
}

fn ask_node<T: DeserializeOwned>(argument: &str, lines: &[String]) -> Vec<T> {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("urls-{argument}.jsonl"));
    let text: Vec<String> = lines.iter().map(|line| json!(line).to_string()).collect();
    fs::write(&file, text.join("\n")).expect("a file can be written");
    let output = node("urls.mjs")
        .arg(argument)
        .stdin(File::open(&file).expect("it was just written"))
        .stderr(Stdio::inherit())
        .output()
        .expect("Node is installed: `cargo xtask setup` sees to it");
    assert!(output.status.success(), "Node fails");
    let text = String::from_utf8(output.stdout).expect("JSON");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// With a route of its own for a part of what is made up.
fn policy(origin: Option<&str>) -> Policy {
    let mut policy = json!({
        "issuers": [{
            "issuer": "https://issuer.example", "audiences": ["a"], "algorithms": ["ES256"],
            "jwks_uri": "https://issuer.example/keys",
        }],
        "routes": [
            { "path": "/*", "access": "public", "cache": "shared" },
            { "path": "/a/*", "access": "public", "cache": "shared", "ttl": 1 },
        ],
    });
    if let Some(origin) = origin {
        policy["origin"] = Value::from(origin);
    }
    Policy::parse(&policy.to_string(), &Secrets).expect("it is valid")
}

fn permit<'p>(policy: &'p Policy, url: &str) -> Option<Permit<'p>> {
    let headers = http::HeaderMap::new();
    let head = Head { method: "GET", url, headers: &headers };
    match screen(policy, &head, UnixTime(0)) {
        Screening::Open(permit) => Some(permit),
        _ => None,
    }
}

#[test]
fn what_is_matched_keyed_and_sent_is_one_thing() {
    let given = made_up();
    let canonical: Vec<_> = given.iter().map(|url| CanonicalUrl::parse(url).ok()).collect();
    let text =
        |url: &Option<CanonicalUrl>| url.as_ref().map_or("", CanonicalUrl::as_str).to_owned();
    let again: Vec<String> = canonical.iter().map(text).collect();
    let resolved: Vec<Option<Parsed>> = ask_node("given", &given);
    let sent: Vec<Option<Parsed>> = ask_node("canonical", &again);
    let (own, other) = (policy(None), policy(Some("https://origin.example")));
    let mut clear = 0;
    for (((given, canonical), resolved), sent) in
        given.iter().zip(&canonical).zip(resolved).zip(sent)
    {
        let Some(canonical) = canonical else { continue };
        clear += 1;
        let resolved = resolved.unwrap_or_else(|| panic!("{given} is no URL for Node"));
        // Whether the platform resolves URLs or gives them as they arrive makes no difference.
        assert_eq!(CanonicalUrl::parse(&resolved.href).as_ref(), Ok(canonical), "{given}");
        // Whoever parses what is sent finds what was matched.
        let sent = sent.unwrap_or_else(|| panic!("{given} becomes no URL for Node"));
        assert_eq!(sent.href, canonical.as_str(), "{given}");
        assert_eq!(
            (sent.hostname.as_str(), sent.pathname.as_str()),
            (canonical.host(), canonical.path()),
            "{given}"
        );
        let Some(permit) = permit(&own, given) else {
            assert!(own.routes().find("GET", canonical).is_err(), "{given}");
            continue;
        };
        let route = own.routes().find("GET", canonical).expect("it was found").name();
        assert_eq!((permit.url(), permit.route().name()), (canonical, route), "{given}");
        assert_eq!(origin::url(&own, &permit), canonical.as_str(), "{given}");
        let key = CacheKey::of(&permit).expect("all is shared").to_url();
        let key = key.strip_prefix(canonical.origin()).expect("the key of its server");
        let (_, resource) = key[1..].split_once('/').expect("a partition");
        assert_eq!(format!("/{resource}"), canonical.path_and_query(), "{given}");
        let elsewhere = self::permit(&other, given).expect("the routes are the same");
        let expected = format!("https://origin.example{}", canonical.path_and_query());
        assert_eq!(origin::url(&other, &elsewhere), expected, "{given}");
    }
    assert!(clear > URLS / 3, "{clear} of {URLS}");
}

/// However a letter is composed, it is read as the plain one.
#[test]
fn letters_are_plain_whatever_marks_they_have() {
    let letters: Vec<(String, String)> = ask_node("letters", &[]);
    assert!(letters.len() > 400, "{}", letters.len());
    for (letter, plain) in letters {
        let escaped = utf8_percent_encode(&letter, NON_ALPHANUMERIC).to_string();
        assert_eq!(free_reading(&escaped), plain, "{letter}");
    }
}
