//! Secrets, which a configuration names and never holds.

use super::Environment;
use super::reader::Field;

/// The name of a secret and its value.
pub(super) fn read(
    field: &Field<'_, '_>,
    environment: &dyn Environment,
) -> Option<(String, String)> {
    let name = field.parsed(name)?;
    let secret = environment.secret(&name);
    if secret.is_none() {
        field.problem(&missing(&name));
    }
    Some((name, secret?))
}

/// What to do about one that is not there.
pub(super) fn missing(name: &str) -> String {
    format!("there is no secret `{name}`; set it with `wrangler secret put {name}`")
}

/// Who writes the secret itself here must not find it in the log, so only what is plainly a name is
/// repeated there: words in capitals, joined by `_`.
pub(super) fn name(text: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        (1..=24).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if text.len() <= 64 && text.split('_').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("must be the name of a secret, like JWT_SECRET: words in capitals, joined by `_`"
            .to_owned())
    }
}
