use domain::Invalid;
use serde::Deserialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};

#[derive(Deserialize)]
pub struct LinkChannel {
    #[serde(rename = "type")]
    kind: String,
}

/// `POST /v1.1/appusers/{user}/channels`: refused, because no channel that could be linked is ever integrated.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    Json(body): Json<LinkChannel>,
) -> Result<Json<Nothing>, ApiError> {
    caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let kind: String = body.kind.chars().take(64).collect();
    Err(Invalid::new("type", format!("should be a channel that is integrated; {kind} is not")).into())
}
