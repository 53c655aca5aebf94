//! Messages of every type, and taking them back.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

/// One of the example payloads that the vocabulary is tested with.
fn example(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/messages");
    let text = std::fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn says(content: &Value) -> Value {
    json!({ "author": { "type": "business", "displayName": "Ann" }, "content": content })
}

impl TestApp {
    pub(crate) async fn post(&self, conversation: &str, body: &Value) -> (StatusCode, Value) {
        let path = format!("/conversations/{conversation}/messages");
        answer(self.api(Method::POST, &path).json(body)).await
    }

    /// The newest page of the conversation.
    pub(crate) async fn messages(&self, conversation: &str) -> Vec<Value> {
        let (_, page) = answer(self.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
        page["messages"].as_array().unwrap().clone()
    }

    /// Deletes the message, or all of them.
    async fn delete(&self, conversation: &str, message: Option<&str>) -> (StatusCode, Value) {
        let path = format!("/conversations/{conversation}/messages");
        let path = message.map_or(path.clone(), |message| format!("{path}/{message}"));
        answer(self.api(Method::DELETE, &path)).await
    }

    async fn posts_under_key(&self, conversation: &str, key: &str, text: &str) -> (StatusCode, Value) {
        let path = format!("/conversations/{conversation}/messages");
        let body = says(&json!({ "type": "text", "text": text }));
        answer(self.api(Method::POST, &path).header("idempotency-key", key).json(&body)).await
    }
}

fn id(message: &Value) -> &str {
    message["id"].as_str().unwrap()
}

#[tokio::test]
async fn every_type_comes_back_as_it_was_sent() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    for (name, shown) in [
        ("text", "Your parcel left our warehouse this morning."),
        ("text-actions", "https://shop.example/track/4711"),
        ("quick-replies", "Did that solve it?"),
        ("location-request", "Share my location"),
        ("buy", "Pay 4.99"),
        ("template", "Unsupported message type."),
        ("image", "href=\"https://shop.example/media/shoe.png\""),
        ("image-actions", "Open product"),
        ("file", "href=\"https://shop.example/media/invoice-4711.pdf\""),
        ("carousel", "<strong dir=\"auto\" class=\"card-title\">Shoe model 1</strong>"),
        ("list", "class=\"action\">All shoes</a>"),
        ("location", "https://maps.google.com/maps?q=50.0755,14.4378"),
        ("form", "Order number"),
    ] {
        let sent = example(name)["rest"].take();
        let (status, answer) = app.post(&conversation, &sent).await;
        assert_eq!(status, StatusCode::CREATED, "{name}: {answer}");
        let posted = &answer["messages"][0];
        for (key, value) in sent["content"].as_object().unwrap() {
            let is_changed = matches!((name, key.as_str()), ("form", "fields"));
            assert!(is_changed || posted["content"][key] == *value, "{name}: {key}: {posted}");
        }
        assert_eq!(app.messages(&conversation).await.last(), Some(posted), "{name}");
        let event = feed.next().await.unwrap();
        assert_eq!(event["payload"]["message"], *posted, "{name}");
        let page = visitor.page().await.html;
        assert!(page.contains(shown), "{name}");
    }
    let newest = app.messages(&conversation).await;
    let fields = &newest.last().unwrap()["content"]["fields"];
    assert_eq!((&fields[0]["minSize"], fields[1].get("minSize")), (&json!(3), None));
    assert_eq!(newest.last().unwrap()["content"]["submitted"], false);
}

#[tokio::test]
async fn what_is_wrong_with_a_content_is_named() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let rows = app.rows().await;
    let link = json!({ "type": "link", "text": "go", "uri": "https://shop.example" });
    let reply = json!({ "type": "reply", "text": "go", "payload": "x" });
    let item = json!({ "title": "Shoe", "actions": [link] });
    let items = |count: usize| json!({ "type": "carousel", "items": vec![item.clone(); count] });
    let field = |name: &str| json!({ "type": "text", "name": name, "label": "Label" });
    for (content, names) in [
        (json!({}), "content.type"),
        (json!({ "type": 7 }), "content.type"),
        (json!({ "type": "formResponse", "fields": [field("a")] }), "content.type"),
        (json!({ "type": "text" }), "content.text"),
        (json!({ "type": "text", "text": { "a": 1 } }), "content.text"),
        (json!({ "type": "text", "text": "x", "htmlText": "x".repeat(4097) }), "content.htmlText"),
        (json!({ "type": "text", "text": "x", "payload": "nul\0" }), "content.payload"),
        (json!({ "type": "text", "actions": [{ "type": "link", "text": "a", "uri": 7 }] }), "content.actions[0].uri"),
        (json!({ "type": "text", "actions": [link, { "type": "link", "text": "a" }] }), "content.actions[1].uri"),
        (
            json!({ "type": "text", "actions": [{ "type": "buy", "text": "a", "amount": 4.99 }] }),
            "content.actions[0].amount",
        ),
        (json!({ "type": "image" }), "mediaUrl"),
        (json!({ "type": "image", "mediaUrl": "/relative.png" }), "content.mediaUrl"),
        (json!({ "type": "file", "mediaUrl": "data:text/html,x" }), "content.mediaUrl"),
        (json!({ "type": "carousel", "items": [] }), "content.items"),
        (items(11), "content.items"),
        (
            json!({ "type": "list", "items": [{ "title": "x".repeat(129), "actions": [link] }] }),
            "content.items[0].title",
        ),
        (json!({ "type": "list", "items": [{ "title": "x", "actions": [] }] }), "content.items[0].actions"),
        (
            json!({ "type": "list", "items": [{ "title": "x", "actions": [reply] }] }),
            "content.items[0].actions[0].type",
        ),
        (json!({ "type": "list", "items": [item], "actions": vec![link.clone(); 11] }), "content.actions"),
        (
            json!({ "type": "carousel", "items": [item], "displaySettings": { "imageAspectRatio": "oval" } }),
            "imageAspectRatio",
        ),
        (json!({ "type": "location", "coordinates": { "lat": "50", "long": 14 } }), "content.coordinates.lat"),
        (json!({ "type": "location", "coordinates": { "lat": 50, "long": 181 } }), "content.coordinates.long"),
        (json!({ "type": "form", "fields": [field("a"), field("a")] }), "content.fields[1].name"),
        (json!({ "type": "template", "template": {} }), "content.template"),
    ] {
        let (status, answer) = app.post(&conversation, &says(&content)).await;
        assert_eq!(
            (status, &answer["errors"][0]["code"]),
            (StatusCode::BAD_REQUEST, &json!("bad_request")),
            "{content}"
        );
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {answer}");
    }
    let mut schema = says(&json!({ "type": "text", "text": "x" }));
    schema["schema"] = json!("telegram");
    assert_eq!(app.post(&conversation, &schema).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.rows().await, rows);
    assert_eq!(app.post(&conversation, &says(&items(10))).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn hostile_payloads_are_refused_or_harmless() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!([deep]);
    }
    for (name, is_kept) in [
        ("hostile-bidi-zero-width", true),
        ("hostile-carousel", false),
        ("hostile-empty", false),
        ("hostile-form", true),
        ("hostile-html-markdown", true),
        ("hostile-javascript-links", false),
        ("hostile-long-word", true),
        ("hostile-media-urls", true),
        ("hostile-nested-metadata", false),
        ("hostile-prototype-keys", true),
        ("hostile-script-text", true),
        ("hostile-unknown-action", false),
        ("hostile-unknown-type", false),
    ] {
        let example = example(name);
        for variant in ["rest", "restFile", "restMarkdown"] {
            let Some(body) = example.get(variant) else { continue };
            let (status, answer) = app.post(&conversation, body).await;
            let is_kept = is_kept && variant != "restFile";
            let wanted = if is_kept { StatusCode::CREATED } else { StatusCode::BAD_REQUEST };
            assert_eq!(status, wanted, "{name}: {answer}");
        }
    }
    for content in [
        json!({ "type": "template", "template": { "deep": deep } }),
        json!({ "type": "text", "text": "x", "actions": deep }),
        json!({ "type": deep }),
    ] {
        assert_eq!(app.post(&conversation, &says(&content)).await.0, StatusCode::BAD_REQUEST);
    }
    let mut metadata = says(&json!({ "type": "text", "text": "x" }));
    metadata["metadata"] = json!({ "blob": "x".repeat(1 << 20) });
    assert_eq!(app.post(&conversation, &metadata).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let page = visitor.page().await.html;
    // The only scripts are ours, and nothing of what was said became an element.
    for tag in [
        "<script>window",
        "<img src=x",
        "<svg onload",
        "<iframe",
        "<i onclick",
        "<p onclick",
        "\"onerror=\"",
        "<a href=\"javascript",
    ] {
        assert!(!page.contains(tag), "{tag}");
    }
}

#[tokio::test]
async fn a_key_makes_a_retry_the_same_message() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (_, other) = app.visitor_in_conversation().await;
    let (status, first) = app.posts_under_key(&conversation, "order/4711", "On its way.").await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(app.posts_under_key(&conversation, "order/4711", "On its way.").await, (status, first.clone()));
    let (status, answer) = app.posts_under_key(&conversation, "order/4711", "Lost.").await;
    assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::CONFLICT, &json!("conflict")));
    let other_author = json!({ "author": { "type": "business", "displayName": "Bob" }, "content": { "type": "text", "text": "On its way." } });
    let path = format!("/conversations/{conversation}/messages");
    let request = app.api(Method::POST, &path).header("idempotency-key", "order/4711").json(&other_author);
    assert_eq!(crate::support::answer(request).await.0, StatusCode::CONFLICT);
    for (conversation, key) in [(&other, "order/4711"), (&conversation, "order/4712")] {
        let (status, another) = app.posts_under_key(conversation, key, "On its way.").await;
        assert_eq!(status, StatusCode::CREATED);
        assert_ne!(another["messages"][0]["id"], first["messages"][0]["id"]);
    }
    for key in ["", "two words", &"x".repeat(256)] {
        let (status, answer) = app.posts_under_key(&conversation, key, "x").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{key}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains("Idempotency-Key"), "{answer}");
    }
    assert_eq!(app.texts(&conversation).await, ["hello", "On its way.", "On its way."]);

    // Deleted since, it is still not sent again.
    assert_eq!(app.delete(&conversation, Some(id(&first["messages"][0]))).await.0, StatusCode::OK);
    let (status, gone) = app.posts_under_key(&conversation, "order/4711", "On its way.").await;
    assert_eq!((status, &gone["messages"][0]["deleted"]), (StatusCode::CREATED, &json!(true)));
    assert_eq!(gone["messages"][0]["id"], first["messages"][0]["id"]);
    assert_eq!(gone["messages"][0]["content"], json!({ "type": "text" }));
    assert_eq!(app.texts(&conversation).await, ["hello", "On its way."]);
}

