//! Actions: the buttons under a message or an item.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::invalid::{link_address, required, text, web_address};
use crate::{Invalid, Metadata};

/// Characters of a button's text and of what it sends back.
const ACTION_CHARACTERS: usize = 4096;

/// What a press of the button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ActionType {
    /// Opens an address.
    Link,
    /// Tells the business.
    Postback,
    /// Opens a page in place.
    Webview,
    /// Begins a payment.
    Buy,
    /// Sends the button's text as a message of the user.
    Reply,
    /// Asks for the user's position.
    LocationRequest,
    /// Of a newer server: shown as "Unsupported action type.", never accepted.
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum WebviewSize {
    Compact,
    Tall,
    Full,
}

impl WebviewSize {
    /// As on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Tall => "tall",
            Self::Full => "full",
        }
    }
}

/// A button. A flat struct rather than an enum, so that a field of the wrong type is named by its own path.
///
/// After [`Action::checked`] exactly the fields of its kind are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Action {
    #[serde(rename = "type")]
    pub kind: ActionType,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub text: String,
    /// Of a link or a webview: `http`, `https`, and for a link also `mailto` and `tel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Of a webview: where channels go that can't show it in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// Of a postback or a reply: what the business gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Of a reply: a picture beside its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// Of a buy: in the currency's hundredths, 0 or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub amount: Option<i64>,
    /// Of a buy: ISO 4217, in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<WebviewSize>,
    /// Of a webview: whether it opens by itself when the message comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_on_receive: Option<bool>,
    /// Of a link or a webview: whether a press on the item itself does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Of a link or a webview: for other channels, kept as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::BTreeMap<String, Value>>))]
    pub extra_channel_options: Option<Map<String, Value>>,
}

/// What an action hangs on, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionPlace {
    /// A text or an image: everything.
    Message,
    /// An item, or a list as a whole: neither replies nor location requests.
    Items,
}

impl Action {
    /// The action with the fields of its kind alone.
    /// # Errors
    /// Names the field, as seen from the action: `uri`.
    pub fn checked(self, place: ActionPlace) -> Result<Self, Invalid> {
        text("text", &self.text, ACTION_CHARACTERS)?;
        let metadata = self.metadata.map(Metadata::checked).transpose()?.filter(|metadata| !metadata.is_empty());
        let bare = Self::bare(self.kind, self.text, metadata);
        Ok(match self.kind {
            ActionType::Link => Self {
                uri: Some(required("uri", self.uri, link_address)?),
                default: self.default,
                extra_channel_options: self.extra_channel_options,
                ..bare
            },
            ActionType::Webview => Self {
                uri: Some(required("uri", self.uri, web_address)?),
                fallback: Some(required("fallback", self.fallback, web_address)?),
                size: self.size,
                open_on_receive: self.open_on_receive,
                default: self.default,
                extra_channel_options: self.extra_channel_options,
                ..bare
            },
            ActionType::Postback => Self { payload: Some(required("payload", self.payload, payload)?), ..bare },
            ActionType::Buy => {
                Self { amount: Some(amount(self.amount)?), currency: self.currency.map(currency).transpose()?, ..bare }
            }
            ActionType::Reply | ActionType::LocationRequest if place == ActionPlace::Items => {
                return Err(one_of("link, postback, webview, buy"));
            }
            ActionType::Reply => {
                self.icon_url.as_deref().map_or(Ok(()), |icon| web_address("iconUrl", icon))?;
                let payload = Some(required("payload", self.payload, payload)?);
                Self { payload, icon_url: self.icon_url, ..bare }
            }
            ActionType::LocationRequest => bare,
            ActionType::Unknown => return Err(one_of("link, postback, webview, buy, reply, locationRequest")),
        })
    }

    fn bare(kind: ActionType, text: String, metadata: Option<Metadata>) -> Self {
        Self {
            kind,
            text,
            uri: None,
            fallback: None,
            payload: None,
            icon_url: None,
            amount: None,
            currency: None,
            size: None,
            open_on_receive: None,
            default: None,
            metadata,
            extra_channel_options: None,
        }
    }

