//! The page's server functions, as its script calls them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, Visitor};

/// Calls `/fn/{name}` as the browser does.
async fn call(app: &TestApp, visitor: &Visitor, name: &str, arguments: Value) -> (StatusCode, Value) {
    let mut body = arguments;
    body["visitor"] = json!({ "integration": visitor.integration, "surface": "chat", "token": body["visitor"] });
    let request = app.http.post(format!("{}/fn/{name}", app.url)).header("cookie", visitor.cookie_header());
    let answer = request.json(&body).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn a_message_sent_fifty_times_at_once_is_one_message() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    let arguments = json!({ "visitor": token, "client_id": "once", "say": { "text": "only once" } });
    let sends = (0..50).map(|_| call(&app, &visitor, "send_message", arguments.clone()));
    let answers = futures::future::join_all(sends).await;
    let first = &answers[0].1;
    for (status, answer) in &answers {
        assert_eq!((*status, answer), (StatusCode::OK, first));
    }
    assert_eq!(app.texts(first["conversation"].as_str().unwrap()).await, ["only once"]);
    assert_eq!(app.rows().await, 7);
}

#[tokio::test]
async fn the_same_id_with_another_text_is_a_conflict() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    let send = |text| {
        let (app, visitor, token) = (&app, &visitor, token.clone());
        async move {
            call(app, visitor, "send_message", json!({ "visitor": token, "client_id": "a", "say": { "text": text } }))
                .await
        }
    };
    assert_eq!(send("one").await.0, StatusCode::OK);
    assert_eq!(send("two").await, (StatusCode::CONFLICT, json!("conflict")));
}

#[tokio::test]
async fn a_visitor_cannot_take_the_id_of_a_message_of_the_business() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    let guessed = domain::ClientMessageId::of_business("order-4711").unwrap();
    let arguments = json!({ "visitor": token, "client_id": guessed, "say": { "text": "mine" } });
    let (status, _) = call(&app, &visitor, "send_message", arguments).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn wrong_arguments_are_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    let long = "x".repeat(4097);
    for (visitor_token, client_id, text, status, problem) in [
        (token.as_str(), "a", "", 422, json!("empty")),
        (&token, "a", "\u{200b} ", 422, json!("empty")),
        (&token, "a", &long, 422, json!("tooLong")),
        ("forged", "a", "hi", 401, json!("sessionEnded")),
    ] {
        let arguments = json!({ "visitor": visitor_token, "client_id": client_id, "say": { "text": text } });
        let (got, answer) = call(&app, &visitor, "send_message", arguments).await;
        assert_eq!((got.as_u16(), answer), (status, problem), "{text:.9}");
    }
    for (arguments, names) in [
        (json!({ "visitor": token, "client_id": "a b", "say": { "text": "hi" } }), "client_id"),
        (json!({ "visitor": token, "say": { "text": "hi" } }), "client_id"),
        (json!({ "visitor": token, "client_id": "a", "say": { "text": 7 } }), "string"),
    ] {
        let (status, answer) = call(&app, &visitor, "send_message", arguments).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer["invalid"].as_str().unwrap().contains(names), "{answer}");
    }
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn nobody_reads_or_marks_what_is_not_theirs() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (stranger, _) = app.visitor_in_conversation().await;
    for name in ["older_messages", "mark_read"] {
        let answer = call(&app, &stranger, name, json!({ "conversation": conversation, "before": 100 })).await;
        assert_eq!(answer, (StatusCode::NOT_FOUND, json!("notFound")), "{name}");
    }
}
