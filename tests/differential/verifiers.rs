//! What Turnpike says of a token, and what the peers say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use turnpike::fields::Headers;
use turnpike::gate::{Denial, Screening, screen};
use turnpike::native;
use turnpike::policy::{Environment, KeySource, Policy};
use turnpike::request::Head;
use turnpike::time::UnixTime;

use crate::Token;
use crate::base::{self, ISSUER, LEEWAY, NOW, SECRET_NAME};

/// What a verifier says: nothing when it accepts, or else why not.
pub type Verdict = Option<String>;

/// The core, with the trusted issuers as its policy.
pub struct Turnpike(Policy);

pub struct Secrets;

impl Environment for Secrets {
    fn secret(&self, name: &str) -> Option<String> {
        (name == SECRET_NAME).then(|| ISSUER.secret().to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

/// A request with a token, whatever the token is made of.
struct Bearer<'t>(&'t str);

impl Headers for Bearer<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        (name == "authorization").then(|| format!("Bearer {}", self.0).into())
    }

    fn names(&self) -> Vec<&str> {
        vec!["authorization"]
    }
}

impl Turnpike {
    pub fn new() -> Self {
        let policy = json!({ "realm": "test", "leeway": LEEWAY, "issuers": base::trusted() });
        Self(Policy::parse(&policy.to_string(), &Secrets).expect("the policy is valid"))
    }

    pub fn judge(&self, token: &str) -> Verdict {
        self.admit(token).err().map(|denial| {
            denial.reason().map_or_else(|| denial.code().to_owned(), ToOwned::to_owned)
        })
    }

    fn admit(&self, token: &str) -> Result<(), Denial> {
        let headers = Bearer(token);
        let head = Head { method: "GET", url: "https://docs.example.com/x", headers: &headers };
        match screen(&self.0, &head, UnixTime(NOW)) {
            Screening::Open(_) => panic!("there is no public route"),
            Screening::Denied(denial) => Err(denial),
            Screening::Presented(presentation) => {
                let KeySource::Static(keys) = presentation.issuer().keys() else {
                    panic!("all keys are in the policy");
                };
                let step = presentation.check(keys)?;
                let verdict = native::verify(&step);
                step.conclude(verdict).map(drop)
            }
        }
    }
}

/// What the peers say of tokens, by the peer's name. With each token comes the place of the issuer
/// it was made for.
///
/// They are asked by a Node script. Its input stays in `target/tmp/`, to ask it again by hand.
pub fn ask_peers(tokens: &[Token]) -> Vec<BTreeMap<String, Verdict>> {
    let mut issuers = base::trusted();
    for issuer in issuers.as_array_mut().expect("a list") {
        if issuer.get("secret").is_some() {
            issuer["secret"] = json!(ISSUER.secret());
        }
    }
    let mut lines = json!({ "issuers": issuers, "now": NOW, "leeway": LEEWAY }).to_string() + "\n";
    for Token { base, text, .. } in tokens {
        lines += &(json!({ "token": text, "issuer": base.issuer }).to_string() + "\n");
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("differential.jsonl");
    fs::write(&file, lines).expect("a file can be written");

    let output = node("peers.mjs")
        .stdin(File::open(&file).expect("it was just written"))
        .output()
        .expect("Node is installed: `cargo xtask setup` sees to it");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "no peers: does `cargo xtask setup` help?\n{errors}");
    let answers: Vec<BTreeMap<String, Value>> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(answers.len(), tokens.len(), "one answer for each token:\n{errors}");
    let verdict = |answer: Value| answer.as_str().map(ToOwned::to_owned);
    answers
        .into_iter()
        .map(|peers| peers.into_iter().map(|(peer, said)| (peer, verdict(said))).collect())
        .collect()
}

/// Node with a script of this folder.
pub fn node(script: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs = std::env::var_os("TURNPIKE_NODE_BIN")
        .map_or_else(|| root.join("node_modules/.bin"), PathBuf::from);
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("node");
    command.arg(root.join("tests/differential").join(script)).env("PATH", path);
    command
}
