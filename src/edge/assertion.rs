//! The signed word for the origin on who asks: signed by `WebCrypto`, and used again.

use std::cell::RefCell;
use std::ptr;

use wasm_bindgen::JsValue;

use super::keys::{KeyRing, Set};
use super::serve::Visit;
use super::webcrypto::Imported;
use super::{log, platform, webcrypto};
use crate::gate::Denial;
use crate::keys::{KeySet, SigningKey};
use crate::origin::{Assertions, Draft, signed};

/// A key that signs, once it was seen to fit what is published, and what it signed of late.
struct Signer {
    key: Imported,
    kept: Assertions,
}

thread_local! {
    /// By the key; there are as many as there are policies.
    static SIGNERS: RefCell<Vec<(&'static SigningKey, Signer)>> = const { RefCell::new(Vec::new()) };
}

/// Does something with the signer of a key, if there is one already.
fn with_signer<T>(key: &SigningKey, action: impl FnOnce(&mut Signer) -> T) -> Option<T> {
    SIGNERS.with_borrow_mut(|signers| {
        let known = signers.iter_mut().find(|(known, _)| ptr::eq(*known, key));
        known.map(|(_, signer)| action(signer))
    })
}

/// The assertion for a request, `None` where the origin is to be told of nobody.
///
/// Without one that was asked for, nothing goes on: the origin may be one that takes a request for
/// a public one then.
pub(super) async fn of(visit: &Visit) -> Result<Option<String>, Denial> {
    let policy = &visit.site.policy;
    let (Some(assertion), Some(draft)) = (policy.assertion(), Draft::of(policy, &visit.permit))
    else {
        return Ok(None);
    };
    let now = platform::now();
    let kept = with_signer(draft.key(), |signer| signer.kept.find(&draft, now).map(str::to_owned));
    if let Some(kept) = kept.flatten() {
        return Ok(Some(kept));
    }
    let (message, expires) = draft.message(now, &platform::random_word());
    let Ok(signature) = signature(&draft, message.as_bytes(), assertion.published()).await else {
        log::failure("the key of `assertion` cannot sign: its parts do not belong together");
        return Err(Denial::Misconfigured);
    };
    let text = signed(&message, &signature);
    with_signer(draft.key(), |signer| signer.kept.keep(draft, text.clone(), now, expires));
    Ok(Some(text))
}

/// A signature of the message. The first one has to be seen to fit what is published.
async fn signature(
    draft: &Draft<'static>,
    message: &[u8],
    published: &'static KeySet,
) -> Result<Vec<u8>, JsValue> {
    let (key, is_known) = match with_signer(draft.key(), |signer| signer.key.clone()) {
        Some(key) => (key, true),
        None => (webcrypto::signer(draft.key()).await?, false),
    };
    let signature = webcrypto::sign(&key, message).await?;
    if !is_known {
        let ring = KeyRing::new(Set::Configured(published));
        let first = published.keys().first().ok_or(JsValue::NULL)?;
        let fits = webcrypto::is_made_by_any(&[first], message, &signature, &ring).await;
        if !fits.is_ok_and(|fits| fits) {
            return Err(JsValue::NULL);
        }
        // Others may have been as quick.
        if with_signer(draft.key(), |_| ()).is_none() {
            let signer = Signer { key, kept: Assertions::new() };
            SIGNERS.with_borrow_mut(|signers| signers.push((draft.key(), signer)));
        }
    }
    Ok(signature)
}
