use axum::extract::State;
use http::StatusCode;

use super::{AppUserResponse, of_properties};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;
use crate::legacy::NewAppUser;

/// `POST /v1.1/appusers`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewAppUser>,
) -> Result<(StatusCode, Json<AppUserResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let user = chat.create_user(scope, body.into()).await.map_err(of_properties)?;
    Ok((StatusCode::CREATED, Json(AppUserResponse::of(&chat, scope, user).await?)))
}