#[tokio::test]
async fn a_silent_message_is_only_seen_by_those_who_look() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    let mut heard = Vec::new();
    for (destination, is_silent) in [
        (json!({ "integrationType": "none" }), true),
        (json!({ "integrationType": "whatsapp" }), true),
        (json!({ "integrationId": "65f0a1b2c3d4e5f6aabbccdd" }), true),
        (json!({ "integrationId": "nonsense" }), true),
        (json!({ "integrationId": app.made.integration }), false),
        (json!({ "integrationType": "web" }), false),
        (json!(null), false),
    ] {
        let text = destination.to_string();
        let mut body = says(&json!({ "type": "text", "text": text }));
        body["destination"] = destination;
        let (status, answer) = app.post(&conversation, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        if !is_silent {
            heard.push(text.clone());
        }
        assert_eq!(app.texts(&conversation).await.last(), Some(&text));
    }
    for text in heard {
        assert_eq!(feed.event().await.1, text);
    }
    assert!(visitor.page().await.html.contains("whatsapp"));
    let mut body = says(&json!({ "type": "text", "text": "x" }));
    body["destination"] = json!({});
    assert_eq!(app.post(&conversation, &body).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_deleted_is_served_nowhere() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let (_, elsewhere) = app.visitor_in_conversation().await;
    let secret = app.business_says(&conversation, "the secret").await;
    app.business_says(&conversation, "harmless").await;
    let mut feed = visitor.listen(None).await;

    let (status, answer) = app.delete(&elsewhere, Some(id(&secret))).await;
    assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    assert_eq!(app.delete(&conversation, Some(id(&secret))).await, (StatusCode::OK, json!({})));

    let event = feed.next().await.unwrap();
    assert_eq!((&event["type"], &event["seq"]), (&json!("conversation:message:remove"), &json!(4)));
    assert_eq!(event["payload"], json!({ "messageId": secret["id"] }));
    assert_eq!(app.texts(&conversation).await, ["hello", "harmless"]);
    let page = visitor.page().await;
    assert!(!page.html.contains("the secret") && page.html.contains("harmless"));

    // A listener that comes back: every number is there, the words are not.
    let mut feed = visitor.listen(Some((&conversation, 0))).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let event = feed.next().await.unwrap();
        assert!(!event.to_string().contains("the secret"));
        seen.push((event["seq"].as_u64().unwrap(), event["payload"]["message"]["deleted"] == json!(true)));
    }
    assert_eq!(seen, [(1, false), (2, true), (3, false), (4, false)]);

    for message in [id(&secret), "65f0a1b2c3d4e5f6aabbccdd", "nonsense"] {
        let (status, answer) = app.delete(&conversation, Some(message)).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{message}");
    }
    assert_eq!(
        app.delete("65f0a1b2c3d4e5f6aabbccdd", Some(id(&secret))).await.1["errors"][0]["code"],
        "conversation_not_found"
    );
}

