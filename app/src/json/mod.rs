//! JSON as the page reads and writes it.
//!
//! The browser has a reader and a writer of its own. With them a type costs a few bytes a field; what `serde` derives for it
//! costs a few hundred, and the visitor downloads them. So types of the wire say here what their fields are called, and tests
//! hold that against what `serde` says of them on the server.

mod from;
mod to;
mod value;

pub use from::FromJson;
pub(crate) use from::reads;
pub use to::ToJson;
pub use value::Json;

/// The value that `text` spells; `None` when it is something else.
pub fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&Json::parse(text)?)
}

/// `value` in one line.
pub fn write<T: ToJson + ?Sized>(value: &T) -> String {
    value.to_json().text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Item {
        number: u64,
        offset: i32,
        name: Option<String>,
        known: bool,
        list: Vec<f64>,
    }

    reads!(Item { number, offset = "offsetMinutes", name, known, list });

    #[test]
    fn a_struct_is_read_by_the_names_of_its_fields() {
        let text =
            r#" { "new" : {"a":[1.5e-3,{"b":"}"}]}, "number":7,"offsetMinutes":-60,"list":[1,2.5],"known":true } "#;
        let item = Item { number: 7, offset: -60, name: None, known: true, list: vec![1.0, 2.5] };
        assert_eq!(read(text), Some(item));
    }

    #[test]
    fn what_is_not_there_is_nothing_or_false() {
        let item = Item { number: 0, offset: 0, name: None, known: false, list: Vec::new() };
        assert_eq!(read(r#"{"number":0,"offsetMinutes":0,"name":null,"list":[]}"#), Some(item));
        assert_eq!(read::<()>("null"), Some(()));
    }

    #[test]
    fn anything_else_is_nothing() {
        for bad in ["", "{", "{}", "null", "[1,2]", r#"{"number":1,"offsetMinutes":2}"#, r#"{"number":1 "#] {
            assert_eq!(read::<Item>(bad), None, "{bad}");
        }
        for bad in [r#"{"number":"1","offsetMinutes":2,"list":[]}"#, r#"{"number":1,"offsetMinutes":2,"list":["x"]}"#] {
            assert_eq!(read::<Item>(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_text_survives() {
        for text in ["", "plain", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}", "é 😀 \u{202e} \u{2028}", "</script>\\u003c"] {
            assert_eq!(read(&Json::from(text).text()), Some(text.to_owned()), "{text:?}");
        }
    }
}
