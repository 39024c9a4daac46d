//! Form and language of an answer: any wish gets one, and names of types and languages have no case.

use crate::{check_refusal, message};
use http::HeaderValue;
use turnpike::fields::Headers;
use turnpike::gate::Denial;
use turnpike::request::{Form, Language};

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Some((_, mut fields)) = message(bytes) else { return };
    let wanted = |fields: &_| Form::wanted("GET", fields);
    let form = wanted(&fields);
    let says = |name: &str, value: &str| Headers::get(&fields, name).as_deref() == Some(value);
    let is_part = Headers::get(&fields, "sec-fetch-dest").is_some();
    let navigates = says("sec-fetch-mode", "navigate");
    let accept = Headers::get(&fields, "accept").unwrap_or_default().to_ascii_lowercase();
    match form {
        Form::Page => {
            assert!(is_part || navigates || accept.contains("html") || accept.contains("/*"));
        }
        Form::Json => assert!(accept.contains("json") || accept.contains("/*")),
        Form::Text => assert!(accept.contains("plain") || accept.contains("/*")),
        Form::Problem => assert!(!navigates),
        Form::Empty(_) => assert!(is_part),
        Form::Grpc(_) => panic!("gRPC is always a POST"),
    }
    check_refusal(&Denial::CredentialsMissing, "GET", "https://docs.example.com/", &fields);
    let language = Language::wanted(&fields);
    for name in ["accept", "accept-language"] {
        if let [Ok(wish)] =
            fields.get_all(name).iter().map(HeaderValue::to_str).collect::<Vec<_>>()[..]
        {
            let shouted = wish.to_ascii_uppercase().parse().expect("a field value");
            fields.insert(name, shouted);
            assert_eq!(wanted(&fields), form);
            assert_eq!(Language::wanted(&fields), language);
        }
    }
}
