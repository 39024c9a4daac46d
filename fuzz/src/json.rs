//! Any bytes as JSON: values are those that `serde_json` has, and are written so that it reads them.

use serde_json::Value as Theirs;
use turnpike::json::Value;

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Ok(ours) = Value::parse(bytes) else { return };
    let theirs: Theirs = serde_json::from_slice(bytes).expect("it reads what we read");
    // What was rounded is not written.
    if !ours.is_exact() {
        return;
    }
    let written = ours.to_string();
    assert_eq!(serde_json::from_str::<Theirs>(&written).expect("it is JSON"), theirs);
    assert_eq!(Value::parse(written.as_bytes()), Ok(ours));
}
