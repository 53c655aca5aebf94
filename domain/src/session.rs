//! Sessions: browsers that speak for a user.

use serde::{Deserialize, Serialize};

use crate::{ClientId, DeviceInfo, IntegrationId, SessionId, Timestamp};

/// A browser that speaks for a user on a chat page. The same as the user's device with this id, told with how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: SessionId,
    /// The chat page.
    pub integration_id: IntegrationId,
    pub client_id: ClientId,
    pub created_at: Timestamp,
    /// When somebody was last known to be there; lags behind by up to a minute.
    pub last_seen: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<DeviceInfo>,
    /// Until when a login is good; none for a browser that nobody logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was ended before its time: by a logout, by another login in the same browser, or through the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}
