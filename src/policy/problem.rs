//! What is wrong in a configuration, and where.

use std::cell::RefCell;
use std::fmt;

use crate::json::quoted;
use crate::log::Loggable;

/// One thing that is wrong in a configuration, and where.
///
/// Displays as `issuers[0].algorithms[1]: what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    place: String,
    what: String,
}

impl Problem {
    /// A problem at `place`, in words that say what to do about it.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    /// Where it is: names of fields, and places in lists counted from 0.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong, and what to do about it.
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

/// It says what is wrong in words of ours, and repeats what the configuration says in public.
impl Loggable for Problem {
    fn json(&self) -> String {
        quoted(&self.to_string())
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}
