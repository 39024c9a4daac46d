//! JSON (RFC 8259): values, and how they are read and written.
//!
//! `serde_json` reads it, into values of ours: its own, with their maps and their way to write numbers,
//! would be a twelfth of the Worker.

mod number;
mod reader;
mod value;

pub use number::Number;
pub use reader::{Limits, NotJson};
pub use value::{Object, Value, quoted};
