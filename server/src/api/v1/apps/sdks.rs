use axum::extract::State;
use domain::IntegrationId;
use serde::Serialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// The oldest integration of each kind of client; `null` where there is none.
#[derive(Serialize)]
pub struct SdksResponse {
    #[serde(rename = "androidIntegrationId")]
    android: Option<IntegrationId>,
    #[serde(rename = "iosIntegrationId")]
    ios: Option<IntegrationId>,
    #[serde(rename = "webIntegrationId")]
    web: Option<IntegrationId>,
}

/// `GET /v1.1/apps/{app}/sdks`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<SdksResponse>, ApiError> {
    let scope = caller.account_over(path.app.as_deref()).await?;
    Ok(Json(SdksResponse {
        android: chat.integration_of_type(scope, "android").await?,
        ios: chat.integration_of_type(scope, "ios").await?,
        web: chat.integration_of_type(scope, "web").await?,
    }))
}
