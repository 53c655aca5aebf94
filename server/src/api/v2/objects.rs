//! Reads bodies as JSON means them, not as serde's derive does.
//!
//! - Derived code also takes an array for a struct, its fields in their order; where all of them are optional, even `[]`. To a
//!   caller that is a mistake to be told of: wrapped around a deserializer, [`Objects`] asks it for a map wherever a struct is
//!   due.
//! - JSON knows one kind of number, so `560.0` is an integer.
//! - The character NUL, which not every database keeps, is refused in texts and in the keys of maps. Fields that nobody reads
//!   may hold it: nothing becomes of them.
//!
//! All of that at any depth, and it costs nothing else.

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};

/// What is said of a text with the character NUL.
const NUL: &str = "must not contain the character NUL";
/// The first whole numbers beyond those that 64 bits hold.
const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;
const BEYOND_U64: f64 = 18_446_744_073_709_551_616.0;

/// A deserializer, or a part of one.
pub struct Objects<T>(pub T);

/// The visitor of an integer.
struct Whole<V>(V);

/// The visitor of a field's name.
struct Name<V>(V);

/// Methods that hand the visitor on.
macro_rules! forward {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Objects(visitor))
        }
    )*};
}

/// Methods that ask for an integer.
macro_rules! whole {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Whole(Objects(visitor)))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    forward! {
        deserialize_any deserialize_bool deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_option deserialize_unit deserialize_seq deserialize_map
        deserialize_ignored_any
    }

    whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_identifier(Name(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Objects(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Objects(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Objects(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Objects(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Objects(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Methods that hand a plain value on.
macro_rules! values {
    ($($method:ident: $type:ty)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

/// Methods that hand a text on, unless it has a NUL.
macro_rules! texts {
    ($($method:ident: $type:ty)*) => {$(
        fn $method<E: Error>(self, text: $type) -> Result<V::Value, E> {
            if text.contains('\0') { Err(E::custom(NUL)) } else { self.0.$method(text) }
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    values! {
        visit_bool: bool visit_i8: i8 visit_i16: i16 visit_i32: i32 visit_i64: i64 visit_i128: i128
        visit_u8: u8 visit_u16: u16 visit_u32: u32 visit_u64: u64 visit_u128: u128 visit_f32: f32 visit_f64: f64
        visit_char: char visit_bytes: &[u8] visit_borrowed_bytes: &'de [u8] visit_byte_buf: Vec<u8>
    }

    texts! { visit_str: &str visit_borrowed_str: &'de str visit_string: String }

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Objects(variant))
    }
}

/// Takes what numbers in JSON are read as.
impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    values! { visit_i64: i64 visit_i128: i128 visit_u64: u64 visit_u128: u128 }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        if value.fract() != 0.0 {
            self.0.visit_f64(value)
        } else if (0.0..BEYOND_U64).contains(&value) {
            self.0.visit_u64(value as u64)
        } else if (-BEYOND_I64..0.0).contains(&value) {
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_f64(value)
        }
    }

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }
}

/// Takes any name: one that no field has is passed over.
impl<'de, V: Visitor<'de>> Visitor<'de> for Name<V> {
    type Value = V::Value;

    values! { visit_str: &str visit_borrowed_str: &'de str visit_string: String }

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(value))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Objects(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.0.variant_seed(Objects(seed))?;
        Ok((value, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Objects(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Objects(visitor))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Profile {
        name: Option<String>,
        parts: Vec<Profile>,
        inner: Option<Box<Profile>>,
        pair: (u8, f64),
        size: Option<Size>,
        count: Option<u32>,
        change: Option<i64>,
        rest: serde_json::Map<String, serde_json::Value>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Size {
        Small,
        Sized(Box<Profile>),
    }

    /// Read from text and from a value.
    fn read(text: &str) -> [Result<Profile, String>; 2] {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut json = serde_json::Deserializer::from_str(text);
        [
            Profile::deserialize(Objects(&mut json)).map_err(|error| error.to_string()),
            Profile::deserialize(Objects(value)).map_err(|error| error.to_string()),
        ]
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for text in [
            "[]",
            r#"["Ann"]"#,
            r#"{"inner":[]}"#,
            r#"{"parts":[{},[]]}"#,
            r#"{"inner":{"parts":[{"inner":["Ann"]}]}}"#,
            r#"{"size":{"Sized":[]}}"#,
        ] {
            for refused in read(text) {
                let refused = refused.unwrap_err();
                assert!(refused.contains("invalid type: sequence, expected struct Profile"), "{text}: {refused}");
            }
        }
    }

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        for (text, count, change) in [
            (r#"{"count":560.0}"#, Some(560), None),
            (r#"{"count":5.6e2,"change":-3.0}"#, Some(560), Some(-3)),
            (r#"{"count":-0.0,"change":-0.0}"#, Some(0), Some(0)),
            (r#"{"change":-9223372036854775808.0}"#, None, Some(i64::MIN)),
        ] {
            for read in read(text) {
                let Profile { count: counted, change: changed, .. } = read.unwrap();
                assert_eq!((counted, changed), (count, change), "{text}");
            }
        }
        for text in [
            r#"{"count":560.5}"#,
            r#"{"count":1e300}"#,
            r#"{"count":-1.0}"#,
            r#"{"count":4294967296.0}"#,
            r#"{"change":1e300}"#,
            r#"{"change":-1e300}"#,
            r#"{"change":9223372036854775808.0}"#,
        ] {
            for refused in read(text) {
                assert!(refused.unwrap_err().contains("invalid"), "{text}");
            }
        }
        let kept = read(r#"{"rest":{"a":1.0},"pair":[2.0,2.0]}"#).map(Result::unwrap);
        assert!(kept.iter().all(|kept| kept.rest["a"].is_f64() && kept.pair == (2, 2.0)), "{kept:?}");
    }

    #[test]
    fn no_text_has_a_nul() {
        for text in [
            r#"{"name":"a\u0000"}"#,
            r#"{"parts":[{"name":"\u0000"}]}"#,
            r#"{"rest":{"a":{"b":["\u0000"]}}}"#,
            r#"{"rest":{"a\u0000":1}}"#,
        ] {
            for refused in read(text) {
                let refused = refused.unwrap_err();
                assert!(refused.starts_with(NUL), "{text}: {refused}");
            }
        }
        for passed_over in read(r#"{"unknown":"\u0000","un\u0000known":1,"name":"\\u0000"}"#) {
            assert_eq!(passed_over.unwrap().name.as_deref(), Some("\\u0000"));
        }
    }

    #[test]
    fn everything_else_reads_as_ever() {
        for text in [
            "{}",
            r#"{"name":null,"parts":[],"inner":{},"pair":[1,2.5],"size":"Small","rest":{"a":[[]],"b":[]}}"#,
            r#"{"name":"a\nb","parts":[{"name":"c"}],"size":{"Sized":{}},"unknown":[{}]}"#,
        ] {
            let plain: Profile = serde_json::from_str(text).unwrap();
            for read in read(text) {
                assert_eq!(read.as_ref(), Ok(&plain));
            }
        }
    }
}
