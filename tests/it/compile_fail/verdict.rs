//! Nobody but the adapters says that a signature is valid.

use turnpike::gate::{Denial, Permit, SignatureStep, Verdict};

fn literal<'p>(step: SignatureStep<'p, '_>) -> Result<Permit<'p>, Denial> {
    step.conclude(Verdict { valid: true })
}

fn constructor<'p>(step: SignatureStep<'p, '_>) -> Result<Permit<'p>, Denial> {
    step.conclude(Verdict::new(true))
}

fn main() {}
