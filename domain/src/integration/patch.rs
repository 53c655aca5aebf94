//! What callers may change of an integration.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::color::{ActionColor, BrandColor, Color};
use super::custom_text::CustomText;
use super::locale::Locale;
use super::menu_items::MenuItems;
use super::web::{BrowserStorage, DisplayStyle, PrechatCapture, WebSettings};
use super::{Integration, IntegrationSettings};
use crate::Invalid;
use crate::invalid::text;
use crate::patch::present;

/// The body of `PATCH …/integrations/{id}`: an absent key stays, `null` unsets. Keys of other types are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct IntegrationPatch {
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub display_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub business_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub business_icon_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub background_image_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub brand_color: Option<Option<Color>>,
    #[serde(default, deserialize_with = "present")]
    pub conversation_color: Option<Option<Color>>,
    #[serde(default, deserialize_with = "present")]
    pub action_color: Option<Option<Color>>,
    #[serde(default, deserialize_with = "present")]
    pub display_style: Option<Option<DisplayStyle>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub button_icon_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{1,4}(px)?$"))]
    pub button_width: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{1,4}(px)?$"))]
    pub button_height: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub fixed_intro_pane: Option<Option<bool>>,
    /// Another name for `fixedIntroPane`, which it goes before.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(write_only))]
    pub fixed_header: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub integration_order: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "present")]
    pub origin_whitelist: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "present")]
    pub prechat_capture: Option<Option<PrechatCapture>>,
    #[serde(default, deserialize_with = "present")]
    pub can_user_create_more_conversations: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub custom_text: Option<Option<CustomText>>,
    #[serde(default, deserialize_with = "present")]
    pub menu_items: Option<Option<MenuItems>>,
    #[serde(default, deserialize_with = "present")]
    pub image_upload_enabled: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub browser_storage: Option<Option<BrowserStorage>>,
    #[serde(default, deserialize_with = "present")]
    pub locale: Option<Option<Locale>>,
    #[serde(default, deserialize_with = "present")]
    pub sound_notification_enabled: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub notification_channel_prompt_enabled: Option<Option<bool>>,
    /// For how many days messages are kept in conversations of those who came by this page; `null`: for good. An addition to
    /// the contract.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 36525))]
    pub retention_days: Option<Option<u32>>,
    /// The keys of channels.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub others: Map<String, Value>,
}

impl IntegrationPatch {
    /// `integration` with what this patch changes.
    /// # Errors
    /// The first field that broke a rule, by its name on the wire.
    pub fn apply(mut self, integration: Integration) -> Result<Integration, Invalid> {
        let display_name = self.display_name.take().unwrap_or(integration.display_name);
        display_name.as_deref().map_or(Ok(()), |name| text("displayName", name, 100))?;
        let settings = match integration.settings {
            IntegrationSettings::Web(web) => IntegrationSettings::Web(Box::new(self.of_page(*web).checked()?)),
            IntegrationSettings::Channel(channel) => IntegrationSettings::Channel(channel.changed(&self.others)?),
            other @ (IntegrationSettings::Custom | IntegrationSettings::OAuth(_)) => other,
        };
        Ok(Integration { display_name, settings, ..integration })
    }

    fn of_page(self, web: WebSettings) -> WebSettings {
        let default = WebSettings::default();
        WebSettings {
            business_name: self.business_name.unwrap_or(web.business_name),
            business_icon_url: self.business_icon_url.unwrap_or(web.business_icon_url),
            background_image_url: self.background_image_url.unwrap_or(web.background_image_url),
            brand_color: self
                .brand_color
                .map_or(web.brand_color, |color| color.map_or(default.brand_color, BrandColor)),
            conversation_color: self.conversation_color.map_or(web.conversation_color, action_color),
            action_color: self.action_color.map_or(web.action_color, action_color),
            display_style: self.display_style.map_or(web.display_style, Option::unwrap_or_default),
            button_icon_url: self.button_icon_url.unwrap_or(web.button_icon_url),
            button_width: self.button_width.map_or(web.button_width, |width| width.unwrap_or(default.button_width)),
            button_height: self
                .button_height
                .map_or(web.button_height, |height| height.unwrap_or(default.button_height)),
            fixed_intro_pane: self
                .fixed_header
                .or(self.fixed_intro_pane)
                .map_or(web.fixed_intro_pane, Option::unwrap_or_default),
            integration_order: self.integration_order.unwrap_or(web.integration_order),
            origin_whitelist: self.origin_whitelist.unwrap_or(web.origin_whitelist),
            prechat_capture: self.prechat_capture.unwrap_or(web.prechat_capture),
            can_user_see_conversation_list: web.can_user_see_conversation_list,
            can_user_create_more_conversations: self
                .can_user_create_more_conversations
                .unwrap_or(web.can_user_create_more_conversations),
            attachments_enabled: web.attachments_enabled,
            custom_text: self.custom_text.map_or(web.custom_text, Option::unwrap_or_default),
            menu_items: self.menu_items.unwrap_or(web.menu_items),
            image_upload_enabled: self.image_upload_enabled.unwrap_or(web.image_upload_enabled),
            browser_storage: self.browser_storage.unwrap_or(web.browser_storage),
            locale: self.locale.unwrap_or(web.locale),
            sound_notification_enabled: self.sound_notification_enabled.unwrap_or(web.sound_notification_enabled),
            notification_channel_prompt_enabled: self
                .notification_channel_prompt_enabled
                .unwrap_or(web.notification_channel_prompt_enabled),
            retention_days: self.retention_days.unwrap_or(web.retention_days),
        }
    }
}

