use axum::extract::State;
use domain::IntegrationPatch;
use http::StatusCode;
use serde_json::{Map, Value};

use super::IntegrationResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, part};
use crate::api::v2::integrations::create::settings;
use crate::chat::Chat;

/// `POST /v1.1/apps/{app}/integrations`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<Map<String, Value>>,
) -> Result<(StatusCode, Json<IntegrationResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let settings = settings(&body)?;
    let given = part::<IntegrationPatch>("", Value::Object(body))?;
    let (integration, _) = chat.create_integration(scope, settings, given, None).await?;
    Ok((StatusCode::CREATED, Json(integration.into())))
}
