//! Chat pages that keep messages for so many days.

use reqwest::multipart::Part;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{DEADLINE, TestApp, Visitor};

impl TestApp {
    /// Makes all messages so far, and their files, so many days older.
    async fn ages(&self, days: i64) {
        let millis = days * 24 * 60 * 60 * 1000;
        for column in ["messages SET received", "attachments SET created_at", "conversations SET created_at"] {
            let name = column.rsplit(' ').next().unwrap();
            self.execute(&format!("UPDATE {column} = {name} - {millis}")).await;
        }
    }

    async fn keeps(&self, days: Value) {
        let path = format!("/integrations/{}", self.made.integration);
        let page = self.asks(Method::PATCH, &path, Some(json!({ "retentionDays": days })), 200).await;
        assert_eq!(page["integration"].get("retentionDays").unwrap_or(&Value::Null), &days);
    }
}

async fn sends_file(visitor: &Visitor, name: &str) {
    let file = Part::bytes(name.as_bytes().to_vec()).file_name(format!("{name}.txt"));
    let sent = visitor.posts_files(&visitor.page().await, "", vec![("file", file)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
}

/// The addresses of the files of `conversation`.
async fn files(app: &TestApp, conversation: &str) -> Vec<String> {
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    let messages = page["messages"].as_array().unwrap().iter();
    messages.filter_map(|message| Some(message["content"]["mediaUrl"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn old_messages_and_their_files_go_and_later_ones_stay() {
    let app = TestApp::start().await;
    let (ann, conversation) = app.visitor_in_conversation().await;
    sends_file(&ann, "old").await;
    for number in 0..450 {
        app.business_says(&conversation, &format!("old {number}")).await;
    }
    let old_file = files(&app, &conversation).await;
    let first = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    let cursor = first["messages"][0]["id"].as_str().unwrap().to_owned();
    app.ages(8).await;
    app.business_says(&conversation, "new").await;
    sends_file(&ann, "new").await;
    app.business_says(&conversation, "newer").await;

    app.chat().forget_now().await.unwrap();
    assert_eq!(app.database().number("SELECT count(*) FROM messages").await, 455, "kept for good");
    app.keeps(json!(9)).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!(app.database().number("SELECT count(*) FROM messages").await, 455, "not old enough");
    let mut feed = ann.listen(None).await;
    app.keeps(json!(7)).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!(app.database().number("SELECT count(*) FROM messages").await, 3);
    assert_eq!(app.database().number("SELECT message_count FROM conversations").await, 3);
    assert_eq!(app.database().number("SELECT count(*) FROM deleted_messages WHERE author <> '{}'").await, 0);
    assert_eq!(app.database().number("SELECT unread_count FROM participants").await, 1);

    let page = ann.page().await;
    assert_eq!(page.messages(), 3);
    assert!(!page.html.contains("before="), "there is nothing older to ask for");
    let path = format!("/conversations/{conversation}/messages?page[after]={cursor}");
    let later = app.asks(Method::GET, &path, None, 200);
    assert_eq!(later.await["messages"].as_array().unwrap().len(), 3, "a cursor from before is good");
    app.business_says(&conversation, "newest").await;
    let (seq, text) = feed.event().await;
    assert_eq!((seq, text.as_str()), (456, "newest"), "numbers go on, and nobody was told of what went");
    let mut behind = ann.listen(Some((&conversation, 400))).await;
    for seq in 401..=456 {
        assert_eq!(behind.event().await.0, seq, "a listener that comes back misses no number");
    }
    let new_file = files(&app, &conversation).await;
    assert_eq!(app.http.get(&new_file[0]).send().await.unwrap().status(), StatusCode::OK);
    for url in old_file {
        let begun = std::time::Instant::now();
        while app.http.get(&url).send().await.unwrap().status() != StatusCode::NOT_FOUND {
            assert!(begun.elapsed() < DEADLINE, "the file goes in time");
        }
    }
    app.keeps(Value::Null).await;
    app.ages(99).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!(app.database().number("SELECT count(*) FROM messages").await, 4);
}

#[tokio::test]
async fn the_conversations_of_another_page_are_kept() {
    let app = TestApp::start().await;
    let other = app.asks(Method::POST, "/integrations", Some(json!({ "type": "web" })), 201).await;
    let other = other["integration"]["id"].as_str().unwrap().parse().unwrap();
    let (_, here) = app.visitor_in_conversation().await;
    let there = Visitor::new(&app.url, other);
    there.says("hello").await;
    let there = there.page().await.conversation().unwrap();
    app.ages(2).await;
    app.keeps(json!(1)).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!((app.texts(&here).await.len(), app.texts(&there).await.len()), (0, 1));
}

#[tokio::test]
async fn kept_events_forget_what_is_too_old() {
    let app = TestApp::start().await;
    let _hook = app.hook("https://crm.example/hook", &["conversation:message"]).await;
    let (_, _conversation) = app.visitor_in_conversation().await;
    app.ages(2).await;
    assert_eq!(said(&app).await, 1);
    app.keeps(json!(1)).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!(said(&app).await, 0);
}

/// Kept events that say what the visitor said.
async fn said(app: &TestApp) -> i64 {
    app.database().number("SELECT count(*) FROM webhook_events WHERE payload LIKE '%hello%'").await
}
