//! Reading a configuration value field by field, so that one run finds every problem.
//!
//! Where there is a [`Problem`], it is recorded, and what is read is nothing, or a value that causes
//! no further problem. Nobody uses it: of a policy with a problem, nothing is used.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::problem::{Place, Problem, Problems};
use crate::json::{Object, Value};

/// A value and the place it stands at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'p, 'v> {
    problems: &'p Problems,
    place: Place,
    value: &'v Value,
}

impl<'p, 'v> Field<'p, 'v> {
    pub(super) fn root(problems: &'p Problems, value: &'v Value) -> Self {
        Self { problems, place: problems.place(String::new()), value }
    }

    /// The same value at a place of this name.
    pub(super) fn named(self, name: &str) -> Self {
        Self { place: self.problems.place(name.to_owned()), ..self }
    }

    pub(super) fn value(&self) -> &'v Value {
        self.value
    }

    /// Records what is wrong here.
    pub(super) fn problem(&self, what: &str) {
        let place = self.problems.name_of(self.place);
        let place = if place.is_empty() { "TURNPIKE".to_owned() } else { place };
        self.problems.push(Problem::new(place, what));
    }

    /// Records what is wrong at a place below this one.
    pub(super) fn problem_at(&self, below: &str, what: &str) {
        self.below(below, self.value).problem(what);
    }

    fn below(&self, below: &str, value: &'v Value) -> Self {
        let place = self.problems.place(self.problems.name_of(self.place) + below);
        Self { problems: self.problems, place, value }
    }

    pub(super) fn table(&self) -> Option<Table<'p, 'v>> {
        match self.value {
            Value::Object(members) => {
                let problems = self.problems.count();
                Some(Table { field: *self, members, known: RefCell::default(), problems })
            }
            _ => self.mistyped("a table"),
        }
    }

    /// Reads one by one the items of a list that must not be empty, and says how many there are.
    pub(super) fn each(&self, read: &mut dyn FnMut(&Field<'p, 'v>)) -> usize {
        let Value::Array(items) = self.value else {
            self.mistyped::<()>("a list");
            return 0;
        };
        if items.is_empty() {
            self.problem("must not be empty");
        }
        for (index, value) in items.iter().enumerate() {
            read(&self.below(&format!("[{index}]"), value));
        }
        items.len()
    }

    /// Every item of a non-empty list, read by `read`, none given twice. All of them or, where one
    /// has a problem, none.
    pub(super) fn list_of<T: PartialEq>(
        &self,
        read: impl Fn(&Field<'p, 'v>) -> Option<T>,
    ) -> Vec<T> {
        let mut values = Vec::new();
        let count = self.each(&mut |item| match read(item) {
            Some(value) if values.contains(&value) => item.problem("is given twice"),
            Some(value) => values.push(value),
            None => {}
        });
        if values.len() < count {
            values.clear();
        }
        values
    }

    /// Every item of a non-empty list of strings that `parse` understands, none given twice. Its code
    /// is there once, whatever `parse` is.
    pub(super) fn texts(&self, parse: fn(&str) -> Result<String, String>) -> Vec<String> {
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
                self.problem(&what);
                None
            }
        }
    }

    /// A string that `parse` understands, empty where there is a problem.
    pub(super) fn string(&self, parse: fn(&str) -> Result<String, String>) -> String {
        self.parsed(parse).unwrap_or_default()
    }

    /// A string out of a closed list of words, each with its meaning.
    pub(super) fn one_of<T: Copy, const N: usize>(&self, words: [(&str, T); N]) -> Option<T> {
        let at = self.word(&words.map(|(word, _)| word))?;
        words.get(at).map(|(_, meaning)| *meaning)
    }

    /// Which of these words it is.
    fn word(&self, words: &[&str]) -> Option<usize> {
        let text = self.text()?;
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            self.problem(&format!(
                "`{text}` is not one of {}{}",
                words.join(", "),
                did_you_mean(text, words)
            ));
        }
        found
    }

    pub(super) fn integer(&self, range: RangeInclusive<u64>) -> u64 {
        let number = self.value.as_u64().filter(|number| range.contains(number));
        number.unwrap_or_else(|| {
            let (least, most) = range.into_inner();
            self.problem(&format!("must be a whole number from {least} to {most}"));
            least
        })
    }

    /// A string, a boolean, or an integer that no reader rounds.
    pub(super) fn scalar(&self) -> Option<Value> {
        match self.value {
            Value::String(_) => self.text().map(|_| self.value.clone()),
            // The platform hands the configuration over as values of JavaScript.
            Value::Number(number)
                if number.as_i64().is_none_or(|n| n.unsigned_abs() >> 53 != 0) =>
            {
                self.problem("must be a whole number between -2^53 and 2^53: others are rounded");
                None
            }
            Value::Number(_) | Value::Bool(_) => Some(self.value.clone()),
            _ => self.mistyped("a string, a whole number or a boolean"),
        }
    }

    /// Reads one by one the members of a table that must not be empty, whatever their names.
    pub(super) fn each_member(&self, read: &mut dyn FnMut(&str, &Field<'p, 'v>)) {
        let Some(table) = self.table() else { return };
        if table.is_empty() {
            self.problem("must not be empty");
        }
        for (name, value) in table.members.members() {
            let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            let quote = if name.bytes().all(is_bare) { "" } else { "\"" };
            read(name, &table.member(&format!("{quote}{name}{quote}"), value));
        }
    }

    pub(super) fn boolean(&self) -> bool {
        match self.value {
            Value::Bool(value) => *value,
            _ => self.mistyped("true or false").unwrap_or_default(),
        }
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
        self.problem(&format!("must be {expected}, not {found}"));
        None
    }
}

