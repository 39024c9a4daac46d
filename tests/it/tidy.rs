//! Invariants of the source itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use turnpike::answer::{CODES, Explanation};

/// The rooms of `src/` in reading order: each may use those before it, and no other.
const ROOMS: [&str; 15] = [
    "fields", "json", "log", "time", "uri", "request", "token", "keys", "policy", "gate", "cache",
    "origin", "answer", "native", "edge",
];

/// What may stand in the log: besides these, no type has a way in.
const LOGGABLE: [&str; 8] =
    ["&'static str", "KeyName", "Problem", "Pseudonym", "Refusal", "RequestId", "TraceId", "u64"];

/// A file that does not fit two or three screens wants to be two files.
const MAX_LINES: usize = 280;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src/`, with its path from there and its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a file can be read");
                let name = path.strip_prefix(root().join("src")).expect("it is below").to_owned();
                files.push((name, text));
            }
        }
    }
    assert!(files.len() > 30, "the sources were found");
    files
}

/// The room a file belongs to; `None` for `lib.rs`.
fn room(file: &Path) -> Option<String> {
    let first = file.iter().next().expect("a path has parts").to_string_lossy().replace(".rs", "");
    (first != "lib").then_some(first)
}

/// Code without comments and without the unit tests at the end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms that code names as `crate::room`, also within `use crate::{...}`.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let first_word = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut rooms = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(list) => {
                rooms.extend(list.split('}').next().unwrap_or_default().split(',').map(first_word));
            }
            None => _ = rooms.insert(first_word(after)),
        }
    }
    rooms
}

#[test]
fn rooms_use_only_rooms_before_them() {
    for (file, text) in sources() {
        let Some(room) = room(&file) else { continue };
        let position = |name: &str| ROOMS.iter().position(|room| *room == name);
        let own = position(&room).unwrap_or_else(|| panic!("{room} has no place in the order"));
        for used in named_rooms(&code(&text)) {
            let used_position = position(&used)
                .unwrap_or_else(|| panic!("{}: what is crate::{used}?", file.display()));
            assert!(used_position <= own, "{} uses {used}, which comes later", file.display());
            assert!(used != "native" || room == "native", "{} uses an adapter", file.display());
        }
    }
}

#[test]
fn the_core_names_no_platform() {
    for (file, text) in sources() {
        if room(&file).as_deref() == Some("edge") {
            continue;
        }
        // Tables of Unicode would be a sixth of the Worker; the platform has them.
        let may_ask_javascript = file == Path::new("request/unicode.rs");
        let code = code(&text);
        for name in [
            "worker::",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "SystemTime::now",
            "Instant::now",
            "println!",
            "async ",
        ] {
            let is_excepted = may_ask_javascript && name == "js_sys";
            assert!(!code.contains(name) || is_excepted, "{} names {name}", file.display());
        }
    }
}

/// One such call brings in a searcher, and with that how errors of slicing are told: 5 KB.
#[test]
fn no_text_is_searched_for_text() {
    for (file, text) in sources() {
        let is_of_vectors = file == Path::new("edge/probe.rs");
        // These are found by method and URL.
        let code = code(&text).replace("routes().find(", "");
        let methods = [
            "contains",
            "find",
            "matches",
            "replace",
            "rsplit",
            "rsplit_once",
            "split",
            "split_once",
        ];
        // A letter may be looked for, among bytes: `contains` takes letters of any length.
        let mut searches: Vec<String> = methods.map(|method| format!(".{method}(\"")).into();
        searches.push(".contains('".to_owned());
        for search in searches {
            assert!(!code.contains(&search) || is_of_vectors, "{} has {search}", file.display());
        }
    }
}

#[test]
fn only_adapters_say_that_a_signature_is_valid() {
    for (file, text) in sources() {
        let makes_verdicts = code(&text).contains("Verdict::new(");
        // One of them remembers it for the next time.
        let vouches = code(&text).contains(".vouch_for(");
        assert_eq!(vouches, file == Path::new("edge/webcrypto.rs"), "{}", file.display());
        let is_adapter = file == Path::new("native.rs") || file == Path::new("edge/webcrypto.rs");
        assert_eq!(makes_verdicts, is_adapter, "{}", file.display());
    }
}

#[test]
fn permits_are_made_in_the_gate() {
    for (file, text) in sources() {
        let makes_permits = ["Permit {", "Permit::open(", ".for_principal("].iter().any(|made| {
            code(&text)
                .replace("pub struct Permit", "")
                .replace("impl<'p> Permit", "")
                .contains(made)
        });
        assert!(!makes_permits || room(&file).as_deref() == Some("gate"), "{}", file.display());
    }
}

#[test]
fn an_exception_never_opens_the_gate() {
    for (file, text) in sources() {
        assert!(!code(&text).contains("pass_through_on_exception"), "{}", file.display());
    }
}

#[test]
fn files_begin_with_what_they_are_for_and_are_short() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not say what it is for", file.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", file.display());
    }
}

#[test]
fn no_cache_stands_in_front_of_the_gate() {
    for file in ["wrangler.toml", "demo/wrangler.toml"] {
        let text = fs::read_to_string(root().join(file)).expect("a configuration can be read");
        let configuration: toml::Value = toml::from_str(&text).expect("it is TOML");
        let cached = |table: &toml::Value| {
            let enabled = |cache: Option<&toml::Value>| {
                cache.and_then(|cache| cache.get("enabled")).and_then(toml::Value::as_bool)
                    == Some(true)
            };
            let default = table.get("exports").and_then(|exports| exports.get("default"));
            enabled(table.get("cache")) || enabled(default.and_then(|default| default.get("cache")))
        };
        let environments = configuration.get("env").and_then(toml::Value::as_table);
        let environments = environments.into_iter().flat_map(|table| table.values());
        for table in std::iter::once(&configuration).chain(environments) {
            assert!(!cached(table), "{file}: hits would be served without asking the gate");
        }
    }
}

#[test]
fn the_probe_is_never_deployed() {
    let read = |file: &str| fs::read_to_string(root().join(file)).expect("a file can be read");
    let manifest: toml::Table = read("Cargo.toml").parse().expect("it is TOML");
    let features = manifest["features"].as_table().expect("features");
    assert_eq!(features["probe"], toml::Value::Array(Vec::new()), "it brings nothing along");
    assert_eq!(features.keys().collect::<Vec<_>>(), ["probe"], "another could switch it on");
    // What makes the deployed Worker does not name it, and nothing but the vectors asks for it.
    for file in ["wrangler.toml", "demo/wrangler.toml", ".cargo/config.toml", "xtask/Cargo.toml"] {
        assert!(!read(file).contains("probe"), "{file}");
    }
    assert!(!read("xtask/src/bundle.rs").contains("probe"), "`cargo xtask build` names it");
    assert!(read("xtask/src/vectors/workerd.rs").contains("--features"), "it is asked for there");
    // Without it, there is no such module.
    for (file, text) in sources() {
        let declared = code(&text).contains("mod probe;");
        assert_eq!(declared, file == Path::new("edge/mod.rs"), "{}", file.display());
        assert!(
            !declared || code(&text).contains("#[cfg(feature = \"probe\")]\nmod probe;"),
            "{} declares it in every build",
            file.display()
        );
    }
}

#[test]
fn every_denial_has_a_case_and_an_explanation() {
    let source =
        fs::read_to_string(root().join("src/gate/denial.rs")).expect("denials can be read");
    let body = source
        .split("pub fn code")
        .nth(1)
        .expect("there are codes")
        .split("pub fn")
        .next()
        .expect("an end");
    let codes: BTreeSet<&str> = body.split('"').skip(1).step_by(2).collect();
    let explained: BTreeSet<&str> = CODES.iter().map(|explanation| explanation.code).collect();
    assert_eq!(codes, explained);
    let mut tests = String::new();
    for folder in ["tests/cases", "tests/workerd"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                tests += &fs::read_to_string(path).expect("a test can be read");
            }
        }
    }
    for code in codes {
        let shown = [format!("\"{code}\""), format!("<code>{code}</code>")];
        assert!(shown.iter().any(|shown| tests.contains(shown)), "no case shows {code}");
    }
}

/// With `TURNPIKE_BLESS` set, the page is written.
#[test]
fn codes_are_explained_alike_wherever_they_are() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README can be read");
    let rows: Vec<String> = CODES.iter().map(Explanation::row).collect();
    assert!(readme.contains(&rows.join("\n")), "the README's table is:\n{}", rows.join("\n"));

    let sections: Vec<String> = CODES.iter().map(Explanation::section).collect();
    let page = format!("{PROBLEMS}\n{}", sections.join("\n"));
    let file = root().join("docs/problems.md");
    if std::env::var_os("TURNPIKE_BLESS").is_some() {
        fs::write(&file, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(file).expect("docs/problems.md can be read");
    assert!(written == page, "docs/problems.md is not what src/answer/codes.rs says");
}

const PROBLEMS: &str = "# Problems

Every refusal of Turnpike has a code: in the body, in `grpc-message`, on the page, and in the log beside the request's id.
`cargo xtask explain-code CODE` says what is here.

In problem details (RFC 9457) the code is also the end of `type`. That is a tag URI (RFC 4151): a name, the same in every deployment, and no address to be opened. Compare it whole, or compare `code`.
A code never changes its meaning. New ones may come: treat one that you do not know by its status.
";

#[test]
fn nothing_else_may_stand_in_the_log() {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        let code = code(&text);
        for line in code.lines() {
            let Some((_, of)) = line.split_once("Loggable for ") else { continue };
            found.insert(of.trim_end_matches([' ', '{']).to_owned());
        }
    }
    // Lists of what may.
    assert!(found.remove("[T]"));
    assert_eq!(found, LOGGABLE.map(str::to_owned).into());
}
