//! What becomes of the output of the commands.

#![allow(clippy::expect_used, reason = "a test that panics is a test that fails")]

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// What `cargo xtask` says of a failure when nobody reads what it prints.
fn unread(arguments: &[&str]) -> Output {
    let (reader, writer) = io::pipe().expect("a pipe can be made");
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).stdout(writer).output().expect("it can be started")
}

#[test]
fn a_reader_who_has_had_enough_is_no_failure() {
    let commands: [&[&str]; 4] = [&["--help"], &["dev", "--help"], &["explain-code"], &[]];
    for arguments in commands {
        let output = unread(arguments);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert!(output.status.success(), "{arguments:?}");
    }
}

#[test]
fn what_fails_fails_whoever_reads() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrangler.toml");
    fs::write(&file, "name = \"turnpike\"\n").expect("a file can be written");
    // It prints its problems before it ends.
    let output = unread(&["check", "--config", file.to_str().expect("it is UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
}
