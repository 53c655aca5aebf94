//! The `web` integration: a chat page, its look and who may frame it.

use serde::{Deserialize, Serialize};

use super::color::{ActionColor, BrandColor};
use super::custom_text::CustomText;
use super::locale::Locale;
use super::menu_items::MenuItems;
use super::{Integration, IntegrationSettings};
use crate::content::{Field, Form};
use crate::invalid::{text, web_address};
use crate::wire::or_off;
use crate::{AppId, AppSettings, IntegrationId, Invalid};

/// Entries of any list in the settings.
const LIST_ENTRIES: usize = 100;

/// A chat page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIntegration {
    pub id: IntegrationId,
    pub app: AppId,
    /// Its own, else its app's.
    pub display_name: Option<String>,
    pub web: WebSettings,
}

impl WebIntegration {
    /// `integration` as a chat page; `None` for one of another type.
    pub fn of(integration: Integration) -> Option<Self> {
        let Integration { id, app, display_name, settings } = integration;
        match settings {
            IntegrationSettings::Web(web) => Some(Self { id, app, display_name, web: *web }),
            IntegrationSettings::Custom | IntegrationSettings::Channel(_) | IntegrationSettings::OAuth(_) => None,
        }
    }

    /// The name in the header and the title of the page.
    pub fn business_name(&self) -> &str {
        let names = [&self.web.business_name, &self.display_name];
        let mut given = names.into_iter().flatten().filter(|name| !name.trim().is_empty());
        given.next().map_or("Chat", String::as_str)
    }
}

/// How the script loader shows the closed chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DisplayStyle {
    #[default]
    Button,
    Tab,
}

/// How long a browser keeps who its visitor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum BrowserStorage {
    /// For good.
    #[default]
    LocalStorage,
    /// Until it is closed.
    SessionStorage,
}

/// The settings of a `web` integration, spelled as the contract spells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct WebSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_icon_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_image_url: Option<String>,
    pub brand_color: BrandColor,
    pub conversation_color: ActionColor,
    pub action_color: ActionColor,
    pub display_style: DisplayStyle,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button_icon_url: Option<String>,
    /// Such as `58` or `58px`.
    pub button_width: String,
    pub button_height: String,
    /// Whether the introduction stays above the messages.
    pub fixed_intro_pane: bool,
    /// Which channels are offered, in this order; `None` offers all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_order: Option<Vec<String>>,
    /// Origins that may frame `/embed`; `None` lets everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_whitelist: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prechat_capture: Option<PrechatCapture>,
    /// `None`: visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_user_see_conversation_list: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_user_create_more_conversations: Option<bool>,
    pub attachments_enabled: bool,
    /// Texts of the page in the business's own words.
    #[serde(skip_serializing_if = "CustomText::is_empty")]
    pub custom_text: CustomText,
    /// `None` offers everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub menu_items: Option<MenuItems>,
    /// The older way to offer neither images nor files; `None`: offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_upload_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser_storage: Option<BrowserStorage>,
    /// Language of texts, dates and numbers; `None`: the visitor's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// `None`: a new message sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound_notification_enabled: Option<bool>,
    /// Whether a new visitor is told of other channels; `None`: yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_channel_prompt_enabled: Option<bool>,
    /// For how many days messages are kept; `None`: for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// The longest time that messages can be kept for: a century is for good.
const RETENTION_DAYS: u32 = 36_525;

/// Width and height of the button unless set.
const BUTTON: &str = "58";

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            business_name: None,
            business_icon_url: None,
            background_image_url: None,
            brand_color: BrandColor::default(),
            conversation_color: ActionColor::default(),
            action_color: ActionColor::default(),
            display_style: DisplayStyle::default(),
            button_icon_url: None,
            button_width: BUTTON.to_owned(),
            button_height: BUTTON.to_owned(),
            fixed_intro_pane: false,
            integration_order: None,
            origin_whitelist: None,
            prechat_capture: None,
            can_user_see_conversation_list: None,
            can_user_create_more_conversations: None,
            attachments_enabled: true,
            custom_text: CustomText::default(),
            menu_items: None,
            image_upload_enabled: None,
            browser_storage: None,
            locale: None,
            sound_notification_enabled: None,
            notification_channel_prompt_enabled: None,
            retention_days: None,
        }
    }
}

impl WebSettings {
    /// Whether the composer offers to send images …
    pub fn offers_images(&self) -> bool {
        self.offers_uploads() && self.menu_items.and_then(|menu| menu.image_upload) != Some(false)
    }

    /// … and other files …
    pub fn offers_files(&self) -> bool {
        self.offers_uploads() && self.menu_items.and_then(|menu| menu.file_upload) != Some(false)
    }

    /// … and where the visitor is.
    pub fn offers_location(&self) -> bool {
        self.menu_items.and_then(|menu| menu.share_location) != Some(false)
    }

    /// Whether visitors may begin further conversations …
    pub fn lets_begin_more(&self, app: &AppSettings) -> bool {
        app.multi_convo_enabled && self.can_user_create_more_conversations == Some(true)
    }

    /// … and whether one who has `conversations` sees a list of them.
    pub fn shows_list(&self, app: &AppSettings, conversations: u64) -> bool {
        let is_of_use = conversations > 1 || self.lets_begin_more(app);
        app.multi_convo_enabled && self.can_user_see_conversation_list != Some(false) && is_of_use
    }

    fn offers_uploads(&self) -> bool {
        self.attachments_enabled && self.image_upload_enabled != Some(false)
    }

