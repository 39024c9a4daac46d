//! The names by which WebAssembly and JavaScript know each other.
//!
//! wasm-bindgen ends the name of an import with 16 digits of a hash, which no compression makes
//! smaller: 2 KB of the upload.

use std::collections::HashMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{Import, ImportSectionReader, Parser, Payload};

/// The module and the script with short names for what one imports of the other.
pub(super) fn shortened(module: &[u8], script: &str) -> Result<(Vec<u8>, String), reencode::Error> {
    let mut names = HashMap::new();
    let mut script = script.to_owned();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                let name = import?.name;
                if ends_with_hash(name) {
                    let short = format!("_{}", names.len());
                    // No other name has it as a part: the hash is its own.
                    script = script.replace(name, &short);
                    names.insert(name.to_owned(), short);
                }
            }
        }
    }
    let mut renamed = Module::new();
    Renaming(names).parse_core_module(&mut renamed, Parser::new(0), module)?;
    Ok((renamed.finish(), script))
}

fn ends_with_hash(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, hash)| {
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

struct Renaming(HashMap<String, String>);

impl Reencode for Renaming {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        for import in section.into_imports() {
            let import = import?;
            let name = self.0.get(import.name).cloned();
            let name = name.as_deref().unwrap_or(import.name);
            self.parse_import(imports, Import { name, ..import })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_from_both_sides() {
        // (import "js" "log_0123456789abcdef" (func)) (import "js" "now" (func))
        let module = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x02\x24\x02\x02js\x14log_0123456789abcdef\0\0\x02js\x03now\0\0",
        ]
        .concat();
        let script = "({ log_0123456789abcdef: console.log, now: Date.now })";
        let expected = [
            &b"\0asm\x01\0\0\0"[..],
            b"\x01\x04\x01\x60\0\0",
            b"\x02\x12\x02\x02js\x02_0\0\0\x02js\x03now\0\0",
        ]
        .concat();
        let (renamed, script) = shortened(&module, script).unwrap();
        assert_eq!(renamed, expected);
        assert_eq!(script, "({ _0: console.log, now: Date.now })");
    }
}
