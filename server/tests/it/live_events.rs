//! Live events: a listener misses nothing and hears nothing twice.

use futures::StreamExt as _;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Feed, TestApp, client};

#[tokio::test]
async fn an_answer_appears_while_the_visitor_watches() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    let said = app.business_says(&conversation, "one").await;
    let event = feed.next().await.unwrap();
    assert_eq!(event["type"], "conversation:message");
    assert_eq!(event["conversation"], json!({ "id": conversation }));
    assert_eq!(event["seq"], 2);
    assert_eq!(event["payload"]["message"], said);
}

#[tokio::test]
async fn a_visitor_who_reconnects_misses_nothing() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    app.business_says(&conversation, "one").await;
    let (seq, _) = feed.event().await;
    drop(feed);
    app.business_says(&conversation, "two").await;
    let mut feed = visitor.listen(Some((&conversation, seq))).await;
    assert_eq!(feed.event().await, (3, "two".to_owned()));
    app.business_says(&conversation, "three").await;
    assert_eq!(feed.event().await, (4, "three".to_owned()));
    assert!(feed.is_silent().await);
}

#[tokio::test]
async fn a_listener_that_drops_at_random_hears_everything_once_and_in_order() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let total = 300;
    let speak = async {
        // Four speakers at once: order is whatever the log says, and the log has no gaps.
        futures::stream::iter(2..=total)
            .for_each_concurrent(4, |number| {
                let (app, conversation) = (&app, &conversation);
                async move { drop(app.business_says(conversation, &number.to_string()).await) }
            })
            .await;
    };
    let listen = async {
        let mut heard = vec![1];
        // Drops after 1, 2, 3 … events, so at another moment each time.
        let mut patience = 1;
        while heard.len() < total {
            let mut feed = visitor.listen(Some((&conversation, *heard.last().unwrap()))).await;
            for _ in 0..patience.min(total - heard.len()) {
                heard.push(feed.event().await.0);
            }
            patience += 1;
        }
        heard
    };
    let (heard, ()) = tokio::join!(listen, speak);
    assert_eq!(heard, (1..=total as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn typing_is_heard_and_forgotten() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    let body = json!({ "author": { "type": "business", "displayName": "Ann" }, "type": "typing:start" });
    let path = format!("/conversations/{conversation}/activity");
    crate::support::answer(app.api(reqwest::Method::POST, &path).json(&body)).await;
    let event = feed.next().await.unwrap();
    assert_eq!((&event["type"], event.get("seq")), (&json!("conversation:typing"), None));
    assert_eq!(event["payload"]["activity"]["author"]["displayName"], "Ann");
    assert!(visitor.listen(Some((&conversation, 1))).await.is_silent().await);
}

#[tokio::test]
async fn the_same_log_comes_as_an_event_stream() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "one").await;
    let url = format!("{}/events?integration={}", app.url, visitor.integration);
    let request = client()
        .get(&url)
        .header("cookie", visitor.cookie_header())
        .header("last-event-id", format!("{conversation}:1"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut chunks = answer.bytes_stream();
    let mut text = String::new();
    while !text.contains("\"one\"") {
        text.push_str(&String::from_utf8_lossy(&chunks.next().await.unwrap().unwrap()));
    }
    app.business_says(&conversation, "two").await;
    while !text.contains("\"two\"") {
        text.push_str(&String::from_utf8_lossy(&chunks.next().await.unwrap().unwrap()));
    }
    assert!(text.contains(&format!("id: {conversation}:3")), "{text}");
    assert_eq!(text.matches("conversation:message").count(), 2);
    let stranger = client().get(&url).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_in_the_first_frame_is_enough() {
    let app = TestApp::start().await;
    let visitor = app.anonymous().without_cookies();
    let page = visitor.page().await;
    let token = page.field("visitor").unwrap();
    let conversation = visitor.posts(&page, "hello").await.conversation().unwrap();
    let url = format!("{}/events?integration={}", app.url.replacen("http", "ws", 1), visitor.integration);
    let mut feed = Feed::connect(&url, &[]).await;
    feed.say(&json!({ "type": "hello", "token": token, "since": { conversation.as_str(): 0 } })).await;
    assert_eq!(feed.next().await.unwrap()["type"], "hello");
    assert_eq!(feed.event().await, (1, "hello".to_owned()));

    for hello in [json!({ "type": "hello" }), json!({ "type": "hello", "token": "forged" }), json!("nonsense")] {
        let mut feed = Feed::connect(&url, &[]).await;
        feed.say(&hello).await;
        assert_eq!(feed.close_code().await, Some(4401), "{hello}");
    }
}

#[tokio::test]
async fn a_hello_that_comes_late_is_answered_all_the_same() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "missed").await;
    let url = format!("{}/events?integration={}", app.url.replacen("http", "ws", 1), visitor.integration);
    let hello = json!({ "type": "hello", "since": { conversation.as_str(): 1 } });

    let mut feed = Feed::connect(&url, &[("cookie", &visitor.cookie_header())]).await;
    assert_eq!(feed.next().await.unwrap()["type"], "hello");
    // Live by now: the server waits a second for a hello.
    app.business_says(&conversation, "live").await;
    assert_eq!(feed.event().await, (3, "live".to_owned()));
    feed.say(&hello).await;
    assert_eq!(feed.event().await, (2, "missed".to_owned()));
    assert_eq!(feed.event().await, (3, "live".to_owned()));

    // Said in the address already, it is not told twice.
    let mut feed =
        Feed::connect(&format!("{url}&since={conversation}:1"), &[("cookie", &visitor.cookie_header())]).await;
    assert_eq!(feed.next().await.unwrap()["type"], "hello");
    assert_eq!(feed.event().await, (2, "missed".to_owned()));
    assert_eq!(feed.event().await, (3, "live".to_owned()));
    feed.say(&hello).await;
    assert!(feed.is_silent().await);
}

#[tokio::test]
async fn nobody_hears_what_is_not_theirs() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let (stranger, _) = app.visitor_in_conversation().await;
    let mut feed = stranger.listen(Some((&conversation, 0))).await;
    app.business_says(&conversation, "secret").await;
    assert!(feed.is_silent().await);
    // A page of another origin, with the visitor's cookies.
    let url = format!("{}/events?integration={}", app.url, stranger.integration);
    let request = client().get(url).header("cookie", stranger.cookie_header()).header("origin", "https://evil.example");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_client_ahead_of_the_log_is_told_to_reload() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(Some((&conversation, 99))).await;
    assert_eq!(feed.next().await.unwrap(), json!({ "type": "reload" }));
}

#[tokio::test]
async fn a_server_that_stops_sends_its_listeners_away_and_finishes() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    app.drain();
    let last: Value = feed.next().await.unwrap();
    assert_eq!(last, json!({ "type": "reconnect" }));
    assert_eq!(feed.close_code().await, Some(1012));
    app.stopped().await;
}
