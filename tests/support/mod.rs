//! What the native and the workerd suite have in common: cases as plain text, and tokens by
//! description.

pub mod case;
pub mod token;
