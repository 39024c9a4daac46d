//! A token in the making: everything about it can be changed before it is signed, and after.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use base64ct::{Base64UrlUnpadded, Encoding};
use issuer::Algorithm;

use crate::base::{AUDIENCE, Base, NOW};
use crate::support::tamper::Tamper;
use crate::support::token::public_key;

/// A JSON object as text: names and values as they are written, so that they can be wrong.
#[derive(Debug, Clone, Default)]
pub struct Object(Vec<(String, String)>);

/// Header or claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Header,
    Claims,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signer {
    /// The issuer, with this algorithm.
    Own(Algorithm),
    /// Another one, with a key of the same `kid`.
    Foreign,
    /// Anyone: an HMAC with this form of the public key for an algorithm as the secret.
    Mac(Algorithm, &'static str, Algorithm),
}

type Hook<T> = Option<Box<dyn Fn(T) -> T>>;

/// A token in the making. The hooks are called in this order, each with what the one before it
/// left; header and claims are signed as `spelled` leaves them.
pub struct Draft {
    pub base: Base,
    pub header: Object,
    pub claims: Object,
    /// The text of a part, before it is encoded.
    pub text: (Option<Part>, Hook<Vec<u8>>),
    /// A part in base64url.
    pub spelled: (Option<Part>, Hook<String>),
    pub tamper: Tamper,
    pub signer: Signer,
    /// The signature as bytes.
    pub signature: Hook<Vec<u8>>,
    /// The signature in base64url.
    pub spelled_signature: Hook<String>,
    /// All of it.
    pub whole: Hook<String>,
}

impl Object {
    /// Gives the member this value, wherever it stands; `-` takes it away.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(given, _)| given == name) {
            _ if value == "-" => self.0.retain(|(given, _)| given != name),
            Some(member) => value.clone_into(&mut member.1),
            None => self.last(name, value),
        }
    }

    /// Puts a member in front, also when there is one of this name.
    pub fn first(&mut self, name: &str, value: &str) {
        self.0.insert(0, (name.to_owned(), value.to_owned()));
    }

    /// The same at the end.
    pub fn last(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub fn rename(&mut self, name: &str, to: &str) {
        for (given, _) in self.0.iter_mut().filter(|(given, _)| given == name) {
            to.clone_into(given);
        }
    }

    fn text(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl Draft {
    /// A good token.
    pub fn of(base: Base, issuer: &str) -> Self {
        let mut header = Object::default();
        header.last("alg", &format!("\"{}\"", base.alg));
        header.last("typ", "\"at+jwt\"");
        if let Some(kid) = base.signing.kid() {
            header.last("kid", &format!("\"{kid}\""));
        }
        let mut claims = Object::default();
        claims.last("iss", &format!("\"{issuer}\""));
        claims.last("sub", "\"alice\"");
        claims.last("aud", &format!("\"{AUDIENCE}\""));
        claims.last("exp", &(NOW + 600).to_string());
        claims.last("iat", &NOW.to_string());
        Self {
            base,
            header,
            claims,
            text: (None, None),
            spelled: (None, None),
            tamper: Tamper::default(),
            signer: Signer::Own(base.signing),
            signature: None,
            spelled_signature: None,
            whole: None,
        }
    }

    pub fn part(&mut self, part: Part) -> &mut Object {
        match part {
            Part::Header => &mut self.header,
            Part::Claims => &mut self.claims,
        }
    }

    /// The token, unless it cannot be spoiled as wanted.
    pub fn finish(&self) -> Option<String> {
        let header = self.written(Part::Header, &self.header)?;
        let parts = format!("{header}.{}", self.written(Part::Claims, &self.claims)?);
        let signature = self.tamper.signature(self.sign(parts.as_bytes()));
        let signature =
            self.tamper.spelled("signature", &through(self.signature.as_deref(), signature))?;
        let signature = through(self.spelled_signature.as_deref(), signature);
        Some(through(self.whole.as_deref(), self.tamper.token(format!("{parts}.{signature}"))))
    }

    fn written(&self, part: Part, object: &Object) -> Option<String> {
        let name = part.name();
        let mut text = self.tamper.text(name, &object.text());
        if self.text.0 == Some(part) {
            text = through(self.text.1.as_deref(), text);
        }
        let mut spelled = self.tamper.spelled(name, &text)?;
        if self.spelled.0 == Some(part) {
            spelled = through(self.spelled.1.as_deref(), spelled);
        }
        Some(spelled)
    }

    /// Many drafts sign the same, and some signatures take their time.
    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        type Made = HashMap<(&'static str, Signer, Vec<u8>), Vec<u8>>;
        static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
        let mut made = MADE.lock().expect("no test panics with it");
        let what = (self.base.name, self.signer, bytes.to_owned());
        made.entry(what).or_insert_with(|| self.new_signature(bytes)).clone()
    }

    fn new_signature(&self, bytes: &[u8]) -> Vec<u8> {
        let (own, foreign) = self.base.signers();
        match self.signer {
            Signer::Own(algorithm) => own.signature(algorithm, bytes),
            Signer::Foreign => foreign.signature(self.base.signing, bytes),
            Signer::Mac(algorithm, form, key) => {
                let kid = key.kid().expect("a public key");
                issuer::mac(algorithm, &public_key(own, kid, form), bytes)
            }
        }
    }
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Claims => "claims",
        }
    }
}

fn through<T>(hook: Option<&dyn Fn(T) -> T>, value: T) -> T {
    match hook {
        Some(hook) => hook(value),
        None => value,
    }
}

/// Base64url of what is no token's own.
pub fn base64url(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}
