//! Header fields of the platform.

use crate::fields::{Edits, Headers};

/// The fields of a request or a response.
pub(super) struct Fields(pub(super) web_sys::Headers);

impl Headers for Fields {
    fn get(&self, name: &str) -> Option<String> {
        // Fails only for what is no field name, and ours all are.
        self.0.get(name).ok().flatten()
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().into_iter().filter_map(|name| name.ok()?.as_string()).collect()
    }
}

/// Carries out changes. A value that cannot stand in a field is an error of the caller's.
pub(super) fn apply(edits: &Edits, fields: &web_sys::Headers) -> Result<(), wasm_bindgen::JsValue> {
    for name in &edits.remove {
        fields.delete(name)?;
    }
    for (name, value) in &edits.set {
        fields.set(name, value)?;
    }
    Ok(())
}
