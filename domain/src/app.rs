//! Apps (tenants) and the keys that open them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::invalid::text;
use crate::patch::present;
use crate::{AppId, IntegrationId, Invalid, Metadata, Timestamp};

/// A tenant. No object of one app is ever visible to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct App {
    pub id: AppId,
    pub display_name: String,
    pub settings: AppSettings,
    pub metadata: Metadata,
}

/// How an app behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the contract's switches")]
pub struct AppSettings {
    /// Messages go after this many seconds without activity in their conversation; `None` and 0 keep them.
    pub conversation_retention_seconds: Option<u64>,
    /// Card numbers in messages are masked before they are stored.
    pub mask_credit_card_numbers: bool,
    /// Anonymous users get friendly names.
    pub use_animal_names: bool,
    /// A click on a postback button leaves a message, too.
    pub echo_postback: bool,
    pub ignore_auto_conversation_start: bool,
    /// Users may have several conversations. Once on it stays on.
    pub multi_convo_enabled: bool,
    pub app_localization_enabled: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            conversation_retention_seconds: None,
            mask_credit_card_numbers: false,
            use_animal_names: false,
            echo_postback: false,
            ignore_auto_conversation_start: false,
            multi_convo_enabled: true,
            app_localization_enabled: false,
        }
    }
}

impl AppSettings {
    /// Whether messages are deleted when nothing happens for long.
    pub fn expires_conversations(&self) -> bool {
        self.conversation_retention_seconds.is_some_and(|seconds| seconds > 0)
    }
}

/// The body of `POST /v2/apps`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewApp {
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub display_name: String,
    #[serde(default)]
    pub settings: Option<SettingsPatch>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

/// The body of `PATCH /v2/apps/{appId}`: an absent key stays, `null` unsets. Metadata goes key by key, as that of users and
/// conversations does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppPatch {
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub settings: Option<Option<SettingsPatch>>,
    #[serde(default, deserialize_with = "present")]
    pub metadata: Option<Option<Metadata>>,
}

/// Settings to change: an absent key stays, `null` brings the default back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SettingsPatch {
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, maximum = 9_007_199_254_740_991u64))]
    pub conversation_retention_seconds: Option<Option<u64>>,
    #[serde(default, deserialize_with = "present")]
    pub mask_credit_card_numbers: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub use_animal_names: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub echo_postback: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub ignore_auto_conversation_start: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub multi_convo_enabled: Option<Option<bool>>,
    #[serde(default, deserialize_with = "present")]
    pub app_localization_enabled: Option<Option<bool>>,
}

/// The longest time in seconds that every client can read as a number.
const RETENTION_MOST: u64 = (1 << 53) - 1;

impl NewApp {
    /// The app that this makes.
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn into_app(self, id: AppId) -> Result<App, Invalid> {
        let bare = App {
            id,
            display_name: self.display_name,
            settings: self.settings.unwrap_or_default().apply(&AppSettings::default())?,
            metadata: self.metadata.unwrap_or_default(),
        };
        AppPatch::default().apply(bare)
    }
}

impl AppPatch {
    /// `app` with what this patch changes.
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn apply(self, app: App) -> Result<App, Invalid> {
        let display_name = self.display_name.unwrap_or(app.display_name);
        text("displayName", &display_name, 100)?;
        let metadata = match self.metadata {
            None => app.metadata.checked(),
            Some(None) => Ok(Metadata::default()),
            Some(Some(patch)) => app.metadata.patched(patch),
        };
        let metadata = metadata.map_err(|invalid| match invalid.field.as_ref() {
            "metadata" => Invalid::new("App metadata", format!("{}.", invalid.rule)),
            _ => invalid,
        })?;
        let settings = match self.settings {
            None => app.settings,
            Some(patch) => {
                let settings = patch.unwrap_or_default().apply(&app.settings)?;
                AppSettings {
                    multi_convo_enabled: settings.multi_convo_enabled || app.settings.multi_convo_enabled,
                    ..settings
                }
            }
        };
        Ok(App { display_name, settings, metadata, ..app })
    }
}

impl SettingsPatch {
    fn apply(self, before: &AppSettings) -> Result<AppSettings, Invalid> {
        let default = AppSettings::default();
        let flag =
            |patch: Option<Option<bool>>, before, default| patch.map_or(before, |value| value.unwrap_or(default));
        let retention = self.conversation_retention_seconds.unwrap_or(before.conversation_retention_seconds);
        if retention.is_some_and(|seconds| seconds > RETENTION_MOST) {
            return Err(Invalid::new("settings.conversationRetentionSeconds", "is too large"));
        }
        Ok(AppSettings {
            conversation_retention_seconds: retention,
            mask_credit_card_numbers: flag(
                self.mask_credit_card_numbers,
                before.mask_credit_card_numbers,
                default.mask_credit_card_numbers,
            ),
            use_animal_names: flag(self.use_animal_names, before.use_animal_names, default.use_animal_names),
            echo_postback: flag(self.echo_postback, before.echo_postback, default.echo_postback),
            ignore_auto_conversation_start: flag(
                self.ignore_auto_conversation_start,
                before.ignore_auto_conversation_start,
                default.ignore_auto_conversation_start,
            ),
            multi_convo_enabled: flag(
                self.multi_convo_enabled,
                before.multi_convo_enabled,
                default.multi_convo_enabled,
            ),
            app_localization_enabled: flag(
                self.app_localization_enabled,
                before.app_localization_enabled,
                default.app_localization_enabled,
            ),
        })
    }
}

/// How far a key reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyScope {
    /// Everything, of every app.
    Account,
    /// One app.
    App,
    /// One integration of one app: conversations and users, and its own webhooks.
    Integration,
}

