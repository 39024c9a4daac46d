//! Nobody but the adapters says that a signature is valid.

use turnpike::gate::{Denial, Permit, SignatureStep, Verdict};

fn forge<'p>(step: SignatureStep<'p, '_>) -> Result<Permit<'p>, Denial> {
    step.conclude(Verdict::new(true))
}

fn main() {}
