//! Types out of JSON.

use domain::{ActionId, ClientMessageId, ConversationId, IntegrationId, MessageId, SessionId, Timestamp, UserId};

use super::Json;

pub trait FromJson: Sized {
    /// `None` when `json` is something else.
    fn from_json(json: &Json) -> Option<Self>;
}

/// Reads a struct, each field by its own name or by the one that it has on the wire: `reads!(Event { kind = "type", seq });`
macro_rules! reads {
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    ($kind:ident { $($field:ident $(= $name:literal)?),* $(,)? }) => {
        impl crate::json::FromJson for $kind {
            fn from_json(json: &crate::json::Json) -> Option<Self> {
                Some(Self {
                    $($field: json.get(crate::json::reads!(@name $field $($name)?))?,)*
                })
            }
        }
    };
}
pub(crate) use reads;

impl Json {
    /// The value of the field called `name`.
    pub fn get<T: FromJson>(&self, name: &str) -> Option<T> {
        T::from_json(&self.field(name))
    }
}

impl FromJson for () {
    fn from_json(_: &Json) -> Option<Self> {
        Some(())
    }
}

/// What is not there is false.
impl FromJson for bool {
    fn from_json(json: &Json) -> Option<Self> {
        Some(json.is_true())
    }
}

impl FromJson for String {
    fn from_json(json: &Json) -> Option<Self> {
        json.string()
    }
}

impl FromJson for f64 {
    fn from_json(json: &Json) -> Option<Self> {
        json.number()
    }
}

macro_rules! whole_numbers {
    (@each $lints:tt $($kind:ident)*) => {$( whole_numbers!(@one $lints $kind); )*};
    (@one [$($lint:path),*] $kind:ident) => {
        impl FromJson for $kind {
            #[expect($($lint),*, reason = "the server writes whole numbers that fit, below 2^53")]
            fn from_json(json: &Json) -> Option<Self> {
                json.number().map(|number| number as Self)
            }
        }
    };
    ($($lint:path),*; $($kind:ident)*) => { whole_numbers!(@each [$($lint),*] $($kind)*); };
}

whole_numbers! { clippy::cast_possible_truncation; i32 i64 }
whole_numbers! { clippy::cast_possible_truncation, clippy::cast_sign_loss; u32 u64 }

macro_rules! texts {
    ($($kind:ident)*) => {$(
        impl FromJson for $kind {
            fn from_json(json: &Json) -> Option<Self> {
                json.string()?.parse().ok()
            }
        }
    )*};
}

texts! { ActionId ClientMessageId ConversationId IntegrationId MessageId SessionId Timestamp UserId }

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Json) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_json(json).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Json) -> Option<Self> {
        json.list()?.iter().map(T::from_json).collect()
    }
}

/// A pair, as a list of two.
impl FromJson for (String, String) {
    fn from_json(json: &Json) -> Option<Self> {
        let [first, second] = <[String; 2]>::try_from(Vec::from_json(json)?).ok()?;
        Some((first, second))
    }
}
