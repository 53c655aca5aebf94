//! Users: the people a business talks with.

use serde::{Deserialize, Serialize};

use crate::animal_name::animal_name;
use crate::invalid::{email, text, web_address};
use crate::patch::present;
use crate::{AppSettings, Invalid, Metadata, Timestamp, UserId};

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

impl User {
    /// This user with what `patch` changes.
    /// # Errors
    /// `metadata` when it is too large together with what was there.
    pub fn patched(self, patch: UserPatch) -> Result<Self, Invalid> {
        let metadata = match patch.metadata {
            None => self.metadata,
            Some(None) => Metadata::default(),
            Some(Some(metadata)) => self.metadata.patched(metadata)?,
        };
        let profile = match patch.profile {
            None => self.profile,
            Some(None) => Profile::default(),
            Some(Some(profile)) => self.profile.patched(profile),
        };
        Ok(Self { signed_up_at: patch.signed_up_at.unwrap_or(self.signed_up_at), profile, metadata, ..self })
    }

    /// This user without what tells who it is. Ids, locale and time of sign-up stay.
    #[must_use]
    pub fn without_personal_information(self) -> Self {
        let profile = Profile { locale: self.profile.locale, ..Profile::default() };
        Self { profile, metadata: Metadata::default(), ..self }
    }

    /// Takes over what `discarded` has and this user lacks; returns the metadata that is lost.
    pub fn absorb(&mut self, discarded: Self) -> Metadata {
        self.profile.fill(discarded.profile);
        self.external_id = self.external_id.take().or(discarded.external_id);
        self.metadata.absorb(discarded.metadata)
    }
}

/// A user as webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TruncatedUser {
    pub id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl From<&User> for TruncatedUser {
    fn from(user: &User) -> Self {
        Self { id: user.id, external_id: user.external_id.clone() }
    }
}

/// What is known of a person. All optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub given_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub surname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 128,
            pattern = "^[^@\\s\\u0000-\\u001f\\u007f-\\u009f]+@[^@\\s\\u0000-\\u001f\\u007f-\\u009f]+$"
        )
    )]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub avatar_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub locale: Option<String>,
}

impl Profile {
    /// The name that stands beside the messages of `user`: given name and surname, else a made-up one from the id, such as
    /// `Web User 4f1c2e4d6f80`, or `Calm Otter` where the app is set so.
    pub fn display_name(&self, user: UserId, settings: &AppSettings) -> String {
        let names: Vec<&str> = [&self.given_name, &self.surname].into_iter().filter_map(Option::as_deref).collect();
        match names.as_slice() {
            [] if settings.use_animal_names => animal_name(user),
            [] => format!("Web User {}", &user.to_string()[12..]),
            names => names.join(" "),
        }
    }

    /// Takes from `other` what is not known here.
    pub fn fill(&mut self, other: Self) {
        let Self { given_name, surname, email, avatar_url, locale } = other;
        for (mine, other) in [
            (&mut self.given_name, given_name),
            (&mut self.surname, surname),
            (&mut self.email, email),
            (&mut self.avatar_url, avatar_url),
            (&mut self.locale, locale),
        ] {
            *mine = mine.take().or(other);
        }
    }

    /// This profile without the texts that break a rule: for what somebody else claims, where the rest is of use all the same.
    #[must_use]
    pub fn sound(self) -> Self {
        let sound = |part: Self| if part.check().is_ok() { part } else { Self::default() };
        let Self { given_name, surname, email, avatar_url, locale } = self;
        Self {
            given_name: sound(Self { given_name, ..Self::default() }).given_name,
            surname: sound(Self { surname, ..Self::default() }).surname,
            email: sound(Self { email, ..Self::default() }).email,
            avatar_url: sound(Self { avatar_url, ..Self::default() }).avatar_url,
            locale: sound(Self { locale, ..Self::default() }).locale,
        }
    }

    fn patched(self, patch: ProfilePatch) -> Self {
        Self {
            given_name: patch.given_name.unwrap_or(self.given_name),
            surname: patch.surname.unwrap_or(self.surname),
            email: patch.email.unwrap_or(self.email),
            avatar_url: patch.avatar_url.unwrap_or(self.avatar_url),
            locale: patch.locale.unwrap_or(self.locale),
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        for (field, value, most) in [
            ("profile.givenName", &self.given_name, 128),
            ("profile.surname", &self.surname, 128),
            ("profile.email", &self.email, 128),
            ("profile.locale", &self.locale, 64),
        ] {
            value.as_deref().map_or(Ok(()), |value| text(field, value, most))?;
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
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024))]
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
        text("externalId", &self.external_id, 1024)?;
        if let Some(profile) = &self.profile {
            profile.check()?;
        }
        Ok(Self { metadata: self.metadata.map(Metadata::checked).transpose()?, ..self })
    }
}

