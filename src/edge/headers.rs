//! Header fields of the platform, and what has some: read, changed and made as a whole.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};

use crate::fields::{Edits, Headers};

#[wasm_bindgen(module = "/src/edge/fields.js")]
extern "C" {
    #[wasm_bindgen(js_name = fieldsOf)]
    fn fields_of(message: &JsValue) -> String;

    fn described(request: &Request) -> String;

    #[wasm_bindgen(catch)]
    fn edit(headers: &web_sys::Headers, removed: &str, set: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = made)]
    fn make(status: u16, body: &JsValue, set: &str) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch, js_name = remade)]
    fn remake(
        response: &Response,
        status: u16,
        body: &JsValue,
        removed: &str,
        set: &str,
    ) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch, js_name = forwarded)]
    fn forward(
        url: &str,
        request: &Request,
        whole: bool,
        removed: &str,
        set: &str,
    ) -> Result<Request, JsValue>;
}

/// The fields of a request or a response.
pub(super) struct Fields {
    /// Names and values, each on a line.
    lines: String,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Fields {
    fn new(lines: String) -> Self {
        let ends = lines.match_indices('\n').map(|(at, _)| at).collect();
        Self { lines, ends }
    }

    /// Those of a request or a response.
    pub(super) fn of(message: &JsValue) -> Self {
        Self::new(fields_of(message))
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut begin = 0;
        let mut line = move |end: &usize| {
            let line = self.lines.get(begin..*end).unwrap_or_default();
            begin = end.saturating_add(1);
            line
        };
        self.ends.chunks_exact(2).filter_map(move |ends| match ends {
            [name, value] => Some((line(name), line(value))),
            _ => None,
        })
    }

    /// The same after these changes.
    fn edited(&self, edits: &Edits) -> Self {
        let is_left = |name: &str| {
            edits.remove.iter().all(|removed| removed != name) && edits.value_of(name).is_none()
        };
        let left = self.entries().filter(|(name, _)| is_left(name));
        let set = edits.set.iter().map(|(name, value)| (&**name, &**value));
        let set = set.filter(|(name, value)| edits.value_of(name) == Some(value));
        Self::new(lines(left.chain(set)))
    }
}

impl Headers for Fields {
    fn get(&self, name: &str) -> Option<String> {
        let mut values = self.entries().filter(|(known, _)| *known == name).map(|(_, value)| value);
        let first = values.next()?.to_owned();
        Some(values.fold(first, |joined, value| joined + ", " + value))
    }

    fn names(&self) -> Vec<String> {
        self.entries().map(|(name, _)| name.to_owned()).collect()
    }
}

/// Method, URL and fields of a request.
pub(super) fn read(request: &Request) -> (String, String, Fields) {
    let described = described(request);
    let mut parts = described.splitn(3, '\n').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), Fields::new(next()))
}

fn lines<'f>(fields: impl Iterator<Item = (&'f str, &'f str)>) -> String {
    let mut lines = String::new();
    for (name, value) in fields {
        for part in [name, "\n", value, "\n"] {
            lines.push_str(part);
        }
    }
    lines
}

/// Changes as `fields.js` reads them: what to remove, what to set. A value that cannot stand in a
/// field is an error of the caller's.
fn written(edits: &Edits) -> Result<(String, String), JsValue> {
    if edits
        .set
        .iter()
        .any(|(name, value)| name.as_bytes().contains(&b'\n') || value.as_bytes().contains(&b'\n'))
    {
        return Err(JsValue::from_str("no field has a line break"));
    }
    let set = edits.set.iter().map(|(name, value)| (&**name, &**value));
    Ok((edits.remove.join("\n"), lines(set)))
}

/// Carries out changes.
pub(super) fn apply(edits: &Edits, fields: &web_sys::Headers) -> Result<(), JsValue> {
    let (removed, set) = written(edits)?;
    edit(fields, &removed, &set)
}

/// A response of ours; an empty body is none.
pub(super) fn made(status: u16, body: &str, fields: &Edits) -> Result<Response, JsValue> {
    make(status, &text(body), &written(fields)?.1)
}

fn text(body: &str) -> JsValue {
    if body.is_empty() {
        JsValue::NULL
    } else if body.is_ascii() {
        JsValue::from_str(body)
    } else {
        // A page would be decoded only to be encoded again: 12 microseconds instead of 5.
        Uint8Array::from(body.as_bytes()).into()
    }
}

/// A request for another URL with other fields: whole, or without its body and all that is about
/// its client.
pub(super) fn forwarded(
    url: &str,
    request: &Request,
    whole: bool,
    edits: &Edits,
) -> Result<Request, JsValue> {
    let (removed, set) = written(edits)?;
    forward(url, request, whole, &removed, &set)
}

/// A response on its way to the client, with the changes that are to be made to it. To change a
/// response is to make another one, so that is done once, at the end.
pub(super) struct Reply {
    source: Response,
    status: u16,
    fields: Fields,
    edits: Edits,
}

impl Reply {
    /// A response as it is.
    pub(super) fn of(source: Response) -> Self {
        let (status, fields) = (source.status(), Fields::of(&source));
        Self { source, status, fields, edits: Edits::default() }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The fields, changes included.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The response without the changes.
    pub(super) fn source(&self) -> &Response {
        &self.source
    }

    /// The very response, without the changes.
    pub(super) fn into_source(self) -> Response {
        self.source
    }

    pub(super) fn set_status(&mut self, status: u16) {
        self.status = status;
    }

    /// Changes fields.
    pub(super) fn edit(&mut self, edits: Edits) {
        let fields = self.fields.edited(&edits);
        self.change(edits);
        self.fields = fields;
    }

    /// Leaves out what would remove nothing.
    fn change(&mut self, mut edits: Edits) {
        edits.remove.retain(|name| self.fields.entries().any(|(known, _)| known == name));
        self.edits.append(edits);
    }

    /// One with the same body, which then comes twice.
    pub(super) fn twin(&self) -> Result<Self, JsValue> {
        let fields = Fields::new(self.fields.lines.clone());
        Ok(Self {
            source: self.source.clone()?,
            status: self.status,
            fields,
            edits: self.edits.clone(),
        })
    }

    /// With changes that are the last: nobody reads the fields any more.
    pub(super) fn changed(mut self, edits: Edits) -> Self {
        self.change(edits);
        self
    }

    /// The response with its body, unless its status has none.
    pub(super) fn whole(&self) -> Result<Response, JsValue> {
        let body = self.source.body().filter(|_| !matches!(self.status, 204 | 304));
        self.with(&body.map_or(JsValue::NULL, JsValue::from))
    }

    /// The response with another body; an empty one is none.
    pub(super) fn with_text(&self, body: &str) -> Result<Response, JsValue> {
        self.with(&text(body))
    }

    /// The response with another body: a stream, a text, a blob, or none.
    pub(super) fn with(&self, body: &JsValue) -> Result<Response, JsValue> {
        let (removed, set) = written(&self.edits)?;
        remake(&self.source, self.status, body, &removed, &set)
    }
}
