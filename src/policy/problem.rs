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

/// The problems found so far, and the places that were looked at.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: RefCell<Vec<Problem>>,
    places: RefCell<Vec<String>>,
}

/// A place among those of the problems.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Problems {
    pub(super) fn push(&self, problem: Problem) {
        self.found.borrow_mut().push(problem);
    }

    pub(super) fn count(&self) -> usize {
        self.found.borrow().len()
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.found.into_inner()
    }

    /// Notes a place, so that what stands there is handed around without it.
    pub(super) fn place(&self, name: String) -> Place {
        let mut places = self.places.borrow_mut();
        places.push(name);
        Place(places.len().saturating_sub(1))
    }

    pub(super) fn name_of(&self, place: Place) -> String {
        self.places.borrow().get(place.0).cloned().unwrap_or_default()
    }
}
