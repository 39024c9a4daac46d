//! The refusal pages, for whoever works on their design.

mod sheet;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

use pico_args::Arguments;
use serde_json::{Value, json};
use turnpike::answer::{Answer, Answers, Asker};
use turnpike::fields::Headers;
use turnpike::gate::Denial;
use turnpike::policy::{Environment, Policy};
use turnpike::request::{Ambiguity, Form, Head, Language};
use turnpike::token::TokenFault;

use crate::finish;
use crate::shell::{Failure, Result};

pub(crate) const HELP: &str = "\
Serves every refusal page in every language and under several brands on this machine, with an index
of them. The pages are those of www/, as they were when this command was compiled: start it again
after a change. No Worker is involved.

Options:
  --port PORT   default: 8788
  --sheet DIR   serves nothing, but writes contact sheets into a folder, made with Chromium: every
                page in light and dark, wide and narrow; every page in every language; every brand";

const PORT: u16 = 8788;

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let port: Option<u16> = arguments.opt_value_from_str("--port")?;
    let sheet: Option<PathBuf> = arguments.opt_value_from_str("--sheet")?;
    finish(arguments)?;
    let port = if sheet.is_some() { 0 } else { port.unwrap_or(PORT) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(Failure::because(format!("port {port} cannot be listened on")))?;
    let address = listener.local_addr().map_err(Failure::because("the port has no number"))?;
    let url = format!("http://{address}");
    let gallery = Gallery::hang()?;
    match sheet {
        None => {
            println!("The pages are at {url}. Ctrl-C ends this.");
            serve(&listener, &gallery);
            Ok(())
        }
        Some(folder) => {
            let list = gallery.as_json();
            thread::spawn(move || serve(&listener, &gallery));
            sheet::write(&url, &list, &folder)
        }
    }
}

/// All pages there are.
struct Gallery {
    brands: Vec<(&'static str, Answers)>,
    denials: Vec<Denial>,
}

impl Gallery {
    fn hang() -> Result<Self> {
        let answers = |(name, brand): (&'static str, Value)| Ok((name, answers_of(&brand)?));
        Ok(Self {
            brands: brands().into_iter().map(answers).collect::<Result<_>>()?,
            denials: std::iter::successors(Some(Denial::CredentialsMissing), after).collect(),
        })
    }

    fn as_json(&self) -> Value {
        json!({
            "brands": self.brands.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            "languages": Language::ALL.map(Language::subtag),
            "codes": self.denials.iter().map(Denial::code).collect::<Vec<_>>(),
        })
    }

    /// The page at `/BRAND/LANGUAGE/CODE`.
    fn page(&self, path: &str) -> Option<Answer> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let (brand, subtag, code) = (parts.next()?, parts.next()?, parts.next()?);
        let (_, answers) = self.brands.iter().find(|(name, _)| *name == brand)?;
        let language = Language::ALL.into_iter().find(|language| language.subtag() == subtag)?;
        let denial = self.denials.iter().find(|denial| denial.code() == code)?;
        let url = "https://docs.example.com/reports/2026?page=2";
        let request_id = "9f3c1a7be2d84c06-FRA";
        let head = Head { method: "GET", url, headers: &NoFields };
        let asker = Asker { form: Form::Page, language, ..Asker::of(None, &head, request_id) };
        Some(answers.answer(denial, &asker))
    }

