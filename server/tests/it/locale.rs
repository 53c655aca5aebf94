//! The language of a person, as the browser tells it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Call, HookReceiver, TestApp, answer};

async fn locale(app: &TestApp, user: &str) -> Value {
    app.asks(Method::GET, &format!("/users/{user}"), None, 200).await["user"]["profile"]["locale"].clone()
}

/// What webhooks are told of `user`, whose language was found out on the page of `app`.
fn detected(app: &TestApp, user: &Value) -> Value {
    let source = json!({ "type": "web", "integrationId": app.made.integration });
    json!({ "user": user, "reason": "localeDetection", "source": source })
}

#[tokio::test]
async fn a_visitor_who_speaks_is_known_by_the_language_of_the_browser() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["user:update"]).await;
    let visitor = app.anonymous().speaking("de-AT,de;q=0.9,en;q=0.5");
    visitor.page().await;
    assert_eq!(app.rows().await, 0, "who only looks leaves no trace");
    visitor.says("Servus").await;
    visitor.says("Jemand da?").await;
    let user = app.author(&visitor.page().await.conversation().unwrap()).await;
    assert_eq!(locale(&app, &user).await, "de-AT");
    app.anonymous().speaking("*").says("whatever").await;
    app.anonymous().says("no language at all").await;
    let second = app.anonymous().speaking("fr");
    second.says("Bonjour").await;
    let other = app.author(&second.page().await.conversation().unwrap()).await;
    let calls = receiver.first(2).await;
    let told: Vec<&Value> = calls.iter().map(Call::payload).collect();
    for user in [user, other] {
        assert!(told.contains(&&detected(&app, &json!({ "id": user }))), "{told:?}");
    }
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn who_logs_in_keeps_a_language_and_gets_one_where_none_is_known() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["user:update"]).await;
    let (ann, bob) = (app.user("ann").await, app.user("bob").await);
    let japanese = json!({ "profile": { "locale": "ja" } });
    app.asks(Method::PATCH, "/users/bob", Some(japanese), 200).await;
    for (user, name) in [(&bob, "bob"), (&ann, "ann")] {
        let (_, made) = answer(app.v1(Method::GET, &format!("/appusers/{name}/authcode"))).await;
        let code = made["authCode"].as_str().unwrap();
        let visitor = app.anonymous().speaking("pt-BR");
        visitor.page().await;
        let entered = visitor.submits("/login", &[("authCode", code)]).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{user}: {}", entered.html);
    }
    assert_eq!((locale(&app, &bob).await, locale(&app, &ann).await), (json!("ja"), json!("pt-BR")));
    let told = receiver.first(1).await.remove(0).payload().clone();
    assert_eq!(told, detected(&app, &json!({ "id": ann, "externalId": "ann" })));
}
