//! What refusals say: every denial in every language.

use http::HeaderMap;
use turnpike::answer::{Answers, Asker};
use turnpike::gate::Denial;
use turnpike::policy::Policy;
use turnpike::request::{Ambiguity, Form, Head, Language};
use turnpike::token::TokenFault;

use crate::site::TestEnvironment;

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
        Denial::ScopeInsufficient { .. } => Some(Denial::AuthenticationInsufficient {
            acr_values: "phr".to_owned(),
            max_age: Some(60),
        }),
        Denial::AuthenticationInsufficient { .. } => Some(Denial::PageForeign),
        Denial::PageForeign => Some(Denial::OriginUnauthorized),
        Denial::OriginUnauthorized => Some(Denial::OriginForbidden),
        Denial::OriginForbidden => Some(Denial::UrlAmbiguous(Ambiguity::Escape)),
        Denial::UrlAmbiguous(_) => Some(Denial::HostUnknown),
        Denial::HostUnknown => Some(Denial::MethodNotAllowed),
        Denial::MethodNotAllowed => Some(Denial::KeysUnavailable { retry_after: 5 }),
        Denial::KeysUnavailable { .. } => Some(Denial::Misconfigured),
        Denial::Misconfigured => Some(Denial::OriginUnreachable),
        Denial::OriginUnreachable => None,
    };
    std::iter::successors(Some(Denial::CredentialsMissing), after).collect()
}

fn answer(denial: &Denial, form: Form, language: Language) -> turnpike::answer::Answer {
    let headers = HeaderMap::new();
    let head = Head { method: "GET", url: "https://docs.example.com/", headers: &headers };
    let asker = Asker { form, language, ..Asker::of(None, &head, "id") };
    Answers::neutral().answer(denial, &asker)
}

#[test]
fn every_denial_is_told_in_every_language() {
    let mut said = std::collections::BTreeSet::new();
    for denial in denials() {
        for language in Language::ALL {
            let problem = answer(&denial, Form::Problem, language);
            let body: serde_json::Value = serde_json::from_str(&problem.body).expect("JSON");
            let detail = body["detail"].as_str().expect("a detail").to_owned();
            // An origin's refusals are told to people alone, in the words of ours.
            let is_ours = !matches!(denial, Denial::OriginUnauthorized | Denial::OriginForbidden);
            assert_eq!(said.insert(detail.clone()), is_ours, "{detail}");
            let english = answer(&denial, Form::Problem, Language::English);
            assert!(
                english.body.contains(&body["title"].to_string()),
                "it is no title of the type"
            );
            assert_eq!(body["code"], denial.code());

            let page = answer(&denial, Form::Page, language);
            assert!(page.body.contains(&detail), "{detail} is not on the page");
            for answer in [problem, page] {
                let named = answer.fields.value_of("content-language").expect("it is named");
                assert!(named.starts_with(language.subtag()));
                // Whatever the language, fields are the same ASCII.
                let challenge = answer.fields.value_of("www-authenticate");
                assert_eq!(challenge, english.fields.value_of("www-authenticate"));
                assert!(answer.fields.set.iter().all(|(_, value)| value.is_ascii()));
            }
        }
    }
}

/// The page at an address, under a policy with these members.
fn page_at(url: &str, members: &serde_json::Value) -> turnpike::answer::Answer {
    let mut policy = serde_json::json!({ "realm": "r", "issuers": [{
        "issuer": "https://issuer.example",
        "audiences": ["a"],
        "algorithms": ["ES256"],
        "discovery": true,
    }] });
    let members = members.as_object().expect("a table").clone();
    policy.as_object_mut().expect("a table").extend(members);
    let policy = Policy::parse(&policy.to_string(), &TestEnvironment).expect("it is valid");
    let headers = HeaderMap::new();
    let head = Head { method: "GET", url, headers: &headers };
    let asker = Asker { form: Form::Page, ..Asker::of(Some(&policy), &head, "id") };
    Answers::new(&policy).answer(&Denial::CredentialsMissing, &asker)
}

#[test]
fn a_host_may_have_a_brand_of_its_own() {
    let brands = serde_json::json!({
        "brand": { "name": "Everybody's", "logo": "https://cdn.example/x.svg" },
        "brands": [
            { "hosts": ["a.example", "[::1]"], "name": "Only A" },
            { "hosts": ["b.example"], "name": "Only B", "favicon": "data:image/png;base64,AAAA" },
        ],
    });
    let named = |url: &str, name: &str| {
        let page = page_at(url, &brands);
        assert!(page.body.contains(&format!("<bdi>{name}</bdi>")), "{url}: {}", page.body);
        page
    };
    for url in [
        "https://a.example/x",
        "https://A.example.:8443",
        "http://[::1]:80/",
        "https://a.example//x%2f",
    ] {
        let page = named(url, "Only A");
        assert!(page.body.contains(r#"<link rel="icon" href="data:,">"#));
        let policy = page.fields.value_of("content-security-policy").expect("there is one");
        assert!(policy.contains("img-src data:;") && !policy.contains("cdn.example"));
    }
    let page = named("https://b.example/", "Only B");
    assert!(page.body.contains(r#"<link rel="icon" href="data:image/png;base64,AAAA">"#));
    for url in
        ["https://c.example/", "https://sub.a.example/", "https://aa.example", "nonsense", ""]
    {
        let page = named(url, "Everybody&#39;s");
        let policy = page.fields.value_of("content-security-policy").expect("there is one");
        assert!(policy.contains("img-src data: https://cdn.example;"));
    }
}

#[test]
fn a_long_address_leads_back_to_the_front_page() {
    let brand =
        serde_json::json!({ "brand": { "name": "A", "sign_in": "https://l.example/?to={url}" } });
    let back = |path: usize| {
        let url = format!("https://a.example/{}", "ä".repeat(path));
        (page_at(&url, &brand).body, url)
    };
    let (page, url) = back(991);
    assert_eq!(url.len(), 2000);
    assert!(page.contains(&format!("to=https%3A%2F%2Fa.example%2F{}\"", "%C3%A4".repeat(991))));
    assert!(page.len() < 14 * 1024);
    let (page, _) = back(992);
    assert!(page.contains("to=https%3A%2F%2Fa.example%2F\""));
}

/// Whatever a realm may be, the challenge has it as one quoted-string and nothing beside it.
#[test]
fn a_realm_is_one_quoted_string_or_refused() {
    for character in (0..0x250).chain([0x2028, 0xfeff, 0x1f600]).filter_map(char::from_u32) {
        let realm = format!("a{character}b, error=c");
        let policy = serde_json::json!({ "realm": realm, "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["a"],
            "algorithms": ["ES256"],
            "discovery": true,
        }] });
        let parsed = Policy::parse(&policy.to_string(), &TestEnvironment);
        let may_be = matches!(character, ' '..='~') && !matches!(character, '"' | '\\');
        assert_eq!(parsed.is_ok(), may_be, "{realm:?}");
        let Ok(policy) = parsed else { continue };
        let (form, language) = (Form::Problem, Language::Japanese);
        let headers = HeaderMap::new();
        let head = Head { method: "GET", url: "", headers: &headers };
        let asker = Asker { form, language, ..Asker::of(None, &head, "id") };
        let answer = Answers::new(&policy).answer(&Denial::CredentialsMissing, &asker);
        let challenge = answer.fields.value_of("www-authenticate").expect("a challenge");
        assert_eq!(challenge, format!("Bearer realm=\"{realm}\""));
        assert!(http::HeaderValue::from_str(challenge).is_ok());
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
