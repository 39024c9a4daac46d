//! A key for `assertion`.

use pico_args::Arguments;

use crate::finish;
use crate::shell::Result;

pub(crate) const HELP: &str = "\
Prints a fresh private key on P-256 as a JWK, and nothing else on standard output, so that it can go
into a secret without being written to a file:

  cargo xtask assertion-key | npx wrangler secret put ASSERTION_KEY

Then name the secret: `keys = [\"ASSERTION_KEY\"]` in [vars.TURNPIKE.assertion]. The README says in which
order one key replaces another. Nothing of it is kept.";

pub(crate) fn run(arguments: Arguments) -> Result {
    finish(arguments)?;
    println!("{}", issuer::fresh_key());
    eprintln!("This key is a secret. Store it with: npx wrangler secret put ASSERTION_KEY");
    Ok(())
}

#[cfg(test)]
mod tests {
    use turnpike::keys::SigningKey;

    #[test]
    fn a_fresh_key_is_one_that_the_filter_takes() {
        let [one, other] = [issuer::fresh_key(), issuer::fresh_key()]
            .map(|key| SigningKey::from_jwk(&key.to_string()).expect("it is a key"));
        assert_ne!(one.id(), other.id());
    }
}
