//! What an origin could make of a path, written down anew: the filter is not asked about itself.

use std::collections::BTreeSet;

/// One thing that some origin or proxy does to a path before it looks at it.
type Reading = fn(&str) -> String;

const READINGS: [Reading; 16] = [
    decoded,
    decoded_like_iis,
    without_parameters,
    |path| cut(path, ";"),
    |path| cut(path, "\0"),
    |path| cut(path, "?"),
    |path| cut(path, "#"),
    str::to_lowercase,
    |path| path.replace('\\', "/"),
    merged,
    resolved,
    |path| each_segment(path, |segment| segment.trim_end_matches(['.', ' '])),
    |path| each_segment(path, |segment| segment.trim_end_matches(' ')),
    |path| each_segment(path, str::trim),
    |path| path.replace(|c: char| c.is_control(), ""),
    narrowed,
];

/// Every path that some order of readings makes of one.
pub fn of(path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([path.to_owned()]);
    let mut news = vec![path.to_owned()];
    while let Some(path) = news.pop() {
        assert!(found.len() < 10_000, "{path} has too many readings");
        for reading in READINGS {
            let read = reading(&path);
            if found.insert(read.clone()) {
                news.push(read);
            }
        }
    }
    found
}

fn cut(path: &str, at: &str) -> String {
    path.split(at).next().unwrap_or_default().to_owned()
}

fn each_segment(path: &str, read: impl Fn(&str) -> &str) -> String {
    path.split('/').map(read).collect::<Vec<_>>().join("/")
}

fn without_parameters(path: &str) -> String {
    each_segment(path, |segment| segment.split(';').next().unwrap_or_default())
}

fn merged(path: &str) -> String {
    let mut merged = path.to_owned();
    while merged.contains("//") {
        merged = merged.replace("//", "/");
    }
    merged
}

/// Wide characters, and lookalikes of a slash, as code pages have them.
fn narrowed(path: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2044}' | '\u{2215}' => '/',
        '\u{a5}' | '\u{2216}' => '\\',
        '\u{3002}' => '.',
        c => c,
    };
    path.chars().map(narrow).collect()
}

/// Dot segments resolved (RFC 3986 section 5.2.4).
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => _ = segments.pop(),
            segment => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

/// Escapes decoded once. Bytes that are no UTF-8 are those of ISO 8859-1.
fn decoded(path: &str) -> String {
    unescaped(path, |rest| Some((u32::from(byte(rest)?), 2)))
}

/// `%u002e`, and what is overlong in UTF-8, which once was a dot or a slash to that server.
fn decoded_like_iis(path: &str) -> String {
    unescaped(path, |rest| {
        if let Some(digits) = rest.strip_prefix(['u', 'U']) {
            return Some((u32::from_str_radix(digits.get(..4)?, 16).ok()?, 5));
        }
        let (lead, next) = (byte(rest)?, rest.get(2..)?.strip_prefix('%')?);
        let is_overlong = matches!(lead, 0xc0 | 0xc1);
        let low = u32::from(byte(next)? & 0x3f);
        is_overlong.then_some(((u32::from(lead & 1) << 6) | low, 5))
    })
}

fn byte(digits: &str) -> Option<u8> {
    let digits = digits.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Every escape replaced that is known: which code it is, and how long it is behind its `%`.
fn unescaped(path: &str, known: impl Fn(&str) -> Option<(u32, usize)>) -> String {
    let mut bytes = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        rest = after;
        match known(after) {
            Some((code, length)) => {
                match u8::try_from(code) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => {
                        let character = char::from_u32(code).unwrap_or('\u{fffd}');
                        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                rest = &after[length..];
            }
            None => bytes.push(b'%'),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

/// The oracle finds what it is there for.
#[test]
fn readings_find_what_is_hidden() {
    for path in [
        "/public/../admin/x",
        "/public/%2e%2E/admin/x",
        "/public/%252e%252e/admin/x",
        "/public/..;/admin/x",
        "/public/..%20/admin/x",
        "/public/%c0%ae%c0%ae/admin/x",
        "/public/%u002e%u002e/admin/x",
        "/public/%25u002e%25u002e/admin/x",
        "/public/..%5cadmin\\x",
        "/public%2f..%2fadmin%2fx",
        "/public/../ADMIN./x",
        "//admin;a=b//x;/./",
        "/admin%00/x/..",
        "/ad%00min/x",
        "/%61dmin/x%3f.css",
        "/%EF%BD%81dmin/x",
        "/public/..%EF%BC%8Fadmin/x",
    ] {
        let found = of(path);
        assert!(
            ["/admin", "/admin/x", "/admin/x/"].iter().any(|hidden| found.contains(*hidden)),
            "{path}: {found:?}"
        );
    }
    assert!(!of("/public/admin/x").contains("/admin/x"));
}
