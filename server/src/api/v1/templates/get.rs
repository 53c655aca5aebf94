use axum::extract::State;

use super::{TemplateResponse, template_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `GET /v1.1/templates/{id}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
) -> Result<Json<TemplateResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(chat.require_template(scope, template_id(&path)?).await?.into()))
}
