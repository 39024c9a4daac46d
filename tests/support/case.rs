//! Cases: one request and everything that must come of it, as plain text.
//!
//! ```text
//! What the case shows, in a sentence.
//!
//! ### request
//! GET /reports/q3
//! Authorization: Bearer {{token scope="reports:read"}}
//!
//! ### origin receives
//! GET /reports/q3
//! X-Auth-Subject: alice
//!
//! ### origin answers
//! 200
//! Cache-Control: max-age=60
//!
//! hello
//!
//! ### answer
//! 200
//! ...
//! ```
//!
//! Without `### origin receives`, the origin must not be asked. `### reason` is what only the log
//! tells. A body whose lines begin with `~ `
//! must contain each of these; any other body must be the same to the letter.

use std::fs;
use std::path::{Path, PathBuf};

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    pub file: PathBuf,
    pub title: String,
    pub request: Message,
    pub origin: Option<(Message, Message)>,
    pub reason: Option<String>,
    pub answer: Message,
}

/// A first line, fields, and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub start: String,
    pub fields: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    pub fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let start = lines.next().unwrap_or_default().to_owned();
        let fields = lines
            .map(|line| {
                let (name, value) =
                    line.split_once(':').unwrap_or_else(|| panic!("no field: {line}"));
                (name.to_ascii_lowercase(), value.trim().to_owned())
            })
            .collect();
        Self { start, fields, body: body.trim_end().to_owned() }
    }

    /// `GET /path` as method and path.
    pub fn method_and_path(&self) -> (&str, &str) {
        self.start.split_once(' ').unwrap_or_else(|| panic!("no request line: {}", self.start))
    }

    pub fn status(&self) -> u16 {
        self.start.parse().unwrap_or_else(|_| panic!("no status: {}", self.start))
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Without the fields that `dropped` names, the others in alphabetical order.
    pub fn normalized(mut self, dropped: impl Fn(&str) -> bool) -> Self {
        self.fields.retain(|(name, _)| !dropped(name));
        self.fields.sort();
        self.body = self.body.trim_end().to_owned();
        self
    }
}

impl std::fmt::Display for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}", self.start)?;
        for (name, value) in &self.fields {
            writeln!(formatter, "{}: {value}", capitalized(name))?;
        }
        if !self.body.is_empty() {
            write!(formatter, "\n{}\n", self.body)?;
        }
        Ok(())
    }
}

fn capitalized(name: &str) -> String {
    let words = name.split('-').map(|word| match word {
        "cdn" => "CDN".to_owned(),
        "etag" => "ETag".to_owned(),
        "www" => "WWW".to_owned(),
        _ => {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        }
    });
    words.collect::<Vec<_>>().join("-")
}

/// Every case of the repository, in the order of their names.
pub fn all() -> Vec<Case> {
    all_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))
}

/// Every case of a folder.
pub fn all_in(folder: &Path) -> Vec<Case> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/cases is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "http"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are cases");
    files.into_iter().map(Case::read).collect()
}

impl Case {
    fn read(file: PathBuf) -> Self {
        let text = fs::read_to_string(&file).expect("a case can be read");
        let mut parts = text.split("### ");
        let title = parts.next().unwrap_or_default().trim().to_owned();
        let mut sections: Vec<(String, Message)> = parts
            .map(|part| {
                let (name, rest) = part.split_once('\n').unwrap_or((part, ""));
                (name.trim().to_owned(), Message::parse(rest.trim_end()))
            })
            .collect();
        let mut take = |name: &str| {
            let at = sections.iter().position(|(given, _)| given == name)?;
            Some(sections.remove(at).1)
        };
        let request =
            take("request").unwrap_or_else(|| panic!("{} has no request", file.display()));
        let origin = take("origin receives").map(|receives| {
            let answers = take("origin answers");
            (
                receives,
                answers.unwrap_or_else(|| panic!("{}: no answer of the origin", file.display())),
            )
        });
        let reason = take("reason").map(|message| message.start);
        let answer = take("answer").unwrap_or_else(|| Message::parse("0"));
        assert!(sections.is_empty(), "{} has unknown sections: {sections:?}", file.display());
        Self { file, title, request, origin, reason, answer }
    }

    pub fn name(&self) -> String {
        self.file.file_stem().expect("a file has a name").to_string_lossy().into_owned()
    }

    /// Compares what came of it.
    #[track_caller]
    pub fn compare(&self, received: Option<Message>, answer: Message) {
        let expected_received =
            self.origin.as_ref().map(|(receives, _)| receives.clone().normalized(|_| false));
        same(&self.name(), "origin receives", expected_received, received);
        let mut expected = self.answer.clone().normalized(|_| false);
        let mut answer = answer;
        let wanted: Vec<&str> =
            expected.body.lines().filter_map(|line| line.strip_prefix("~ ")).collect();
        if !wanted.is_empty() {
            for part in wanted {
                assert!(
                    answer.body.contains(part),
                    "{}: body lacks `{part}`:\n{}",
                    self.name(),
                    answer.body
                );
            }
            expected.body = String::new();
            answer.body = String::new();
        }
        same(&self.name(), "answer", Some(expected), Some(answer));
    }

    /// Writes down what came of it as what is expected.
    pub fn bless(&self, received: Option<Message>, reason: Option<&str>, mut answer: Message) {
        if self.answer.body.starts_with("~ ") {
            answer.body.clone_from(&self.answer.body);
        }
        let mut text = format!("{}\n\n### request\n{}", self.title, self.request);
        if let (Some(received), Some((_, answers))) = (received, &self.origin) {
            text += &format!("\n### origin receives\n{received}\n### origin answers\n{answers}");
        }
        if let Some(reason) = reason {
            text += &format!("\n### reason\n{reason}\n");
        }
        text += &format!("\n### answer\n{answer}");
        fs::write(&self.file, text).expect("a case can be written");
    }
}

#[track_caller]
fn same(case: &str, what: &str, expected: Option<Message>, actual: Option<Message>) {
    let show =
        |message: Option<Message>| message.map_or_else(|| "nothing".to_owned(), |m| m.to_string());
    let (expected, actual) = (show(expected), show(actual));
    assert!(expected == actual, "{case}, {what}:\n--- expected\n{expected}\n--- actual\n{actual}");
}
