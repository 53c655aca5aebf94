//! The business side: conversations, messages and activities.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, TestApp, answer};

fn text(text: &str) -> Value {
    json!({ "author": { "type": "business" }, "content": { "type": "text", "text": text } })
}

#[tokio::test]
async fn a_business_reads_and_answers() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let (status, page) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
    assert_eq!(status, StatusCode::OK);
    let hello = &page["messages"][0];
    let user = hello["author"]["userId"].as_str().unwrap();
    assert_eq!(hello["author"]["type"], "user");
    assert_eq!(hello["author"]["displayName"], format!("Web User {}", &user[12..]));
    assert_eq!(hello["content"], json!({ "type": "text", "text": "hello" }));
    assert_eq!(hello["source"], json!({ "type": "web", "integrationId": visitor.integration }));
    assert_eq!(page["meta"], json!({ "hasMore": false }));

    let said = app.business_says(&conversation, "How may I help?").await;
    assert_eq!(said["author"], json!({ "type": "business", "displayName": "Ann" }));
    assert_eq!(said["source"], json!({ "type": "api:conversations" }));
    assert_eq!(said["received"].as_str().unwrap().len(), "2026-01-01T00:00:00.000Z".len());
    assert!(visitor.page().await.html.contains("How may I help?"));

    let (_, one) = answer(app.api(Method::GET, &format!("/conversations/{conversation}"))).await;
    assert_eq!(one["conversation"]["type"], "personal");
    assert_eq!(one["conversation"]["isDefault"], true);
    assert_eq!(one["conversation"]["lastUpdatedAt"], said["received"]);

    let (_, list) = answer(app.api(Method::GET, &format!("/conversations?filter%5BuserId%5D={user}"))).await;
    assert_eq!(list["conversations"], json!([one["conversation"]]));
}

#[tokio::test]
async fn text_comes_back_byte_for_byte() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let odd = "  \u{202e}evil\u{202c} שלום a\u{200b}b\u{200d}c\u{feff} 👨‍👩‍👧‍👦 Z͑ͫ <b>&amp;</b>\r\n\t ";
    assert_eq!(app.business_says(&conversation, odd).await["content"]["text"], odd);
    assert_eq!(app.texts(&conversation).await, ["hello", odd]);
}

