//! What a webhook is sent: the envelope of its version around an event, with all that it asks for.

use domain::webhook::{LegacyTrigger, WebhookVersion};
use domain::{Device, Timestamp, User, UserId};
use serde_json::{Value, json};

use crate::legacy;
use crate::storage::{Dispatch, Endpoint, Reader, StorageError};

/// The body of `dispatch`. What is known of people is read now: of somebody who is gone, only what the event kept is told.
/// # Errors
/// When the database can't be read.
pub async fn body(reader: &mut Reader, dispatch: &Dispatch) -> Result<String, StorageError> {
    match dispatch.webhook.version {
        WebhookVersion::V2 => v2(reader, dispatch).await,
        WebhookVersion::V1 => v1(reader, dispatch).await,
    }
}

async fn v2(reader: &mut Reader, dispatch: &Dispatch) -> Result<String, StorageError> {
    let (webhook, event) = (&dispatch.webhook, &dispatch.event);
    let payload = if webhook.include_full_user || webhook.include_full_source {
        let mut payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
        if webhook.include_full_user {
            for place in ["/user", "/message/author/user", "/activity/author/user"] {
                if let Some(short) = payload.pointer_mut(place)
                    && let Some(user) = known(reader, dispatch, short).await?
                {
                    *short = json!(user);
                }
            }
        }
        if webhook.include_full_source {
            let user = event.user;
            for place in ["/source", "/message/source", "/activity/source"] {
                if let (Some(Value::Object(source)), Some(user)) = (payload.pointer_mut(place), user)
                    && source.get("type").is_some_and(|kind| kind == "web")
                    && let Some(endpoint) = reader.endpoints_of(user).await?.into_iter().find(|it| it.kind == "sdk")
                {
                    source.insert("client".to_owned(), client(&endpoint));
                    if let Some(device) = device(reader, user, &source["integrationId"], event.at).await? {
                        source.insert("device".to_owned(), json!(device));
                    }
                }
            }
        }
        payload.to_string()
    } else {
        event.payload.clone()
    };
    // All but the payload is ids, a trigger and a time: nothing that needs escaping.
    Ok(format!(
        r#"{{"app":{{"id":"{}"}},"webhook":{{"id":"{}","version":"v2"}},"events":[{{"id":"{}","createdAt":"{}","type":"{}","payload":{payload}}}]}}"#,
        event.app, webhook.id, event.id, event.at, event.trigger
    ))
}

/// The user that `short` names.
async fn known(reader: &mut Reader, dispatch: &Dispatch, short: &Value) -> Result<Option<User>, StorageError> {
    let id: Option<UserId> = short["id"].as_str().and_then(|id| id.parse().ok());
    match id {
        Some(id) => reader.user(dispatch.event.app, id).await,
        None => Ok(None),
    }
}

fn client(endpoint: &Endpoint) -> Value {
    json!({
        "id": endpoint.id,
        "type": endpoint.kind,
        "status": endpoint.status,
        "integrationId": endpoint.integration,
        "linkedAt": endpoint.linked_at,
    })
}

/// The browser of `user` that was seen last on the chat page `page`, as it stood at the time `at`. An event does not keep which one
/// it came from: of several on one page it may be another.
async fn device(
    reader: &mut Reader,
    user: UserId,
    page: &Value,
    at: Timestamp,
) -> Result<Option<Device>, StorageError> {
    let devices = reader.devices_of(user, at).await?;
    Ok(devices.into_iter().find(|device| *page == device.integration_id.to_string()))
}

async fn v1(reader: &mut Reader, dispatch: &Dispatch) -> Result<String, StorageError> {
    let event = &dispatch.event;
    let user = match event.user {
        Some(id) => reader.user(event.app, id).await?,
        None => None,
    };
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let app_user = match (&user, event.user) {
        (Some(user), _) => {
            let clients: Vec<Value> = reader.endpoints_of(user.id).await?.iter().map(client).collect();
            legacy::app_user(user, reader.has_spoken(user.id).await?, &clients)
        }
        // Nobody knows more of whoever was deleted than the event itself.
        (None, Some(gone)) => match payload["user"].get("externalId") {
            Some(external_id) => json!({ "_id": gone, "userId": external_id }),
            None => json!({ "_id": gone }),
        },
        (None, None) => Value::Null,
    };
    // A webhook of the older version hears only of what has an older name.
    let trigger = event.legacy.unwrap_or(LegacyTrigger::All);
    let is_full = dispatch.webhook.include_full_user;
    Ok(legacy::event(trigger, event.app, event.at, &payload, &app_user, is_full).to_string())
}
