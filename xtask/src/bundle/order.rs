//! The order of the functions of a module.
//!
//! What is uploaded is counted gzipped, and gzip finds again only what it has seen within the last
//! 32 KB. So functions that are alike are put next to each other: 3 % of the upload.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload,
    TypeRef,
};

/// Reaching back a little less far than gzip does: there is more in the module than these bytes.
const WINDOW: usize = 28 * 1024;

/// What two functions share is counted in pieces of so many bytes, two or three instructions.
const PIECE: usize = 6;

/// A piece that so many functions have is found again wherever they stand.
const COMMON: usize = 20;

/// The module with the same functions in another order.
pub(super) fn ordered(module: &[u8]) -> Result<Vec<u8>, reencode::Error> {
    let (mut imported, mut bodies) = (0_u32, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let is_function =
                        matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                    imported = imported.saturating_add(u32::from(is_function));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let order = by_likeness(&bodies);
    let mut numbers: Vec<u32> = (imported..).take(order.len()).collect();
    for (number, former) in (imported..).zip(&order) {
        if let Some(place) = numbers.get_mut(*former) {
            *place = number;
        }
    }
    let mut reordered = Module::new();
    let mut reordering = Reordering { imported, order, numbers };
    reordering.parse_core_module(&mut reordered, Parser::new(0), module)?;
    Ok(reordered.finish())
}

/// The places of functions, each next to what it shares most with: step by step the one of which the
/// largest part stands among the last `WINDOW` bytes already.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "functions are counted as they stand in these lists, and bytes as they are in the module"
)]
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<HashSet<&[u8]>> =
        bodies.iter().map(|body| body.windows(PIECE).collect()).collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            holders.entry(piece).or_default().push(function);
        }
    }
    holders.retain(|_, holders| (2..COMMON).contains(&holders.len()));
    let rare: Vec<Vec<&[u8]>> = pieces
        .into_iter()
        .map(|pieces| pieces.into_iter().filter(|piece| holders.contains_key(piece)).collect())
        .collect();

    let mut order = Vec::with_capacity(bodies.len());
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    // The last functions, how often each piece is in them, and how many of its pieces each of all
    // functions would find there.
    let (mut window, mut held) = (VecDeque::new(), 0);
    let mut times: HashMap<&[u8], usize> = HashMap::new();
    let mut found = vec![0_usize; bodies.len()];
    // In parts of a million of what there is of it. A few bytes more, or the smallest would always
    // win.
    let likeness = |found: &[usize], function: usize| {
        found[function] * 1_000_000 / (bodies[function].len() + 50)
    };
    while let Some(at) =
        (0..left.len()).max_by_key(|at| (likeness(&found, left[*at]), usize::MAX - at))
    {
        let next = left.remove(at);
        order.push(next);
        window.push_back(next);
        held += bodies[next].len();
        for piece in &rare[next] {
            let times = times.entry(piece).or_default();
            *times += 1;
            if *times == 1 {
                holders[piece].iter().for_each(|holder| found[*holder] += 1);
            }
        }
        while held > WINDOW
            && let Some(gone) = window.pop_front()
        {
            held -= bodies[gone].len();
            for piece in &rare[gone] {
                let times = times.entry(piece).or_default();
                *times -= 1;
                if *times == 0 {
                    holders[piece].iter().for_each(|holder| found[*holder] -= 1);
                }
            }
        }
    }
    order
}

/// Writes a module anew, with its functions in another order.
struct Reordering {
    /// How many functions are imported: they come first, and stay.
    imported: u32,
    /// Which of the others stood there, for each place.
    order: Vec<usize>,
    /// The numbers that the others have now.
    numbers: Vec<u32>,
}

impl Reordering {
    fn sorted<T: Clone>(
        &self,
        items: impl Iterator<Item = Result<T, BinaryReaderError>>,
    ) -> Result<Vec<T>, BinaryReaderError> {
        let items: Vec<T> = items.collect::<Result<_, _>>()?;
        Ok(self.order.iter().filter_map(|former| items.get(*former)).cloned().collect())
    }
}

impl Reencode for Reordering {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        let own = function.checked_sub(self.imported).and_then(|own| usize::try_from(own).ok());
        Ok(own.and_then(|own| self.numbers.get(own)).copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        for kind in self.sorted(section.into_iter())? {
            functions.function(self.type_index(kind)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        let bodies: Vec<FunctionBody<'_>> = self.sorted(section.into_iter())?;
        bodies.into_iter().try_for_each(|body| self.parse_function_body(code, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_are_alike_stand_together() {
        let body = |seed: u8, length: u8| -> Vec<u8> {
            (0..length).map(|at| at.wrapping_mul(seed).wrapping_add(at / 7)).collect()
        };
        let bodies =
            [body(3, 120), body(11, 110), body(29, 100), body(3, 90), body(11, 80), body(29, 70)];
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let order = by_likeness(&bodies);
        let place = |function: usize| order.iter().position(|other| *other == function).unwrap();
        for function in 0..3 {
            assert_eq!(place(function).abs_diff(place(function + 3)), 1, "{order:?}");
        }
    }

    #[test]
    fn a_module_does_what_it_did() {
        // (import "m" "f" (func)) (func (export "a") i32.const 1 drop) (func (export "b") call 1)
        let module = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x02\x07\x01\x01m\x01f\0\0",
            b"\x03\x03\x02\0\0",
            b"\x07\x09\x02\x01a\0\x01\x01b\0\x02",
            b"\x0a\x0c\x02\x05\0\x41\x01\x1a\x0b\x04\0\x10\x01\x0b",
        ]
        .concat();
        let numbers = vec![2, 1];
        let mut reordered = Module::new();
        let mut reordering = Reordering { imported: 1, order: vec![1, 0], numbers };
        reordering.parse_core_module(&mut reordered, Parser::new(0), &module).unwrap();
        let expected = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x02\x07\x01\x01m\x01f\0\0",
            b"\x03\x03\x02\0\0",
            b"\x07\x09\x02\x01a\0\x02\x01b\0\x01",
            b"\x0a\x0c\x02\x04\0\x10\x02\x0b\x05\0\x41\x01\x1a\x0b",
        ]
        .concat();
        assert_eq!(reordered.finish(), expected);
        // The same order, and back: nothing is lost on the way.
        assert_eq!(ordered(&ordered(&module).unwrap()).unwrap().len(), module.len());
    }
}
