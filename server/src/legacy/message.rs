use domain::{ActionId, AppId, Content, MessageId, Timestamp};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::seconds;

/// A message: what v2 keeps in author and content lies flat here. The business is named by the app's id.
pub fn message(message: &Value, app: AppId) -> Value {
    let (author, content) = (&message["author"], &message["content"]);
    let is_by_business = author["type"] == "business";
    let mut told = Map::new();
    let id: Option<MessageId> = message["id"].as_str().and_then(|id| id.parse().ok());
    for (key, value) in with_handles(content.clone(), id).as_object_mut().into_iter().flatten() {
        told.insert(key.clone(), value.take());
    }
    told.entry("text").or_insert_with(|| fallback(content).into());
    let received: Option<Timestamp> = message["received"].as_str().and_then(|text| text.parse().ok());
    for (key, value) in [
        ("_id", message["id"].clone()),
        ("role", json!(if is_by_business { "appMaker" } else { "appUser" })),
        ("authorId", if is_by_business { json!(app) } else { author["userId"].clone() }),
        ("name", author["displayName"].clone()),
        ("avatarUrl", author["avatarUrl"].clone()),
        ("received", json!(received.map(seconds))),
        ("source", source(&message["source"])),
        ("metadata", message["metadata"].clone()),
        ("quotedMessage", quoted(&message["quotedMessage"])),
        ("deleted", message["deleted"].clone()),
    ] {
        if !value.is_null() {
            told.insert(key.to_owned(), value);
        }
    }
    Value::Object(told)
}

/// Words for a content without any of its own; none for a picture or a file, whose address stands beside.
fn fallback(content: &Value) -> String {
    let content = Content::deserialize(content).unwrap_or(Content::Unknown);
    match content {
        Content::Image(_) | Content::File(_) => String::new(),
        other => other.plain().unwrap_or_default(),
    }
}

/// By which door something came in.
pub(super) fn source(source: &Value) -> Value {
    let mut told = source.clone();
    if told["type"].as_str().is_some_and(|kind| kind.starts_with("api:")) {
        told["type"] = "api".into();
    }
    let at: Option<Timestamp> = told["originalMessageTimestamp"].as_str().and_then(|text| text.parse().ok());
    if let Some(at) = at {
        told["originalMessageTimestamp"] = json!(seconds(at));
    }
    told
}

fn quoted(quoted: &Value) -> Value {
    let mut told = quoted.clone();
    if let Some(inner) = told.get_mut("message") {
        *inner = json!({ "_id": inner["id"] });
    }
    told
}

/// `content` of message `id`, whose items and actions are known by their `_id`: the same on every reading.
fn with_handles(mut content: Value, id: Option<MessageId>) -> Value {
    let Some(id) = id else { return content };
    let mut number = 0;
    let mut name_actions = |actions: Option<&mut Value>| {
        for action in actions.and_then(Value::as_array_mut).into_iter().flatten() {
            action["_id"] = json!(ActionId::of(id, number));
            if action["type"] == "buy" {
                action["state"] = "offered".into();
            }
            number += 1;
        }
    };
    // In the order in which a message counts its actions: those of the items first.
    let items = content.get_mut("items").and_then(Value::as_array_mut);
    for (number, item) in (0..).zip(items.into_iter().flatten()) {
        item["_id"] = json!(ActionId::of_item(id, number));
        name_actions(item.get_mut("actions"));
    }
    name_actions(content.get_mut("actions"));
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> AppId {
        AppId::new(Timestamp::default(), [1; 8])
    }

    #[test]
    fn a_users_text_lies_flat() {
        let said = json!({
            "id": "m", "received": "2026-01-01T00:00:00.125Z",
            "author": { "type": "user", "userId": "u", "displayName": "Ann", "user": { "id": "u" } },
            "content": { "type": "text", "text": "Hello" },
            "source": { "type": "web", "integrationId": "i" }, "metadata": { "id": 7 },
        });
        assert_eq!(
            message(&said, app()),
            json!({
                "_id": "m", "received": 1_767_225_600.125, "role": "appUser", "authorId": "u", "name": "Ann", "type": "text",
                "text": "Hello", "source": { "type": "web", "integrationId": "i" }, "metadata": { "id": 7 },
            })
        );
    }

    #[test]
    fn the_business_is_the_app_maker_and_actions_have_handles() {
        let id = "65f0a1b2c3d4e5f6aabbccdd";
        let said = json!({
            "id": id, "received": "2026-01-01T00:00:00.000Z", "author": { "type": "business" },
            "content": {
                "type": "list", "actions": [{ "type": "link" }],
                "items": [{ "title": "Tea", "actions": [{ "type": "postback" }] }],
            },
            "quotedMessage": { "type": "message", "message": { "id": id } },
            "source": { "type": "api:conversations" },
        });
        let told = message(&said, app());
        assert_eq!((&told["role"], &told["authorId"]), (&json!("appMaker"), &json!(app())));
        assert_eq!((&told["source"]["type"], &told["text"]), (&json!("api"), &json!("")));
        assert_eq!(told["quotedMessage"], json!({ "type": "message", "message": { "_id": id } }));
        let id: MessageId = id.parse().unwrap();
        assert_eq!(told["items"][0]["_id"], json!(ActionId::of_item(id, 0)));
        assert_eq!(told["items"][0]["actions"][0]["_id"], json!(ActionId::of(id, 0)));
        assert_eq!(told["actions"][0]["_id"], json!(ActionId::of(id, 1)));
    }

    #[test]
    fn there_is_always_a_text() {
        for (content, text) in [
            (json!({ "type": "image", "mediaUrl": "https://a.example/b.png" }), ""),
            (json!({ "type": "text", "actions": [{ "type": "reply", "text": "Yes", "payload": "Y" }] }), "Yes"),
            (json!({ "type": "form", "fields": [{ "type": "text", "name": "n", "label": "Order" }] }), "Order"),
            (json!({ "type": "hologram" }), ""),
        ] {
            assert_eq!(message(&json!({ "content": content }), app())["text"], text, "{content}");
        }
    }
}