/// The body of `PATCH …/users/{id}`: an absent key stays, `null` unsets. `profile` and `metadata` change key by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserPatch {
    #[serde(default)]
    pub signed_up_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "present")]
    pub profile: Option<Option<ProfilePatch>>,
    #[serde(default, deserialize_with = "present")]
    pub metadata: Option<Option<Metadata>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProfilePatch {
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub given_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub surname: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 128,
            pattern = "^[^@\\s\\u0000-\\u001f\\u007f-\\u009f]+@[^@\\s\\u0000-\\u001f\\u007f-\\u009f]+$"
        )
    )]
    pub email: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebAddress>))]
    pub avatar_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub locale: Option<Option<String>>,
}

impl UserPatch {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self) -> Result<Self, Invalid> {
        if let Some(Some(profile)) = &self.profile {
            // A profile of nothing but what is set must be good by itself.
            Profile::default().patched(profile.clone()).check()?;
        }
        if let Some(Some(metadata)) = &self.metadata {
            metadata.clone().checked()?;
        }
        Ok(self)
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
        let (plain, animals) =
            (AppSettings::default(), AppSettings { use_animal_names: true, ..AppSettings::default() });
        assert_eq!(profile.display_name(user, &plain), "Web User e5f601020304");
        assert_eq!(profile.display_name(user, &animals), animal_name(user));
        profile.surname = Some("Lovelace".into());
        assert_eq!(profile.display_name(user, &animals), "Lovelace");
    }

    fn user(body: &str) -> User {
        let NewUser { external_id, signed_up_at, profile, metadata } = serde_json::from_str(body).unwrap();
        User {
            id: "65f0a1b2c3d4e5f601020304".parse().unwrap(),
            external_id: Some(external_id),
            signed_up_at: signed_up_at.unwrap_or_default(),
            profile: profile.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
            identities: Vec::new(),
        }
    }

    #[test]
    fn a_patch_merges_and_null_unsets() {
        let ann = user(
            r#"{"externalId":"ann","profile":{"givenName":"Ann","surname":"A","locale":"en"},"metadata":{"a":1,"b":1}}"#,
        );
        let patch =
            r#"{"externalId":"bob","profile":{"surname":null,"email":"a@b.example"},"metadata":{"b":null,"c":"x"}}"#;
        let patch: UserPatch = serde_json::from_str(patch).unwrap();
        let after = serde_json::to_value(ann.clone().patched(patch.checked().unwrap()).unwrap()).unwrap();
        assert_eq!(after["externalId"], "ann");
        assert_eq!(after["profile"], serde_json::json!({ "givenName": "Ann", "email": "a@b.example", "locale": "en" }));
        assert_eq!(after["metadata"], serde_json::json!({ "a": 1, "c": "x" }));
        let cleared =
            ann.clone().patched(serde_json::from_str(r#"{"profile":null,"metadata":null}"#).unwrap()).unwrap();
        assert_eq!((cleared.profile, cleared.metadata), (Profile::default(), Metadata::default()));
        assert_eq!(ann.clone().patched(UserPatch::default()).unwrap(), ann);
        let bad: UserPatch = serde_json::from_str(r#"{"profile":{"email":"nobody"}}"#).unwrap();
        assert_eq!(bad.checked().unwrap_err().field, "profile.email");
    }

    #[test]
    fn of_a_claimed_profile_only_what_is_sound_is_taken() {
        let text = |text: &str| Some(text.to_owned());
        let claimed =
            Profile { given_name: text("Ann"), surname: text("\0"), email: text("nobody"), ..Profile::default() };
        assert_eq!(claimed.sound(), Profile { given_name: text("Ann"), ..Profile::default() });
    }

    #[test]
    fn who_survives_keeps_its_own() {
        let mut ann = user(r#"{"externalId":"ann","profile":{"givenName":"Ann"},"metadata":{"a":1}}"#);
        let bob = user(r#"{"externalId":"bob","profile":{"givenName":"Bob","surname":"B"},"metadata":{"a":2,"b":2}}"#);
        let lost = ann.absorb(bob);
        assert_eq!(serde_json::to_string(&lost).unwrap(), r#"{"a":2}"#);
        assert_eq!(ann.profile.display_name(ann.id, &AppSettings::default()), "Ann B");
        assert_eq!(ann.external_id.as_deref(), Some("ann"));
        let nobody = ann.without_personal_information();
        assert_eq!((nobody.profile, nobody.metadata.is_empty()), (Profile::default(), true));
    }
}
