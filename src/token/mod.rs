//! JOSE: a JWS in compact form, its header, its algorithm, its claims.

mod algorithm;
mod claims;
mod compact;
mod fault;
mod members;
mod path;
mod verified;

pub use algorithm::{Algorithm, Curve, Hash, Scheme};
pub use claims::{Claims, ScopeClaim, Scopes, simple_value};
pub use compact::{Jws, UntrustedToken};
pub use fault::TokenFault;
pub use path::ClaimPath;
pub use verified::{VerifiedTokens, Voucher};
