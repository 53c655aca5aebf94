//! Programs that fill in the forms of pages, and people who may look like one.

use std::time::Instant;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{DEADLINE, Page, TestApp, Visitor};

/// Posts the composer of `page` with something in the field that people do not see.
async fn fills_in_everything(visitor: &Visitor, page: &Page, text: &str) -> Page {
    let (client_id, token) = (page.field("client_id").unwrap(), page.field("visitor").unwrap());
    let form = [("client_id", &*client_id), ("visitor", &token), ("homepage", "http://pills.example"), ("text", text)];
    visitor.submits("", &form).await
}

#[tokio::test]
async fn who_writes_faster_than_people_is_asked_to_send_again() {
    let app = TestApp::start_with(&["--form-pause", "300ms"]).await;
    let visitor = app.anonymous();
    let mut page = visitor.posts(&visitor.page().await, "a <first> word").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.rows().await, 0);
    let begun = Instant::now();
    while page.status != StatusCode::SEE_OTHER {
        assert_eq!(page.draft(), "a &lt;first&gt; word");
        assert_eq!(page.problem(), "Your message is still here. Please press send once more.");
        assert!(begun.elapsed() < DEADLINE, "it is only a moment");
        page = visitor.posts(&page, "a <first> word").await;
    }
    let conversation = visitor.page().await.conversation().unwrap();
    assert_eq!(app.texts(&conversation).await, ["a <first> word"]);
}

#[tokio::test]
async fn a_conversation_that_runs_is_as_fast_as_its_people() {
    let app = TestApp::start_with(&["--form-pause", "1h"]).await;
    for visitor in [app.anonymous(), app.anonymous().without_cookies()] {
        let page = visitor.page().await;
        let who = json!({ "integration": visitor.integration, "surface": "chat", "token": page.field("visitor") });
        let body = json!({ "visitor": who, "client_id": "a", "say": { "text": "by script" } });
        let sent = app.http.post(format!("{}/fn/send_message", app.url)).json(&body).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK, "a page with scripts has other guards");
        let answer = visitor.posts(&page, "without").await;
        assert!(answer.status == StatusCode::OK || answer.status == StatusCode::SEE_OTHER, "{}", answer.status);
    }
}

#[tokio::test]
async fn an_old_page_is_as_good_as_a_new_one() {
    let app = TestApp::start_with(&["--form-pause", "100ms"]).await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let begun = Instant::now();
    while visitor.posts(&page, "back again").await.status != StatusCode::SEE_OTHER {
        assert!(begun.elapsed() < DEADLINE, "the first form itself is good in the end");
    }
}

#[tokio::test]
async fn who_fills_in_what_nobody_sees_is_asked_to_send_again() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    assert!(page.html.contains("name=\"homepage\""));
    let asked = fills_in_everything(&visitor, &page, "buy pills").await;
    assert_eq!((asked.status, asked.draft()), (StatusCode::UNPROCESSABLE_ENTITY, "buy pills"));
    assert!(!asked.html.contains("name=\"homepage\""), "nobody is caught twice");
    assert_eq!(app.rows().await, 0);
    assert_eq!(visitor.posts(&asked, "buy pills").await.status, StatusCode::SEE_OTHER, "it may have been a person");
}

#[tokio::test]
async fn answers_before_the_first_message_are_kept_too() {
    let app = TestApp::start_with(&["--form-pause", "1h"]).await;
    let body = json!({ "prechatCapture": { "enabled": true } });
    app.asks(Method::PATCH, &format!("/integrations/{}", app.made.integration), Some(body), 200).await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let (client_id, token) = (page.field("client_id").unwrap(), page.field("visitor").unwrap());
    let form = [("form", "prechat"), ("client_id", &*client_id), ("visitor", &token), ("field.name", "Sam Sample")];
    let asked = visitor.submits("", &form).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.html.contains("Sam Sample") && asked.problem().contains("press send"), "{}", asked.html);
    assert_eq!(app.rows().await, 0);
}
