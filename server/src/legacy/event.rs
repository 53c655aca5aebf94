use domain::webhook::LegacyTrigger;
use domain::{AppId, Timestamp};
use serde_json::{Map, Value, json};

use super::message::source;
use super::{client, message, seconds};

/// The body of a v1.1 webhook: one event a call. `app_user` is the full user, or `null`; messages and postbacks always carry
/// it, other events only where `is_full`.
pub fn event(
    trigger: LegacyTrigger,
    app: AppId,
    at: Timestamp,
    payload: &Value,
    app_user: &Value,
    is_full: bool,
) -> Value {
    use LegacyTrigger as T;
    let is_said = matches!(trigger, T::MessageAppUser | T::MessageAppMaker);
    let mut told = Map::new();
    let mut tell = |key: &str, value: Value| {
        if !value.is_null() {
            told.insert(key.to_owned(), value);
        }
    };
    tell("trigger", json!(trigger));
    tell("version", "v1.1".into());
    tell("app", json!({ "_id": app }));
    tell("appUser", if is_said || is_full || trigger == T::Postback { app_user.clone() } else { short(app_user) });
    if let Some(id) = payload.pointer("/conversation/id") {
        tell("conversation", json!({ "_id": id }));
    }
    if !is_said {
        tell("timestamp", json!(seconds(at)));
    }
    match trigger {
        T::MessageAppUser | T::MessageAppMaker => tell("messages", json!([message(&payload["message"], app)])),
        T::Postback => tell("postbacks", json!([postback(&payload["postback"])])),
        T::ConversationRead => tell("source", source(&payload["activity"]["source"])),
        T::TypingAppUser => tell("activity", json!({ "type": payload["activity"]["type"] })),
        T::ConversationStart | T::ConversationReferral => {
            tell("source", source(&payload["source"]));
            tell("referral", payload["referral"].clone());
        }
        T::DeliveryChannel | T::DeliveryUser | T::DeliveryFailure => {
            tell("destination", payload["destination"].clone());
            tell("message", json!({ "_id": payload["message"]["id"] }));
            tell("isFinalEvent", payload["isFinalEvent"].clone());
            tell("error", failure(&payload["error"]));
        }
        T::MergeAppUser => {
            tell("surviving", truncated(&payload["mergedUsers"]["surviving"]));
            tell("discarded", json!([truncated(&payload["mergedUsers"]["discarded"])]));
        }
        T::ClientAdd | T::ClientRemove => {
            tell("client", client(&payload["client"]));
            tell("reason", payload["reason"].clone());
        }
        _ => {}
    }
    Value::Object(told)
}

/// The short form of a full user.
fn short(app_user: &Value) -> Value {
    let Value::Object(fields) = app_user else { return app_user.clone() };
    let is_short = |key: &str| matches!(key, "_id" | "userId" | "conversationStarted");
    Value::Object(
        fields.iter().filter(|(key, _)| is_short(key)).map(|(key, value)| (key.clone(), value.clone())).collect(),
    )
}

/// The short form of a truncated v2 user.
fn truncated(user: &Value) -> Value {
    let pairs = [("_id", &user["id"]), ("userId", &user["externalId"])];
    let given = pairs.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(given.map(|(key, value)| (key.to_owned(), value.clone())).collect())
}

/// What went wrong. Underneath lies what the channel says itself: our own channel says what we say.
fn failure(error: &Value) -> Value {
    match error {
        Value::Null => Value::Null,
        error => {
            let (code, message) = (&error["code"], &error["message"]);
            json!({ "code": code, "underlyingError": { "code": code, "message": message }, "message": message })
        }
    }
}

fn postback(postback: &Value) -> Value {
    let pairs = [("_id", "actionId"), ("text", "text"), ("payload", "payload"), ("metadata", "metadata")];
    let given = pairs.into_iter().filter_map(|(key, from)| Some((key.to_owned(), postback.get(from)?.clone())));
    let mut action: Map<String, Value> = given.collect();
    action.insert("type".to_owned(), "postback".into());
    let mut told = json!({ "action": action });
    if let Some(id) = postback.get("messageId") {
        told["message"] = json!({ "_id": id });
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trigger: LegacyTrigger, payload: &Value, is_full: bool) -> Value {
        let user = json!({ "_id": "u", "userId": "ann", "conversationStarted": true, "properties": {}, "clients": [] });
        let app = AppId::new(Timestamp::default(), [1; 8]);
        event(trigger, app, Timestamp::from_millis(1500), payload, &user, is_full)
    }

    #[test]
    fn a_message_carries_its_user_in_full_and_no_time_of_its_own() {
        let payload = json!({ "conversation": { "id": "c" }, "message": { "id": "m", "author": { "type": "user" } } });
        let event = told(LegacyTrigger::MessageAppUser, &payload, false);
        assert_eq!((&event["trigger"], &event["version"]), (&json!("message:appUser"), &json!("v1.1")));
        assert_eq!((&event["messages"][0]["_id"], &event["conversation"]["_id"]), (&json!("m"), &json!("c")));
        assert!(event["appUser"]["properties"].is_object() && event.get("timestamp").is_none(), "{event}");
    }

    #[test]
    fn other_events_carry_it_in_full_only_on_demand() {
        let payload = json!({
            "conversation": { "id": "c" },
            "activity": { "type": "conversation:read", "source": { "type": "api:conversations" } }
        });
        let event = told(LegacyTrigger::ConversationRead, &payload, false);
        assert_eq!(event["appUser"], json!({ "_id": "u", "userId": "ann", "conversationStarted": true }));
        assert_eq!((&event["timestamp"], &event["source"]["type"]), (&json!(1.5), &json!("api")));
        assert!(told(LegacyTrigger::ConversationRead, &payload, true)["appUser"]["clients"].is_array());
    }

    #[test]
    fn a_click_names_the_button_and_its_message() {
        let payload = json!({ "postback": { "payload": "tea", "actionId": "a", "text": "Tea", "messageId": "m" } });
        let event = told(LegacyTrigger::Postback, &payload, false);
        let action = json!({ "_id": "a", "type": "postback", "text": "Tea", "payload": "tea" });
        assert_eq!(event["postbacks"], json!([{ "action": action, "message": { "_id": "m" } }]));
    }

    #[test]
    fn a_failure_says_what_lies_underneath() {
        let payload = json!({ "message": { "id": "m" }, "error": { "code": "client_not_found", "message": "No." } });
        let error = told(LegacyTrigger::DeliveryFailure, &payload, false)["error"].clone();
        assert_eq!((&error["code"], &error["message"]), (&json!("client_not_found"), &json!("No.")));
        assert_eq!(error["underlyingError"], payload["error"]);
        let reached = told(LegacyTrigger::DeliveryUser, &json!({ "message": { "id": "m" } }), false);
        assert!(reached.get("error").is_none(), "{reached}");
    }

    #[test]
    fn a_merge_says_who_is_left() {
        let users = json!({ "surviving": { "id": "a", "externalId": "ann" }, "discarded": { "id": "b" } });
        let event = told(LegacyTrigger::MergeAppUser, &json!({ "mergedUsers": users }), false);
        assert_eq!(event["surviving"], json!({ "_id": "a", "userId": "ann" }));
        assert_eq!(event["discarded"], json!([{ "_id": "b" }]));
    }
}
