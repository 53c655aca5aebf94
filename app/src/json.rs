//! Reads JSON in the browser.
//!
//! `serde_json` explains every error, down to the digits of a number in the wrong place. Nobody would see it here, so
//! `serde-json-core` reads what `serde_json` wrote. It gives up on an escaped pair of surrogates, which `serde_json` never
//! writes, and follows any depth of nesting: texts of strangers are for the server, which keeps to `serde_json`.

use serde::de::DeserializeOwned;
use serde_json_core::de::Error;

/// The value that `text` spells; `None` when it is something else.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    decode(text.as_bytes()).ok()
}

/// The value that `json` spells.
/// # Errors
/// When it is something else.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    // For one string at a time; without its escapes, none is longer than all of the text.
    let mut unescaped = vec![0; json.len()];
    serde_json_core::from_slice_escaped(json, &mut unescaped).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::read;
    use crate::AppError;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        text: String,
        some: Option<i64>,
        none: Option<String>,
        list: Vec<Item>,
        yes: bool,
        errors: Vec<AppError>,
        #[serde(default)]
        unit: (),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Item {
        n: u64,
        offset: i32,
    }

    fn everything(text: &str) -> Everything {
        Everything {
            text: text.to_owned(),
            some: Some(-1_767_225_600_125),
            none: None,
            list: vec![Item { n: u64::MAX, offset: -720 }, Item { n: 0, offset: 840 }],
            yes: true,
            errors: vec![AppError::Empty, AppError::Invalid("text: \"x\"".into()), AppError::Unavailable],
            unit: (),
        }
    }

    #[test]
    fn what_serde_json_writes_is_read_back() {
        for text in ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}", "é 😀 \u{202e} \u{2028}", "</script>\\u003c"] {
            let value = everything(text);
            assert_eq!(read(&serde_json::to_string(&value).unwrap()), Some(everything(text)), "{text:?}");
            assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), Some(value), "{text:?}");
        }
    }

    #[test]
    fn escapes_are_read_as_the_standard_has_them() {
        assert_eq!(read(r#""\u003c\u00e9\/""#), Some("<é/".to_owned()));
        for bad in [r#""\ud83d""#, r#""\ud83dx""#, r#""\ud83d\u0041""#, r#""\x41""#, r#""\u00""#, r#""open"#, r#""\"#] {
            assert_eq!(read::<String>(bad), None, "{bad}");
        }
    }

    #[test]
    fn unknown_fields_are_passed_over_whatever_they_hold() {
        let text = r#" { "new" : {"a":[1.5e-3,-2,null,true,{"b":"}"}],"c":{}} , "n":7,"offset":-1 ,"more":false} "#;
        assert_eq!(read(text), Some(Item { n: 7, offset: -1 }));
    }

    #[test]
    fn anything_else_is_nothing() {
        for bad in
            ["", "{", "{}", "null", "[1,2]", r#"{"n":1,"offset":2"#, r#"{"n":1 "offset":2}"#, r#"{"n":1,"offset":2}x"#]
        {
            assert_eq!(read::<Item>(bad), None, "{bad}");
        }
        for bad in [r#"{"n":-1,"offset":2}"#, r#"{"n":99999999999999999999,"offset":2}"#, r#"{"n":"1","offset":2}"#] {
            assert_eq!(read::<Item>(bad), None, "{bad}");
        }
    }
}
