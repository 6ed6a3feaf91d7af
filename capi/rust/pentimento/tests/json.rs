//! The JSON module.

use pentimento::json::{Value, MAX_DEPTH};

fn parse(text: &str) -> Value {
    Value::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_kind_of_value_comes_back_as_it_was() {
    let all = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "0.5",
        "\"\"",
        "\"a\"",
        "[]",
        "[1,[2,[]],{}]",
        "{}",
        "{\"a\":{\"b\":null},\"c\":[true]}",
    ];
    for text in all {
        assert_eq!(parse(text).to_string(), text);
    }
    assert_eq!(parse(" \t\r\n[ 1 , 2 ] \n"), vec![1, 2].into());
}

#[test]
fn whole_numbers_are_exact() {
    for text in ["9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993"] {
        assert_eq!(parse(text).to_string(), text);
    }
    assert_eq!(parse("18446744073709551615").as_u64(), Some(u64::MAX));
    assert_eq!(parse("18446744073709551615").as_i64(), None);
    assert_eq!(parse("-9223372036854775808").as_i64(), Some(i64::MIN));
    assert_eq!(parse("-1").as_u64(), None);
    // Beyond that there is only the nearest.
    assert_eq!(parse("18446744073709551616"), Value::Number(18_446_744_073_709_551_616.0));
    assert_eq!(Value::from(u64::MAX).to_string(), "18446744073709551615");
}

#[test]
fn other_numbers_are_exact_too() {
    for number in [0.1, 1.0, -0.0, 1e300, 5e-324, f64::MAX, f64::MIN_POSITIVE, 0.1 + 0.2] {
        let text = Value::from(number).to_string();
        match parse(&text) {
            Value::Number(read) => assert_eq!(read.to_bits(), number.to_bits(), "{text}"),
            other => panic!("{text} became {other:?}"),
        }
    }
    assert_eq!(parse("1e2"), Value::Number(100.0));
    assert_eq!(parse("1.5E-1").as_f64(), Some(0.15));
    // What JSON does not have.
    assert_eq!(Value::from(f64::NAN).to_string(), "0.0");
    assert_eq!(parse(&Value::from(f64::INFINITY).to_string()).as_f64(), Some(f64::MAX));
}

#[test]
fn text_is_escaped_and_read_back() {
    let text = "quote \" backslash \\ line \n return \r tab \t null \0 bell \u{7} ü 漢 🦀 \u{2028} \u{7f}";
    let written = Value::from(text).to_string();
    assert!(written.bytes().all(|byte| byte >= 0x20));
    assert_eq!(parse(&written).as_str(), Some(text));
    assert_eq!(parse(r#""\u0041\u00fc\ud83e\udd80\/\b\f""#).as_str(), Some("Aü🦀/\u{8}\u{c}"));
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    let wrong = [
        ("", 0),
        (" ", 1),
        ("nul", 0),
        ("tru e", 0),
        ("True", 0),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("[", 1),
        ("{\"a\":1,}", 7),
        ("{a:1}", 1),
        ("{\"a\" 1}", 5),
        ("{\"a\":1", 6),
        ("{\"a\":1,\"a\":2}", 7),
        ("01", 1),
        ("-", 1),
        ("+1", 0),
        (".5", 0),
        ("1.", 2),
        ("1e", 2),
        ("1e999", 0),
        ("NaN", 0),
        ("\"", 1),
        ("\"\n\"", 1),
        ("\"\\x\"", 2),
        ("\"\\u12g4\"", 5),
        ("\"\\u+123\"", 3),
        ("\"\\ud800\"", 2),
        ("\"\\ud800\\u0041\"", 2),
        ("\"\\udc00\"", 2),
        ("1 1", 2),
        ("// no\n1", 0),
        ("\u{feff}1", 0),
    ];
    for (text, offset) in wrong {
        let error = Value::parse(text).expect_err(text);
        assert_eq!(error.offset(), offset, "{text}: {error}");
    }
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Value::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(Value::parse(&nested(MAX_DEPTH + 1)).unwrap_err().offset(), MAX_DEPTH);
    assert!(Value::parse(&"[".repeat(1_000_000)).is_err());
    // One beside the other is no depth.
    assert!(Value::parse(&format!("[{}]", vec!["[]"; 1000].join(","))).is_ok());
}

#[test]
fn paths_that_lead_nowhere_are_null() {
    let value = parse(r#"{"a": [{"b": "c"}]}"#);
    assert_eq!(value["a"][0]["b"].as_str(), Some("c"));
    assert!(value["a"][1]["b"].is_null());
    assert!(value["x"]["y"][3].is_null());
    assert!(value[0].is_null());
    assert_eq!(value.get("x"), None);
    assert_eq!(value["a"].items().len(), 1);
    assert_eq!(value["x"].items().len(), 0);
}

#[test]
fn values_are_made_of_what_there_is() {
    let value = Value::object([
        ("text", "a".into()),
        ("whole", 7_u32.into()),
        ("list", vec![Some("a"), None].into()),
        ("truth", true.into()),
    ]);
    assert_eq!(value.to_string(), r#"{"list":["a",null],"text":"a","truth":true,"whole":7}"#);
    assert_eq!(value["whole"].as_f64(), Some(7.0));
    assert_eq!(value["truth"].as_bool(), Some(true));
}

#[test]
fn garbage_does_no_harm() {
    // Every beginning of a text that is whole, and the text with every byte changed.
    let whole = r#"{"a":[1,-2.5e+3,"\u00fc\n",{"b":null}],"c":true}"#;
    for end in 0..whole.len() {
        assert!(Value::parse(&whole[..end]).is_err(), "{}", &whole[..end]);
        for byte in 0..128_u8 {
            let mut changed = whole.as_bytes().to_vec();
            changed[end] = byte;
            let text = String::from_utf8(changed).unwrap();
            if let Ok(value) = Value::parse(&text) {
                assert_eq!(parse(&value.to_string()), value, "{text}");
            }
        }
    }
}
