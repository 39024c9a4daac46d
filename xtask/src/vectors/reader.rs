//! The files of the vectors, and what stands in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use crate::shell::{Failure, Result};

/// The folder of the vectors. Every file of JSON in it must be read by someone.
pub(super) struct Folder {
    path: PathBuf,
    unread: BTreeSet<String>,
}

impl Folder {
    /// Looks for the files.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let mut unread = BTreeSet::new();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            let because = || Failure::because(format!("{} cannot be read", folder.display()));
            for entry in fs::read_dir(&folder).map_err(because())? {
                let found = entry.map_err(because())?.path();
                if found.is_dir() {
                    folders.push(found);
                } else if is_vectors(&found) {
                    let name = found.strip_prefix(&path).unwrap_or(&found);
                    unread.insert(name.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        Ok(Self { path, unread })
    }

    /// One file, and its cases by `read`.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Value) -> Result<T>,
    ) -> Result<T> {
        let bytes = fs::read(self.path.join(name)).map_err(Failure::because(name.to_owned()))?;
        self.unread.remove(name);
        let value = serde_json::from_slice(&bytes).map_err(Failure::because(name.to_owned()))?;
        read(&value).map_err(Failure::because(name.to_owned()))
    }

    /// The names of the files below a folder of it.
    pub(super) fn below(&self, folder: &str) -> Vec<String> {
        self.unread.iter().filter(|name| name.starts_with(folder)).cloned().collect()
    }

    /// Fails when a file was not read.
    pub(super) fn close(self) -> Result {
        if self.unread.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.unread.into_iter().collect();
        Err(Failure::new(format!(
            "nobody reads {}: `cargo xtask vectors --help` lists the files that are read",
            names.join(", ")
        )))
    }
}

/// A schema says what a file of vectors looks like, and holds none.
fn is_vectors(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") && !name.ends_with(".schema.json")
}

pub(super) fn member<'v>(value: &'v Value, name: &str) -> Result<&'v Value> {
    value.get(name).ok_or_else(|| Failure::new(format!("`{name}` is missing")))
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    member(value, name)?.as_str().ok_or_else(|| Failure::new(format!("`{name}` is no text")))
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value]> {
    let list = member(value, name)?.as_array();
    list.map(Vec::as_slice).ok_or_else(|| Failure::new(format!("`{name}` is no list")))
}

pub(super) fn hex(value: &Value, name: &str) -> Result<Vec<u8>> {
    base16ct::mixed::decode_vec(text(value, name)?).map_err(Failure::because(name.to_owned()))
}

pub(super) fn base64url(value: &Value, name: &str) -> Result<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text(value, name)?).map_err(Failure::because(name.to_owned()))
}
