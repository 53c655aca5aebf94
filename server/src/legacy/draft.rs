//! Messages on their way in: the envelope apart from the content.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    AppUser,
    AppMaker,
}

/// Keys of a message that say something of it rather than being what it says.
const ENVELOPE: [&str; 7] = ["role", "name", "avatarUrl", "email", "metadata", "destination", "authorId"];

/// The keys of a flat `message` that make up a v2 content.
///
/// Buttons of type `share` are left out: they mean something only in a channel that is not here.
pub fn without_envelope(mut message: Map<String, Value>) -> Map<String, Value> {
    message.retain(|key, _| !ENVELOPE.contains(&key.as_str()));
    if let Some(items) = message.get_mut("items").and_then(Value::as_array_mut) {
        items.iter_mut().filter_map(|item| item.get_mut("actions")).for_each(without_shares);
    }
    message.get_mut("actions").into_iter().for_each(without_shares);
    message
}

fn without_shares(actions: &mut Value) {
    if let Some(actions) = actions.as_array_mut() {
        actions.retain(|action| action.get("type").and_then(Value::as_str) != Some("share"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_is_the_content() {
        let link = json!({ "type": "link", "text": "Go", "uri": "https://a.example" });
        let Value::Object(message) = json!({
            "role": "appMaker", "name": "Ann", "metadata": { "a": 1 }, "type": "carousel",
            "items": [{ "title": "A", "actions": [link, { "type": "share" }] }],
        }) else {
            unreachable!("an object was written")
        };
        let content = json!({ "type": "carousel", "items": [{ "title": "A", "actions": [link] }] });
        assert_eq!(Value::Object(without_envelope(message)), content);
    }
}
