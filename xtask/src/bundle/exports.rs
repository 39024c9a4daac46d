//! What a module exports.
//!
//! The crate `worker` has classes for products of the platform, and wasm-bindgen exports all of
//! them. What the others are made of leaves the module with them.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{ExportSection, Module};
use wasmparser::{ExportSectionReader, Parser};

/// Classes that no request makes an object of, in the letters of wasm-bindgen.
const UNUSED: [&str; 6] = [
    "containerstartupoptions",
    "intounderlyingbytesource",
    "intounderlyingsink",
    "intounderlyingsource",
    "minifyconfig",
    "r2range",
];

/// The module without the exports of these classes.
pub(super) fn without_unused(module: &[u8]) -> Result<Vec<u8>, reencode::Error> {
    let mut smaller = Module::new();
    Filter.parse_core_module(&mut smaller, Parser::new(0), module)?;
    Ok(smaller.finish())
}

struct Filter;

impl Reencode for Filter {
    type Error = Infallible;

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        for export in section {
            let export = export?;
            if !UNUSED.iter().any(|class| export.name.contains(class)) {
                self.parse_export(exports, export)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_unused_classes_go() {
        // (func (export "fetch")) (func (export "__wbg_r2range_free"))
        let module = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x03\x03\x02\0\0",
            b"\x07\x1e\x02\x05fetch\0\0\x12__wbg_r2range_free\0\x01",
            b"\x0a\x07\x02\x02\0\x0b\x02\0\x0b",
        ]
        .concat();
        let expected = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x03\x03\x02\0\0",
            b"\x07\x09\x01\x05fetch\0\0",
            b"\x0a\x07\x02\x02\0\x0b\x02\0\x0b",
        ]
        .concat();
        assert_eq!(without_unused(&module).unwrap(), expected);
    }
}
