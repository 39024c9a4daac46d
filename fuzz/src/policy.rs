//! A policy of any JSON: it is valid or every problem has its place, it never repeats a secret, and
//! a valid one opens what it calls public and nothing else.

use crate::{ISSUER, Secrets, admit, check_answer};
use http::HeaderMap;
use serde_json::Value;
use turnpike::answer::{Answers, Asker};
use turnpike::gate::Denial;
use turnpike::policy::{Access, Policy};
use turnpike::request::{Form, Head, Language};

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let parsed = Policy::parse(&value.to_string(), &Secrets);
    let policy = match parsed {
        Ok(policy) => policy,
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let problem = problem.to_string();
                assert!(problem.contains(": ") && !problem.contains(ISSUER.secret()));
            }
            return;
        }
    };
    if value.is_object() {
        let as_text = Policy::parse(&Value::String(value.to_string()).to_string(), &Secrets);
        let as_text = as_text.expect("a JSON string is as good");
        assert_eq!(format!("{as_text:?}"), format!("{policy:?}"));
    }
    assert!(!policy.issuers().is_empty() && !policy.credentials().is_empty());
    for issuer in policy.issuers() {
        assert!(!issuer.audiences().is_empty() && !issuer.identifier().is_empty());
        let symmetric = issuer.algorithms().iter().filter(|a| a.is_symmetric()).count();
        assert!(symmetric == 0 || symmetric == issuer.algorithms().len());
        assert!(
            policy.issuer(issuer.identifier()).is_some_and(|found| std::ptr::eq(found, issuer))
        );
    }

    let answers = Answers::new(&policy);
    let required = "a:b".to_owned();
    for denial in [Denial::CredentialsMissing, Denial::ScopeInsufficient { required }] {
        for form in [Form::Page, Form::Json, Form::Text, Form::Problem] {
            let (url, headers) = ("https://h.example/", HeaderMap::new());
            let head = Head { method: "GET", url, headers: &headers };
            let asker = Asker {
                form,
                language: Language::Arabic,
                ..Asker::of(Some(&policy), &head, "fuzz")
            };
            check_answer(&answers.answer(&denial, &asker));
        }
    }

    let is_public = value.to_string().contains("public");
    for path in ["/", "/a", "/a/b", "/public/x", "/site/private/x", "/A;b/..c"] {
        for host in ["h.example", "docs.example.com", "127.0.0.1"] {
            let url = format!("https://{host}{path}");
            if let Ok(permit) = admit(&policy, "GET", &url, &HeaderMap::new()) {
                assert!(policy.serves(host) && is_public);
                assert_eq!(*permit.route().access(), Access::Public);
                assert!(permit.principal().is_none());
            }
        }
    }
}
