use axum::extract::State;
use domain::{Invalid, Message, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::chat::Moment;
use crate::legacy::{Conversation, NotSeconds, message, millis_after, millis_before, seconds};
use crate::state::AppState;
use crate::web::Site;

/// The contract fixes it.
const PAGE_SIZE: u32 = 100;

#[derive(Serialize)]
pub struct MessagesResponse {
    conversation: Conversation,
    messages: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /v1.1/appusers/{user}/messages?before=…` or `?after=…`: oldest first, a hundred each, without a moment the newest.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<MessagesResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let moment = moment(query.one("before"), query.one("after"))?;
    let conversation = state.chat.require_default_conversation(scope, user.id).await?;
    let page = state.chat.messages_at(scope, conversation.id, moment, PAGE_SIZE).await?;
    let link = |name, edge: Option<&Message>| edge.map(|edge| link(&state.site, &path, name, edge.received));
    Ok(Json(MessagesResponse {
        conversation: conversation.into(),
        previous: link("before", page.items.first().filter(|_| page.more_before)),
        next: link("after", page.items.last().filter(|_| page.more_after)),
        messages: page.items.iter().map(|it| message(&json!(it), scope.app())).collect(),
    }))
}

fn moment(before: Option<&str>, after: Option<&str>) -> Result<Moment, Invalid> {
    let read = |field: &'static str, parsed: Result<Timestamp, NotSeconds>| {
        parsed.map_err(|problem| Invalid::new(field, problem.to_string()))
    };
    match (before, after) {
        (Some(_), Some(_)) => Err(Invalid::new("before", "should not stand beside after")),
        (Some(before), None) => read("before", millis_before(before)).map(Moment::Before),
        (None, Some(after)) => read("after", millis_after(after)).map(Moment::After),
        (None, None) => Ok(Moment::Newest),
    }
}

/// The address of a neighbouring page, in the form that this one was asked for.
fn link(site: &Site, path: &UserPath, name: &str, at: Timestamp) -> String {
    let encoded = |part: &str| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string();
    let app = path.app.as_ref().map(|app| format!("/apps/{}", encoded(app))).unwrap_or_default();
    format!("{}/v1.1{app}/appusers/{}/messages?{name}={}", site.url, encoded(&path.user), seconds(at))
}
