//! Verdicts in workerd, by the same parts as the Worker's: compiled to WebAssembly with the feature
//! `probe`, which exports them, and served with `entry.mjs` in front.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::case::{Case, Group, Key, Question, Verdict};
use super::reader::{list, text};
use crate::bundle::{self, Bundle};
use crate::server::{self, Server};
use crate::setup::Installed;
use crate::shell::{Failure, Result};
use crate::{check, project};

const ENTRY: &str = include_str!("entry.mjs");

/// For the cases of one file; they take a second.
const DEADLINE: Duration = Duration::from_mins(2);

/// The parts under test, being served.
pub(super) struct Workerd {
    server: Server,
    agent: ureq::Agent,
    port: u16,
}

/// A URL as it is written, and what it is relative to.
#[derive(Clone, Copy)]
pub(super) struct Written<'u> {
    pub(super) input: &'u str,
    pub(super) base: Option<&'u str>,
}

impl Workerd {
    /// Compiles and serves them.
    pub(super) fn start(installed: &Installed) -> Result<Self> {
        let folder = project::target()?.join("vectors");
        bundle::make_as(
            &Bundle {
                profile: "probe",
                options: &["--features", "probe"],
                folder: folder.join("worker"),
            },
            installed,
        )?;
        let configuration = configure(&folder)?;
        let port = server::free_port()?;
        let server = Server::start(&[&configuration], port)?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .http_status_as_error(false)
            // Whatever the environment says: it is this machine that is asked.
            .proxy(None)
            .build()
            .into();
        Ok(Self { server, agent, port })
    }

    /// The verdicts on the cases of all groups, in their order.
    pub(super) fn verdicts(&self, groups: &[Group]) -> Result<Vec<Verdict>> {
        let cases =
            groups.iter().flat_map(|group| group.cases.iter().map(move |case| (group, case)));
        self.verdicts_on(&cases.collect::<Vec<_>>())
    }

    fn verdicts_on(&self, cases: &[(&Group, &Case)]) -> Result<Vec<Verdict>> {
        let questions: Vec<_> = cases.iter().map(|(group, case)| as_json(group, case)).collect();
        let Some(words) = self.ask("/", &json!(questions))? else {
            // One of them panicked: which?
            return match cases.split_at(cases.len().div_ceil(2)) {
                (_, []) => Ok(vec![Verdict::Broken("it panicked, or hangs".to_owned())]),
                (some, others) => Ok([self.verdicts_on(some)?, self.verdicts_on(others)?].concat()),
            };
        };
        let verdicts: Vec<_> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| match word {
                "accepted" => Verdict::Accepted,
                why => Verdict::Refused(why.to_owned()),
            })
            .collect();
        if verdicts.len() == cases.len() {
            Ok(verdicts)
        } else {
            Err(Failure::new(format!(
                "workerd has {} answers to {} questions",
                verdicts.len(),
                cases.len()
            )))
        }
    }

    /// What the platform's parser makes of URLs; `None` where it refuses one.
    pub(super) fn hrefs(&self, urls: &[Written<'_>]) -> Result<Vec<Option<String>>> {
        let questions: Vec<_> =
            urls.iter().map(|url| json!({ "input": url.input, "base": url.base })).collect();
        let answers = self.ask("/url", &json!(questions))?;
        let answers = answers.ok_or_else(|| Failure::new("workerd cannot parse URLs"))?;
        Ok(answers.iter().map(|answer| answer.as_str().map(str::to_owned)).collect())
    }

    /// The answers to a list of questions; `None` when it fails on one of them.
    fn ask(&self, path: &str, questions: &Value) -> Result<Option<Vec<Value>>> {
        if Server::is_interrupted() {
            return Err(Failure::new("interrupted"));
        }
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let answer = self.agent.post(url).send(questions.to_string()).and_then(|mut response| {
            let answer = response.body_mut().with_config().limit(u64::MAX).read_to_string()?;
            Ok((response.status().as_u16(), answer))
        });
        match answer {
            Ok((200, answer)) => serde_json::from_str(&answer)
                .map(Some)
                .map_err(Failure::because("what workerd answers is no list")),
            Ok((500, _)) => Ok(None),
            Ok((status, answer)) => {
                self.server.print_last_lines();
                Err(Failure::new(format!("workerd answers with {status}: {answer}")))
            }
            Err(error) => {
                self.server.print_last_lines();
                Err(Failure::new(format!("workerd does not answer: {error}")))
            }
        }
    }
}

fn as_json(group: &Group, case: &Case) -> Value {
    let encoded = Base64UrlUnpadded::encode_string;
    let key = match &group.key {
        Key::Jwk(jwk) => json!({ "jwk": jwk }),
        Key::Secret(secret) => json!({ "secret": encoded(secret) }),
    };
    let algorithms: Vec<_> = group.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    let question = match &case.question {
        Question::Key => json!("key"),
        Question::Jws(text) => json!({ "jws": text }),
        Question::Token(text) => json!({ "token": text }),
        Question::Signature { message, signature } => json!({
            "signature": { "message": encoded(message), "signature": encoded(signature) },
        }),
    };
    json!({ "key": key, "algorithms": algorithms, "question": question })
}

/// Writes what wrangler needs. The runtime is to behave as for the deployed Worker.
fn configure(folder: &Path) -> Result<PathBuf> {
    let deployed = check::read(&project::root()?.join("wrangler.toml"))?;
    let configuration = json!({
        "name": "vectors",
        "main": "worker/entry.mjs",
        "compatibility_date": text(&deployed, "compatibility_date")?,
        "compatibility_flags": list(&deployed, "compatibility_flags").unwrap_or_default(),
    });
    let file = folder.join("wrangler.json");
    fs::write(folder.join("worker").join("entry.mjs"), ENTRY)
        .and_then(|()| fs::write(&file, configuration.to_string()))
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    Ok(file)
}
