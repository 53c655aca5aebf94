//! Reads JSON in the browser, in as little code as possible.
//!
//! `serde_json` explains every error, down to the digits of a number in the wrong place; nobody would see it here, and it
//! weighs more than the messenger. This reader gives a value or nothing. It knows what this crate's types are made of:
//! structs, sequences, texts, whole numbers, `Option`s and enums. The server, which reads what strangers send, keeps to
//! `serde_json`.

use serde::de::{DeserializeOwned, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// Deeper nesting than any of our types, and far from the end of the stack.
const DEEPEST: usize = 32;

/// The value that `text` spells; `None` when it is something else.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader).ok()?;
    reader.peek().is_none().then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Result<T> = std::result::Result<T, Malformed>;

impl Reader<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Goes past `byte`, if it is next.
    fn skip(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.skip(byte) { Ok(()) } else { Err(Malformed) }
    }

    /// Goes past `word`, if it is next.
    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let next = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if next { word.len() } else { 0 };
        next
    }

    fn enter(&mut self, byte: u8) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Malformed) } else { self.expect(byte) }
    }

    /// Sign and digits of a whole number. What follows a point or an exponent is lost.
    fn number(&mut self) -> Result<(bool, u64)> {
        let negative = self.skip(b'-');
        let digits = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = self.text[self.at..self.at + digits].parse().map_err(|_| Malformed)?;
        self.at += digits;
        let rest = &self.text.as_bytes()[self.at..];
        self.at +=
            rest.iter().take_while(|byte| matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9')).count();
        Ok((negative, whole))
    }

    fn string(&mut self) -> Result<String> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).ok_or(Malformed)?;
            string.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes()[plain] == b'"' {
                return Ok(string);
            }
            string.push(self.escape()?);
        }
    }

    /// The character that an escape stands for, its backslash already passed.
    fn escape(&mut self) -> Result<char> {
        let letter = *self.text.as_bytes().get(self.at).ok_or(Malformed)?;
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.unit()?;
                // The halves of a pair fall out of the range of characters unless both are right.
                if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Malformed)?;
                    code = 0x10000 + ((code - 0xd800) << 10) + second;
                }
                char::from_u32(code).ok_or(Malformed)?
            }
            _ => return Err(Malformed),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Malformed)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Malformed)
    }
}

/// The only error: that the text is not what was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed JSON")]
pub struct Malformed;

/// None of the messages that come with an error is even put together.
impl serde::de::Error for Malformed {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Malformed;

    /// Only for what is passed over: everything that is kept knows its type.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'{') => self.deserialize_map(visitor),
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'"') => self.deserialize_string(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            _ => self.deserialize_u64(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let yes = self.word("true");
        if yes || self.word("false") { visitor.visit_bool(yes) } else { Err(Malformed) }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let (negative, whole) = self.number()?;
        if negative {
            visitor.visit_i64(0_i64.checked_sub_unsigned(whole).ok_or(Malformed)?)
        } else {
            visitor.visit_u64(whole)
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.word("null") { visitor.visit_unit() } else { Err(Malformed) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.enter(b'[')?;
        let value = visitor.visit_seq(Items { reader: self, first: true })?;
        self.depth -= 1;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.enter(b'{')?;
        let value = visitor.visit_map(Items { reader: self, first: true })?;
        self.depth -= 1;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    /// `"variant"`, or `{"variant": value}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let holds_value = self.skip(b'{');
        let value = visitor.visit_enum(&mut *self)?;
        if holds_value {
            self.expect(b'}')?;
        }
        Ok(value)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_string(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct ignored_any
    }
}

/// What a bracket or a brace holds.
struct Items<'a, 'b> {
    reader: &'a mut Reader<'b>,
    first: bool,
}

impl Items<'_, '_> {
    /// Whether there is another item before `end`; stands at its beginning then.
    fn more(&mut self, end: u8) -> Result<bool> {
        if self.reader.skip(end) {
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            self.reader.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Malformed;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.more(b']')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Items<'_, '_> {
    type Error = Malformed;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.more(b'}')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'_> {
    type Error = Malformed;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let variant = seed.deserialize(&mut *self)?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'_> {
    type Error = Malformed;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.expect(b':')?;
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value> {
        Err(Malformed)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value> {
        Err(Malformed)
    }
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
        assert_eq!(read(r#""\u003c\u00e9\ud83d\ude00\/""#), Some("<é😀/".to_owned()));
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
        let deep = ["{\"x\":", &"[".repeat(100_000), "}"].concat();
        assert_eq!(read::<Item>(&deep), None, "and the stack holds");
    }
}