/// A table whose members are read by name; what nobody asked for is an error.
#[derive(Debug)]
pub(super) struct Table<'p, 'v> {
    field: Field<'p, 'v>,
    members: &'v Object,
    known: RefCell<Vec<&'static str>>,
    /// How many there were before it was read.
    problems: usize,
}

impl<'p, 'v> Table<'p, 'v> {
    pub(super) fn optional(&self, name: &'static str) -> Option<Field<'p, 'v>> {
        self.known.borrow_mut().push(name);
        let value = self.members.get(name)?;
        Some(self.member(name, value))
    }

    pub(super) fn required(&self, name: &'static str) -> Option<Field<'p, 'v>> {
        let field = self.optional(name);
        if field.is_none() {
            self.field.problem(&format!("`{name}` is missing"));
        }
        field
    }

    /// A whole number, `usual` where none is given.
    pub(super) fn integer(
        &self,
        name: &'static str,
        range: RangeInclusive<u64>,
        usual: u64,
    ) -> u64 {
        self.optional(name).map_or(usual, |field| field.integer(range))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.members().is_empty()
    }

    /// Refuses the members that were never asked for. `None` where there is a problem in one that was.
    pub(super) fn close(self) -> Option<()> {
        let is_sound = self.field.problems.count() == self.problems;
        let known = self.known.into_inner();
        let names = self.members.members().iter().map(|(name, _)| name.as_str());
        for name in names.filter(|name| !known.contains(name)) {
            let hint = did_you_mean(name, &known);
            self.field.problem(&format!("unknown field `{name}`{hint}"));
        }
        is_sound.then_some(())
    }

    fn member(&self, name: &str, value: &'v Value) -> Field<'p, 'v> {
        let is_root = self.field.problems.name_of(self.field.place).is_empty();
        let dot = if is_root { "" } else { "." };
        self.field.below(&format!("{dot}{name}"), value)
    }
}

/// In the Worker, where to find the hint: what finds it weighs 2 KB.
#[cfg(target_family = "wasm")]
fn did_you_mean(_: &str, _: &[&str]) -> &'static str {
    ", see `cargo xtask check`"
}

/// A hint when `word` is a likely slip for one of `known`.
#[cfg(not(target_family = "wasm"))]
fn did_you_mean(word: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.len())
        .min()
        .map_or_else(String::new, |(_, candidate)| format!(", did you mean `{candidate}`?"))
}
