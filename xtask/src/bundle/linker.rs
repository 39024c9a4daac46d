//! The linker, told to export only what is used.
//!
//! The crate `worker` exports classes for products of the platform. Once they are linked, what had
//! its address taken for them cannot be told from what is needed: 5 KB of the upload. So the compiler
//! calls this program, which calls the linker.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use super::unused;
use crate::setup::TARGET;
use crate::shell::{self, Failure, Result};

/// The variable by which Cargo is told of a linker, and this program.
pub(super) fn variable() -> Result<(String, PathBuf)> {
    let program = env::current_exe().map_err(Failure::because("this program has no path"))?;
    let target = TARGET.replace('-', "_").to_uppercase();
    Ok((format!("CARGO_TARGET_{target}_LINKER"), program))
}

/// Whether the compiler calls, which begins like this, and not somebody who types a command.
pub(crate) fn is_called() -> bool {
    env::args_os().nth(1).is_some_and(|first| first == "-flavor")
}

/// Links as the compiler says, but for the exports that nobody uses.
pub(crate) fn link() -> Result {
    let mut linking = Command::new("rust-lld");
    linking.args(used(env::args_os().skip(1)));
    shell::run(&mut linking, "the WebAssembly cannot be linked: see above")
}

/// The arguments without the exports of what is not used.
fn used(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut used: Vec<OsString> = Vec::new();
    for argument in arguments {
        let is_export = used.last().is_some_and(|before| before == "--export");
        if is_export && unused::is_named(argument.as_encoded_bytes()) {
            used.pop();
        } else {
            used.push(argument);
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_used_is_not_exported() {
        let list = |words: &str| words.split(' ').map(OsString::from).collect::<Vec<_>>();
        let given = list("-flavor wasm --export fetch_1 --export __wbg_r2range_free_2 r2range.o");
        let expected = list("-flavor wasm --export fetch_1 r2range.o");
        assert_eq!(used(given.into_iter()), expected);
    }
}
