//! How a token is written: its JSON, its base64url, its parts; and what its signature can be.

use base64ct::{Base64UrlUnpadded, Encoding};
use issuer::Algorithm;

use crate::base::Base;
use crate::draft::{Part, base64url};
use crate::mutations::{Mutation, mutation};
use crate::support::tamper::Tamper;

const PARTS: [Part; 2] = [Part::Header, Part::Claims];

type OfText = fn(&str) -> Vec<u8>;
type OfParts = fn(&[&str]) -> String;
type OfBytes = fn(Vec<u8>) -> Vec<u8>;

/// Something put behind the last member, as bytes.
const MEMBERS: [(&str, &[u8]); 16] = [
    ("not-utf8", b"\"x\":\"\xff\""),
    ("not-utf8-name", b"\"\xff\":1"),
    ("overlong", b"\"x\":\"\xc0\xaf\""),
    ("surrogate-bytes", b"\"x\":\"\xed\xa0\x80\""),
    ("utf8", b"\"x\":\"\xc3\xab\""),
    ("control", b"\"x\":\"\x01\""),
    ("tab", b"\"x\":\"\t\""),
    ("nul-byte", b"\"x\":\"\0\""),
    ("not-a-number", b"\"x\":NaN"),
    ("leading-zero", b"\"x\":01"),
    ("plus", b"\"x\":+1"),
    ("point-first", b"\"x\":.5"),
    ("hexadecimal", b"\"x\":0x10"),
    ("unknown-escape", b"\"x\":\"\\a\""),
    ("single-quotes", b"\"x\":'y'"),
    ("comma-last", b""),
];

