//! The signed word for the origin on who asks: signed by `WebCrypto`, and used again.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use web_sys::CryptoKey;

use super::keys::{KeyRing, Set};
use super::serve::Visit;
use super::{log, platform, webcrypto};
use crate::gate::Denial;
use crate::keys::KeySet;
use crate::origin::{Assertions, Draft, signed};

thread_local! {
    /// The key that signs, once it was seen to fit what is published.
    static SIGNER: RefCell<Option<CryptoKey>> = const { RefCell::new(None) };
    static KEPT: RefCell<Assertions> = const { RefCell::new(Assertions::new()) };
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
    let known = KEPT.with_borrow(|kept| kept.find(&draft, now).map(str::to_owned));
    if known.is_some() {
        return Ok(known);
    }
    let (message, expires) = draft.message(now, &platform::random_word());
    let Ok(signature) = signature(&draft, message.as_bytes(), assertion.published()).await else {
        log::failure("the key of `assertion` cannot sign: its parts do not belong together");
        return Err(Denial::Misconfigured);
    };
    let text = signed(&message, &signature);
    KEPT.with_borrow_mut(|kept| kept.keep(draft, text.clone(), now, expires));
    Ok(Some(text))
}

/// A signature of the message. The first one has to be seen to fit what is published.
async fn signature(
    draft: &Draft<'static>,
    message: &[u8],
    published: &'static KeySet,
) -> Result<Vec<u8>, JsValue> {
    let scheme = draft.key().algorithm().scheme();
    let (key, is_known) = match SIGNER.with_borrow(Clone::clone) {
        Some(key) => (key, true),
        None => (webcrypto::signer(draft.key()).await?, false),
    };
    let signature = webcrypto::sign(&key, scheme, message).await?;
    if !is_known {
        let ring = KeyRing::new(Set::Configured(published), 1);
        let first = published.keys().first().ok_or(JsValue::NULL)?;
        let fits = webcrypto::is_made_by_any(&[first], message, &signature, &ring).await;
        if !fits.is_ok_and(|fits| fits) {
            return Err(JsValue::NULL);
        }
        SIGNER.set(Some(key));
    }
    Ok(signature)
}