fn action_color(color: Option<Color>) -> ActionColor {
    color.map(ActionColor).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AppId, IntegrationId, WebIntegration};

    fn page(web: WebSettings) -> Integration {
        let now = crate::Timestamp::default();
        Integration {
            id: IntegrationId::new(now, [1; 8]),
            app: AppId::new(now, [2; 8]),
            display_name: Some("Shop".into()),
            settings: IntegrationSettings::Web(Box::new(web)),
        }
    }

    fn patched(body: &str) -> Result<WebIntegration, Invalid> {
        let before = WebSettings {
            business_name: Some("Tea".into()),
            can_user_see_conversation_list: Some(false),
            button_width: "70".into(),
            ..WebSettings::default()
        };
        let after = serde_json::from_str::<IntegrationPatch>(body).unwrap().apply(page(before))?;
        Ok(WebIntegration::of(after).unwrap())
    }

    #[test]
    fn a_patch_touches_only_what_it_names() {
        let after = patched(r#"{"businessName":null,"brandColor":"0af","displayStyle":"tab","unknown":1}"#).unwrap();
        assert_eq!((after.business_name(), after.web.brand_color.0.to_string().as_str()), ("Shop", "0af"));
        let expected = WebSettings {
            brand_color: after.web.brand_color,
            display_style: DisplayStyle::Tab,
            can_user_see_conversation_list: Some(false),
            button_width: "70".into(),
            ..WebSettings::default()
        };
        assert_eq!(after.web, expected);
    }

    #[test]
    fn null_brings_the_default_back() {
        let after = patched(r#"{"buttonWidth":null,"displayStyle":null,"canUserSeeConversationList":true}"#).unwrap();
        assert_eq!(after.web.button_width, "58");
        assert_eq!(after.web.can_user_see_conversation_list, Some(false), "only a new page is asked");
    }

    #[test]
    fn the_intro_is_pinned_by_either_name() {
        for (body, pinned) in [
            (r#"{"fixedHeader":true}"#, true),
            (r#"{"fixedIntroPane":true}"#, true),
            (r#"{"fixedHeader":false,"fixedIntroPane":true}"#, false),
            (r#"{"fixedHeader":null}"#, false),
        ] {
            let after = patched(body).unwrap().web;
            assert_eq!(after, WebSettings { fixed_intro_pane: pinned, ..patched("{}").unwrap().web }, "{body}");
        }
    }

    #[test]
    fn what_is_unset_is_not_told() {
        let set = r#"{"customText":{"headerText":"Hi"},"menuItems":{"imageUpload":false},"browserStorage":"sessionStorage",
            "locale":"de-AT","soundNotificationEnabled":false,"imageUploadEnabled":true,"notificationChannelPromptEnabled":false}"#;
        let given: Map<String, Value> = serde_json::from_str(set).unwrap();
        let shown = IntegrationSettings::Web(Box::new(patched(set).unwrap().web)).shown();
        for (key, value) in &given {
            assert_eq!(shown.get(key), Some(value), "{key}");
        }
        let nulls: Map<String, Value> = given.keys().map(|key| (key.clone(), Value::Null)).collect();
        let patch: IntegrationPatch = serde_json::from_value(Value::Object(nulls)).unwrap();
        let unset = patch.apply(page(patched(set).unwrap().web)).unwrap();
        assert_eq!(unset.settings, page(patched("{}").unwrap().web).settings);
        assert!(given.keys().all(|key| !unset.settings.shown().contains_key(key)));
    }

    #[test]
    fn a_patch_is_checked_field_by_field() {
        let refused = |body: &str| patched(body).unwrap_err().field;
        assert_eq!(refused(r#"{"displayName":""}"#), "displayName");
        assert_eq!(refused(r#"{"businessIconUrl":"javascript:1"}"#), "businessIconUrl");
        assert_eq!(refused(r#"{"buttonWidth":"wide"}"#), "buttonWidth");
        assert_eq!(refused(r#"{"integrationOrder":[""]}"#), "integrationOrder");
        for origin in
            ["shop.example", "https://shop.example/path", "https://a; script-src *", "https://", "*", "https://a b"]
        {
            assert_eq!(refused(&format!(r#"{{"originWhitelist":["{origin}"]}}"#)), "originWhitelist", "{origin}");
        }
        let capture = |field: &str| refused(&format!(r#"{{"prechatCapture":{{"fields":[{field}]}}}}"#));
        assert_eq!(capture(r#"{"type":"text","name":"n","label":""}"#), "prechatCapture.fields[0].label");
        let twice = r#"{"type":"text","name":"n","label":"l"}"#;
        assert_eq!(capture(&format!("{twice},{twice}")), "prechatCapture.fields[1].name");
    }
}
