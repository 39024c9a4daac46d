//! `cargo xtask explain`: what the policy decides about one request, and why.

use std::time::{SystemTime, UNIX_EPOCH};

use pico_args::Arguments;
use serde_json::{Map, Value};
use turnpike::time::UnixTime;

use crate::decide::{Question, Site, Who, decide, parse_time};
use crate::finish;
use crate::shell::{Failure, Result};

pub(crate) const HELP: &str = "\
Usage: cargo xtask explain [--url] URL [options]

Says what the policy decides about a request: which route and why, which issuer and key, each check
in its order, where the answer would be stored, what the origin would be asked, and what the client
gets. It is the Worker's own code, run here. Nothing is sent anywhere, and no token is printed.

Options:
  --url URL               the whole URL, as the client writes it
  --method METHOD         default: GET
  --header 'NAME: VALUE'  may be repeated; tokens are found in them as the policy says
  --token TOKEN           a token, where the policy looks first
  --claims JSON           the claims of a token in place of it: the signature is assumed to be good.
                          iss, aud, sub, iat and exp are filled in, or left out where they are null
  --at TIME               2026-11-23T11:00:00Z, or seconds after 1970; default: now
  --config FILE           default: wrangler.toml
  --env NAME              an environment of the file; default: the top level
  --next                  [vars.TURNPIKE_NEXT] in place of [vars.TURNPIKE]
  --keys FILE             a JWK Set in place of those that issuers publish. Without it, keys that
                          would have to be fetched are not, and signatures not checked
  --json                  print one JSON document

Secrets are read from .dev.vars beside the file.";

pub(crate) fn run(arguments: Arguments) -> Result {
    println!("{}", explained(arguments)?.trim_end());
    Ok(())
}

fn explained(mut arguments: Arguments) -> Result<String> {
    let site = Site::from_arguments(&mut arguments)?;
    let token: Option<String> = arguments.opt_value_from_str("--token")?;
    let claims: Option<String> = arguments.opt_value_from_str("--claims")?;
    let headers: Vec<String> = arguments.values_from_str("--header")?;
    let at: Option<String> = arguments.opt_value_from_str("--at")?;
    let method: Option<String> = arguments.opt_value_from_str("--method")?;
    let url: Option<String> = arguments.opt_value_from_str("--url")?;
    let as_json = arguments.contains("--json");
    // What is left is the URL, or nothing that is known.
    let url = match url {
        Some(url) => Some(url),
        None => arguments.opt_free_from_str()?,
    };
    let question = Question {
        method: method.unwrap_or_else(|| "GET".to_owned()),
        url: url
            .ok_or_else(|| Failure::new("--url is missing: which request is to be explained?"))?,
        headers: headers.iter().map(|argument| header(argument)).collect::<Result<_>>()?,
        who: who(token, claims.as_deref())?,
        at: at
            .map_or_else(|| Ok(now()), |at| parse_time(&at))
            .map_err(|why| Failure::new(format!("--at: {why}")))?,
    };
    finish(arguments)?;
    let decision = decide(&site, &question)?;
    Ok(if as_json { format!("{:#}\n", decision.json()) } else { decision.text() })
}

