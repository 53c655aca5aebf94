use axum::extract::State;

use super::{AppUserResponse, of_properties};
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;
use crate::legacy::AppUserPatch;

/// `PUT /v1.1/appusers/{user}`: changes the keys that are there, the properties one by one.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<AppUserPatch>,
) -> Result<Json<AppUserResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let user = chat.update_user(scope, user.id.to_string(), body.into()).await.map_err(of_properties)?;
    Ok(Json(AppUserResponse::of(&chat, scope, user).await?))
}
