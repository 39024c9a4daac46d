//! Changes that nobody thought of. Each is drawn once and can then be made again and again.

use proptest::prelude::RngExt;
use proptest::test_runner::TestRng;

use crate::draft::Part;
use crate::mutations::{Mutation, mutation};

/// One edit of some bytes; the place is a number that is cut down to the length.
#[derive(Debug, Clone)]
enum Edit {
    Replace(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Double(usize, usize),
    Swap(usize),
    FlipBit(usize, u32),
}

/// Letters and words to put in: those of tokens and of JSON, and some that belong in neither.
struct Dictionary {
    letters: &'static str,
    words: &'static [&'static str],
}

const OF_TOKENS: Dictionary = Dictionary { letters: "ABQZagwz049-_+/=.. \n%~\u{e9}\0", words: &[] };

const OF_JSON: Dictionary = Dictionary {
    letters: "{}[]:,\"\\019-+.e/a \n\t\u{1}\u{e9}\u{feff}\u{2028}",
    words: &[
        "\\u0000",
        "\\ud800",
        "\\u0061",
        "\\n",
        "E5",
        "e-3",
        "e400",
        "null",
        "true",
        "false",
        "{}",
        "[]",
        "\"\"",
        "\"sub\":",
        "\"exp\":1,",
        "\"x\":1,",
    ],
};

impl Dictionary {
    fn draw(&self, random: &mut TestRng) -> Vec<u8> {
        let letters = self.letters.chars().count();
        let at = random.random_range(0..letters + self.words.len());
        let letter = self.letters.chars().nth(at).map(String::from);
        letter.unwrap_or_else(|| self.words[at - letters].to_owned()).into_bytes()
    }
}

fn draw(random: &mut TestRng, dictionary: &Dictionary) -> Edit {
    let at = random.random_range(0..1_000_000);
    match at % 6 {
        0 => Edit::Replace(at, dictionary.draw(random)),
        1 => Edit::Insert(at, dictionary.draw(random)),
        2 => Edit::Remove(at, random.random_range(1..4)),
        3 => Edit::Double(at, random.random_range(1..12)),
        4 => Edit::Swap(at),
        _ => Edit::FlipBit(at, random.random_range(0..8)),
    }
}

fn make(edit: &Edit, mut bytes: Vec<u8>) -> Vec<u8> {
    let length = bytes.len();
    if length < 2 {
        return bytes;
    }
    match edit {
        Edit::Replace(at, with) => drop(bytes.splice(at % length..=at % length, with.clone())),
        Edit::Insert(at, what) => drop(bytes.splice(at % length..at % length, what.clone())),
        Edit::Remove(at, count) => {
            let at = at % length;
            bytes.drain(at..(at + count).min(length));
        }
        Edit::Double(at, count) => {
            let at = at % length;
            let copy = bytes[at..(at + count).min(length)].to_vec();
            drop(bytes.splice(at..at, copy));
        }
        Edit::Swap(at) => bytes.swap(at % (length - 1), at % (length - 1) + 1),
        Edit::FlipBit(at, bit) => bytes[at % length] ^= 1 << bit,
    }
    bytes
}

/// The token as it would be sent, edited.
pub fn of_tokens(random: &mut TestRng, count: usize) -> Vec<Mutation> {
    let mut edited = || {
        let edits: Vec<Edit> = (0..random.random_range(1..3))
            .map(|_| draw(random, &OF_TOKENS))
            // What is sent is text.
            .map(|edit| match edit {
                Edit::FlipBit(at, bit) => Edit::FlipBit(at, bit % 7),
                other => other,
            })
            .collect();
        mutation("random/token", move |draft| {
            let edits = edits.clone();
            let change = move |token: String| {
                let bytes = edits.iter().fold(token.into_bytes(), |bytes, edit| make(edit, bytes));
                String::from_utf8_lossy(&bytes).into_owned()
            };
            draft.whole = Some(Box::new(change));
        })
    };
    (0..count).map(|_| edited()).collect()
}

/// The text of header or claims, edited and then signed as ever.
pub fn of_json(random: &mut TestRng, count: usize) -> Vec<Mutation> {
    let mut edited = |part: Part| {
        let edits: Vec<Edit> =
            (0..random.random_range(1..3)).map(|_| draw(random, &OF_JSON)).collect();
        mutation(format!("random/{}", part.name()), move |draft| {
            let edits = edits.clone();
            let change =
                move |text| edits.iter().fold(text, |bytes: Vec<u8>, edit| make(edit, bytes));
            draft.text = (Some(part), Some(Box::new(change)));
        })
    };
    (0..count).flat_map(|_| [edited(Part::Header), edited(Part::Claims)]).collect()
}
