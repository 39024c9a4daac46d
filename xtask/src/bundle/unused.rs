//! What nobody uses of the crates that a Worker is made of.
//!
//! The crate `worker` has classes for products of the platform, and wasm-bindgen exports all of
//! them. The [linker](super::linker) exports none that is named here, and wasm-bindgen is not told of
//! them.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CustomSection, Module};
use wasmparser::{CustomSectionReader, Parser};

/// Classes that no request makes an object of, in lower case.
pub(super) const UNUSED: [&str; 6] = [
    "containerstartupoptions",
    "intounderlyingbytesource",
    "intounderlyingsink",
    "intounderlyingsource",
    "minifyconfig",
    "r2range",
];

/// Where the compiler leaves what wasm-bindgen has to know, until it has read it.
const DECLARATIONS: &str = "__wasm_bindgen_unstable";

/// The module without what declares these classes to wasm-bindgen.
pub(super) fn undeclared(module: &[u8]) -> Result<Vec<u8>, reencode::Error> {
    let mut smaller = Module::new();
    Filter.parse_core_module(&mut smaller, Parser::new(0), module)?;
    Ok(smaller.finish())
}

/// Whether one of these classes is named.
pub(super) fn is_named(bytes: &[u8]) -> bool {
    let lowercase = bytes.to_ascii_lowercase();
    UNUSED.iter().any(|name| lowercase.windows(name.len()).any(|part| part == name.as_bytes()))
}

/// A list of declarations, each of them the version of its format and then itself, either with its
/// length in front.
fn used(mut declarations: &[u8]) -> Option<Vec<u8>> {
    let mut used = Vec::new();
    while !declarations.is_empty() {
        let (_, rest) = with_length(declarations)?;
        let (declaration, rest) = with_length(rest)?;
        let length = declarations.len().checked_sub(rest.len())?;
        if !is_named(declaration) {
            used.extend(declarations.get(..length)?);
        }
        declarations = rest;
    }
    Some(used)
}

fn with_length(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

struct Filter;

impl Reencode for Filter {
    type Error = Infallible;

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        // What is not understood goes on to wasm-bindgen as it is, which says so.
        let used = (section.name() == DECLARATIONS).then(|| used(section.data())).flatten();
        let data = used.as_deref().unwrap_or(section.data()).into();
        module.section(&CustomSection { name: section.name().into(), data });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_of_unused_classes_go() {
        let declarations = [
            &b"\x02\0\0\0{}\x06\0\0\0\x05fetch"[..],
            b"\x02\0\0\0{}\x08\0\0\0\x07R2Range",
            b"\x02\0\0\0{}\x05\0\0\0\x04fill",
        ];
        let [fetch, _, fill] = declarations;
        assert_eq!(used(&declarations.concat()), Some([fetch, fill].concat()));
        assert_eq!(used(b"\x02\0\0\0{"), None);
    }
}
