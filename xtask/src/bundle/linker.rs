//! The linker, told to export only what is used.
//!
//! The crate `worker` exports classes for products of the platform. Once they are linked, what had
//! its address taken for them cannot be told from what is needed. So the compiler calls this program,
//! which calls the linker. What is left out by this, and by not telling wasm-bindgen: 9 KB of the
//! upload.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use super::unused;
use crate::setup::TARGET;
use crate::shell::{self, Result};

/// The variable by which Cargo is told of a linker, and this program.
pub(super) fn variable() -> Result<(String, PathBuf)> {
    let target = TARGET.replace('-', "_").to_uppercase();
    Ok((format!("CARGO_TARGET_{target}_LINKER"), shell::this_program()?))
}

/// What the list of what is not used begins with, among the arguments of the linker.
const LIST: &str = "--unused=";

/// An option of the compiler by which Cargo knows the list, and links again when it has changed.
pub(super) fn option() -> String {
    format!("link-arg={LIST}{}", unused::UNUSED.join(","))
}

/// Whether the compiler calls, which begins like this, and not somebody who types a command.
pub(crate) fn is_called() -> bool {
    env::args_os().nth(1).is_some_and(|first| first == "-flavor")
}

/// Links as the compiler says, but for the exports that nobody uses.
pub(crate) fn link() -> Result {
    let mut linking = Command::new("rust-lld");
    linking.args(used(env::args_os().skip(1)));
    shell::run(&mut linking, "the WebAssembly could not be linked: see above")
}

/// The arguments for the real linker, without the exports of what is not used.
fn used(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut used: Vec<OsString> = Vec::new();
    for argument in arguments {
        let is_export = used.last().is_some_and(|before| before == "--export");
        if is_export && unused::is_named(argument.as_encoded_bytes()) {
            used.pop();
        } else if !argument.as_encoded_bytes().starts_with(LIST.as_bytes()) {
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
        let given = list(
            "-flavor wasm --export fetch_1 --export __wbg_r2range_free_2 r2range.o --unused=r2range",
        );
        let expected = list("-flavor wasm --export fetch_1 r2range.o");
        assert_eq!(used(given.into_iter()), expected);
    }
}