/// `app_`, `int_`, `act_` or `svc_` and 24 hex digits: a scope that can be read off the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(pattern = "^(app|int|act|svc)_[0-9a-f]{24}$", example = "app_65f0a1b2c3d4e5f6aabbccdd")
)]
#[serde(transparent)]
pub struct KeyId(String);

/// Service account keys reach as far as the account's own.
const PREFIXES: [(&str, KeyScope); 4] = [
    ("app_", KeyScope::App),
    ("int_", KeyScope::Integration),
    ("act_", KeyScope::Account),
    ("svc_", KeyScope::Account),
];

impl KeyId {
    /// A key id of `scope`, with the digits of any other id.
    /// # Panics
    /// Never: every scope has a prefix.
    pub fn new(scope: KeyScope, digits: impl fmt::Display) -> Self {
        let (prefix, _) = PREFIXES.iter().find(|(_, of)| *of == scope).expect("every scope has a prefix");
        Self(format!("{prefix}{digits}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// # Panics
    /// Never: it was checked when it was made.
    pub fn scope(&self) -> KeyScope {
        scope_of(&self.0).expect("a key id has one of the prefixes").0
    }
}

fn scope_of(text: &str) -> Option<(KeyScope, &str)> {
    PREFIXES.iter().find_map(|(prefix, scope)| Some((*scope, text.strip_prefix(prefix)?)))
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not a key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key id is app_, int_, act_ or svc_ and 24 hexadecimal digits")]
pub struct NotAKeyId;

impl FromStr for KeyId {
    type Err = NotAKeyId;
    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let good = scope_of(text).is_some_and(|(_, digits)| digits.parse::<AppId>().is_ok());
        if good { Ok(Self(text.to_owned())) } else { Err(NotAKeyId) }
    }
}

/// A key of the API. Its `secret` is stored as given, because the contract shows it again and signs tokens with it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    /// The app it opens; `None` for an account key.
    pub app: Option<AppId>,
    /// The integration it speaks for, of that app; `None` for the others.
    pub integration: Option<IntegrationId>,
    pub display_name: String,
    pub secret: String,
    pub created_at: Timestamp,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("id", &self.id)
            .field("app", &self.app)
            .field("secret", &"***")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_tells_its_scope() {
        let digits = "65f0a1b2c3d4e5f6aabbccdd";
        assert_eq!(format!("app_{digits}").parse::<KeyId>().unwrap().scope(), KeyScope::App);
        assert_eq!(format!("act_{digits}").parse::<KeyId>().unwrap().scope(), KeyScope::Account);
        assert_eq!(format!("int_{digits}").parse::<KeyId>().unwrap().scope(), KeyScope::Integration);
        assert_eq!(format!("svc_{digits}").parse::<KeyId>().unwrap().scope(), KeyScope::Account);
        for bad in ["", "app_", digits, "key_65f0a1b2c3d4e5f6aabbccdd", "app_65f0a1b2c3d4e5f6aabbccdd'--"] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad}");
        }
    }

    fn app(body: &str) -> Result<App, Invalid> {
        let id = AppId::new(Timestamp::default(), [1; 8]);
        serde_json::from_str::<NewApp>(body).unwrap().into_app(id)
    }

    fn patched(app: App, body: &str) -> Result<App, Invalid> {
        serde_json::from_str::<AppPatch>(body).unwrap().apply(app)
    }

    #[test]
    fn several_conversations_once_allowed_stay_allowed() {
        let alone = app(r#"{"displayName":"Shop","settings":{"multiConvoEnabled":false}}"#).unwrap();
        assert!(!alone.settings.multi_convo_enabled);
        let several = patched(alone, r#"{"settings":{"multiConvoEnabled":true}}"#).unwrap();
        let still = patched(several, r#"{"settings":{"multiConvoEnabled":false,"useAnimalNames":true}}"#).unwrap();
        assert!(still.settings.multi_convo_enabled && still.settings.use_animal_names);
    }

    #[test]
    fn a_patch_touches_only_what_it_names() {
        let shop = app(
            r#"{"displayName":"Shop","settings":{"conversationRetentionSeconds":9,"echoPostback":true},"metadata":{"a":1}}"#,
        );
        let shop = shop.unwrap();
        assert_eq!(patched(shop.clone(), r#"{"x":1}"#).unwrap(), shop);
        let forever = patched(shop.clone(), r#"{"settings":{"conversationRetentionSeconds":null}}"#).unwrap();
        assert_eq!(forever.settings.conversation_retention_seconds, None);
        assert!(forever.settings.echo_postback && forever.metadata == shop.metadata);
        let more = patched(shop.clone(), r#"{"metadata":{"b":2}}"#).unwrap();
        assert_eq!(serde_json::to_string(&more.metadata).unwrap(), r#"{"a":1,"b":2}"#);
        let less = patched(more, r#"{"metadata":{"a":null}}"#).unwrap();
        assert_eq!(serde_json::to_string(&less.metadata).unwrap(), r#"{"b":2}"#);
        assert!(patched(less, r#"{"metadata":null}"#).unwrap().metadata.is_empty());
    }

    #[test]
    fn what_is_wrong_with_an_app_is_named() {
        let refused = |body: &str| app(body).unwrap_err().to_string();
        assert!(refused(r#"{"displayName":""}"#).starts_with("displayName"));
        let big = format!(r#"{{"displayName":"a","metadata":{{"blob":"{}"}}}}"#, "x".repeat(4096));
        assert_eq!(refused(&big), "App metadata is limited to 4096 bytes in size.");
        let long = r#"{"displayName":"a","settings":{"conversationRetentionSeconds":9007199254740992}}"#;
        assert!(refused(long).starts_with("settings.conversationRetentionSeconds"));
    }
}
