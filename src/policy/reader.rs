//! Reading a configuration value field by field, so that one run finds every problem.
//!
//! A reading function returns `None` when it has recorded a [`Problem`]; the caller goes on with
//! the next field and gives up only at the end.

use std::cell::RefCell;
use std::fmt;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

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
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// A value and the place it stands at.
#[derive(Debug, Clone)]
pub(super) struct Field<'p, 'v> {
    problems: &'p Problems,
    place: String,
    value: &'v Value,
}

impl<'p, 'v> Field<'p, 'v> {
    pub(super) fn root(problems: &'p Problems, value: &'v Value) -> Self {
        Self { problems, place: String::new(), value }
    }

    pub(super) fn value(&self) -> &'v Value {
        self.value
    }

    /// Records what is wrong here.
    pub(super) fn problem(&self, what: impl Into<String>) {
        let place = if self.place.is_empty() { "TURNPIKE" } else { &self.place };
        self.problems.0.borrow_mut().push(Problem::new(place, what));
    }

    /// Records what is wrong at a place below this one.
    pub(super) fn problem_at(&self, below: &str, what: impl Into<String>) {
        let place = format!("{}{below}", self.place);
        self.problems.0.borrow_mut().push(Problem::new(place, what));
    }

    pub(super) fn table(&self) -> Option<Table<'p, 'v>> {
        match self.value {
            Value::Object(members) => {
                Some(Table { field: self.clone(), members, known: RefCell::default() })
            }
            _ => self.mistyped("a table"),
        }
    }

    /// The items of a list that must not be empty.
    pub(super) fn list(&self) -> Option<Vec<Field<'p, 'v>>> {
        match self.value {
            Value::Array(items) if items.is_empty() => {
                self.problem("must not be empty");
                None
            }
            Value::Array(items) => {
                let item = |(index, value)| Field {
                    problems: self.problems,
                    place: format!("{}[{index}]", self.place),
                    value,
                };
                Some(items.iter().enumerate().map(item).collect())
            }
            _ => self.mistyped("a list"),
        }
    }

    /// Every item of a non-empty list, read by `read`, none given twice.
    pub(super) fn list_of<T: PartialEq>(
        &self,
        read: impl Fn(&Field<'p, 'v>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.list()?;
        let count = items.len();
        let mut values = Vec::with_capacity(count);
        for item in items {
            match read(&item) {
                Some(value) if values.contains(&value) => item.problem("is given twice"),
                Some(value) => values.push(value),
                None => {}
            }
        }
        (values.len() == count).then_some(values)
    }

    /// Every item of a non-empty list of strings that `parse` understands, none given twice. Its code
    /// is there once, whatever `parse` is.
    pub(super) fn texts(&self, parse: fn(&str) -> Result<String, String>) -> Option<Vec<String>> {
        self.list_of(|item| item.parsed(parse))
    }

    pub(super) fn text(&self) -> Option<&'v str> {
        match self.value {
            Value::String(text) if text.is_empty() => {
                self.problem("must not be empty");
                None
            }
            Value::String(text) => Some(text),
            _ => self.mistyped("a string"),
        }
    }

    /// A string that `parse` understands; its error says what is wrong with it.
    pub(super) fn parsed<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match parse(self.text()?) {
            Ok(value) => Some(value),
            Err(what) => {
                self.problem(what);
                None
            }
        }
    }

    /// A string out of a closed list of words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.problem(format!(
                "`{text}` is not one of {}{}",
                names.join(", "),
                did_you_mean(text, &names)
            ));
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let number = self.value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            self.problem(format!(
                "must be a whole number from {} to {}",
                range.start(),
                range.end()
            ));
        }
        number
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.mistyped("true or false"))
    }

    fn mistyped<T>(&self, expected: &str) -> Option<T> {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "a table",
        };
        self.problem(format!("must be {expected}, not {found}"));
        None
    }
}

/// A table whose members are read by name; what nobody asked for is an error.
#[derive(Debug)]
pub(super) struct Table<'p, 'v> {
    field: Field<'p, 'v>,
    members: &'v Map<String, Value>,
    known: RefCell<Vec<&'static str>>,
}

impl<'p, 'v> Table<'p, 'v> {
    pub(super) fn optional(&self, name: &'static str) -> Option<Field<'p, 'v>> {
        self.known.borrow_mut().push(name);
        let value = self.members.get(name)?;
        Some(Field { problems: self.field.problems, place: self.place_of(name), value })
    }

    pub(super) fn required(&self, name: &'static str) -> Option<Field<'p, 'v>> {
        let field = self.optional(name);
        if field.is_none() {
            self.field.problem(format!("`{name}` is missing"));
        }
        field
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// All members, whatever their names.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'v str, Field<'p, 'v>)> {
        self.members.iter().map(|(name, value)| {
            let place = self.place_of(name);
            (name.as_str(), Field { problems: self.field.problems, place, value })
        })
    }

    /// Refuses the members that were never asked for.
    pub(super) fn close(self) {
        let known = self.known.into_inner();
        for name in self.members.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = did_you_mean(name, &known);
            self.field.problem(format!("unknown field `{name}`{hint}"));
        }
    }

    fn place_of(&self, name: &str) -> String {
        if self.field.place.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.field.place)
        }
    }
}

/// A hint when `word` is a likely slip for one of `known`.
fn did_you_mean(word: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.len())
        .min()
        .map_or_else(String::new, |(_, candidate)| format!(", did you mean `{candidate}`?"))
}
