//! Images.

use serde::{Deserialize, Serialize};

use super::media::checked_media;
use crate::action::ActionPlace;
use crate::invalid::each;
use crate::wire::or_empty;
use crate::{Action, Invalid};

/// A picture, with or without a caption and buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Image {
    #[cfg_attr(feature = "openapi", schema(value_type = crate::WebAddress))]
    pub media_url: String,
    /// Of the stored file where it is ours, else as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub media_type: Option<String>,
    /// Bytes of the stored file where it is ours; a size that is only claimed is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 4096))]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub alt_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub attachment_id: Option<String>,
    #[serde(default, deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
}

impl Image {
    /// The image with an alternative text: the file's name where none was given.
    /// # Errors
    /// Names the field, as seen from the content.
    pub fn checked(self) -> Result<Self, Invalid> {
        let (caption, media_type) = (self.text.as_deref(), self.media_type.as_deref());
        let alt_text =
            checked_media(&self.media_url, caption, self.alt_text, media_type, self.attachment_id.as_deref())?;
        let actions = each("actions", self.actions, |action| action.checked(ActionPlace::Message))?;
        Ok(Self { media_size: None, alt_text, actions, ..self })
    }
}
