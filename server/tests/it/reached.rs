//! When a message reached its user: on a screen that is open, on the next page, in what a line catches up with, or by being read.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Call, HookReceiver, TestApp, answer};

const REACHED: &str = "conversation:message:delivery:user";

/// The messages that `calls` tell of, in order.
fn told(calls: &[Call]) -> Vec<Value> {
    calls.iter().map(|call| call.payload()["message"]["id"].clone()).collect()
}

#[tokio::test]
async fn a_message_is_told_of_once_when_a_page_shows_it() {
    let app = TestApp::with_webhooks().await;
    let (receiver, older) = (HookReceiver::start().await, HookReceiver::start().await);
    app.hook(&receiver.url(), &[REACHED]).await;
    app.legacy_hook(&older.url(), &["message:delivery:user"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut said = Vec::new();
    for text in ["one", "two"] {
        said.push(app.business_says(&conversation, text).await["id"].clone());
    }
    assert!(receiver.calls().is_empty(), "nobody looked");
    visitor.page().await;
    let calls = receiver.first(2).await;
    let destination = json!({ "type": "web", "integrationId": app.made.integration });
    assert_eq!((&calls[0].payload()["destination"], &calls[0].payload()["isFinalEvent"]), (&destination, &json!(true)));
    assert_eq!(older.first(2).await[0].body["message"]["_id"], said[0]);
    // Once more, and the same by all other ways.
    visitor.page().await;
    let mut feed = visitor.listen(Some((&conversation, 0))).await;
    feed.event().await;
    said.push(app.business_says(&conversation, "three").await["id"].clone());
    receiver.first(3).await;
    visitor.says("thank you").await;
    said.push(app.business_says(&conversation, "four").await["id"].clone());
    assert_eq!(told(&receiver.first(4).await), said);
}

#[tokio::test]
async fn a_message_is_told_of_once_when_a_line_catches_up_with_it() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[REACHED]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut said = vec![app.business_says(&conversation, "one").await["id"].clone()];
    drop(visitor.listen(Some((&conversation, 1))).await);
    receiver.first(1).await;
    said.push(app.business_says(&conversation, "two").await["id"].clone());
    let mut feed = visitor.listen(Some((&conversation, 1))).await;
    assert_eq!(feed.event().await.1, "one");
    assert_eq!(told(&receiver.first(2).await), said);
}

#[tokio::test]
async fn a_message_is_told_of_once_when_it_is_read_or_answered() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[REACHED]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let author = json!({ "type": "user", "userId": app.author(&conversation).await });
    let mut said = vec![app.business_says(&conversation, "one").await["id"].clone()];
    let read = json!({ "author": author, "type": "conversation:read" });
    for _ in 0..2 {
        app.asks(Method::POST, &format!("/conversations/{conversation}/activity"), Some(read.clone()), 200).await;
    }
    receiver.first(1).await;
    said.push(app.business_says(&conversation, "two").await["id"].clone());
    let reply = json!({ "author": author, "content": { "type": "text", "text": "I see" } });
    let (status, posted) = app.post(&conversation, &reply).await;
    assert_eq!(status, StatusCode::CREATED, "{posted}");
    receiver.first(2).await;
    visitor.page().await;
    said.push(app.business_says(&conversation, "three").await["id"].clone());
    let user = author["userId"].as_str().unwrap();
    let (status, _) = answer(app.v1(Method::POST, &format!("/appusers/{user}/conversation/read"))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(told(&receiver.first(3).await), said);
}

#[tokio::test]
async fn what_was_read_before_anybody_asked_is_no_news_and_a_look_that_nobody_asks_for_writes_nothing() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "one").await;
    visitor.page().await;
    drop(visitor.listen(Some((&conversation, 0))).await);
    visitor.says("thank you").await;
    let marks = "SELECT sum(reached_seq) FROM participants";
    assert_eq!(app.number(marks).await, 0);
    app.hook(&receiver.url(), &[REACHED]).await;
    let two = app.business_says(&conversation, "two").await["id"].clone();
    visitor.page().await;
    assert_eq!(told(&receiver.first(1).await), [two]);
    assert_eq!(app.number(marks).await, 4, "up to the newest message");
}
