//! An issuer in the place of a real one, whose keys are not at hand: it signs the very claims that
//! are in question, so that the same code judges them.
//!
//! Its keys are those of development, which take seconds to be made and are kept. They are trusted
//! for the one decision alone.

use std::sync::LazyLock;

use issuer::{Algorithm, Issuer};
use serde_json::{Map, Value};
use turnpike::keys::KeySet;
use turnpike::policy;

use crate::project;

static STAND_IN: LazyLock<Issuer> = LazyLock::new(|| {
    let kept = project::issuer_file().ok().and_then(|file| Issuer::load_or_generate(&file).ok());
    kept.unwrap_or_else(Issuer::generate)
});

/// Its keys, those that are of any use in the place of a real issuer's.
pub(super) fn keys(real: &policy::Issuer) -> Option<KeySet> {
    let algorithms = real.algorithms();
    KeySet::shared(&[STAND_IN.secret().as_bytes()], algorithms)
        .ok()
        .or_else(|| KeySet::parse(&STAND_IN.jwks().to_string(), algorithms).ok())
}

/// A token with this header, but for the key's name, and these claims as they are written.
pub(super) fn sign(header: &Map<String, Value>, claims: &str) -> String {
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    // `Ed25519` is another name of the only one that is missing.
    let algorithm: Algorithm = algorithm.parse().unwrap_or(Algorithm::EdDsa);
    let mut header = header.clone();
    header.remove("kid");
    if let Some(name) = algorithm.kid() {
        header.insert("kid".to_owned(), name.into());
    }
    STAND_IN.sign_text(algorithm, &Value::Object(header).to_string(), claims)
}
