use crate::api::v1::caller::Caller;
use crate::api::v1::path::PartPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::{ChatError, Noun};

/// `DELETE /v1.1/appusers/{user}/channels/{channel}`: not found, because none is ever linked.
pub async fn handler(caller: Caller, Path(path): Path<PartPath>) -> Result<Json<Nothing>, ApiError> {
    caller.user_or_self(path.app.as_deref(), &path.user).await?;
    Err(ChatError::NotFound(Noun::Client).into())
}