    /// Links to all pages.
    fn index(&self) -> String {
        let mut html = String::from(
            "<!doctype html><meta charset=utf-8><title>Refusal pages</title><link rel=icon href=data:,>\
             <style>body{font:1rem/1.6 system-ui;margin:2rem}td{padding:0 .75rem 0 0}</style>",
        );
        for (brand, _) in &self.brands {
            let _ = write!(html, "<h2>{brand}</h2><table>");
            for code in self.denials.iter().map(Denial::code) {
                let _ = write!(html, "<tr><td>{code}");
                for language in Language::ALL.map(Language::subtag) {
                    let _ = write!(html, "<td><a href=/{brand}/{language}/{code}>{language}</a>");
                }
            }
            html.push_str("</table>");
        }
        html
    }
}

/// A request that says nothing of itself.
struct NoFields;

impl Headers for NoFields {
    fn get(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// The denial declared after one. A kind that is missing here does not compile.
fn after(denial: &Denial) -> Option<Denial> {
    Some(match denial {
        Denial::CredentialsMissing => Denial::CredentialsMalformed,
        Denial::CredentialsMalformed => Denial::CredentialsAmbiguous,
        Denial::CredentialsAmbiguous => Denial::TokenExpired,
        Denial::TokenExpired => Denial::TokenNotYetValid,
        Denial::TokenNotYetValid => Denial::TokenInvalid(TokenFault::Signature),
        Denial::TokenInvalid(_) => Denial::ScopeInsufficient { required: "reports".to_owned() },
        Denial::ScopeInsufficient { .. } => {
            Denial::AuthenticationInsufficient { acr_values: "phr".to_owned(), max_age: Some(60) }
        }
        Denial::AuthenticationInsufficient { .. } => Denial::PageForeign,
        Denial::PageForeign => Denial::OriginUnauthorized,
        Denial::OriginUnauthorized => Denial::OriginForbidden,
        Denial::OriginForbidden => Denial::UrlAmbiguous(Ambiguity::Escape),
        Denial::UrlAmbiguous(_) => Denial::HostUnknown,
        Denial::HostUnknown => Denial::MethodNotAllowed,
        Denial::MethodNotAllowed => Denial::KeysUnavailable { retry_after: 5 },
        Denial::KeysUnavailable { .. } => Denial::Misconfigured,
        Denial::Misconfigured => Denial::OriginUnreachable,
        Denial::OriginUnreachable => return None,
    })
}

/// Brands that are unlike each other.
fn brands() -> [(&'static str, Value); 6] {
    let support = "mailto:help@example.com";
    let sign_in = "https://login.example.com/?return_to={url}";
    let logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
        %3Crect width='32' height='32' rx='8' fill='%230b5fff'/%3E%3Cpath d='M9 10h14M9 16h14M9 22h8' \
        stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E";
    let long =
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz and Friends, Limited";
    [
        ("default", json!({ "name": "Example Docs", "support": support, "sign_in": sign_in })),
        (
            "blue",
            json!({ "name": "Northwind", "color": "#123a8c", "support": support, "sign_in": sign_in }),
        ),
        (
            "yellow",
            json!({ "name": "Sonnenhof", "color": "#ffd400", "support": support, "sign_in": sign_in }),
        ),
        ("white", json!({ "name": "Atelier Blanc", "color": "#fff", "sign_in": sign_in })),
        (
            "logo",
            json!({ "name": "Acme", "color": "#0b5fff", "logo": logo, "favicon": logo, "support": support, "sign_in": sign_in }),
        ),
        ("long-name", json!({ "name": long, "color": "#7a1f5c" })),
    ]
}

/// A policy in which nothing matters but the brand.
fn answers_of(brand: &Value) -> Result<Answers> {
    struct Nothing;
    impl Environment for Nothing {
        fn secret(&self, _: &str) -> Option<String> {
            None
        }
        fn has_binding(&self, _: &str) -> bool {
            false
        }
    }
    let policy = json!({
        "realm": "pages",
        "brand": brand,
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["pages"],
            "algorithms": ["ES256"],
            "discovery": true,
        }],
    });
    let policy = Policy::parse(&policy.to_string(), &Nothing).map_err(|problems| {
        Failure::new(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    Ok(Answers::new(&policy))
}

fn serve(listener: &TcpListener, gallery: &Gallery) {
    thread::scope(|scope| {
        for stream in listener.incoming().flatten() {
            // Who goes away in the middle gets no answer.
            scope.spawn(move || drop(respond(stream, gallery)));
        }
    });
}

/// Answers one request: HTTP/1.1 as far as a browser needs it for this.
fn respond(mut stream: TcpStream, gallery: &Gallery) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, fields, body) = match gallery.page(path) {
        Some(answer) => (answer.status.as_u16(), answer.fields.set, answer.body),
        None if path == "/" => (200, html_field(), gallery.index()),
        None => (404, html_field(), "There is no such page.".to_owned()),
    };
    let mut head = format!("HTTP/1.1 {status} Page\r\nconnection: close\r\n");
    for (name, value) in fields {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn html_field() -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
    vec![("content-type".into(), "text/html; charset=utf-8".into())]
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn get(port: u16, path: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: pages\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn every_page_that_the_index_links_to_is_served() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let gallery = Gallery::hang().unwrap();
        let (brands, denials) = (gallery.brands.len(), gallery.denials.len());
        thread::spawn(move || serve(&listener, &gallery));
        let index = get(port, "/");
        let links: Vec<&str> =
            index.split("<a href=").skip(1).filter_map(|rest| rest.split('>').next()).collect();
        assert_eq!(links.len(), brands * denials * Language::ALL.len());
        for link in links {
            let page = get(port, link);
            let code = link.rsplit('/').next().unwrap();
            assert!(page.contains("\r\ncontent-security-policy: default-src 'none'; "), "{page}");
            assert!(page.contains(&format!(">{code}</code>")), "{page}");
        }
        assert!(get(port, "/default/en/nonsense").starts_with("HTTP/1.1 404 "));
    }
}
