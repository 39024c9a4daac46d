//! What the suites have in common: cases as plain text, and tokens by description.

pub mod case;
pub mod ecdsa;
pub mod tamper;
pub mod token;
