//! Apps (tenants) and the keys that open them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AppId, IntegrationId, Metadata, Timestamp};

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
pub struct AppSettings {
    /// Messages go after this many seconds without activity in their conversation; `None` keeps them.
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
}