#[tokio::test]
async fn a_cursor_on_a_deleted_message_still_works() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "before").await;
    let cursor = app.business_says(&conversation, "cursor").await;
    app.business_says(&conversation, "after").await;
    app.delete(&conversation, Some(id(&cursor))).await;
    for (side, texts) in [("before", vec!["hello", "before"]), ("after", vec!["after"])] {
        let path = format!("/conversations/{conversation}/messages?page[{side}]={}", id(&cursor));
        let (status, page) = answer(app.api(Method::GET, &path)).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let got: Vec<&Value> = page["messages"].as_array().unwrap().iter().map(|it| &it["content"]["text"]).collect();
        assert_eq!(got, texts);
    }
}

#[tokio::test]
async fn all_messages_go_at_once_and_make_room() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "the secret").await;
    app.execute("UPDATE conversations SET message_count = 30000").await;
    let full = says(&json!({ "type": "text", "text": "one more" }));
    assert_eq!(app.post(&conversation, &full).await.0, StatusCode::LOCKED);
    let mut feed = visitor.listen(None).await;
    assert_eq!(app.delete(&conversation, None).await, (StatusCode::OK, json!({})));
    let event = feed.next().await.unwrap();
    assert_eq!((&event["type"], &event["payload"]), (&json!("conversation:message:remove"), &json!({})));
    assert!(app.messages(&conversation).await.is_empty());
    assert_eq!(visitor.page().await.messages(), 0);
    assert_eq!(app.delete(&conversation, None).await, (StatusCode::OK, json!({})), "nothing is left to delete");
    assert_eq!(app.post(&conversation, &full).await.0, StatusCode::CREATED);
    assert_eq!(feed.event().await, (4, "one more".to_owned()), "the numbers go on");
}

