use axum::extract::State;
use domain::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

use super::conversation_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadMessageRef {
    /// The user who answered.
    user_id: String,
    apple: AppleRef,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AppleRef {
    interactive_data_ref: InteractiveDataRef,
}

/// What Apple gave in the place of a large answer.
#[derive(Deserialize, ToSchema)]
struct InteractiveDataRef {
    #[schema(min_length = 1)]
    url: String,
    #[schema(min_length = 1)]
    bid: String,
    #[schema(min_length = 1)]
    key: String,
    #[schema(min_length = 1)]
    signature: String,
    #[schema(min_length = 1)]
    owner: String,
}

/// Download a message reference
///
/// For answers in Apple Messages for Business, a channel that this server does not have yet.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/download", tag = "Conversations",
    operation_id = "DownloadMessageRef",
    params(ConversationPath),
    request_body(
        content = DownloadMessageRef,
        example = json!({
            "userId": "65f0a1b2c3d4e5f6aabbccdd",
            "apple": {
                "interactiveDataRef": {
                    "url": "https://example.com/ref",
                    "bid": "com.example:extension",
                    "key": "00",
                    "signature": "c2ln",
                    "owner": "owner",
                },
            },
        }),
    ),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<DownloadMessageRef>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let InteractiveDataRef { url, bid, key, signature, owner } = &body.apple.interactive_data_ref;
    if [url, bid, key, signature, owner].iter().any(|text| text.is_empty()) {
        return Err(Invalid::new("apple.interactiveDataRef", "should have no empty values").into());
    }
    match chat.download_message_ref(scope, conversation_id(&path.conversation_id)?, &body.user_id).await? {}
}
