//! Apps (tenants) and the keys that open them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AppId, Timestamp};

/// A tenant. No object of one app is ever visible to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    pub id: AppId,
    pub display_name: String,
}

/// How far a key reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyScope {
    /// Everything, of every app.
    Account,
    /// One app.
    App,
}

/// `app_` or `act_` and 24 hex digits: a scope that can be read off the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// A key id of `scope`, with the digits of any other id.
    pub fn new(scope: KeyScope, digits: impl fmt::Display) -> Self {
        Self(format!("{}{digits}", scope.prefix()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn scope(&self) -> KeyScope {
        if self.0.starts_with(KeyScope::Account.prefix()) { KeyScope::Account } else { KeyScope::App }
    }
}

impl KeyScope {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Account => "act_",
            Self::App => "app_",
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not a key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key id is app_ or act_ and 24 hexadecimal digits")]
pub struct NotAKeyId;

impl FromStr for KeyId {
    type Err = NotAKeyId;
    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        let digits = [KeyScope::Account, KeyScope::App].iter().find_map(|scope| text.strip_prefix(scope.prefix()));
        let good = digits.is_some_and(|digits| digits.parse::<AppId>().is_ok());
        if good { Ok(Self(text.to_owned())) } else { Err(NotAKeyId) }
    }
}

/// A key of the API. Its `secret` is stored as given, because the contract shows it again and signs tokens with it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    /// The app it opens; `None` for an account key.
    pub app: Option<AppId>,
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
        for bad in ["", "app_", digits, "int_65f0a1b2c3d4e5f6aabbccdd", "app_65f0a1b2c3d4e5f6aabbccdd'--"] {
            assert!(bad.parse::<KeyId>().is_err(), "{bad}");
        }
    }
}
