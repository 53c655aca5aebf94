use axum::extract::State;
use domain::Integration;
use serde::Serialize;
use serde_json::{Map, Value};

use super::flat;
use crate::api::v1::caller::Caller;
use crate::api::v1::offset::Offset;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::chat::Chat;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationsResponse {
    integrations: Vec<Map<String, Value>>,
    has_more: bool,
    offset: usize,
}

/// `GET /v1.1/apps/{app}/integrations?types=web,custom&limit=…&offset=…`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    query: Query,
) -> Result<Json<IntegrationsResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let offset = Offset::parse(&query)?;
    // An empty list of types is sent as the word `undefined`.
    let types = query.one("types").unwrap_or_default().split(',').map(str::trim);
    let types: Vec<&str> = types.filter(|it| !matches!(*it, "" | "undefined")).collect();
    let types = Some(types.as_slice()).filter(|types| !types.is_empty());
    let read = |page| chat.integrations(scope, types, page);
    let (integrations, has_more) = offset.walk(|it: &Integration| it.id, read).await?;
    let integrations = integrations.into_iter().map(flat).collect();
    Ok(Json(IntegrationsResponse { integrations, has_more, offset: offset.offset }))
}
