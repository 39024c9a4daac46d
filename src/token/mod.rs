//! JOSE: a JWS in compact form, its header, its algorithm, its claims.

mod algorithm;
mod claims;
mod compact;

pub use algorithm::{Algorithm, Scheme};
pub use claims::Claims;
pub use compact::{TokenFault, UntrustedToken};
