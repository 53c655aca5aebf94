//! Users on their way in: flat, and under their older names.

use domain::user::ProfilePatch;
use domain::{Metadata, NewUser, Profile, Timestamp, UserPatch};
use serde::{Deserialize, Deserializer};

/// A user to be, as callers of the older API write one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAppUser {
    user_id: String,
    #[serde(default)]
    given_name: Option<String>,
    #[serde(default)]
    surname: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    signed_up_at: Option<Timestamp>,
    #[serde(default)]
    properties: Option<Metadata>,
}

impl From<NewAppUser> for NewUser {
    fn from(new: NewAppUser) -> Self {
        let NewAppUser { user_id, given_name, surname, email, signed_up_at, properties } = new;
        let profile = Profile { given_name, surname, email, ..Profile::default() };
        Self { external_id: user_id, signed_up_at, profile: Some(profile), metadata: properties }
    }
}

/// What is to change of a user: an absent key stays, `null` unsets.
#[expect(clippy::option_option, reason = "absent, null and a value are three different things in a patch")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppUserPatch {
    #[serde(deserialize_with = "present")]
    given_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    surname: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    email: Option<Option<String>>,
    signed_up_at: Option<Timestamp>,
    properties: Option<Metadata>,
}

/// A key that is there, be it with `null`.
#[expect(clippy::option_option, reason = "absent, null and a value are three different things in a patch")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<AppUserPatch> for UserPatch {
    fn from(patch: AppUserPatch) -> Self {
        let AppUserPatch { given_name, surname, email, signed_up_at, properties } = patch;
        let profile = ProfilePatch { given_name, surname, email, ..ProfilePatch::default() };
        // Without properties nothing is said of them, rather than that they are none.
        Self { signed_up_at, profile: Some(Some(profile)), metadata: properties.map(Some) }
    }
}
