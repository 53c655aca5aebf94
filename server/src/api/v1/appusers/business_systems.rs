use serde::Serialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessSystemsResponse {
    /// None: no such system can be connected here.
    business_systems: [(); 0],
}

/// `GET /v1.1/appusers/{user}/businesssystems`
pub async fn handler(caller: Caller, Path(path): Path<UserPath>) -> Result<Json<BusinessSystemsResponse>, ApiError> {
    caller.user(path.app.as_deref(), &path.user).await?;
    Ok(Json(BusinessSystemsResponse { business_systems: [] }))
}
