//! `JSONTestSuite`: what is JSON and what is not, in the header and in the claims of signed tokens.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use issuer::Issuer;
use serde_json::Value;
use turnpike::token::Algorithm;

use super::case::{Case, Group, Key, Label, Question, Suite};
use super::reader::{Folder, list, text};
use crate::shell::{Failure, Result};

const FILE: &str = "json/JSONTestSuite.json";

/// The members without which there is no header, and no claims of an access token.
const HEADER: &str = r#""alg":"ES256""#;
const CLAIMS: &str = r#""iss":"https://issuer.example","sub":"a","aud":"b","exp":4000000000"#;

/// Documents in which a name is given twice.
const DUPLICATES: [&str; 2] =
    ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
const DUPLICATE: &str =
    "gives a name twice, which may be refused (RFC 7515 section 4, RFC 7519 section 4)";

/// Where a document is put.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    Claims,
}

/// How it is put there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the value of a member.
    Value,
    /// With the members that are needed written into it. Only for what begins as an object.
    Members,
    /// As it stands.
    Whole,
}

/// A document of the suite.
struct Document<'d> {
    name: &'d str,
    label: Label,
    bytes: Vec<u8>,
}

/// One suite for each place and form.
pub(super) fn suites(folder: &mut Folder, issuer: &Issuer) -> Result<Vec<Suite>> {
    folder.read(FILE, |file| {
        let documents: Vec<_> = list(file, "tests")?.iter().map(document).collect::<Result<_>>()?;
        let duplicates = documents.iter().filter(|document| DUPLICATES.contains(&document.name));
        if duplicates.count() != DUPLICATES.len() {
            return Err(Failure::new("an exception names a document that is not there"));
        }
        let key = Key::Jwk(public_key(issuer)?);
        let ways = [Place::Header, Place::Claims].into_iter().flat_map(|place| {
            [Form::Value, Form::Members, Form::Whole].into_iter().map(move |form| (place, form))
        });
        Ok(ways.map(|(place, form)| suite(&documents, place, form, issuer, &key)).collect())
    })
}

fn document(test: &Value) -> Result<Document<'_>> {
    let name = text(test, "name")?;
    let label = match text(test, "expect")? {
        "accept" => Label::Accepted,
        "reject" => Label::Refused,
        "either" => Label::Either,
        other => return Err(Failure::new(format!("{name} expects something unknown: {other}"))),
    };
    let bytes =
        Base64::decode_vec(text(test, "b64")?).map_err(Failure::because(name.to_owned()))?;
    Ok(Document { name, label, bytes })
}

fn public_key(issuer: &Issuer) -> Result<Value> {
    let keys = issuer.jwks();
    let key = list(&keys, "keys")?
        .iter()
        .find(|key| key.get("alg").and_then(Value::as_str) == Some(Algorithm::Es256.name()));
    key.cloned().ok_or_else(|| Failure::new("the development issuer has no key for ES256"))
}

fn suite(
    documents: &[Document<'_>],
    place: Place,
    form: Form,
    issuer: &Issuer,
    key: &Key,
) -> Suite {
    let what = match form {
        Form::Value => "a value in",
        Form::Members => "members of",
        Form::Whole => "all of",
    };
    let (name, needed) = match place {
        Place::Header => (format!("{FILE}, {what} the header"), HEADER),
        Place::Claims => (format!("{FILE}, {what} the claims"), CLAIMS),
    };
    let cases = documents.iter().filter_map(|document| {
        let bytes = form.put(&document.bytes, needed)?;
        let case = Case::new(document.name, place.question(&bytes, issuer), document.label);
        let exception = match document.label {
            Label::Accepted if form == Form::Whole => Some(place.what_is_missing(&document.bytes)),
            Label::Accepted if DUPLICATES.contains(&document.name) => Some(DUPLICATE),
            _ => None,
        };
        Some(match exception {
            Some(reason) => case.except(Label::Refused, reason),
            None => case,
        })
    });
    let cases = cases.collect();
    let key = match key {
        Key::Jwk(jwk) => Key::Jwk(jwk.clone()),
        Key::Secret(secret) => Key::Secret(secret.clone()),
    };
    Suite::new(name, vec![Group { key, algorithms: vec![Algorithm::Es256], cases }])
}

impl Form {
    fn put(self, document: &[u8], needed: &str) -> Option<Vec<u8>> {
        Some(match self {
            Self::Value => [b"{", needed.as_bytes(), br#","x":"#, document, b"}"].concat(),
            Self::Whole => document.to_vec(),
            Self::Members => {
                let members = document.trim_ascii_start().strip_prefix(b"{")?;
                let comma: &[u8] =
                    if members.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
                [b"{", needed.as_bytes(), comma, members].concat()
            }
        })
    }
}

impl Place {
    /// A token with it, signed well.
    fn question(self, bytes: &[u8], issuer: &Issuer) -> Question {
        let (header, claims) = match self {
            Self::Header => (bytes.to_vec(), b"{}".to_vec()),
            Self::Claims => (format!("{{{HEADER}}}").into_bytes(), bytes.to_vec()),
        };
        let [header, claims] = [header, claims].map(|part| Base64UrlUnpadded::encode_string(&part));
        let signed = format!("{header}.{claims}");
        let signature = issuer.signature(issuer::Algorithm::Es256, signed.as_bytes());
        let token = format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature));
        match self {
            Self::Header => Question::Jws(token),
            Self::Claims => Question::Token(token),
        }
    }

    fn what_is_missing(self, document: &[u8]) -> &'static str {
        match (document.trim_ascii_start().starts_with(b"{"), self) {
            (false, _) => "is JSON, and no object",
            (true, Self::Header) => "is an object without `alg`",
            (true, Self::Claims) => "is an object without `iss`, `sub`, `aud` and `exp`",
        }
    }
}
