//! `cargo xtask explain-code`: what a code of a refusal means, for who met it in an answer or a log.

use pico_args::Arguments;
use turnpike::answer::{CODES, Explanation};

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
        Some(code) => println!("{}", find(&code)?.section().trim_end()),
    }
    Ok(())
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
    fn codes_are_found_and_slips_are_noticed() {
        assert_eq!(find("token_expired").map(|found| found.status).ok(), Some(401));
        let refused = |code| find(code).err().map(|failure| failure.to_string());
        let slip = "there is no code `token_expire`: did you mean `token_expired`?";
        assert_eq!(refused("token_expire").as_deref(), Some(slip));
        let unknown = "there is no code `nonsense`: `cargo xtask explain-code` lists them";
        assert_eq!(refused("nonsense").as_deref(), Some(unknown));
    }
}
