//! The signature step by `WebCrypto`: with public keys 5 to 8 times cheaper than the same in Wasm.

use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

use super::keys::KeyRing;
use super::task::settled;
use super::{log, platform};
use crate::gate::{Denial, SignatureStep, Verdict};
use crate::keys::{SigningKey, VerifyingKey};
use crate::token::Scheme;

/// Does the signature step, unless this very token has passed it with these very keys.
pub(super) async fn verify(
    step: &SignatureStep<'_, '_>,
    ring: &KeyRing,
) -> Result<Verdict, Denial> {
    if ring.vouches_for(step.token()) {
        return Ok(Verdict::new(true));
    }
    let jws = step.jws();
    let valid = is_made_by_any(step.candidates(), jws.message(), jws.signature(), ring).await?;
    if valid {
        ring.vouch_for(step.token());
    }
    Ok(Verdict::new(valid))
}

/// Whether the holder of one of these keys of the ring made this signature of the message.
///
/// A signature that `WebCrypto` cannot make sense of is not valid. A key that it cannot make sense
/// of is no fault of the token: when no candidate can be used, nothing can be decided.
pub(super) async fn is_made_by_any(
    candidates: &[&VerifyingKey],
    message: &[u8],
    signature: &[u8],
    ring: &KeyRing,
) -> Result<bool, Denial> {
    let mut tried = false;
    for key in candidates {
        let Ok(valid) = is_made_by(key, message, signature, ring).await else {
            log::failure("a key cannot be used: its numbers are no public key");
            continue;
        };
        tried = true;
        if valid {
            return Ok(true);
        }
    }
    if tried {
        Ok(false)
    } else {
        Err(Denial::KeysUnavailable { retry_after: RETRY_AFTER_SECONDS })
    }
}

/// Until an issuer has mended its keys, in seconds.
const RETRY_AFTER_SECONDS: u64 = 60;

/// Whether the holder of this key of the ring made this signature of the message.
///
/// # Errors
///
/// When `WebCrypto` cannot make sense of the key.
async fn is_made_by(
    key: &VerifyingKey,
    message: &[u8],
    signature: &[u8],
    ring: &KeyRing,
) -> Result<bool, JsValue> {
    let Imported { key, parameters } = import(key, ring).await?;
    let subtle = platform::global().crypto()?.subtle();
    let verified = async {
        let promise = subtle.verify_with_object_and_u8_array_and_u8_array(
            &parameters,
            &key,
            signature,
            message,
        )?;
        settled(promise).await
    };
    // What it cannot make sense of is no signature.
    Ok(verified.await.is_ok_and(|valid| valid.is_truthy()))
}

/// A key as `WebCrypto` wants it, and the parameters that it wants with it each time.
#[derive(Clone)]
pub(super) struct Imported {
    key: CryptoKey,
    parameters: Object,
}

impl Imported {
    /// Imports a JWK, to `verify` or to `sign` with it.
    async fn of(jwk: &str, scheme: Scheme, usage: &str) -> Result<Self, JsValue> {
        let parameters = parameters(scheme)?;
        let promise = platform::global().crypto()?.subtle().import_key_with_object(
            "jwk",
            &JSON::parse(jwk)?.unchecked_into(),
            &parameters,
            false,
            &Array::of1(&usage.into()),
        )?;
        Ok(Self { key: settled(promise).await?.dyn_into()?, parameters })
    }
}

/// The key, imported once for as long as its set is in use.
async fn import(key: &VerifyingKey, ring: &KeyRing) -> Result<Imported, JsValue> {
    let index = ring.set().keys().iter().position(|other| std::ptr::eq(other, key));
    let index = index.ok_or("the key is not of this set")?;
    let is_it = |(known, _): &&(usize, Imported)| *known == index;
    let known = || ring.imported.borrow().iter().find(is_it).map(|(_, key)| key.clone());
    if let Some(known) = known() {
        return Ok(known);
    }
    let imported = Imported::of(&key.to_json(), key.algorithm().scheme(), "verify").await?;
    // Others may have imported it meanwhile.
    if known().is_none() {
        ring.imported.borrow_mut().push((index, imported.clone()));
    }
    Ok(imported)
}

/// A key that signs.
pub(super) async fn signer(key: &SigningKey) -> Result<Imported, JsValue> {
    Imported::of(key.private(), key.algorithm().scheme(), "sign").await
}

/// Signs a message.
pub(super) async fn sign(signer: &Imported, message: &[u8]) -> Result<Vec<u8>, JsValue> {
    let subtle = platform::global().crypto()?.subtle();
    let Imported { key, parameters } = signer;
    let promise = subtle.sign_with_object_and_u8_array(parameters, key, message)?;
    Ok(Uint8Array::new(&settled(promise).await?).to_vec())
}

/// The algorithm in `WebCrypto`'s words; import and verification each take what they need of it.
fn parameters(scheme: Scheme) -> Result<Object, JsValue> {
    let parameters = Object::new();
    let set = |name: &str, value: JsValue| Reflect::set(&parameters, &name.into(), &value);
    let (name, hash) = match scheme {
        Scheme::Hmac(hash) => ("HMAC", Some(hash)),
        Scheme::RsaPkcs1(hash) => ("RSASSA-PKCS1-v1_5", Some(hash)),
        Scheme::RsaPss(hash) => ("RSA-PSS", Some(hash)),
        Scheme::Ecdsa(curve) => ("ECDSA", Some(curve.hash())),
        Scheme::Ed25519 => ("Ed25519", None),
    };
    set("name", name.into())?;
    if let Some(hash) = hash {
        set("hash", hash.name().into())?;
        set("saltLength", hash.bytes().into())?;
    }
    if let Scheme::Ecdsa(curve) = scheme {
        set("namedCurve", curve.name().into())?;
    }
    Ok(parameters)
}