#[tokio::test]
async fn deleting_takes_only_unread_messages_off_the_count() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let read = app.business_says(&conversation, "read").await;
    visitor.says("I saw that").await;
    let unread = app.business_says(&conversation, "unread").await;
    app.business_says(&conversation, "unread too").await;
    let count = async || {
        let storage = app.chat().storage();
        let user = app.messages(&conversation).await[0]["author"]["userId"].as_str().unwrap().parse().unwrap();
        let mut reader = storage.read().await.unwrap();
        reader.unread_count_of(conversation.parse().unwrap(), user).await.unwrap()
    };
    assert_eq!(count().await, Some(2));
    app.delete(&conversation, Some(id(&read))).await;
    assert_eq!(count().await, Some(2));
    app.delete(&conversation, Some(id(&unread))).await;
    assert_eq!(count().await, Some(1));
    let own = app.messages(&conversation).await.iter().find(|it| it["content"]["text"] == "I saw that").cloned();
    app.delete(&conversation, Some(id(&own.unwrap()))).await;
    assert_eq!(count().await, Some(1));
}

#[tokio::test]
async fn a_visitors_retry_of_a_deleted_message_is_answered_and_shows_nothing() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let conversation = visitor.posts(&page, "hello").await;
    assert_eq!(conversation.status, StatusCode::SEE_OTHER);
    let conversation = visitor.page().await.conversation().unwrap();
    let hello = app.messages(&conversation).await[0].clone();
    app.delete(&conversation, Some(id(&hello))).await;
    assert_eq!(visitor.posts(&page, "hello").await.status, StatusCode::SEE_OTHER);
    assert!(app.messages(&conversation).await.is_empty());
    assert_eq!(visitor.page().await.messages(), 0);
}
