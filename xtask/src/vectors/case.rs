//! What a test vector asks, what its authors expect, and what we expect where that differs.

use serde_json::Value;
use turnpike::token::Algorithm;

/// The cases of a file, or of one way to put them.
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) groups: Vec<Group>,
    /// Vectors of what the filter does not do, each with the reason.
    pub(super) not_asked: Vec<(String, &'static str)>,
}

/// Questions about one key.
pub(super) struct Group {
    pub(super) key: Key,
    /// What its issuer signs with.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) cases: Vec<Case>,
}

/// A key as an issuer gives it.
pub(super) enum Key {
    /// The one member of its key set.
    Jwk(Value),
    /// A shared secret.
    Secret(Vec<u8>),
}

pub(super) struct Case {
    pub(super) name: String,
    pub(super) question: Question,
    pub(super) expectation: Expectation,
}

/// What the filter is asked about a key.
pub(super) enum Question {
    /// Can it be used?
    Key,
    /// Did its holder sign this, which must be a JWS in compact form?
    Jws(String),
    /// The same of an access token, whatever its claims say.
    Token(String),
    /// Did its holder make this signature of the message?
    Signature { message: Vec<u8>, signature: Vec<u8> },
}

/// What is to come of a case.
#[derive(Debug, Clone)]
pub(super) struct Expectation {
    label: Label,
    exception: Option<Exception>,
}

/// What the authors of a vector expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Accepted,
    Refused,
    /// They leave it open.
    Either,
}

/// Why we expect something else.
#[derive(Debug, Clone)]
struct Exception {
    /// `None` where the filter has no part that could be asked.
    label: Option<Label>,
    reason: &'static str,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    /// The word for why.
    Refused(String),
    /// Neither: a panic, or a promise not kept.
    Broken(String),
}

/// A case and what came of it.
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) expectation: Expectation,
    pub(super) native: Option<Verdict>,
    pub(super) workerd: Option<Verdict>,
}

/// How an outcome counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Count {
    Agreed,
    /// As expected, which is not what the authors of the vector expect.
    Exception(&'static str),
    Unexplained,
}

impl Suite {
    pub(super) fn new(name: impl Into<String>, groups: Vec<Group>) -> Self {
        Self { name: name.into(), groups, not_asked: Vec::new() }
    }
}

impl Case {
    pub(super) fn new(name: impl Into<String>, question: Question, label: Label) -> Self {
        let expectation = Expectation::new(label);
        Self { name: name.into(), question, expectation }
    }

    /// The same, where something else is expected than its label says.
    pub(super) fn except(mut self, label: Label, reason: &'static str) -> Self {
        self.expectation = self.expectation.except(label, reason);
        self
    }
}

impl Expectation {
    pub(super) fn new(label: Label) -> Self {
        Self { label, exception: None }
    }

    pub(super) fn except(self, label: Label, reason: &'static str) -> Self {
        Self { exception: Some(Exception { label: Some(label), reason }), ..self }
    }

    /// For a vector of something that the filter does not do.
    pub(super) fn not_asked(reason: &'static str) -> Self {
        Self { label: Label::Either, exception: Some(Exception { label: None, reason }) }
    }
}

impl Label {
    fn admits(self, verdict: &Verdict) -> bool {
        match verdict {
            Verdict::Accepted => self != Self::Refused,
            Verdict::Refused(_) => self != Self::Accepted,
            Verdict::Broken(_) => false,
        }
    }
}

impl Outcome {
    pub(super) fn count(&self) -> Count {
        let verdicts = || self.native.iter().chain(&self.workerd);
        let Expectation { label, exception } = &self.expectation;
        let admitted_by = |label: Label| {
            let same = match (&self.native, &self.workerd) {
                (Some(native), Some(workerd)) => native == workerd,
                (one, other) => one.is_some() || other.is_some(),
            };
            same && verdicts().all(|verdict| label.admits(verdict))
        };
        match exception {
            None if admitted_by(*label) => Count::Agreed,
            Some(Exception { label: None, reason }) if verdicts().next().is_none() => {
                Count::Exception(reason)
            }
            // An exception that excepts nothing is out of date.
            Some(Exception { label: Some(other), reason })
                if other != label && admitted_by(*other) =>
            {
                Count::Exception(reason)
            }
            _ => Count::Unexplained,
        }
    }

    /// One line for a person who has to find out.
    pub(super) fn describe(&self) -> String {
        let Self { name, expectation, native, workerd } = self;
        let exception = expectation.exception.as_ref();
        let expected = exception.map_or_else(String::new, |exception| {
            format!(", expected {:?} because it {}", exception.label, exception.reason)
        });
        let show = |verdict: &Option<Verdict>| match verdict {
            None => "not asked".to_owned(),
            Some(Verdict::Accepted) => "accepted".to_owned(),
            Some(Verdict::Refused(why)) => format!("refused ({why})"),
            Some(Verdict::Broken(how)) => format!("broken: {how}"),
        };
        let (native, workerd) = (show(native), show(workerd));
        format!(
            "{name}: labelled {:?}{expected}; native {native}, workerd {workerd}",
            expectation.label
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Verdict {
        Verdict::Refused("signature".to_owned())
    }

    #[track_caller]
    fn check(
        expectation: Expectation,
        native: Option<Verdict>,
        workerd: Option<Verdict>,
        count: &Count,
    ) {
        let outcome = Outcome { name: String::new(), expectation, native, workerd };
        assert_eq!(outcome.count(), *count, "{}", outcome.describe());
    }

    #[test]
    fn both_verdicts_are_compared_with_the_label() {
        let valid = Expectation::new(Label::Accepted);
        let accepted = Some(Verdict::Accepted);
        check(valid.clone(), accepted.clone(), accepted.clone(), &Count::Agreed);
        check(valid.clone(), accepted.clone(), None, &Count::Agreed);
        check(valid.clone(), Some(refused()), Some(refused()), &Count::Unexplained);
        check(valid.clone(), accepted.clone(), Some(refused()), &Count::Unexplained);
        check(valid.clone(), None, accepted, &Count::Agreed);
        check(valid, None, None, &Count::Unexplained);
    }

    #[test]
    fn two_reasons_are_a_difference() {
        let other = Verdict::Refused("keys_unavailable".to_owned());
        let invalid = Expectation::new(Label::Refused);
        check(invalid.clone(), Some(refused()), Some(refused()), &Count::Agreed);
        check(invalid, Some(refused()), Some(other), &Count::Unexplained);
    }

    #[test]
    fn nothing_excuses_what_is_broken() {
        let broken = Some(Verdict::Broken("panicked".to_owned()));
        check(Expectation::new(Label::Either), broken.clone(), broken, &Count::Unexplained);
    }

    #[test]
    fn exceptions_are_held_to_what_they_say() {
        let exception = Expectation::new(Label::Accepted).except(Label::Refused, "why");
        check(exception.clone(), Some(refused()), None, &Count::Exception("why"));
        check(exception, Some(Verdict::Accepted), None, &Count::Unexplained);
        let out_of_date = Expectation::new(Label::Refused).except(Label::Refused, "why");
        check(out_of_date, Some(refused()), None, &Count::Unexplained);
        check(Expectation::not_asked("why"), None, None, &Count::Exception("why"));
        check(Expectation::not_asked("why"), Some(refused()), None, &Count::Unexplained);
    }
}
