//! What the verifiers trust, the same for all of them, and the good tokens to begin with.

use std::sync::LazyLock;

use issuer::{Algorithm, Issuer};
use serde_json::{Value, json};

/// Where all randomness begins, that of the keys included.
pub static SEED: LazyLock<u64> = LazyLock::new(|| {
    let given = std::env::var("TURNPIKE_SEED").ok();
    given.map_or(1, |seed| seed.parse().expect("TURNPIKE_SEED is a number"))
});

pub const NOW: u64 = 1_800_000_000;
pub const LEEWAY: u64 = 30;
pub const MAX_AGE: u64 = 300;
pub const AUDIENCE: &str = "https://docs.example.com";
pub const TYPE: &str = "at+jwt";

/// Signs for two issuers, with public keys and with a secret.
pub static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::seeded(*SEED));
/// Signs for a third, which limits the age of tokens, with keys of the same `kid`.
pub static OTHER: LazyLock<Issuer> = LazyLock::new(|| Issuer::seeded(!*SEED));

pub const SECRET_NAME: &str = "TEST_SECRET";

/// A good token: its issuer by its place in [`trusted`], and its algorithm.
#[derive(Debug, Clone, Copy)]
pub struct Base {
    pub name: &'static str,
    pub issuer: usize,
    /// As the header says it.
    pub alg: &'static str,
    pub signing: Algorithm,
}

const PUBLIC: usize = 0;
const SECRET: usize = 1;
const AGED: usize = 2;

impl Base {
    /// Whoever signs for the issuer, and whoever does not.
    pub fn signers(self) -> (&'static Issuer, &'static Issuer) {
        if self.issuer == AGED { (&OTHER, &ISSUER) } else { (&ISSUER, &OTHER) }
    }

    /// Whether its signatures take more than a moment in a debug build.
    pub fn is_slow(self) -> bool {
        use Algorithm::{EdDsa, Es256, Hs256, Hs384, Hs512};
        !matches!(self.signing, EdDsa | Es256 | Hs256 | Hs384 | Hs512)
    }

    pub fn is_ecdsa(self) -> bool {
        matches!(self.signing, Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512)
    }
}

/// One for every algorithm, and one for the issuer that limits the age.
pub fn all() -> Vec<Base> {
    let named = Algorithm::all().map(|signing| Base {
        name: signing.name(),
        issuer: if signing.kid().is_some() { PUBLIC } else { SECRET },
        alg: signing.name(),
        signing,
    });
    let ed25519 = Algorithm::EdDsa;
    let more = [
        Base { name: "Ed25519", issuer: PUBLIC, alg: "Ed25519", signing: ed25519 },
        Base { name: "aged ES256", issuer: AGED, alg: "ES256", signing: Algorithm::Es256 },
    ];
    named.chain(more).collect()
}

/// The issuers, as Turnpike's policy has them; the peers are told the same.
pub fn trusted() -> Value {
    let public = Algorithm::all().filter(|algorithm| algorithm.kid().is_some());
    let public: Vec<&str> = public.map(Algorithm::name).chain(["Ed25519"]).collect();
    let mut jwks = ISSUER.jwks();
    for key in jwks["keys"].as_array_mut().expect("keys") {
        // The algorithm has two names, and a key that names one is, to jose, not for the other.
        if key["alg"] == "EdDSA" {
            key.as_object_mut().expect("a key").remove("alg");
        }
    }
    let mut aged = OTHER.jwks();
    aged["keys"].as_array_mut().expect("keys").retain(|key| key["alg"] == "ES256");
    json!([
        { "issuer": "https://issuer.example", "audiences": [AUDIENCE], "algorithms": public,
          "token_type": TYPE, "jwks": jwks },
        { "issuer": "https://secret.example", "audiences": [AUDIENCE],
          "algorithms": ["HS256", "HS384", "HS512"], "token_type": TYPE, "secret": SECRET_NAME },
        { "issuer": "https://aged.example", "audiences": [AUDIENCE], "algorithms": ["ES256"],
          "token_type": TYPE, "jwks": aged, "max_age": MAX_AGE },
    ])
}
