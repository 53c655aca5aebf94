//! A disk that does not keep up.

use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt as _};
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::storage::StorageError;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::support::{DEADLINE, ParlorProcess, TestApp, Visitor};

#[tokio::test]
async fn who_would_wait_too_long_is_told_at_once_and_nothing_that_was_taken_is_lost() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let page = visitor.page().await;
    let (release, released) = oneshot::channel::<()>();
    let (stand, stands) = oneshot::channel::<()>();
    let (storage, background) = (app.chat().storage().clone(), app.chat().storage().patient());
    let stuck = tokio::spawn(async move {
        let slow = storage.write(move |_| {
            Box::pin(async move {
                let _gone = stand.send(());
                let _gone = released.await;
                Ok::<_, StorageError>(())
            })
        });
        slow.await
    });
    stands.await.unwrap();
    let path = format!("/conversations/{conversation}/messages");
    let post = || {
        let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "later" } });
        app.api(Method::POST, &path).json(&body).send()
    };
    let (begun, mut posts) = (Instant::now(), FuturesUnordered::new());
    let refused = loop {
        assert!(begun.elapsed() < DEADLINE, "somebody is told");
        posts.push(post());
        // Most wait for the disk: whoever is answered first was sent away.
        if let Ok(answer) = tokio::time::timeout(Duration::from_millis(50), posts.next()).await {
            break answer.unwrap().unwrap();
        }
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "2");
    let said = visitor.posts(&page, "and what I wrote?").await;
    assert_eq!((said.status, said.draft()), (StatusCode::SERVICE_UNAVAILABLE, "and what I wrote?"));
    assert_eq!(said.header("retry-after"), "2");
    let waits = tokio::spawn(async move { background.write(|_| Box::pin(async { Ok::<_, StorageError>(()) })).await });
    release.send(()).unwrap();
    stuck.await.unwrap().unwrap();
    waits.await.unwrap().expect("what nobody waits for was not sent away");
    let mut taken = 1;
    while let Some(answer) = posts.next().await {
        taken += usize::from(answer.unwrap().status() == StatusCode::CREATED);
    }
    assert_eq!(app.texts(&conversation).await.len(), taken.min(100));
    let figures = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("parlor_shed_total") && figures.contains("parlor_storage_queue"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_finds_no_room_stops_nothing() {
    let data = TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let parlor = ParlorProcess::serve_without_room_for_a_log(data.path());
    let visitor = Visitor::new(&parlor.url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("hello").await;
    assert_eq!(visitor.page().await.messages(), 1);
    assert!(parlor.terminate().success());
}
