use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{TemplateResponse, checked, template_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

#[derive(Deserialize)]
pub struct TemplateChanges {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    message: Option<Map<String, Value>>,
}

/// `PUT /v1.1/templates/{id}`: changes the keys that are there.
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(body): Json<TemplateChanges>,
) -> Result<Json<TemplateResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let message = body.message.map(checked).transpose()?;
    Ok(Json(chat.update_template(scope, template_id(&path)?, body.name, message).await?.into()))
}
