use axum::extract::State;
use serde::Deserialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

#[derive(Deserialize)]
pub struct MergeUsers {
    surviving: UserRef,
    discarded: UserRef,
}

#[derive(Deserialize)]
struct UserRef {
    #[serde(rename = "_id", alias = "userId")]
    id: String,
}

/// `POST /v1.1/appusers/merge`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<MergeUsers>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let surviving = chat.require_user(scope, &body.surviving.id).await?;
    let discarded = chat.require_user(scope, &body.discarded.id).await?;
    chat.merge_users(scope, surviving.id, discarded.id).await?;
    Ok(Json(Nothing {}))
}
