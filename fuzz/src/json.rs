//! Any bytes as JSON: read as another reader reads them, and written so that it reads the same.

use serde_json::Value as Theirs;
use turnpike::json::Value;

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Ok(ours) = Value::parse(bytes) else { return };
    // What it cannot read is a number that it takes for too large; ours are as they were written.
    let theirs: Theirs = serde_json::from_slice(bytes).expect("another parser reads it");
    let written = ours.to_string();
    assert_eq!(serde_json::from_str::<Theirs>(&written).expect("it is JSON"), theirs);
    assert_eq!(Value::parse(written.as_bytes()), Ok(ours));
}
