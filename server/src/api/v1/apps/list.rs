use axum::extract::State;
use domain::App;
use serde::Serialize;

use super::AppBody;
use crate::api::v1::caller::Caller;
use crate::api::v1::offset::Offset;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Query};
use crate::chat::Chat;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppsResponse {
    apps: Vec<AppBody>,
    has_more: bool,
    offset: usize,
}

/// `GET /v1.1/apps?limit=…&offset=…`
pub async fn handler(caller: Caller, State(chat): State<Chat>, query: Query) -> Result<Json<AppsResponse>, ApiError> {
    caller.account()?;
    let offset = Offset::parse(&query)?;
    let (apps, has_more) = offset.walk(|app: &App| app.id, |page| chat.apps(page)).await?;
    Ok(Json(AppsResponse { apps: apps.into_iter().map(AppBody::from).collect(), has_more, offset: offset.offset }))
}
