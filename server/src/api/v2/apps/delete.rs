use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Delete an app
///
/// With all that it holds. For the account alone.
#[utoipa::path(
    delete, path = "/apps/{appId}", tag = "Apps", operation_id = "DeleteApp",
    params(AppPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.account_over(&path.app_id).await?;
    chat.delete_app(scope).await?;
    Ok(Json(Nothing {}))
}
