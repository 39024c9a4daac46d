//! JSON as `serde_json` reads it into its own values.

use proptest::prelude::*;

use turnpike::json::{Value, quoted};

#[track_caller]
fn compare(text: &str) {
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    let ours = Value::parse(text.as_bytes());
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text:?}");
    if let (Ok(ours), Ok(theirs)) = (ours, theirs)
        // What was rounded is not written.
        && ours.is_exact()
    {
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&ours.to_string()).expect("it is JSON"),
            theirs
        );
    }
}

#[test]
fn what_is_json_is_read() {
    for text in [
        " \t\r\n[ 1 , { \"a\" : null , \"b\" : [ ] } , { } ] ",
        r#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00é😀""#,
        r#"{"a":1,"b":2,"a":3}"#,
        "-0.5e-3",
        "true",
    ] {
        assert!(Value::parse(text.as_bytes()).is_ok(), "{text}");
        compare(text);
    }
}

#[test]
fn what_is_none_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "\"",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "nul",
        "nulll",
        "True",
        "1 1",
        "{}x",
        "\u{feff}{}",
        "\u{c}1",
        "\u{a0}1",
        "'a'",
        "\"\u{1}\"",
        "\"\n\"",
        r#""\x""#,
        r#""\u00""#,
        r#""\u00g0""#,
        r#""\u+041""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#""\ud800\u0041""#,
        r#""\é""#,
        "// a\n1",
        "-",
        "+1",
        "01",
        "1.",
        ".1",
        "1e",
        "NaN",
        "[1e999]",
    ] {
        assert!(Value::parse(text.as_bytes()).is_err(), "{text}");
        compare(text);
    }
    for bytes in [&b"\"\xff\""[..], b"\"\xed\xa0\x80\"", b"\xc0"] {
        assert!(Value::parse(bytes).is_err());
    }
}

proptest! {
    #[test]
    fn values_are_what_they_would_be_there(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("{"), Just("}"), Just("["), Just("]"), Just(":"), Just(","), Just("\""),
                Just("\\"), Just("\"a\""), Just("\"b\":"), Just("1"), Just("-0"), Just("."),
                Just("e+"), Just("2"), Just("true"), Just("null"), Just(" "), Just("\n"),
                Just("\\u00e9"), Just("\\ud83d"), Just("\\ude00"), Just("é"),
            ],
            0..12,
        ),
    ) {
        compare(&pieces.concat());
    }

    #[test]
    fn strings_are_read_as_they_were(text in any::<String>()) {
        prop_assert_eq!(
            Value::parse(quoted(&text).as_bytes()),
            Ok(Value::String(text))
        );
    }
}
