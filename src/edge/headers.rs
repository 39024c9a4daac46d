//! Header fields of the platform, and what has some: read, changed and made as a whole.

use std::borrow::Cow;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, RequestInit, Response};

use crate::fields::{Edits, Headers};

#[wasm_bindgen(module = "/src/edge/fields.js")]
extern "C" {
    #[wasm_bindgen(js_name = describedRequest)]
    fn described_request(request: &Request) -> String;

    #[wasm_bindgen(js_name = describedResponse)]
    fn described_response(response: &Response) -> String;

    #[wasm_bindgen(catch, js_name = made)]
    fn make(status: u16, body: &JsValue, edits: &str) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch, js_name = remade)]
    fn remake(
        response: &Response,
        status: u16,
        body: &JsValue,
        edits: &str,
    ) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch)]
    fn asked(
        service: &JsValue,
        url: &str,
        request: &Request,
        whole: bool,
        edits: &str,
        init: &RequestInit,
    ) -> Result<JsValue, JsValue>;
}

/// The fields of a request or a response.
#[derive(Clone)]
pub(super) struct Fields {
    /// What `fields.js` described: names and values, each on a line, behind something else.
    lines: String,
    /// Where each line of the fields ends.
    ends: Vec<usize>,
    /// Where the first of them begins.
    begin: usize,
}

impl Fields {
    /// What is described on the lines before the fields, and the fields.
    fn behind<const N: usize>(lines: String) -> ([String; N], Self) {
        let mut ends = lines.match_indices('\n').map(|(at, _)| at);
        let mut begin = 0;
        let before = [(); N].map(|()| {
            let line = begin..ends.next().unwrap_or_default();
            begin = line.end.saturating_add(1);
            lines.get(line).unwrap_or_default().to_owned()
        });
        let ends = ends.collect();
        (before, Self { lines, ends, begin })
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut begin = self.begin;
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

    fn has(&self, name: &str) -> bool {
        self.entries().any(|(known, _)| known == name)
    }
}

impl Headers for Fields {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut values = self.entries().filter(|(known, _)| *known == name).map(|(_, value)| value);
        let first = Cow::Borrowed(values.next()?);
        Some(values.fold(first, |joined, value| (joined.into_owned() + ", " + value).into()))
    }

    fn names(&self) -> Vec<&str> {
        self.entries().map(|(name, _)| name).collect()
    }
}

/// Method, URL and fields of a request.
pub(super) fn read(request: &Request) -> ([String; 2], Fields) {
    Fields::behind(described_request(request))
}

/// Changes as `fields.js` reads them: what to remove, what to set. A value that cannot stand in a
/// field is an error of the caller's.
fn written<'e>(
    remove: impl Iterator<Item = &'e Cow<'static, str>>,
    edits: &'e Edits,
) -> Result<String, JsValue> {
    let set = edits.set.iter().flat_map(|(name, value)| [name, value]);
    let mut lines = String::new();
    for part in remove.chain([&Cow::Borrowed("")]).chain(set) {
        if part.as_bytes().contains(&b'\n') {
            return Err(JsValue::from_str("no field has a line break"));
        }
        lines.push_str(part);
        lines.push('\n');
    }
    Ok(lines)
}

/// A response of ours; an empty body is none.
pub(super) fn made(status: u16, body: &str, fields: &Edits) -> Result<Response, JsValue> {
    make(status, &text(body), &written([].iter(), fields)?)
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

/// What is asked of an origin, or of another entrypoint.
pub(super) struct Question<'q> {
    pub(super) url: String,
    /// What is asked for, and what says so.
    pub(super) request: &'q Request,
    /// Whether it is asked with its method, its body, and all that is about its client.
    pub(super) is_whole: bool,
    /// What changes of its fields.
    pub(super) edits: Edits,
}

impl Question<'_> {
    /// Asks a service, or whoever has the URL if that is undefined. Gives a promise of the answer.
    pub(super) fn ask(&self, service: &JsValue, init: &RequestInit) -> Result<JsValue, JsValue> {
        let Self { url, request, is_whole, edits } = self;
        asked(service, url, request, *is_whole, &written(edits.remove.iter(), edits)?, init)
    }
}

/// A response on its way to the client, with the changes that are to be made to it. To change a
/// response is to make another one, so that is done once, at the end.
///
/// Its header fields are those after the changes.
#[derive(Clone)]
pub(super) struct Reply {
    source: Response,
    status: u16,
    fields: Fields,
    edits: Edits,
}

impl Headers for Reply {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.edits.value_of(name) {
            Some(value) => Some(value.into()),
            None if self.edits.removes(name) => None,
            None => self.fields.get(name),
        }
    }

    fn names(&self) -> Vec<&str> {
        let is_left = |name: &str| !self.edits.removes(name) && self.edits.value_of(name).is_none();
        let left = self.fields.entries().map(|(name, _)| name).filter(|name| is_left(name));
        let set = self.edits.set.iter().map(|(name, _)| &**name);
        left.chain(set).collect()
    }
}

impl Reply {
    /// A response as it is.
    pub(super) fn of(source: Response) -> Self {
        let ([status], fields) = Fields::behind(described_response(&source));
        let status = status.parse().unwrap_or_default();
        Self { source, status, fields, edits: Edits::default() }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
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
        self.edits.append(edits);
    }

    /// With changes.
    pub(super) fn changed(mut self, edits: Edits) -> Self {
        self.edit(edits);
        self
    }

    /// One with the same body, which then comes twice.
    pub(super) fn twin(&self) -> Result<Self, JsValue> {
        Ok(Self { source: Response::clone(&self.source)?, ..self.clone() })
    }

    /// The response with its body, unless its status has none.
    pub(super) fn whole(&self) -> Result<Response, JsValue> {
        let has_body = !matches!(self.status, 204 | 304);
        let body = if has_body { JsValue::UNDEFINED } else { JsValue::NULL };
        self.with(&body)
    }

    /// The response with another body; an empty one is none.
    pub(super) fn with_text(&self, body: &str) -> Result<Response, JsValue> {
        self.with(&text(body))
    }

    /// The response with another body: a text, a blob, or none; if it is undefined, with its own.
    pub(super) fn with(&self, body: &JsValue) -> Result<Response, JsValue> {
        let remove = self.edits.remove.iter().filter(|name| self.fields.has(name));
        remake(&self.source, self.status, body, &written(remove, &self.edits)?)
    }
}
