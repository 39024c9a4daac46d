//! JSON (RFC 8259): values, and how they are read and written.
//!
//! Our own, for its size: with a crate for it the Worker was a tenth larger.

mod number;
mod reader;
mod value;

pub use number::Number;
pub use reader::{Limits, NotJson};
pub use value::{Object, Value, quoted};
