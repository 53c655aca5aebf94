//! What visitors say with buttons and forms, with scripts and without.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, TestApp, Visitor};

/// Posts fields to the chat page as a browser without scripts does.
async fn post(visitor: &Visitor, fields: &[(&str, &str)]) -> StatusCode {
    let token = visitor.page().await.field("visitor").unwrap_or_default();
    let mut form = fields.to_vec();
    form.push(("visitor", &token));
    let request = crate::support::client().post(visitor.path()).header("cookie", visitor.cookie_header());
    request.form(&form).send().await.unwrap().status()
}

async fn sends(app: &TestApp, conversation: &str, content: Value) -> Value {
    let body = json!({ "author": { "type": "business" }, "content": content });
    let (status, answer) = app.post(conversation, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["messages"][0].clone()
}

/// The id of the button with this number in `message`.
fn button(message: &Value, ordinal: u16) -> String {
    let id = message["id"].as_str().unwrap().parse().unwrap();
    domain::ActionId::of(id, ordinal).to_string()
}

#[tokio::test]
async fn a_reply_says_what_its_button_says_and_only_once() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let reply = json!({ "type": "reply", "text": "Yes", "payload": "YES", "metadata": { "from": "button" } });
    let question = sends(&app, &conversation, json!({ "type": "text", "text": "Ok?", "actions": [reply] })).await;
    let yes = button(&question, 0);
    assert!(visitor.page().await.html.contains(&format!("value=\"{yes}\"")));
    for _ in 0..2 {
        assert_eq!(post(&visitor, &[("press", &yes)]).await, StatusCode::SEE_OTHER);
    }
    let messages = app.messages(&conversation).await;
    let said = messages.last().unwrap();
    assert_eq!(messages.len(), 3, "pressed twice, said once");
    assert_eq!(said["content"], json!({ "type": "text", "text": "Yes", "payload": "YES" }));
    assert_eq!((&said["metadata"], &said["author"]["type"]), (&json!({ "from": "button" }), &json!("user")));
    assert!(!visitor.page().await.html.contains("class=\"replies\""), "it was answered");
}

#[tokio::test]
async fn a_postback_reaches_webhooks_and_nobody_elses_does() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:postback"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let (stranger, _) = app.visitor_in_conversation().await;
    let action = json!({ "type": "postback", "text": "Call me", "payload": "CALL" });
    let offer = sends(&app, &conversation, json!({ "type": "text", "text": "So?", "actions": [action] })).await;
    assert_eq!(post(&stranger, &[("press", &button(&offer, 0))]).await, StatusCode::NOT_FOUND);
    assert_eq!(post(&visitor, &[("press", &button(&offer, 7))]).await, StatusCode::NOT_FOUND);
    assert_eq!(post(&visitor, &[("press", &button(&offer, 0))]).await, StatusCode::SEE_OTHER);
    let call = receiver.of_trigger("conversation:postback").await;
    assert_eq!(call.payload()["postback"]["payload"], "CALL");
    assert_eq!(call.conversation(), conversation);
    assert_eq!(app.messages(&conversation).await.len(), 2, "a postback says nothing");
}

#[tokio::test]
async fn a_form_is_answered_once_and_then_closed() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let fields = json!([
        { "type": "text", "name": "order", "label": "Order number", "minSize": 3 },
        { "type": "email", "name": "mail", "label": "E-mail" },
        { "type": "select", "name": "why", "label": "Why", "options": [{ "name": "late", "label": "It is late" }] },
    ]);
    let form = json!({ "type": "form", "blockChatInput": true, "fields": fields });
    let form = sends(&app, &conversation, form).await;
    let id = form["id"].as_str().unwrap();
    let page = visitor.page().await.html;
    assert!(page.contains("disabled") && page.contains("Complete the form above..."));
    let wrong = [("form", id), ("field.order", "12"), ("field.mail", "nobody"), ("field.why", "early")];
    assert_eq!(post(&visitor, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.messages(&conversation).await.len(), 2);
    let answers = [("form", id), ("field.order", "4711"), ("field.mail", "sam@shop.example"), ("field.why", "late")];
    for _ in 0..2 {
        assert_eq!(post(&visitor, &answers).await, StatusCode::SEE_OTHER);
    }
    let messages = app.messages(&conversation).await;
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[1]["content"]["submitted"], true);
    let answer = &messages[2];
    assert_eq!(answer["content"]["textFallback"], "Order number: 4711\nE-mail: sam@shop.example\nWhy: It is late");
    assert_eq!(answer["quotedMessage"], json!({ "type": "message", "message": { "id": id } }));
    let page = visitor.page().await.html;
    assert!(!page.contains("Complete the form above...\"") || !page.contains("<textarea disabled"));
    let other = [("form", id), ("field.order", "9999"), ("field.mail", "sam@shop.example"), ("field.why", "late")];
    assert_eq!(post(&visitor, &other).await, StatusCode::CONFLICT, "its answer is there already");
}

#[tokio::test]
async fn wrong_answers_come_back_with_what_is_wrong() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let fields = json!([{ "type": "email", "name": "mail", "label": "E-mail" }]);
    let form = sends(&app, &conversation, json!({ "type": "form", "fields": fields })).await;
    let answers = [("form", form["id"].as_str().unwrap()), ("field.mail", "<nobody>")];
    let request = crate::support::client().post(visitor.path()).header("cookie", visitor.cookie_header());
    let page = request.form(&answers).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("value=\"&lt;nobody&gt;\"") && page.contains(">Email is invalid</p>"), "nothing is lost");
}

#[tokio::test]
async fn typing_is_passed_on_now_and_then() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:typing"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let (stranger, _) = app.visitor_in_conversation().await;
    let typing = |on| json!({ "type": "typing", "conversation": conversation, "on": on });
    let mut feed = stranger.listen(Some((&conversation, 0))).await;
    feed.say(&typing(true)).await;
    let mut feed = visitor.listen(Some((&conversation, 0))).await;
    for on in [false, true, true, true, false, false] {
        feed.say(&typing(on)).await;
    }
    let calls = receiver.first(2).await;
    let kinds: Vec<&Value> = calls.iter().map(|call| &call.payload()["activity"]["type"]).collect();
    assert_eq!(kinds, ["typing:start", "typing:stop"], "a stop without a start is nothing, and starts are rare");
    assert_eq!(calls[0].conversation(), conversation);
}

#[tokio::test]
async fn a_conversation_that_begins_with_the_form_before_the_chat_says_so() {
    let app = TestApp::with_webhooks().await;
    let (receiver, older) = (HookReceiver::start().await, HookReceiver::start().await);
    app.hook(&receiver.url(), &["conversation:create"]).await;
    app.legacy_hook(&older.url(), &["conversation:start"]).await;
    let asks = json!({ "prechatCapture": { "enabled": true } });
    app.asks(Method::PATCH, &format!("/integrations/{}", app.made.integration), Some(asks), 200).await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let (client_id, token) = (page.field("client_id").unwrap(), page.field("visitor").unwrap());
    let mut form = vec![("form", "prechat"), ("client_id", &*client_id), ("visitor", &token)];
    form.extend([("field.name", "Sam Sample"), ("field.email", "sam@shop.example")]);
    assert_eq!(visitor.submits("", &form).await.status, StatusCode::SEE_OTHER);
    let created = receiver.of_trigger("conversation:create").await;
    assert_eq!(created.payload()["creationReason"], "prechatCapture");
    older.of_trigger("conversation:start").await;
    assert_eq!(app.messages(created.conversation()).await[0]["content"]["type"], "formResponse");
}
