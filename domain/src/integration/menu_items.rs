//! What the composer offers besides words.

use serde::{Deserialize, Serialize};

/// The composer's menu; what is not named is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct MenuItems {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_upload: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_upload: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_location: Option<bool>,
}
