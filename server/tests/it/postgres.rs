//! What only PostgreSQL can go through: several nodes at once, and connections that are lost. Told where there is one.

use std::time::{Duration, Instant};

use clap::Parser as _;
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::Server;
use tokio_util::sync::CancellationToken;

use crate::support::{DEADLINE, Flags, NatsServer, TestApp, TestDatabase, answer, postgres};

fn business(text: &str) -> Value {
    json!({ "author": { "type": "business" }, "content": { "type": "text", "text": text } })
}

/// What `conversation` says, oldest first, at most a hundred.
async fn texts(app: &TestApp, conversation: &str) -> Vec<String> {
    let path = format!("/conversations/{conversation}/messages?page[size]=100");
    let page = app.asks(Method::GET, &path, None, 200).await;
    let text = |message: &Value| message["content"]["text"].as_str().unwrap().to_owned();
    page["messages"].as_array().unwrap().iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_node_that_hears_of_no_other_does_not_start() {
    if postgres().is_none() {
        return;
    }
    let app = TestApp::start().await;
    let url = app.database().url().await.unwrap();
    let folder = app.folder().display().to_string();
    let flags = ["test", "--listen", "127.0.0.1:0", "--data-dir", &folder, "--database-url", &url];
    let config = Flags::parse_from(flags).config;
    let second = Server::bind(&config, CancellationToken::new()).await;
    let complaint = format!("{:#}", second.err().unwrap());
    assert!(complaint.contains("--nats-url"), "{complaint}");
    app.drain();
    app.stopped().await;
    // The place is free as soon as the first has gone.
    let begun = Instant::now();
    while let Err(error) = Server::bind(&config, CancellationToken::new()).await {
        assert!(begun.elapsed() < DEADLINE, "{error:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_nodes_write_at_once_is_in_one_order() {
    if postgres().is_none() {
        return;
    }
    let nats = NatsServer::start();
    let url = nats.url();
    let north = TestApp::start_with(&["--nats-url", &url]).await;
    let south = north.start_beside(&["--nats-url", &url]).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    let path = format!("/conversations/{conversation}/messages");
    let posts = (0..40).map(|number| {
        let node = if number % 2 == 0 { &north } else { &south };
        answer(node.api(Method::POST, &path).json(&business(&number.to_string())))
    });
    for (status, posted) in join_all(posts).await {
        assert_eq!(status, StatusCode::CREATED, "{posted}");
    }
    for seq in 2..=41 {
        assert_eq!(feed.next().await.unwrap()["seq"], seq);
    }
    let mut said = texts(&south, &conversation).await;
    said.remove(0);
    said.sort_by_key(|number| number.parse::<u32>().unwrap());
    assert_eq!(said, (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_lose_nothing_that_was_acknowledged() {
    if postgres().is_none() {
        return;
    }
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let TestDatabase::Postgres(url) = app.database() else { unreachable!("asked above") };
    let name = url.rsplit('/').next().unwrap().to_owned();
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    );
    let path = format!("/conversations/{conversation}/messages");
    let mut acknowledged = vec!["hello".to_owned()];
    let begun = Instant::now();
    for round in 0..5 {
        app.execute(&cut).await;
        for number in 0..4 {
            let text = format!("{round}.{number}");
            loop {
                let request = app.api(Method::POST, &path).header("idempotency-key", &text).json(&business(&text));
                let sent = request.send().await.unwrap();
                if sent.status() == StatusCode::CREATED {
                    break;
                }
                assert_eq!(sent.status(), StatusCode::SERVICE_UNAVAILABLE, "{}", sent.text().await.unwrap());
                assert!(sent.headers().contains_key("retry-after"));
                assert!(begun.elapsed() < DEADLINE, "the node finds the database again");
            }
            acknowledged.push(text);
        }
    }
    // Connections to read from were cut, too, and each is found out by the one who gets it.
    let page = format!("{path}?page[size]=100");
    while app.api(Method::GET, &page).send().await.unwrap().status() == StatusCode::SERVICE_UNAVAILABLE {
        assert!(begun.elapsed() < DEADLINE, "the node finds the database again");
    }
    assert_eq!(texts(&app, &conversation).await, acknowledged);
    let gaps = format!(
        "SELECT count(*) FROM conversations c WHERE c.id = '{conversation}' AND c.seq <>
            (SELECT count(*) FROM log l WHERE l.conversation_id = c.id)"
    );
    assert_eq!(app.number(&gaps).await, 0);
}
