//! What the settings of an app change.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

impl TestApp {
    /// Changes settings of the app.
    async fn set(&self, settings: Value) {
        let (status, answer) = answer(self.account(Method::PATCH, "").json(&json!({ "settings": settings }))).await;
        assert!(status.is_success(), "{answer}");
    }
}

#[tokio::test]
async fn card_numbers_are_masked_before_anything_is_stored() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    visitor.says("5500-0000-0000-0004").await;
    app.set(json!({ "maskCreditCardNumbers": true })).await;
    visitor.says("mine is 4111 1111 1111 1111").await;
    let said = app.business_says(&conversation, "4111111111111111, right?").await;
    assert_eq!(said["content"]["text"], "************1111, right?");
    let texts = app.texts(&conversation).await;
    assert_eq!(
        texts,
        ["hello", "5500-0000-0000-0004", "mine is **** **** **** 1111", "************1111, right?"],
        "from now on"
    );
    app.set(json!({ "maskCreditCardNumbers": false })).await;
    app.business_says(&conversation, "4111111111111111").await;
    assert_eq!(app.texts(&conversation).await.last().unwrap(), "4111111111111111", "at once");
}

#[tokio::test]
async fn who_gives_no_name_may_be_called_by_an_animal() {
    let app = TestApp::start().await;
    app.set(json!({ "useAnimalNames": true })).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await.parse().unwrap();
    visitor.says("again").await;
    let ann = app.user("ann").await;
    app.asks(Method::PATCH, "/users/ann", Some(json!({ "profile": { "givenName": "Ann" } })), 200).await;
    let said = json!({ "role": "appUser", "type": "text", "text": "Hi" });
    let (_, sent) = answer(app.v1(Method::POST, &format!("/appusers/{ann}/messages")).json(&said)).await;
    assert_eq!(sent["message"]["name"], "Ann", "{sent}");
    app.set(json!({ "useAnimalNames": false })).await;
    visitor.says("and again").await;
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    let names: Vec<&Value> =
        page["messages"].as_array().unwrap().iter().map(|it| &it["author"]["displayName"]).collect();
    let friendly = json!(domain::animal_name::animal_name(user));
    assert_eq!(names[..2], [&friendly, &friendly]);
    assert!(names[2].as_str().unwrap().starts_with("Web User "), "{names:?}");
}

#[tokio::test]
async fn a_click_on_a_postback_is_echoed_where_the_app_wants_it() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let action = json!({ "type": "postback", "text": "Tea", "payload": "TEA" });
    let asked = json!({ "role": "appMaker", "type": "text", "text": "What?", "actions": [action] });
    let (_, sent) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&asked)).await;
    let conversation = sent["conversation"]["_id"].as_str().unwrap();
    let click = json!({ "actionId": sent["message"]["actions"][0]["_id"] });
    let click = || answer(app.v1(Method::POST, "/appusers/ann/conversation/postback").json(&click));
    assert!(click().await.0.is_success());
    assert_eq!(app.texts(conversation).await, ["What?"]);
    app.set(json!({ "echoPostback": true })).await;
    assert!(click().await.0.is_success());
    assert_eq!(app.texts(conversation).await, ["What?", "Tea"]);
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    let echo = &page["messages"][1];
    assert_eq!(
        (&echo["author"]["type"], &echo["content"]),
        (&json!("user"), &json!({ "type": "text", "text": "Tea" }))
    );
}

#[tokio::test]
async fn messages_are_deleted_when_nothing_happens_for_long() {
    let app = TestApp::start().await;
    let (visitor, idle) = app.visitor_in_conversation().await;
    let form = Form::new().part("source", Part::text("notes").file_name("notes.txt"));
    let upload = app.api(Method::POST, &format!("/attachments?access=public&for=message&conversationId={idle}"));
    let (status, file) = answer(upload.multipart(form)).await;
    assert_eq!(status, StatusCode::CREATED, "{file}");
    app.set(json!({ "conversationRetentionSeconds": 3600 })).await;
    let (_, idle_too) = app.visitor_in_conversation().await;
    let (_, busy) = app.visitor_in_conversation().await;
    for conversation in [&idle, &idle_too] {
        let name = json!({ "displayName": "idle" });
        app.asks(Method::PATCH, &format!("/conversations/{conversation}"), Some(name), 200).await;
    }
    app.execute("UPDATE conversations SET last_updated_at = last_updated_at - 3600000 WHERE display_name = 'idle'")
        .await;
    let mut feed = visitor.listen(None).await;
    app.chat().expire_now().await.unwrap();
    for (conversation, texts) in [(&idle, 0), (&idle_too, 0), (&busy, 1)] {
        assert_eq!(app.texts(conversation).await.len(), texts);
    }
    assert_eq!(feed.event().await, (2, String::new()), "an entry of the log as of any deletion");
    let address = file["attachment"]["mediaUrl"].as_str().unwrap();
    assert_eq!(app.http.get(address).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    visitor.says("I am back").await;
    app.chat().expire_now().await.unwrap();
    assert_eq!(app.texts(&idle).await, ["I am back"], "it may be filled again");
    assert_eq!(feed.event().await, (3, "I am back".to_owned()), "nothing was deleted twice");
}

#[tokio::test]
async fn messages_are_kept_where_the_app_sets_no_end() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let expire = async || {
        app.execute("UPDATE conversations SET last_updated_at = 0").await;
        app.chat().expire_now().await.unwrap();
        app.texts(&conversation).await.len()
    };
    for forever in [json!(0), json!(9_007_199_254_740_991_u64), Value::Null] {
        app.set(json!({ "conversationRetentionSeconds": forever })).await;
        assert_eq!(expire().await, 1, "{forever}");
    }
    app.set(json!({ "conversationRetentionSeconds": 1 })).await;
    assert_eq!(expire().await, 0);
}

#[tokio::test]
async fn a_retry_of_a_masked_message_is_the_first_one_again() {
    let app = TestApp::start().await;
    app.set(json!({ "maskCreditCardNumbers": true })).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "4111111111111111" } });
    let path = format!("/conversations/{conversation}/messages");
    let post = || answer(app.api(Method::POST, &path).header("idempotency-key", "once").json(&body));
    assert_eq!(post().await, post().await);
    assert_eq!(app.texts(&conversation).await, ["hello", "************1111"]);
}
