//! One permit is for one request.

use turnpike::gate::Permit;

fn copies<T: Clone>(_: &T) {}

fn twice(permit: &Permit<'_>) {
    copies(permit);
}

fn main() {}
