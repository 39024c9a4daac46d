//! The developer's and operator's commands: `cargo xtask` lists them.
//!
//! - `setup` installs what the commands need and is a part of each of them,
//! - `bundle` makes the Worker,
//! - `dev`, `token`, `check`, `explain`, `explain_code`, `routes`, `policy_test`, `assertion_key`, `test`, `pages`,
//!   `vectors`, `cache_tests` and `proof` are what people type,
//! - `decide` puts requests to a policy,
//! - `bench` measures in workerd, `cost` counts instructions, `budgets` says how many there may be,
//! - `fuzz` and `mutants` take their time and look for what the tests do not see,
//! - `server` serves Workers, `shell` runs other programs, `project` knows where things are.

#![expect(clippy::print_stderr, reason = "a command-line program talks to the terminal")]

/// In place of the standard one, which panics behind `| head`.
macro_rules! println {
    () => { crate::shell::say(format_args!("")) };
    ($($line:tt)*) => { crate::shell::say(format_args!($($line)*)) };
}

mod assertion_key;
mod bench;
mod budgets;
mod bundle;
mod cache_tests;
mod check;
mod cost;
mod decide;
mod dev;
mod explain;
mod explain_code;
mod fuzz;
mod mutants;
mod pages;
mod policy_test;
mod project;
mod proof;
mod routes;
mod server;
mod setup;
mod shell;
mod test;
mod token;
mod vectors;

use std::env;
use std::process::ExitCode;

use pico_args::Arguments;

use crate::shell::{Failure, Result};

struct Command {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(Arguments) -> Result,
}

const COMMANDS: [Command; 19] = [
    Command {
        name: "dev",
        summary: "serve the demo on this machine and print tokens to try it with",
        help: dev::HELP,
        run: dev::run,
    },
    Command {
        name: "test",
        summary: "everything continuous integration runs",
        help: test::HELP,
        run: test::run,
    },
    Command {
        name: "build",
        summary: "make the Worker in build/ (wrangler runs this before it deploys)",
        help: bundle::HELP,
        run: bundle::run,
    },
    Command {
        name: "check",
        summary: "read wrangler.toml as the Worker would and print every problem",
        help: check::HELP,
        run: check::run,
    },
    Command {
        name: "explain",
        summary: "say what the policy decides about a request, and why",
        help: explain::HELP,
        run: explain::run,
    },
    Command {
        name: "explain-code",
        summary: "say what the code of a refusal means, and what can be done about it",
        help: explain_code::HELP,
        run: explain_code::run,
    },
    Command {
        name: "policy-test",
        summary: "compare what the policy decides with what it is expected to",
        help: policy_test::HELP,
        run: policy_test::run,
    },
    Command {
        name: "routes",
        summary: "print who may do what",
        help: routes::HELP,
        run: routes::run,
    },
    Command {
        name: "token",
        summary: "print a token of the development issuer",
        help: token::HELP,
        run: token::run,
    },
    Command {
        name: "assertion-key",
        summary: "print a fresh key to sign assertions with",
        help: assertion_key::HELP,
        run: assertion_key::run,
    },
    Command {
        name: "vectors",
        summary: "compare verdicts with those of public test vectors",
        help: vectors::HELP,
        run: vectors::run,
    },
    Command {
        name: "fuzz",
        summary: "run the fuzz targets for a while",
        help: fuzz::HELP,
        run: fuzz::run,
    },
    Command {
        name: "mutants",
        summary: "make small mistakes in the code that decides, and see that a test notices",
        help: mutants::HELP,
        run: mutants::run,
    },
    Command {
        name: "cache-tests",
        summary: "run the public tests for HTTP caches through the filter",
        help: cache_tests::HELP,
        run: cache_tests::run,
    },
    Command {
        name: "cache-proof",
        summary: "put caches in front of the Worker and show that none keeps a refusal",
        help: proof::HELP,
        run: proof::run,
    },
    Command {
        name: "bench",
        summary: "measure what a request costs in workerd, beside other ways to do the same",
        help: bench::HELP,
        run: bench::run,
    },
    Command {
        name: "cost",
        summary: "count the instructions of a request's steps, and compare them with their budgets",
        help: cost::HELP,
        run: cost::run,
    },
    Command {
        name: "pages",
        summary: "serve every refusal page in every language, for work on their design",
        help: pages::HELP,
        run: pages::run,
    },
    Command {
        name: "setup",
        summary: "install what the other commands need (they do so themselves)",
        help: setup::HELP,
        run: setup::run,
    },
];

fn main() -> ExitCode {
    // The compiler calls this program in place of its linker.
    let outcome = if bundle::linker::is_called() {
        bundle::linker::link()
    } else {
        dispatch(Arguments::from_env())
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Arguments) -> Result {
    let wants_help = arguments.contains(["-h", "--help"]);
    let name = arguments.subcommand()?;
    match name.as_deref() {
        None | Some("help") => print_overview(),
        Some(name) => {
            let command =
                COMMANDS.iter().find(|command| command.name == name).ok_or_else(|| {
                    Failure::new(format!(
                        "there is no command `{name}`: `cargo xtask` lists the commands"
                    ))
                })?;
            if wants_help {
                println!("cargo xtask {}: {}\n\n{}", command.name, command.summary, command.help);
            } else {
                (command.run)(arguments)?;
            }
        }
    }
    Ok(())
}

fn print_overview() {
    println!("Usage: cargo xtask <command> [options]\n\nCommands:");
    for command in &COMMANDS {
        println!("  {:<14} {}", command.name, command.summary);
    }
    println!("\n`cargo xtask <command> --help` explains a command and its options.");
}

/// Fails when an argument is left that the command did not ask for.
fn finish(arguments: Arguments) -> Result {
    match arguments.finish().first() {
        None => Ok(()),
        Some(argument) => {
            let command = env::args().nth(1).unwrap_or_default();
            Err(Failure::new(format!(
                "`{}` is not an option of `{command}`: `cargo xtask {command} --help` lists them",
                argument.display()
            )))
        }
    }
}
