//! `cargo xtask explain-code`: what a code of a refusal means, for who met it in an answer or a log.

use pico_args::Arguments;
use turnpike::answer::{CODES, Explanation, TYPE};

use crate::routes::text::{WIDTH, wrap};
use crate::shell::{Failure, Result};

pub(crate) const HELP: &str = "\
Usage: cargo xtask explain-code [CODE]

Says what the code of a refusal means, what the client should do and what the operator can look at.
Without a code it lists all of them. docs/problems.md has the same.";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let code: Option<String> = arguments.opt_free_from_str()?;
    crate::finish(arguments)?;
    match code {
        None => {
            for Explanation { code, status, when, .. } in CODES {
                println!("{status}  {code:<28}  {when}");
            }
        }
        Some(code) => println!("{}", text(&find(&code)?).trim_end()),
    }
    Ok(())
}

/// An explanation for a terminal.
fn text(explanation: &Explanation) -> String {
    let Explanation { code, status, challenge, when, client, operator } = explanation;
    let mut lines = vec![format!("{status} {code}")];
    for (title, what) in [
        ("type", format!("{TYPE}{code}").as_str()),
        ("when", when),
        ("challenge", challenge),
        ("the client", client),
        ("the operator", operator),
    ] {
        let titles = std::iter::once(title).chain(std::iter::repeat(""));
        let what = wrap(what, WIDTH.saturating_sub(14));
        lines.extend(titles.zip(what).map(|(title, line)| format!("{title:<14}{line}")));
    }
    lines.join("\n") + "\n"
}

fn find(code: &str) -> Result<Explanation> {
    let found = CODES.into_iter().find(|known| known.code == code);
    found.ok_or_else(|| {
        let near = CODES
            .iter()
            .map(|known| (strsim::damerau_levenshtein(code, known.code), known.code))
            .min()
            .filter(|(distance, _)| *distance <= 4);
        let hint = near.map_or_else(
            || "`cargo xtask explain-code` lists them".to_owned(),
            |(_, name)| format!("did you mean `{name}`?"),
        );
        Failure::new(format!("there is no code `{code}`: {hint}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_can_be_read_in_a_terminal() {
        let expected = "\
401 token_expired
type          tag:turnpike.example,2026:token_expired
when          past `exp` and leeway
challenge     `error=\"invalid_token\"`, \"The access token expired\"
the client    renew the token, then repeat the request
the operator  Nothing is wrong. If it comes too early, look at the issuer's lifetimes, at `max_age`
              of the issuer, and at its clock.
";
        assert_eq!(find("token_expired").map(|found| text(&found)).ok().as_deref(), Some(expected));
        for text in CODES.iter().map(text) {
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
            assert!(!text.contains("**") && !text.contains("]("), "{text}");
        }
    }

    #[test]
    fn codes_are_found_and_slips_are_noticed() {
        assert_eq!(find("token_expired").map(|found| found.status).ok(), Some(401));
        let refused = |code| find(code).err().map(|failure| failure.to_string());
        let slip = "there is no code `token_expire`: did you mean `token_expired`?";
        assert_eq!(refused("token_expire").as_deref(), Some(slip));
        let unknown = "there is no code `nonsense`: `cargo xtask explain-code` lists them";
        assert_eq!(refused("nonsense").as_deref(), Some(unknown));
    }
}
