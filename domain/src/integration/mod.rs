//! Integrations: how an app is reached. The `web` integration is a chat page, a `custom` one a program of the business.

mod channel;
mod color;
mod custom_text;
mod locale;
mod menu_items;
mod patch;
mod web;

use serde_json::{Map, Value};

pub use channel::ChannelSettings;
pub use color::{ActionColor, BrandColor, Color, NotAColor};
pub use custom_text::CustomText;
pub use locale::{Locale, NotALocale};
pub use menu_items::MenuItems;
pub use patch::IntegrationPatch;
pub use web::{BrowserStorage, DisplayStyle, PrechatCapture, WebIntegration, WebSettings, is_origin};

use crate::invalid::text;
use crate::{AppId, IntegrationId, Invalid};

const WEB: &str = "web";
const CUSTOM: &str = "custom";
/// Characters of a program's name.
const NAME_CHARACTERS: usize = 100;

/// A way to reach an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    pub id: IntegrationId,
    pub app: AppId,
    pub display_name: Option<String>,
    pub settings: IntegrationSettings,
}

/// What an integration is, with the settings of its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntegrationSettings {
    /// A chat page.
    Web(Box<WebSettings>),
    /// A program of the business, which listens to webhooks.
    Custom,
    /// A channel of somebody else's: kept, but no message goes there in this version.
    Channel(ChannelSettings),
    /// A program that was let in by OAuth. Its name is the integration's type.
    OAuth(String),
}

impl IntegrationSettings {
    /// The settings that a new integration of type `kind` begins with; `None` for a type that callers can't make.
    pub fn new(kind: &str) -> Option<Self> {
        match kind {
            WEB => Some(Self::Web(Box::default())),
            CUSTOM => Some(Self::Custom),
            _ => ChannelSettings::new(kind).map(Self::Channel),
        }
    }

    /// The settings of a program called `name` that is let in by OAuth.
    /// # Errors
    /// `name` beyond 100 characters, or one that would not read as a type of its own.
    pub fn oauth(name: String) -> Result<Self, Invalid> {
        text("name", &name, NAME_CHARACTERS)?;
        // A list of types is separated by commas, and its entries are trimmed.
        if name.trim() != name || name.contains(|c: char| c == ',' || c.is_control()) {
            return Err(Invalid::new("name", "should have no comma or control character, nor spaces around it"));
        }
        if Self::new(&name.to_lowercase()).is_some() {
            return Err(Invalid::new("name", "should not be a type of integration"));
        }
        Ok(Self::OAuth(name))
    }

    /// The type as the wire spells it.
    pub fn kind(&self) -> &str {
        match self {
            Self::Web(_) => WEB,
            Self::Custom => CUSTOM,
            Self::Channel(channel) => channel.kind(),
            Self::OAuth(name) => name,
        }
    }

    /// Whether it listens to webhooks, has keys of its own and may sit at a switchboard.
    pub fn is_program(&self) -> bool {
        matches!(self, Self::Custom | Self::OAuth(_))
    }

    /// The settings as they are kept, secrets too.
    /// # Errors
    /// Never: they are plain data.
    pub fn stored(&self) -> serde_json::Result<String> {
        match self {
            Self::Web(web) => serde_json::to_string(web),
            Self::Custom | Self::OAuth(_) => Ok("{}".to_owned()),
            Self::Channel(channel) => serde_json::to_string(channel.keys()),
        }
    }

    /// The settings of type `kind` that were kept as `text`.
    /// # Errors
    /// When no version of this program wrote `text`.
    pub fn from_stored(kind: String, text: &str) -> serde_json::Result<Self> {
        match Self::new(&kind) {
            Some(Self::Web(_)) => Ok(Self::Web(serde_json::from_str(text)?)),
            Some(Self::Custom) => Ok(Self::Custom),
            Some(Self::Channel(channel)) => Ok(Self::Channel(channel.with_keys(serde_json::from_str(text)?))),
            Some(Self::OAuth(_)) | None => Ok(Self::OAuth(kind)),
        }
    }

    /// The settings as callers see them: without secrets.
    pub fn shown(&self) -> Map<String, Value> {
        match self {
            Self::Web(web) => match serde_json::to_value(web) {
                Ok(Value::Object(shown)) => shown,
                _ => Map::new(),
            },
            Self::Custom | Self::OAuth(_) => Map::new(),
            Self::Channel(channel) => channel.shown(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_being_kept() {
        for kind in ["web", "custom", "twilio", "line"] {
            let settings = IntegrationSettings::new(kind).unwrap();
            let again = IntegrationSettings::from_stored(kind.to_owned(), &settings.stored().unwrap()).unwrap();
            assert_eq!((again.kind(), &again), (kind, &settings));
        }
        let oauth = IntegrationSettings::from_stored("Helpdesk".to_owned(), "{}").unwrap();
        assert_eq!(oauth, IntegrationSettings::OAuth("Helpdesk".to_owned()));
        assert!(oauth.is_program());
    }

    #[test]
    fn a_program_is_named_like_no_other_type() {
        for good in ["Helpdesk", "Shop & Co", "é"] {
            assert_eq!(IntegrationSettings::oauth(good.to_owned()).unwrap().kind(), good);
        }
        let long = "x".repeat(NAME_CHARACTERS + 1);
        for bad in ["", "web", "Custom", "WhatsApp", "a,b", " a", "a\n", &long] {
            let invalid = IntegrationSettings::oauth(bad.to_owned()).unwrap_err();
            assert_eq!(invalid.field, "name", "{bad}");
        }
    }

    #[test]
    fn unknown_types_can_not_be_made() {
        for kind in ["", "Web", "Helpdesk", "fax"] {
            assert_eq!(IntegrationSettings::new(kind), None, "{kind}");
        }
    }
}
