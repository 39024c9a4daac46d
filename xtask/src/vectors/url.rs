//! The URL tests of web-platform-tests.
//!
//! The Worker gets its URL from the platform, whose parser is that of the WHATWG standard. So what
//! the suite says a URL is written as (`href`) is what the filter is given: it refuses it for one of
//! the reasons below, or its canonical form means the same. Apart from that, every input is given to
//! the filter as it is written, which no platform does: it may refuse it, and what it accepts must
//! be stable.

mod parsed;

use serde_json::Value;
use turnpike::request::CanonicalUrl;

use self::parsed::{Parsed, is_stable};
use super::case::{Expectation, Label, Outcome, Verdict};
use super::native::unless_it_panics;
use super::reader::{Folder, text};
use super::workerd::{Workerd, Written};
use crate::shell::{Failure, Result};

const FILE: &str = "url/urltestdata.json";

/// What is no URL, and workerd takes for one: labels that only look like Punycode.
const NOT_PUNYCODE: [&str; 3] =
    ["http://a.b.c.xn--pokxncvks", "http://10.0.0.xn--pokxncvks", "https://xn--/"];

/// A URL of the suite.
struct Vector<'v> {
    written: Written<'v>,
    /// `None` when it is no URL.
    parsed: Option<Parsed<'v>>,
}

/// The outcomes as the platform gives the URLs, and as they are written.
pub(super) fn outcomes(
    folder: &mut Folder,
    workerd: &Workerd,
) -> Result<Vec<(String, Vec<Outcome>)>> {
    folder.read(FILE, |file| {
        let entries = file.as_array().ok_or_else(|| Failure::new("it is no list"))?;
        // What is no object is a comment.
        let vectors = entries.iter().filter(|entry| entry.is_object()).map(vector);
        let vectors: Vec<_> = vectors.collect::<Result<_>>()?;
        let is_there = |input: &&str| vectors.iter().any(|vector| vector.written.input == *input);
        if !NOT_PUNYCODE.iter().all(is_there) {
            return Err(Failure::new("an exception names a URL that is not there"));
        }
        Ok(vec![
            (format!("{FILE}, as the platform gives it"), given(&vectors, workerd)?),
            (format!("{FILE}, as written"), vectors.iter().map(written).collect()),
        ])
    })
}

fn vector(entry: &Value) -> Result<Vector<'_>> {
    let base = entry.get("base").and_then(Value::as_str);
    let written = Written { input: text(entry, "input")?, base };
    let parsed = match entry.get("failure") {
        Some(_) => None,
        None => Some(Parsed::read(entry)?),
    };
    Ok(Vector { written, parsed })
}

fn given(vectors: &[Vector<'_>], workerd: &Workerd) -> Result<Vec<Outcome>> {
    let urls: Vec<_> = vectors.iter().map(|vector| vector.written).collect();
    let hrefs = workerd.hrefs(&urls)?;
    let canonical: Vec<_> = hrefs.iter().map(|href| canonical(href.as_deref())).collect();
    let again: Vec<_> = canonical.iter().map(|text| Written { input: text, base: None }).collect();
    let again = workerd.hrefs(&again)?;
    if [hrefs.len(), again.len()] != [vectors.len(); 2] {
        return Err(Failure::new("workerd has not an answer to every URL"));
    }
    let platform = hrefs.into_iter().zip(canonical.iter().zip(again));
    Ok(vectors
        .iter()
        .zip(platform)
        .map(|(vector, (href, (canonical, again)))| {
            let native = vector.parsed.as_ref().map(|parsed| unless_it_panics(|| judge(parsed)));
            let in_workerd = match href {
                None => Verdict::Refused("the platform refuses it".to_owned()),
                Some(href) if vector.href().is_some_and(|expected| expected != href) => {
                    Verdict::Broken(format!("the platform writes {href}"))
                }
                Some(href) => match native.clone().unwrap_or_else(|| read(&href)) {
                    Verdict::Accepted if again.as_ref() != Some(canonical) => {
                        Verdict::Broken(format!("{canonical} becomes {again:?} for the platform"))
                    }
                    verdict => verdict,
                },
            };
            let expectation = expectation(vector);
            Outcome { name: vector.name(), expectation, native, workerd: Some(in_workerd) }
        })
        .collect())
}

/// The canonical form of what the platform gives; empty when there is none.
fn canonical(href: Option<&str>) -> String {
    let mut canonical = String::new();
    // A panic is found by the verdict.
    let _ = unless_it_panics(|| {
        let url = href.and_then(|href| CanonicalUrl::parse(href).ok());
        canonical = url.map_or_else(String::new, |url| url.as_str().to_owned());
        Verdict::Accepted
    });
    canonical
}

fn expectation(vector: &Vector<'_>) -> Expectation {
    match &vector.parsed {
        None => {
            let expectation = Expectation::new(Label::Refused);
            if NOT_PUNYCODE.contains(&&*vector.written.input.to_ascii_lowercase()) {
                expectation.except(Label::Accepted, "has a host that is not Punycode; workerd takes it, and to the filter it is a name like others")
            } else {
                expectation
            }
        }
        Some(parsed) => match parsed.why_refused() {
            None => Expectation::new(Label::Accepted),
            Some(reason) => Expectation::new(Label::Accepted).except(Label::Refused, reason),
        },
    }
}

fn judge(parsed: &Parsed<'_>) -> Verdict {
    match CanonicalUrl::parse(parsed.href) {
        Err(ambiguity) => Verdict::Refused(ambiguity.as_str().to_owned()),
        Ok(url) => match parsed.difference_to(&url) {
            None => Verdict::Accepted,
            Some(difference) => Verdict::Broken(format!("{}: {difference}", url.as_str())),
        },
    }
}

/// As it is written, whatever it is: what matters is that it does not panic and is stable.
fn written(vector: &Vector<'_>) -> Outcome {
    let verdict = read(vector.written.input);
    let expectation = Expectation::new(Label::Either);
    Outcome { name: vector.name(), expectation, native: Some(verdict), workerd: None }
}

/// The verdict on what nobody has said the meaning of.
fn read(url: &str) -> Verdict {
    unless_it_panics(|| match CanonicalUrl::parse(url) {
        Err(ambiguity) => Verdict::Refused(ambiguity.as_str().to_owned()),
        Ok(url) if is_stable(&url) => Verdict::Accepted,
        Ok(url) => Verdict::Broken(format!("{} is not its own canonical form", url.as_str())),
    })
}

impl Vector<'_> {
    fn name(&self) -> String {
        match self.written.base {
            None => format!("{:?}", self.written.input),
            Some(base) => format!("{:?} on {base}", self.written.input),
        }
    }

    fn href(&self) -> Option<&str> {
        self.parsed.as_ref().map(|parsed| parsed.href)
    }
}
