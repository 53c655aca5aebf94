use axum::body::Body;
use axum::extract::State;
use domain::{Access, Attachment, Invalid};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, ChatError, NewAttachment};

#[derive(Serialize, ToSchema)]
pub struct AttachmentResponse {
    attachment: AttachmentBody,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AttachmentBody {
    /// Where the file is read, without credentials.
    media_url: String,
    /// By content, whatever was given.
    media_type: String,
}

/// What the query may say, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "only describes the query")]
struct CreateAttachmentQuery {
    /// Should be `public`.
    #[param(pattern = "^public$")]
    access: String,
    /// Should be `message` if given.
    #[param(pattern = "^message$")]
    r#for: Option<String>,
    /// The file is deleted with this conversation.
    #[param(pattern = "^[0-9a-f]{24}$")]
    conversation_id: Option<String>,
}

/// The form, for the API's description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
struct CreateAttachmentForm {
    /// At most 50 MB.
    #[schema(format = Binary)]
    source: String,
}

impl From<(Attachment, String)> for AttachmentResponse {
    fn from((attachment, media_url): (Attachment, String)) -> Self {
        Self { attachment: AttachmentBody { media_url, media_type: attachment.media_type } }
    }
}

/// Upload an attachment
///
/// The part `source` of a multipart form, with or without a file name.
#[utoipa::path(
    post, path = "/apps/{appId}/attachments", tag = "Attachments", operation_id = "UploadAttachment",
    params(AppPath, CreateAttachmentQuery),
    request_body(content = CreateAttachmentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    query: Query,
    State(chat): State<Chat>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<AttachmentResponse>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let new = new_attachment(&query)?;
    chat.require_place_for_attachment(scope, new).await?;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = chat.files().receive(content_type, body.into_data_stream()).await.map_err(ChatError::from)?;
    let added = chat.add_attachment(scope, new, form).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

fn new_attachment(query: &Query) -> Result<NewAttachment, ApiError> {
    if query.one("access") != Some("public") {
        return Err(Invalid::new("access", "should be equal to one of the allowed values: public").into());
    }
    if query.one("for").is_some_and(|purpose| purpose != "message") {
        return Err(Invalid::new("for", "should be equal to one of the allowed values: message").into());
    }
    let conversation = query.one("conversationId").filter(|id| !id.is_empty()).map(conversation_id).transpose()?;
    Ok(NewAttachment { access: Access::Public, conversation, user: None, is_image: false })
}