/// The time of this machine.
pub(crate) fn now() -> UnixTime {
    UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

/// Reads `Name: value`. What is wrong with it is not repeated: it may hold a token.
fn header(argument: &str) -> Result<(String, String)> {
    let (name, value) = argument
        .split_once(':')
        .ok_or_else(|| Failure::new("--header: a header field is written 'Name: value'"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn who(token: Option<String>, claims: Option<&str>) -> Result<Who> {
    match (token, claims) {
        (None, None) => Ok(Who::Nobody),
        (Some(token), None) => Ok(Who::Token(token.trim().to_owned())),
        (Some(_), Some(_)) => Err(Failure::new("--token and --claims: give one of them")),
        (None, Some(claims)) => {
            let claims: Map<String, Value> = serde_json::from_str(claims).map_err(|_| {
                Failure::new("--claims: is not a JSON object like '{\"scope\": \"reports:read\"}'")
            })?;
            Ok(Who::Claims(claims))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The words of a command, as a shell takes it apart.
    fn words(command: &str) -> Vec<String> {
        let quoted = command.split('\'').enumerate();
        quoted
            .flat_map(|(index, part)| match index % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn of_an_issuer_that_nobody_knows_that_is_said() {
        let configuration = concat!(env!("CARGO_MANIFEST_DIR"), "/../wrangler.toml");
        let claims = r#"{"iss":"https://nobody.example"}"#;
        let words = ["https://docs.example.com/a", "--config", configuration, "--claims", claims];
        let arguments = Arguments::from_vec(words.map(Into::into).into());
        let printed = explained(arguments).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(printed.contains("401 token_invalid (issuer)"), "{printed}");
    }

    #[test]
    fn the_readme_shows_what_is_printed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
        let section = readme.split("### Why a request is refused").nth(1).expect("a section");
        let mut blocks = section.split("```").skip(1).step_by(2);
        let command = blocks.next().unwrap().strip_prefix("sh\n").unwrap().replace("\\\n", " ");
        let shown = blocks.next().unwrap().strip_prefix("text\n").unwrap();
        let words = words(&command.replace("demo/", &format!("{}/demo/", root.display())));
        let words = words.iter().skip_while(|word| *word != "explain").skip(1);
        let arguments = Arguments::from_vec(words.map(Into::into).collect());
        let printed = explained(arguments).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(printed.trim_end(), shown.trim_end());
    }

    #[test]
    fn what_is_told_of_a_request_is_what_there_is() {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wrangler.toml");
        let told = |words: &[&str]| {
            let words =
                words.iter().map(Into::into).chain(["--config".into(), config.clone().into()]);
            explained(Arguments::from_vec(words.collect())).expect("it is right")
        };
        let passes = told(&["https://docs.example.com/public/x"]);
        assert!(
            passes.contains("\nroute   /public/*: ") && passes.contains("\nnot asked    origin\n")
        );
        let assumed = told(&["https://docs.example.com/x", "--claims", "{}"]);
        assert!(assumed.contains("\npasses, if the signature is good: "), "{assumed}");
        // Whose host is not served falls under no route.
        let refused = told(&["https://other.example.com/public/x"]);
        assert!(refused.contains("\n421 host_unknown\n\npassed ") && !refused.contains("\nroute "));
        let preflight = told(&[
            "https://docs.example.com/x",
            "--method",
            "OPTIONS",
            "--header",
            "Origin: https://app.example.com",
            "--header",
            "Access-Control-Request-Method: PUT",
        ]);
        assert!(preflight.contains("\nnote: this is a preflight, "), "{preflight}");
    }

    #[test]
    fn what_is_signed_for_the_origin_is_named() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/configurations");
        let config = folder.join("secrets-to-set.toml").into_os_string();
        let words = ["https://docs.example.com/x".into(), "--claims".into(), "{}".into()];
        let words = words.into_iter().chain(["--config".into(), config]).collect();
        let told = explained(Arguments::from_vec(words)).expect("it is right");
        assert!(told.contains("\n        sets x-auth-subject, x-turnpike-assertion\n"), "{told}");
    }

    #[test]
    fn what_is_wrong_with_the_options_is_said_without_a_token() {
        let told = |words: &[&str]| {
            let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/wrangler.toml");
            let mut words: Vec<_> = words.iter().map(Into::into).collect();
            words.extend(["--config".into(), config.into_os_string()]);
            explained(Arguments::from_vec(words)).expect_err("it is wrong").to_string()
        };
        let url = "https://demo.example/";
        for (words, option) in [
            (vec!["--method", "GET"], "--url is missing"),
            (vec!["--url", "/reports"], "--url /reports: "),
            (vec!["--url", "ftp://demo.example/"], "--url ftp:"),
            (vec!["/reports"], "--url /reports: "),
            (vec![url, "https://docs.example/"], "`https://docs.example/` is not an option"),
            (vec!["--url", url, "--method", "get"], "`get` is not a method"),
            (vec!["--url", url, "--at", "noon"], "--at: "),
            (vec!["--url", url, "--claims", "scope"], "--claims: "),
            (vec!["--url", url, "--claims", "{}", "--token", "x"], "--token and --claims: "),
            (vec!["--url", url, "--header", "X: s3cr3t\u{1}"], "--header X: "),
            (vec!["--url", url, "--header", "s3cr3t"], "--header: "),
            (vec!["--url", url, "--token", "s3cr3t\u{1}"], "--token: "),
            (vec!["--url", url, "--keys", "nowhere.json"], "--keys nowhere.json: "),
            (vec!["--url", url, "--env", "staging"], "--env staging: "),
        ] {
            let told = told(&words);
            assert!(told.starts_with(option), "{words:?}: {told}");
            assert!(!told.contains("s3cr3t") && told.contains(' '), "{told}");
        }
    }
}
