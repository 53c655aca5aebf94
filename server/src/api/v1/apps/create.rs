use axum::extract::State;
use domain::app::SettingsPatch;
use domain::{Metadata, NewApp};
use http::StatusCode;
use serde::Deserialize;

use super::{AppResponse, of_name};
use crate::api::v1::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::Json;
use crate::chat::Chat;

#[derive(Deserialize)]
pub struct CreateApp {
    name: String,
    #[serde(default)]
    settings: Option<SettingsPatch>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// `POST /v1.1/apps`
pub async fn handler(
    caller: Caller,
    State(chat): State<Chat>,
    Json(body): Json<CreateApp>,
) -> Result<(StatusCode, Json<AppResponse>), ApiError> {
    caller.account()?;
    let new = NewApp { display_name: body.name, settings: body.settings, metadata: body.metadata };
    let app = chat.create_app(new).await.map_err(of_name)?;
    Ok((StatusCode::CREATED, Json(app.into())))
}
