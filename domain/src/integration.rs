//! Integrations: how an app is reached. The `web` integration is a chat page.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::{length, web_address};
use crate::{AppId, IntegrationId, Invalid};

/// A chat page, its look and who may frame it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    pub id: IntegrationId,
    pub app: AppId,
    pub display_name: Option<String>,
    pub web: WebSettings,
}

impl Integration {
    /// The name in the header and the title of the page.
    pub fn business_name(&self) -> &str {
        let given = self.web.business_name.as_deref().or(self.display_name.as_deref());
        given.filter(|name| !name.trim().is_empty()).unwrap_or("Chat")
    }
}

/// The settings of a `web` integration, spelled as the contract spells them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct WebSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_icon_url: Option<String>,
    pub brand_color: BrandColor,
    pub conversation_color: ActionColor,
    pub action_color: ActionColor,
    /// Origins that may frame `/embed`; `None` lets everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_whitelist: Option<Vec<String>>,
}

/// The body of `PATCH …/integrations/{id}`: an absent key stays, `null` unsets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct IntegrationPatch {
    #[serde(deserialize_with = "present")]
    pub display_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    pub business_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    pub business_icon_url: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    pub brand_color: Option<Option<Color>>,
    #[serde(deserialize_with = "present")]
    pub conversation_color: Option<Option<Color>>,
    #[serde(deserialize_with = "present")]
    pub action_color: Option<Option<Color>>,
    #[serde(deserialize_with = "present")]
    pub origin_whitelist: Option<Option<Vec<String>>>,
}

/// A key that is there, be it with `null`.
#[expect(clippy::option_option, reason = "absent, null and a value are three different things in a patch")]
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl IntegrationPatch {
    /// # Errors
    /// The first field that broke a rule, by its name on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        for (field, value) in [("displayName", &self.display_name), ("businessName", &self.business_name)] {
            if let Some(Some(value)) = value {
                length(field, value, 100)?;
            }
        }
        if let Some(Some(icon)) = &self.business_icon_url {
            web_address("businessIconUrl", icon)?;
        }
        let origins = self.origin_whitelist.iter().flatten().flatten();
        if origins.clone().any(|origin| !is_origin(origin)) {
            return Err(Invalid::new(
                "originWhitelist",
                "should have origins such as https://shop.example or http://localhost:8080",
            ));
        }
        Ok(self)
    }

    /// `integration` with what this patch changes.
    pub fn apply(self, integration: Integration) -> Integration {
        let web = integration.web;
        Integration {
            display_name: self.display_name.unwrap_or(integration.display_name),
            web: WebSettings {
                business_name: self.business_name.unwrap_or(web.business_name),
                business_icon_url: self.business_icon_url.unwrap_or(web.business_icon_url),
                brand_color: self
                    .brand_color
                    .map_or(web.brand_color, |color| color.map(BrandColor).unwrap_or_default()),
                conversation_color: self.conversation_color.map_or(web.conversation_color, action_color),
                action_color: self.action_color.map_or(web.action_color, action_color),
                origin_whitelist: self.origin_whitelist.unwrap_or(web.origin_whitelist),
            },
            ..integration
        }
    }
}

fn action_color(color: Option<Color>) -> ActionColor {
    color.map(ActionColor).unwrap_or_default()
}

/// Whether `text` is `http(s)://host[:port]` and nothing else: no path, and nothing that could begin another directive of a
/// policy that it is written into.
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
        !host.is_empty() && host.len() <= 255 && host.bytes().all(is_plain)
    })
}

/// A colour of 3 or 6 hex digits, without `#`. The only form in which a colour ever reaches a style sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", example = "65758e"))]
pub struct Color([u8; 3]);

impl Color {
    /// Black or white, whichever reads better on this colour (the higher WCAG contrast; always at least 4.5 to 1).
    pub fn ink(self) -> &'static str {
        // Relative luminance with the square for the sRGB curve: close enough to choose between two, and no floats of note.
        let [r, g, b] = self.0.map(|c| (f32::from(c) / 255.0).powf(2.2));
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if luminance > 0.179 { "#000000" } else { "#ffffff" }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "{r:02x}{g:02x}{b:02x}")
    }
}

impl fmt::Debug for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{self}")
    }
}

/// A text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be a colour of 3 or 6 hexadecimal digits without #")]
pub struct NotAColor;

impl FromStr for Color {
    type Err = NotAColor;
    fn from_str(text: &str) -> Result<Self, NotAColor> {
        if !text.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(NotAColor);
        }
        let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotAColor);
        let single = |at: usize| u8::from_str_radix(&text[at..=at], 16).map(|digit| digit * 17).map_err(|_| NotAColor);
        match text.len() {
            3 => Ok(Self([single(0)?, single(1)?, single(2)?])),
            6 => Ok(Self([pair(0)?, pair(2)?, pair(4)?])),
            _ => Err(NotAColor),
        }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! colors {
    ($($(#[$doc:meta])* $name:ident = $default:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Color);

        impl Default for $name {
            fn default() -> Self {
                Self(Color($default))
            }
        }
    )*};
}

colors! {
    /// The header; `65758e` unless set.
    BrandColor = [0x65, 0x75, 0x8e];
    /// The user's messages, and actions; `0099ff` unless set.
    ActionColor = [0x00, 0x99, 0xff];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let settings = serde_json::to_value(WebSettings::default()).unwrap();
        assert_eq!(settings["brandColor"], "65758e");
        assert_eq!(settings["conversationColor"], "0099ff");
        assert_eq!(settings["actionColor"], "0099ff");
    }

    #[test]
    fn a_patch_touches_only_what_it_names() {
        let now = crate::Timestamp::default();
        let before = Integration {
            id: IntegrationId::new(now, [1; 8]),
            app: AppId::new(now, [2; 8]),
            display_name: Some("Shop".into()),
            web: WebSettings { business_name: Some("Tea".into()), ..WebSettings::default() },
        };
        let patch: IntegrationPatch =
            serde_json::from_str(r#"{"businessName":null,"brandColor":"0af","unknown":1}"#).unwrap();
        let after = patch.checked().unwrap().apply(before.clone());
        assert_eq!((after.business_name(), after.web.brand_color.0.to_string().as_str()), ("Shop", "00aaff"));
        assert_eq!((after.web.action_color, &after.web.origin_whitelist), (before.web.action_color, &None));
    }

    #[test]
    fn a_patch_is_checked_field_by_field() {
        let refused = |body: &str| serde_json::from_str::<IntegrationPatch>(body).unwrap().checked().unwrap_err().field;
        assert_eq!(refused(r#"{"displayName":""}"#), "displayName");
        assert_eq!(refused(r#"{"businessIconUrl":"javascript:1"}"#), "businessIconUrl");
        for origin in
            ["shop.example", "https://shop.example/path", "https://a; script-src *", "https://", "*", "https://a b"]
        {
            assert_eq!(refused(&format!(r#"{{"originWhitelist":["{origin}"]}}"#)), "originWhitelist", "{origin}");
        }
    }

    #[test]
    fn colours_are_digits_and_nothing_else() {
        assert_eq!("0AF".parse::<Color>().unwrap().to_string(), "00aaff");
        for bad in ["", "#00aaff", "00aaf", "red", "00aaff;}", "é0aa"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ink_contrasts() {
        assert_eq!("ffee00".parse::<Color>().unwrap().ink(), "#000000");
        assert_eq!("20304a".parse::<Color>().unwrap().ink(), "#ffffff");
    }
}
