//! Users: the people a business talks with.

use serde::{Deserialize, Serialize};

use crate::invalid::{email, length, web_address};
use crate::{Invalid, Metadata, Timestamp, UserId};

/// A person. Anonymous until the business gives an `externalId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: UserId,
    /// The business's own id for this person; unique in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    pub signed_up_at: Timestamp,
    pub profile: Profile,
    pub metadata: Metadata,
    /// Read-only in the contract; always a list, empty until a channel verifies one.
    #[serde(default)]
    pub identities: Vec<serde_json::Value>,
}

/// What is known of a person. All optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl Profile {
    /// The name that stands beside the messages of `user`: given name and surname, else a made-up one, such as
    /// `Web User 4f1c2e4d6f80`, from the random half of the id.
    pub fn display_name(&self, user: UserId) -> String {
        let names: Vec<&str> = [&self.given_name, &self.surname].into_iter().filter_map(Option::as_deref).collect();
        if names.is_empty() { format!("Web User {}", &user.to_string()[12..]) } else { names.join(" ") }
    }

    fn check(&self) -> Result<(), Invalid> {
        for (field, value, most) in [
            ("profile.givenName", &self.given_name, 128),
            ("profile.surname", &self.surname, 128),
            ("profile.email", &self.email, 128),
            ("profile.locale", &self.locale, 64),
        ] {
            value.as_deref().map_or(Ok(()), |value| length(field, value, most))?;
        }
        self.email.as_deref().map_or(Ok(()), |address| email("profile.email", address))?;
        self.avatar_url.as_deref().map_or(Ok(()), |avatar| web_address("profile.avatarUrl", avatar))
    }
}

/// The body of `POST /v2/apps/{appId}/users`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    pub external_id: String,
    #[serde(default)]
    pub signed_up_at: Option<Timestamp>,
    #[serde(default)]
    pub profile: Option<Profile>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

impl NewUser {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        length("externalId", &self.external_id, 1024)?;
        if self.external_id.contains('\0') {
            return Err(Invalid::new("externalId", "must not contain the character NUL"));
        }
        if let Some(profile) = &self.profile {
            profile.check()?;
        }
        Ok(Self { metadata: self.metadata.map(Metadata::checked).transpose()?, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        serde_json::from_str::<NewUser>(body).unwrap().checked().unwrap_err().field.into_owned()
    }

    #[test]
    fn a_new_user_is_checked_field_by_field() {
        assert_eq!(refused(r#"{"externalId":""}"#), "externalId");
        assert_eq!(refused(r#"{"externalId":"a","profile":{"email":"nobody"}}"#), "profile.email");
        assert_eq!(refused(r#"{"externalId":"a","profile":{"avatarUrl":"javascript:1"}}"#), "profile.avatarUrl");
        assert_eq!(refused(r#"{"externalId":"a","metadata":{"x":[]}}"#), "metadata.x");
    }

    #[test]
    fn a_name_is_made_up_only_where_none_is_known() {
        let user = "65f0a1b2c3d4e5f601020304".parse().unwrap();
        let mut profile = Profile::default();
        assert_eq!(profile.display_name(user), "Web User e5f601020304");
        profile.surname = Some("Lovelace".into());
        assert_eq!(profile.display_name(user), "Lovelace");
    }
}
