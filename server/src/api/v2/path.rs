//! What paths name. Texts, because an id of the wrong form is an object that does not exist: 404, not 400.

use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AppPath {
    /// The app's id.
    #[param(example = "65f0a1b2c3d4e5f6aabbccdd")]
    pub app_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// The app's id.
    pub app_id: String,
    /// The user's id, else the business's own id for the user.
    pub user_id_or_external_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct BanPath {
    /// The app's id.
    pub app_id: String,
    /// The ban's id.
    pub ban_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ConversationPath {
    /// The app's id.
    pub app_id: String,
    /// The conversation's id.
    pub conversation_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct IntegrationPath {
    /// The app's id.
    pub app_id: String,
    /// The integration's id.
    pub integration_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct MessagePath {
    /// The app's id.
    pub app_id: String,
    /// The conversation's id.
    pub conversation_id: String,
    /// The message's id.
    pub message_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct ClientPath {
    /// The app's id.
    pub app_id: String,
    /// The user's id, else the business's own id for the user.
    pub user_id_or_external_id: String,
    /// The client's id.
    pub client_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct WebhookPath {
    /// The app's id.
    pub app_id: String,
    /// The integration's id.
    pub integration_id: String,
    /// The webhook's id.
    pub webhook_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct DevicePath {
    /// The app's id.
    pub app_id: String,
    /// The user's id, else the business's own id for the user.
    pub user_id_or_external_id: String,
    /// The device's id.
    pub device_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct DeliveryPath {
    /// The app's id.
    pub app_id: String,
    /// The integration's id.
    pub integration_id: String,
    /// The webhook's id.
    pub webhook_id: String,
    /// The delivery's id.
    pub delivery_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct IntegrationKeyPath {
    /// The app's id.
    pub app_id: String,
    /// The integration's id.
    pub integration_id: String,
    /// The key's id.
    pub key_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct LinkPath {
    /// The app's id.
    pub app_id: String,
    /// The integration's id.
    pub integration_id: String,
    /// The link's id.
    pub link_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AppKeyPath {
    /// The app's id.
    pub app_id: String,
    /// The key's id.
    pub key_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct SwitchboardPath {
    /// The app's id.
    pub app_id: String,
    /// The switchboard's id.
    pub switchboard_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct SwitchboardIntegrationPath {
    /// The app's id.
    pub app_id: String,
    /// The switchboard's id.
    pub switchboard_id: String,
    /// The switchboard integration's id.
    pub switchboard_integration_id: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
pub struct SessionPath {
    /// The app's id.
    pub app_id: String,
    /// The user's id, else the business's own id for the user.
    pub user_id_or_external_id: String,
    /// The session's id.
    pub session_id: String,
}
