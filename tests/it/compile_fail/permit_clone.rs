//! One permit is for one request.

use turnpike::gate::Permit;

fn twice<'p>(permit: &Permit<'p>) -> (Permit<'p>, Permit<'p>) {
    (permit.clone(), permit.clone())
}

fn main() {}
