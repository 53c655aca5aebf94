//! A key that calls too often.

use std::time::Instant;

use reqwest::{Method, StatusCode};

use crate::support::{DEADLINE, TestApp};

#[tokio::test]
async fn a_key_that_calls_too_often_is_told_when_to_go_on() {
    let app = TestApp::start_with(&["--api-rate", "1"]).await;
    let mut refused = None;
    for _ in 0..50 {
        let answer = app.api(Method::GET, "").send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let refused = refused.expect("fifty calls at once are too many");
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert_eq!(wait, 1);
    let body: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(body["errors"][0]["code"], "too_many_requests");
    let other = app.account(Method::GET, "").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK, "another key is not held up");
    let begun = Instant::now();
    while app.api(Method::GET, "").send().await.unwrap().status() != StatusCode::OK {
        assert!(begun.elapsed() < DEADLINE, "it may go on after a while");
    }
}

#[tokio::test]
async fn without_a_limit_nobody_is_held_up() {
    let app = TestApp::start_with(&["--api-rate", "0"]).await;
    for _ in 0..100 {
        assert_eq!(app.api(Method::GET, "").send().await.unwrap().status(), StatusCode::OK);
    }
}
