//! JSON out of types.

use domain::{ActionId, ClientMessageId, ConversationId, IntegrationId, MessageId};

use super::Json;

pub trait ToJson {
    fn to_json(&self) -> Json;
}

impl ToJson for str {
    fn to_json(&self) -> Json {
        self.into()
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        self.as_str().into()
    }
}

impl ToJson for ClientMessageId {
    fn to_json(&self) -> Json {
        self.as_str().into()
    }
}

macro_rules! ids {
    ($($kind:ident)*) => {$(
        impl ToJson for $kind {
            fn to_json(&self) -> Json {
                self.to_string().as_str().into()
            }
        }
    )*};
}

ids! { ActionId ConversationId IntegrationId MessageId }

/// A time in milliseconds, or the number of an event.
impl ToJson for i64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn to_json(&self) -> Json {
        (*self as f64).into()
    }
}

impl ToJson for u64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn to_json(&self) -> Json {
        (*self as f64).into()
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::NULL, T::to_json)
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json(&self) -> Json {
        Json::array(self.iter().map(T::to_json))
    }
}

/// A pair, as a list of two.
impl ToJson for (String, String) {
    fn to_json(&self) -> Json {
        Json::array([&self.0, &self.1].into_iter().map(String::to_json))
    }
}