#[tokio::test]
async fn pages_walk_backwards_and_forwards() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    for number in 2..=230 {
        app.business_says(&conversation, &number.to_string()).await;
    }
    let path = format!("/conversations/{conversation}/messages");
    let texts = |page: &Value| -> Vec<String> {
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["content"]["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, newest) = answer(app.api(Method::GET, &format!("{path}?page%5Bsize%5D=2"))).await;
    let got = texts(&newest);
    assert_eq!((got.len(), got[0].as_str(), got[99].as_str()), (100, "131", "230"), "the size is fixed");
    assert_eq!(newest["meta"]["hasMore"], true);
    assert_eq!(newest["meta"].get("afterCursor"), None);
    assert_eq!(newest["links"].get("next"), None);

    let prev = newest["links"]["prev"].as_str().unwrap();
    assert!(prev.starts_with(&app.url), "{prev}");
    let follow =
        |url: String| answer(app.http.get(url).basic_auth(app.made.key.id.as_str(), Some(&app.made.key.secret)));
    let (_, middle) = follow(prev.to_owned()).await;
    assert_eq!((texts(&middle)[0].as_str(), texts(&middle)[99].as_str()), ("31", "130"));
    let before = middle["meta"]["beforeCursor"].as_str().unwrap();
    let (_, oldest) = answer(app.api(Method::GET, &format!("{path}?page[before]={before}"))).await;
    assert_eq!((texts(&oldest).len(), texts(&oldest)[0].as_str()), (30, "hello"));
    assert_eq!(oldest["meta"]["hasMore"], false);
    let (_, forward) = follow(oldest["links"]["next"].as_str().unwrap().to_owned()).await;
    assert_eq!((texts(&forward)[0].as_str(), &forward["meta"]["hasMore"]), ("31", &json!(true)));
}

#[tokio::test]
async fn bad_pages_are_named() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let id = "65f0a1b2c3d4e5f6aabbccdd";
    for (query, status) in [
        ("page[size]=101", 200),
        ("page[after]=short", 400),
        (&*format!("page[after]={id}&page[before]={id}"), 400),
        (&*format!("page[after]={id}"), 404),
        (&*format!("page[before]={id}"), 404),
    ] {
        let (got, answer) =
            answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages?{query}"))).await;
        assert_eq!(got.as_u16(), status, "{query}: {answer}");
        let code = match status {
            200 => continue,
            400 => "bad_request",
            _ => "not_found",
        };
        assert_eq!(answer["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn bad_bodies_are_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let rows = app.rows().await;
    let path = format!("/conversations/{conversation}/messages");
    let business = json!({ "type": "business" });
    for (body, names) in [
        (json!({}), "author"),
        (json!({ "author": business }), "content"),
        (json!({ "author": {}, "content": {} }), "type"),
        (json!({ "author": { "type": "robot" }, "content": { "type": "text", "text": "x" } }), "author"),
        (json!({ "author": { "type": "user" }, "content": { "type": "text", "text": "x" } }), "author"),
        (
            json!({ "author": { "type": "business", "displayName": "" }, "content": { "type": "text", "text": "x" } }),
            "author.displayName",
        ),
        (
            json!({ "author": { "type": "business", "avatarUrl": "javascript:x" }, "content": { "type": "text", "text": "x" } }),
            "author.avatarUrl",
        ),
        (json!({ "author": business, "content": { "text": "x" } }), "content.type"),
        (json!({ "author": business, "content": { "type": "hologram", "text": "x" } }), "content.type"),
        (json!({ "author": business, "content": { "type": "text" } }), "content.text"),
        (json!({ "author": business, "content": { "type": "text", "text": 7 } }), "content.text"),
        (text(""), "content.text"),
        (text(&"x".repeat(4097)), "content.text"),
        (text("nul\0"), "content.text"),
        (
            json!({ "author": business, "content": { "type": "text", "text": "x" }, "metadata": { "a": { "b": 1 } } }),
            "metadata.a",
        ),
        (
            json!({ "author": business, "content": { "type": "text", "text": "x" }, "metadata": { "a": "x".repeat(5000) } }),
            "metadata",
        ),
        (json!({ "author": business, "content": { "type": "text", "text": "x" }, "metadata": [] }), "metadata"),
    ] {
        let (status, answer) = answer(app.api(Method::POST, &path).json(&body)).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{body}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {answer}");
    }
    for (body, kind, status) in [
        (b"".to_vec(), "application/json", 400),
        (b"[]".to_vec(), "application/json", 400),
        (b"\"text\"".to_vec(), "application/json", 400),
        (b"{\"author\":".to_vec(), "application/json", 400),
        (
            b"{\"author\":{\"type\":\"business\"},\"content\":{\"type\":\"text\",\"text\":\"\xff\"}}".to_vec(),
            "application/json",
            400,
        ),
        (
            br#"{"author":{"type":"business"},"content":{"type":"text","text":"\ud800"}}"#.to_vec(),
            "application/json",
            400,
        ),
        (b"text=hi".to_vec(), "application/x-www-form-urlencoded", 415),
        (vec![b' '; 110 * 1024], "application/json", 413),
    ] {
        let request = app.api(Method::POST, &path).header("content-type", kind).body(body.clone());
        let (got, answer) = answer(request).await;
        assert_eq!(
            got.as_u16(),
            status,
            "{answer} {}",
            String::from_utf8_lossy(&body).chars().take(60).collect::<String>()
        );
    }
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn a_user_author_must_take_part() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (_, made) = answer(app.api(Method::POST, "/users").json(&json!({ "externalId": "bob" }))).await;
    let rows = app.rows().await;
    let path = format!("/conversations/{conversation}/messages");
    for author in [
        json!({ "type": "user", "userId": made["user"]["id"] }),
        json!({ "type": "user", "userExternalId": "bob" }),
        json!({ "type": "user", "userId": "65f0a1b2c3d4e5f6aabbccdd" }),
        json!({ "type": "user", "userExternalId": "nobody" }),
        json!({ "type": "user", "userId": made["user"]["id"], "userExternalId": "bob" }),
    ] {
        let body = json!({ "author": author, "content": { "type": "text", "text": "x" } });
        let (status, answer) = answer(app.api(Method::POST, &path).json(&body)).await;
        assert!(status.is_client_error(), "{author}: {answer}");
    }
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn reading_is_kept_and_only_moves_forward() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let activity =
        |body: Value| answer(app.api(Method::POST, &format!("/conversations/{conversation}/activity")).json(&body));
    let read = json!({ "author": { "type": "business" }, "type": "conversation:read" });
    assert!(visitor.page().await.html.contains(">Delivered<"));
    assert_eq!(activity(read.clone()).await, (StatusCode::OK, json!({})));
    let rows = app.rows().await;
    assert_eq!(activity(read).await, (StatusCode::OK, json!({})), "reading what is read is no news");
    assert_eq!(app.rows().await, rows);
    assert!(visitor.page().await.html.contains(">Seen<"));
    // A clock that was set back must not swallow a later read.
    app.execute("UPDATE conversations SET last_updated_at = last_updated_at + 3600000").await;
    visitor.says("again").await;
    assert!(!visitor.page().await.html.contains(">Seen<"));
    assert_eq!(
        activity(json!({ "author": { "type": "business" }, "type": "conversation:read" })).await.0,
        StatusCode::OK
    );
    assert!(visitor.page().await.html.contains(">Seen<"));
    let rows = app.rows().await;
    for (body, status) in [
        (json!({ "author": { "type": "business" }, "type": "typing:start" }), 200),
        (json!({ "author": { "type": "business" }, "type": "typing:dance" }), 400),
        (json!({ "author": { "type": "user" }, "type": "conversation:read" }), 400),
        (json!({ "type": "typing:start" }), 400),
    ] {
        assert_eq!(activity(body.clone()).await.0.as_u16(), status, "{body}");
    }
    assert_eq!(app.rows().await, rows, "typing is never stored");
}

#[tokio::test]
async fn a_user_may_read_where_nothing_is_unread() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:read"]).await;
    let user = app.user("ann").await;
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": [{ "userId": user }] })).await;
    let rows = app.rows().await;
    let read = json!({ "author": { "type": "user", "userId": user }, "type": "conversation:read" });
    app.asks(Method::POST, &format!("/conversations/{group}/activity"), Some(read), 200).await;
    let list = app.asks(Method::GET, &format!("/conversations/{group}/participants"), None, 200).await;
    assert!(list["participants"][0]["lastRead"].is_string(), "{list}");
    receiver.of_trigger("conversation:read").await;
    assert_eq!(app.rows().await, rows, "no page has to hear of it");
}