    /// The address that a press opens; `None` for what opens nothing.
    pub fn address(&self) -> Option<&str> {
        self.uri.as_deref()
    }
}

/// As plain text: the button's text, and the address where there is one.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        self.address().map_or(Ok(()), |uri| write!(f, " {uri}"))
    }
}

fn one_of(kinds: &str) -> Invalid {
    Invalid::new("type", format!("should be equal to one of the allowed values: {kinds}"))
}

fn payload(field: &'static str, payload: &str) -> Result<(), Invalid> {
    text(field, payload, ACTION_CHARACTERS)
}

fn amount(amount: Option<i64>) -> Result<i64, Invalid> {
    match amount {
        Some(amount) if amount >= 0 => Ok(amount),
        Some(_) => Err(Invalid::new("amount", "should not be less than 0")),
        None => Err(Invalid::new("amount", "is required")),
    }
}

fn currency(code: String) -> Result<String, Invalid> {
    if code.len() == 3 && code.bytes().all(|c| c.is_ascii_lowercase()) {
        Ok(code)
    } else {
        Err(Invalid::new("currency", "should be an ISO 4217 code in lower case"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(json: &str, place: ActionPlace) -> Result<Action, Invalid> {
        serde_json::from_str::<Action>(json).unwrap().checked(place)
    }

    fn refused(json: &str) -> String {
        checked(json, ActionPlace::Message).unwrap_err().field.into_owned()
    }

    #[test]
    fn every_kind_has_its_required_fields() {
        assert_eq!(refused(r#"{"type":"link","text":"a"}"#), "uri");
        assert_eq!(refused(r#"{"type":"link","text":"","uri":"https://a.example"}"#), "text");
        assert_eq!(refused(r#"{"type":"postback","text":"a"}"#), "payload");
        assert_eq!(refused(r#"{"type":"reply","text":"a"}"#), "payload");
        assert_eq!(refused(r#"{"type":"webview","text":"a","uri":"https://a.example"}"#), "fallback");
        assert_eq!(refused(r#"{"type":"buy","text":"a"}"#), "amount");
        assert_eq!(refused(r#"{"type":"buy","text":"a","amount":1,"currency":"EUR"}"#), "currency");
        assert_eq!(refused(r#"{"type":"teleport","text":"a"}"#), "type");
        assert_eq!(refused(r#"{"type":"share","text":"a"}"#), "type");
        assert_eq!(refused(r#"{"type":"postback","text":"a","payload":"b","metadata":{"x":[]}}"#), "metadata.x");
    }

    #[test]
    fn a_link_goes_where_links_may_go() {
        for uri in ["https://a.example/?q=1#x", "HTTP://a.example", "mailto:ann@shop.example", "tel:+420-123"] {
            let json = format!(r#"{{"type":"link","text":"a","uri":"{uri}"}}"#);
            assert_eq!(checked(&json, ActionPlace::Items).unwrap().uri.as_deref(), Some(uri));
        }
        for uri in [
            "javascript:window.x=1",
            "JaVaScRiPt:x",
            r"java\tscript:x",
            r"\u0001javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "mailto:",
            "/path",
            "",
        ] {
            assert_eq!(refused(&format!(r#"{{"type":"link","text":"a","uri":"{uri}"}}"#)), "uri", "{uri}");
        }
    }

    #[test]
    fn replies_belong_under_messages() {
        for json in [r#"{"type":"reply","text":"a","payload":"b"}"#, r#"{"type":"locationRequest","text":"a"}"#] {
            assert!(checked(json, ActionPlace::Message).is_ok());
            assert_eq!(checked(json, ActionPlace::Items).unwrap_err().field, "type");
        }
    }

    #[test]
    fn fields_of_other_kinds_are_left_out() {
        let json = r#"{"type":"postback","text":"a","uri":"javascript:x","payload":"b"}"#;
        let kept = serde_json::to_string(&checked(json, ActionPlace::Message).unwrap()).unwrap();
        assert_eq!(kept, r#"{"type":"postback","text":"a","payload":"b"}"#);
    }
}
