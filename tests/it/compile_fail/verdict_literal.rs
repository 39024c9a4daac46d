//! A verdict cannot be written down.

use turnpike::gate::{Denial, Permit, SignatureStep, Verdict};

fn forge<'p>(step: SignatureStep<'p, '_>) -> Result<Permit<'p>, Denial> {
    step.conclude(Verdict { valid: true })
}

fn main() {}
