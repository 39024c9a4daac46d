//! What refusals say: every denial in every language.

use turnpike::answer::{Answers, Asker};
use turnpike::gate::Denial;
use turnpike::request::{Ambiguity, Form, Language};
use turnpike::token::TokenFault;

/// One denial of each kind, in the order of their declaration. A kind that is missing here does
/// not compile.
fn denials() -> Vec<Denial> {
    let after = |denial: &Denial| match denial {
        Denial::CredentialsMissing => Some(Denial::CredentialsMalformed),
        Denial::CredentialsMalformed => Some(Denial::CredentialsAmbiguous),
        Denial::CredentialsAmbiguous => Some(Denial::TokenExpired),
        Denial::TokenExpired => Some(Denial::TokenNotYetValid),
        Denial::TokenNotYetValid => Some(Denial::TokenInvalid(TokenFault::Signature)),
        Denial::TokenInvalid(_) => Some(Denial::ScopeInsufficient { required: "a:b".to_owned() }),
        Denial::ScopeInsufficient { .. } => Some(Denial::UrlAmbiguous(Ambiguity::Escape)),
        Denial::UrlAmbiguous(_) => Some(Denial::HostUnknown),
        Denial::HostUnknown => Some(Denial::KeysUnavailable { retry_after: 5 }),
        Denial::KeysUnavailable { .. } => Some(Denial::Misconfigured),
        Denial::Misconfigured => Some(Denial::OriginUnreachable),
        Denial::OriginUnreachable => None,
    };
    std::iter::successors(Some(Denial::CredentialsMissing), after).collect()
}

fn answer(denial: &Denial, form: Form, language: Language) -> turnpike::answer::Answer {
    let url = "https://docs.example.com/";
    Answers::neutral()
        .answer(denial, &Asker { method: "GET", url, form, language, request_id: "id" })
}

#[test]
fn every_denial_is_told_in_every_language() {
    let mut said = std::collections::BTreeSet::new();
    for denial in denials() {
        for language in Language::ALL {
            let problem = answer(&denial, Form::Problem, language);
            let body: serde_json::Value = serde_json::from_str(&problem.body).expect("JSON");
            let detail = body["detail"].as_str().expect("a detail").to_owned();
            assert!(said.insert(detail.clone()), "{detail} is said twice");
            assert_eq!(body["title"], denial.status().canonical_reason().expect("a phrase"));
            assert_eq!(body["code"], denial.code());

            let page = answer(&denial, Form::Page, language);
            assert!(page.body.contains(&detail), "{detail} is not on the page");
            for answer in [problem, page] {
                let named = answer.fields.value_of("content-language").expect("it is named");
                assert!(named.starts_with(language.subtag()));
                // Whatever the language, fields are the same ASCII.
                let english = self::answer(&denial, Form::Problem, Language::English);
                let challenge = answer.fields.value_of("www-authenticate");
                assert_eq!(challenge, english.fields.value_of("www-authenticate"));
                assert!(answer.fields.set.iter().all(|(_, value)| value.is_ascii()));
            }
        }
    }
}

#[test]
fn a_page_names_its_language_and_direction() {
    let begins = |language, html: &str| {
        let page = answer(&Denial::TokenExpired, Form::Page, language);
        assert!(page.body.contains(html), "{}", page.body);
    };
    begins(Language::English, r#"<html lang="en" dir="ltr">"#);
    begins(Language::Chinese, r#"<html lang="zh-Hans" dir="ltr">"#);
    begins(Language::Arabic, r#"<html lang="ar" dir="rtl">"#);
}
