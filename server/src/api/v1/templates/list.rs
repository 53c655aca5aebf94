use axum::extract::State;
use serde::Serialize;

use super::TemplateBody;
use crate::api::v1::caller::Caller;
use crate::api::v1::offset::Offset;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::chat::Chat;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplatesResponse {
    templates: Vec<TemplateBody>,
    has_more: bool,
    offset: usize,
}

/// `GET /v1.1/templates?limit=…&offset=…`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    query: Query,
) -> Result<Json<TemplatesResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let offset = Offset::parse(&query)?;
    let (templates, has_more) = offset.cut(chat.templates(scope).await?);
    let templates = templates.into_iter().map(TemplateBody::from).collect();
    Ok(Json(TemplatesResponse { templates, has_more, offset: offset.offset }))
}