    /// # Errors
    /// The first field that broke a rule, by its name on the wire.
    pub(super) fn checked(self) -> Result<Self, Invalid> {
        self.business_name.as_deref().map_or(Ok(()), |name| text("businessName", name, 100))?;
        for (field, address) in [
            ("businessIconUrl", &self.business_icon_url),
            ("backgroundImageUrl", &self.background_image_url),
            ("buttonIconUrl", &self.button_icon_url),
        ] {
            address.as_deref().map_or(Ok(()), |address| web_address(field, address))?;
        }
        for (field, size) in [("buttonWidth", &self.button_width), ("buttonHeight", &self.button_height)] {
            if !is_size(size) {
                return Err(Invalid::new(field, "should be a number of pixels such as 58"));
            }
        }
        if let Some(order) = &self.integration_order {
            at_most("integrationOrder", order)?;
            order.iter().try_for_each(|kind| text("integrationOrder", kind, 128))?;
        }
        if let Some(origins) = &self.origin_whitelist {
            at_most("originWhitelist", origins)?;
            if !origins.iter().all(|origin| is_origin(origin)) {
                let rule = "should have origins such as https://shop.example or http://localhost:8080";
                return Err(Invalid::new("originWhitelist", rule));
            }
        }
        if self.retention_days.is_some_and(|days| !(1..=RETENTION_DAYS).contains(&days)) {
            return Err(Invalid::new("retentionDays", format!("should be 1 to {RETENTION_DAYS}")));
        }
        let capture = self.prechat_capture.map(PrechatCapture::checked).transpose();
        let prechat_capture = capture.map_err(|invalid| invalid.within("prechatCapture"))?;
        Ok(Self { prechat_capture, custom_text: self.custom_text.checked()?, ..self })
    }
}

fn at_most<T>(field: &'static str, list: &[T]) -> Result<(), Invalid> {
    if list.len() <= LIST_ENTRIES {
        Ok(())
    } else {
        Err(Invalid::new(field, format!("should not have more than {LIST_ENTRIES} items")))
    }
}

/// Up to four digits, with `px` or without: safe to be written into a style.
fn is_size(text: &str) -> bool {
    let digits = text.strip_suffix("px").unwrap_or(text);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit())
}

/// What a visitor is asked before the first message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PrechatCapture {
    #[serde(deserialize_with = "or_off")]
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub avatar_url: Option<String>,
    #[serde(deserialize_with = "or_off")]
    pub enable_email_linking: bool,
    /// Fields of a form; `None` asks for a name and an e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub fields: Option<Vec<Field>>,
}

impl PrechatCapture {
    /// The same with the defaults of its fields.
    fn checked(self) -> Result<Self, Invalid> {
        self.avatar_url.as_deref().map_or(Ok(()), |avatar| web_address("avatarUrl", avatar))?;
        let fields = match self.fields {
            Some(fields) if !fields.is_empty() => {
                Some(Form { submitted: false, block_chat_input: false, fields }.checked()?.fields)
            }
            none => none,
        };
        Ok(Self { fields, ..self })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let expected = serde_json::json!({
            "brandColor": "65758e", "conversationColor": "0099ff", "actionColor": "0099ff", "displayStyle": "button",
            "buttonWidth": "58", "buttonHeight": "58", "fixedIntroPane": false, "attachmentsEnabled": true,
        });
        assert_eq!(serde_json::to_value(WebSettings::default()).unwrap(), expected);
        assert_eq!(serde_json::from_str::<WebSettings>("{}").unwrap(), WebSettings::default());
        let capture = serde_json::json!({ "enabled": false, "enableEmailLinking": false });
        assert_eq!(serde_json::to_value(PrechatCapture::default()).unwrap(), capture);
    }

    #[test]
    fn a_list_is_for_those_who_have_something_to_choose() {
        let (several, alone) =
            (AppSettings::default(), AppSettings { multi_convo_enabled: false, ..AppSettings::default() });
        for (json, with_one, with_two) in [
            ("{}", false, true),
            (r#"{"canUserCreateMoreConversations":true}"#, true, true),
            (r#"{"canUserCreateMoreConversations":false,"canUserSeeConversationList":true}"#, false, true),
            (r#"{"canUserCreateMoreConversations":true,"canUserSeeConversationList":false}"#, false, false),
        ] {
            let web: WebSettings = serde_json::from_str(json).unwrap();
            assert_eq!((web.shows_list(&several, 1), web.shows_list(&several, 2)), (with_one, with_two), "{json}");
            assert!(!web.shows_list(&alone, 2) && !web.lets_begin_more(&alone), "{json}");
        }
    }

    #[test]
    fn the_menu_offers_what_nobody_took_out() {
        let offered = |json: &str| {
            let web: WebSettings = serde_json::from_str(json).unwrap();
            (web.offers_images(), web.offers_files(), web.offers_location())
        };
        assert_eq!(offered("{}"), (true, true, true));
        assert_eq!(offered(r#"{"menuItems":{"fileUpload":false,"shareLocation":null}}"#), (true, false, true));
        assert_eq!(offered(r#"{"menuItems":{"imageUpload":true},"imageUploadEnabled":false}"#), (false, false, true));
        assert_eq!(
            offered(r#"{"attachmentsEnabled":false,"menuItems":{"shareLocation":false}}"#),
            (false, false, false)
        );
    }

    #[test]
    fn sizes_are_numbers_and_nothing_else() {
        for (text, good) in [
            ("58", true),
            ("120px", true),
            ("", false),
            ("px", false),
            ("5;}", false),
            ("58em", false),
            ("99999", false),
        ] {
            assert_eq!(is_size(text), good, "{text}");
        }
    }
}