/// The whole of the text.
const TEXTS: [(&str, OfText); 17] = [
    ("nothing", |_| Vec::new()),
    ("null", |_| b"null".to_vec()),
    ("true", |_| b"true".to_vec()),
    ("number", |_| b"1".to_vec()),
    ("text", |_| b"\"x\"".to_vec()),
    ("empty-object", |_| b"{}".to_vec()),
    ("list", |text| format!("[{text}]").into_bytes()),
    ("in-a-string", |text| format!("{text:?}").into_bytes()),
    ("twice", |text| text.repeat(2).into_bytes()),
    ("cut", |text| text.as_bytes()[..text.len() - 1].to_vec()),
    ("bom", |text| format!("\u{feff}{text}").into_bytes()),
    ("bom-behind", |text| format!("{text}\u{feff}").into_bytes()),
    ("utf16", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("comment", |text| format!("{text}//").into_bytes()),
    ("nul-behind", |text| format!("{text}\0").into_bytes()),
    ("space", |text| {
        format!("\r\n\t {}\n", text.replace(':', " : ").replace(',', "\t,\n")).into_bytes()
    }),
    ("other-space", |text| format!("\u{a0}{text}\u{c}").into_bytes()),
];

pub fn of_json() -> Vec<Mutation> {
    let on = |part: Part, what: &str, change: Box<dyn Fn(Vec<u8>) -> Vec<u8>>| {
        let change = std::rc::Rc::new(change);
        mutation(format!("json/{}-{what}", part.name()), move |draft| {
            let change = change.clone();
            draft.text = (Some(part), Some(Box::new(move |text| change(text))));
        })
    };
    let mut mutations = Vec::new();
    for part in PARTS {
        for (what, member) in MEMBERS {
            let change = move |text: Vec<u8>| {
                let (_, members) = text.split_last().expect("an object");
                [members, b",", member, b"}"].concat()
            };
            mutations.push(on(part, what, Box::new(change)));
        }
        for (what, change) in TEXTS {
            let change = move |text: Vec<u8>| change(&String::from_utf8(text).expect("text"));
            mutations.push(on(part, what, Box::new(change)));
        }
    }
    mutations
}

pub fn of_spelling() -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for part in ["header", "claims", "signature"] {
        for how in ["spare", "standard", "padding"] {
            mutations.push(mutation(format!("spelling/{part}-{how}"), move |draft| {
                draft.tamper = Tamper::named(&format!("{how}:{part}"));
                if how == "standard" && part != "signature" {
                    // So that there is a `_` and a `-` to spell otherwise.
                    for object in [&mut draft.header, &mut draft.claims] {
                        object.last("x", r#""???????~~~~~~~""#);
                    }
                }
            }));
        }
        for (what, inserted) in [
            ("newline", "\n"),
            ("return-newline", "\r\n"),
            ("space", " "),
            ("tab", "\t"),
            ("nul", "\0"),
            ("form-feed", "\u{c}"),
            ("no-break-space", "\u{a0}"),
            ("equals", "="),
            ("percent", "%"),
            ("tilde", "~"),
            ("star", "*"),
            ("letter", "\u{e9}"),
            // Two letters that are an A and a B in the last of their bytes.
            ("wide-letter", "\u{141}"),
            ("full-width-letter", "\u{ff21}"),
        ] {
            for (place, within) in [("in", true), ("behind", false)] {
                let insert = move |text: String| {
                    let at = if within { text.len() / 2 } else { text.len() };
                    let (before, after) = text.split_at(at);
                    [before, inserted, after].concat()
                };
                mutations.push(mutation(format!("spelling/{part}-{what}-{place}"), move |draft| {
                    match part {
                        "header" => draft.spelled = (Some(Part::Header), Some(Box::new(insert))),
                        "claims" => draft.spelled = (Some(Part::Claims), Some(Box::new(insert))),
                        _ => draft.spelled_signature = Some(Box::new(insert)),
                    }
                }));
            }
        }
        mutations.push(mutation(format!("spelling/{part}-one-letter-more"), move |draft| {
            // A single letter behind whole groups holds no byte.
            let more = |text: String| match text.len() % 4 {
                0 => text + "A",
                _ => text,
            };
            match part {
                "header" => draft.spelled = (Some(Part::Header), Some(Box::new(more))),
                "claims" => draft.spelled = (Some(Part::Claims), Some(Box::new(more))),
                _ => draft.spelled_signature = Some(Box::new(more)),
            }
        }));
    }
    mutations.extend(of_parts());
    mutations
}

fn of_parts() -> Vec<Mutation> {
    const WHOLE: [(&str, OfParts); 33] = [
        ("unsigned", |p| format!("{}.{}.", p[0], p[1])),
        ("no-signature", |p| format!("{}.{}", p[0], p[1])),
        ("no-header", |p| format!(".{}.{}", p[1], p[2])),
        ("no-claims", |p| format!("{}..{}", p[0], p[2])),
        ("only-signature", |p| format!("..{}", p[2])),
        ("only-header", |p| format!("{}..", p[0])),
        ("one", |p| p[0].to_owned()),
        ("none", |_| String::new()),
        ("dot", |_| ".".to_owned()),
        ("dots", |_| "..".to_owned()),
        ("three-dots", |_| "...".to_owned()),
        ("dot-behind", |p| format!("{}.", p.join("."))),
        ("dot-before", |p| format!(".{}", p.join("."))),
        ("dot-doubled", |p| format!("{}..{}.{}", p[0], p[1], p[2])),
        ("fourth-part", |p| format!("{}.e30", p.join("."))),
        ("fourth-part-in", |p| format!("{}.{}.e30.{}", p[0], p[1], p[2])),
        ("five-parts", |p| format!("{0}..{1}.{1}.{1}", base64url(r#"{"alg":"dir"}"#), p[2])),
        ("turned", |p| format!("{}.{}.{}", p[1], p[0], p[2])),
        ("header-unencoded", |p| {
            let header = Base64UrlUnpadded::decode_vec(p[0]).expect("a header");
            format!("{}.{}.{}", String::from_utf8_lossy(&header), p[1], p[2])
        }),
        ("flattened", |p| {
            format!(r#"{{"protected":"{}","payload":"{}","signature":"{}"}}"#, p[0], p[1], p[2])
        }),
        ("space-before", |p| format!(" {}", p.join("."))),
        ("space-behind", |p| format!("{} ", p.join("."))),
        ("newline-before", |p| format!("\n{}", p.join("."))),
        ("newline-behind", |p| format!("{}\n", p.join("."))),
        ("tab-behind", |p| format!("{}\t", p.join("."))),
        ("nul-behind", |p| format!("{}\0", p.join("."))),
        ("bom-before", |p| format!("\u{feff}{}", p.join("."))),
        ("quoted", |p| format!("\"{}\"", p.join("."))),
        ("scheme-twice", |p| format!("Bearer {}", p.join("."))),
        ("twice-with-comma", |p| [p.join("."), p.join(".")].join(",")),
        ("twice-with-space", |p| [p.join("."), p.join(".")].join(" ")),
        ("full-stops", |p| p.join("\u{3002}")),
        ("percent-dots", |p| p.join("%2E")),
    ];
    let whole = WHOLE.into_iter().map(|(what, change)| {
        mutation(format!("parts/{what}"), move |draft| {
            let change = move |token: String| change(&token.split('.').collect::<Vec<_>>());
            draft.whole = Some(Box::new(change));
        })
    });
    // Other tokens, and a header that says so or not.
    let nested = ["", r#""JWT""#].into_iter().map(|cty| {
        let said = if cty.is_empty() { "unsaid" } else { "said" };
        mutation(format!("parts/nested-{said}"), move |draft| {
            if !cty.is_empty() {
                draft.header.set("cty", cty);
            }
            let inner = format!("{0}.{0}.AAAA", base64url("{}"));
            let change = move |_| inner.clone().into_bytes();
            draft.text = (Some(Part::Claims), Some(Box::new(change)));
        })
    });
    whole.chain(nested).collect()
}

/// The order of Ed25519's group (RFC 8032 section 5.1), the lowest byte first.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

pub fn of_signatures() -> Vec<Mutation> {
    const CHANGES: [(&str, OfBytes); 17] = [
        ("zeros", |s| vec![0; s.len()]),
        ("ones", |s| vec![0xff; s.len()]),
        ("one", |s| [vec![0; s.len() - 1], vec![1]].concat()),
        ("both-one", |s| {
            let half = [vec![0; s.len() / 2 - 1], vec![1]].concat();
            half.repeat(2)
        }),
        ("first-half-zero", |s| [vec![0; s.len() / 2], s[s.len() / 2..].to_vec()].concat()),
        ("second-half-zero", |s| [s[..s.len() / 2].to_vec(), vec![0; s.len() / 2]].concat()),
        ("first-bit", |s| [&[s[0] ^ 0x80], &s[1..]].concat()),
        ("last-bit", |s| [&s[..s.len() - 1], &[s[s.len() - 1] ^ 1]].concat()),
        ("cut-one", |s| s[..s.len() - 1].to_vec()),
        ("cut-half", |s| s[..s.len() / 2].to_vec()),
        ("one-byte", |s| s[..1].to_vec()),
        ("zero-before", |s| [&[0], s.as_slice()].concat()),
        ("zero-behind", |s| [s.as_slice(), &[0]].concat()),
        ("twice", |s| s.repeat(2)),
        ("turned", |s| s.into_iter().rev().collect()),
        ("halves-turned", |s| [&s[s.len() / 2..], &s[..s.len() / 2]].concat()),
        ("halves-with-zeros", |s| {
            let (first, second) = s.split_at(s.len() / 2);
            [&[0], first, &[0], second].concat()
        }),
    ];
    let mut mutations: Vec<Mutation> = CHANGES
        .into_iter()
        .map(|(what, change)| {
            mutation(format!("signature/{what}"), move |draft| {
                draft.signature = Some(Box::new(change));
            })
        })
        .collect();
    for how in ["der", "high-s"] {
        mutations.push(
            mutation(format!("signature/{how}"), move |draft| draft.tamper = Tamper::named(how))
                .only(Base::is_ecdsa),
        );
    }
    // S and S plus the order of the group are the same number to whoever does not look.
    let change = |signature: Vec<u8>| {
        let (r, s) = signature.split_at(32);
        let mut carry = 0;
        let sum = s.iter().zip(L).map(|(digit, more)| {
            let sum = u16::from(*digit) + u16::from(more) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        });
        [r, &sum.collect::<Vec<_>>()].concat()
    };
    mutations.push(
        mutation("signature/high-s-ed25519", move |draft| {
            draft.signature = Some(Box::new(change));
        })
        .only(|base| base.signing == Algorithm::EdDsa),
    );
    mutations
}
