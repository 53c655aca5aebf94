use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{TemplateResponse, checked};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

#[derive(Deserialize)]
pub struct NewTemplate {
    name: String,
    message: Map<String, Value>,
}

/// `POST /v1.1/templates`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewTemplate>,
) -> Result<(StatusCode, Json<TemplateResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let template = chat.create_template(scope, body.name, checked(body.message)?).await?;
    Ok((StatusCode::CREATED, Json(template.into())))
}
