//! Two nodes over one database, joined by NATS.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use domain::IntegrationPatch;
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use server::chat::Scope;
use tempfile::TempDir;

use crate::support::{DEADLINE, Feed, HookReceiver, NatsServer, ParlorProcess, RETRIES, TestApp, Visitor, client};

async fn two_nodes(nats: &NatsServer) -> (TestApp, TestApp) {
    let url = nats.url();
    let flags =
        ["--nats-url", &url, "--webhook-allow", "127.0.0.0/8", "--webhook-retries", RETRIES, "--webhook-timeout", "2s"];
    let north = TestApp::start_with(&flags).await;
    let south = north.start_beside(&flags).await;
    (north, south)
}

async fn readiness(url: &str) -> (u16, String) {
    let answer = client().get(format!("{url}/readyz")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Waits until `url` says that it is ready, with these words besides.
async fn becomes_ready(url: &str, words: &str) {
    let begun = Instant::now();
    loop {
        let (status, text) = readiness(url).await;
        assert_eq!(status, 200, "{text}");
        if text == format!("ready{words}\n") {
            return;
        }
        assert!(begun.elapsed() < DEADLINE, "{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const WITHOUT_NATS: &str = ", but NATS is unreachable: events of other nodes come some seconds late";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_at_one_node_is_heard_at_the_other() {
    let nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let visitor = visitor.moved_to(&south.url);
    let mut feed = visitor.listen(None).await;
    let said = north.business_says(&conversation, "one").await;
    let event = feed.next().await.unwrap();
    assert_eq!((&event["seq"], &event["payload"]["message"]), (&json!(2), &said));

    let url = format!("{}/events?integration={}&since={conversation}:1", south.url, visitor.integration);
    let answer = client().get(&url).header("cookie", visitor.cookie_header()).send().await.unwrap();
    let mut chunks = answer.bytes_stream();
    let mut text = String::new();
    while !text.contains("\"one\"") {
        text.push_str(&String::from_utf8_lossy(&chunks.next().await.unwrap().unwrap()));
    }
    north.business_says(&conversation, "two").await;
    while !text.contains("\"two\"") {
        text.push_str(&String::from_utf8_lossy(&chunks.next().await.unwrap().unwrap()));
    }
    assert_eq!(text.matches("conversation:message").count(), 2, "{text}");
    assert_eq!(feed.event().await, (3, "two".to_owned()));

    let body = json!({ "author": { "type": "business", "displayName": "Ann" }, "type": "typing:start" });
    north.asks(Method::POST, &format!("/conversations/{conversation}/activity"), Some(body), 200).await;
    assert_eq!(feed.next().await.unwrap()["type"], "conversation:typing");
    south.business_says(&conversation, "here").await;
    assert_eq!(feed.event().await, (4, "here".to_owned()));
    assert!(feed.is_silent().await, "nothing comes back from the other node");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_nodes_say_at_once_comes_once_and_in_order() {
    let nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let visitor = visitor.moved_to(&south.url);
    // One that says what it has, and one that just begins to listen.
    let mut feeds = [visitor.listen(Some((&conversation, 1))).await, visitor.listen(None).await];
    let total = 80;
    let speak = futures::stream::iter(2..=total).for_each_concurrent(6, |number| {
        let (node, conversation) = (if number % 2 == 0 { &north } else { &south }, &conversation);
        async move { drop(node.business_says(conversation, &number.to_string()).await) }
    });
    let listen = async {
        for feed in &mut feeds {
            for expected in 2..=total {
                assert_eq!(feed.event().await.0, expected);
            }
        }
    };
    tokio::join!(speak, listen);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_away_at_one_node_is_sent_away_at_the_other() {
    let nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let user = north.author(&conversation).await;
    let visitor = visitor.moved_to(&south.url);
    let mut feed = visitor.listen(None).await;
    north.asks(Method::DELETE, &format!("/users/{user}/sessions"), None, 200).await;
    assert_eq!(feed.close_code().await, Some(4408));

    let (visitor, _) = north.visitor_in_conversation().await;
    let mut feed = visitor.moved_to(&south.url).listen(None).await;
    let deleted = north.account(Method::DELETE, "").send().await.unwrap();
    assert!(deleted.status().is_success(), "{}", deleted.status());
    assert_eq!(feed.close_code().await, Some(4408));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_at_one_node_is_not_remembered_at_the_other() {
    let nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    // Much sooner than it would be forgotten; a busy machine may be late a few times.
    let mut changes = 0..10;
    let is_news_at_once = async |name: String| {
        // Of a page that was never asked for before, so that it is remembered for as long as can be.
        let made = north.chat().provision("Tea & Co").await.unwrap();
        let (scope, integration) = (Scope::of_app(made.app), made.integration);
        south.chat().web_integration(integration).await.unwrap();
        let patch: IntegrationPatch = serde_json::from_value(json!({ "businessName": name })).unwrap();
        north.chat().update_integration(scope, integration, patch).await.unwrap();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(300) {
            let page = south.chat().web_integration(integration).await.unwrap().unwrap();
            if page.web.business_name.as_ref() == Some(&name) {
                return true;
            }
            tokio::task::yield_now().await;
        }
        false
    };
    let mut seen = false;
    while !seen {
        let number = changes.next().expect("a change shows at once");
        seen = is_news_at_once(format!("Tea number {number}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_business_learns_once_that_its_message_stands_on_a_screen_at_another_node() {
    let nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    let receiver = HookReceiver::start().await;
    north.hook(&receiver.url(), &["conversation:message:delivery:user"]).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let (here, visitor) = (Visitor::new(&north.url, visitor.integration), visitor.moved_to(&south.url));
    let here = here.with_token(&visitor.token().unwrap());
    let mut afar = visitor.listen(None).await;
    let mut said = vec![north.business_says(&conversation, "one").await["id"].clone()];
    receiver.first(1).await;
    // A third line, on the first node: now both have a screen of theirs.
    let mut near = here.listen(None).await;
    for text in ["two", "three", "four"] {
        said.push(north.business_says(&conversation, text).await["id"].clone());
    }
    for feed in [&mut afar, &mut near] {
        while feed.event().await.1 != "four" {}
    }
    south.business_says(&conversation, "five").await;
    let last = |calls: &Vec<crate::support::Call>| calls.len() >= 5;
    let calls = receiver.calls_when("all are on a screen", last).await;
    let told: Vec<Value> = calls.iter().map(|call| call.payload()["message"]["id"].clone()).collect();
    for id in &said {
        assert_eq!(told.iter().filter(|told| *told == id).count(), 1, "{told:?}");
    }
    assert_eq!(told.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_everything_goes_on_and_nothing_is_lost() {
    let mut nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    becomes_ready(&south.url, "").await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let visitor = visitor.moved_to(&south.url);
    let mut feed = visitor.listen(None).await;
    north.business_says(&conversation, "2").await;
    assert_eq!(feed.event().await, (2, "2".to_owned()));

    nats.die();
    becomes_ready(&south.url, WITHOUT_NATS).await;
    becomes_ready(&north.url, WITHOUT_NATS).await;
    north.business_says(&conversation, "3").await;
    assert_eq!(feed.event().await, (3, "3".to_owned()));
    let mut newcomer = visitor.listen(Some((&conversation, 2))).await;
    assert_eq!(newcomer.event().await, (3, "3".to_owned()));
    // One after the other, each at another node than the last.
    for number in 4..=9 {
        let node = if number % 2 == 0 { &north } else { &south };
        node.business_says(&conversation, &number.to_string()).await;
    }
    for number in 4..=9 {
        assert_eq!(feed.event().await, (number, number.to_string()));
        assert_eq!(newcomer.event().await, (number, number.to_string()));
    }

    nats.come_back();
    becomes_ready(&south.url, "").await;
    becomes_ready(&north.url, "").await;
    for number in 10..=20 {
        let node = if number % 2 == 0 { &north } else { &south };
        node.business_says(&conversation, &number.to_string()).await;
    }
    for number in 10..=20 {
        assert_eq!(feed.event().await, (number, number.to_string()));
        assert_eq!(newcomer.event().await, (number, number.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_heard_of_without_nats_too() {
    let mut nats = NatsServer::start();
    let (north, south) = two_nodes(&nats).await;
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let user = north.author(&conversation).await;
    let body = json!({ "type": "personal", "participants": [{ "userId": user }] });
    let second = north.conversation(body).await;
    let mut feed = visitor.moved_to(&south.url).listen(None).await;
    nats.die();
    becomes_ready(&north.url, WITHOUT_NATS).await;
    north.asks(Method::DELETE, &format!("/conversations/{second}"), None, 200).await;
    let event = feed.next().await.unwrap();
    assert_eq!((&event["type"], &event["conversation"]["id"]), (&json!("conversation:remove"), &json!(second)));
    // A conversation that it never heard of.
    let third = north.conversation(json!({ "type": "personal", "participants": [{ "userId": user }] })).await;
    north.business_says(&third, "psst").await;
    assert_eq!(feed.event().await, (1, "psst".to_owned()));
    north.asks(Method::DELETE, &format!("/users/{user}/sessions"), None, 200).await;
    assert_eq!(feed.close_code().await, Some(4408));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_start_without_nats_and_join_once_it_is_there() {
    let mut nats = NatsServer::absent();
    let (north, south) = two_nodes(&nats).await;
    assert_eq!(readiness(&north.url).await, (200, format!("ready{WITHOUT_NATS}\n")));
    let (visitor, conversation) = north.visitor_in_conversation().await;
    let mut feed = visitor.moved_to(&south.url).listen(Some((&conversation, 0))).await;
    assert_eq!(feed.event().await, (1, "hello".to_owned()));
    nats.come_back();
    becomes_ready(&south.url, "").await;
    becomes_ready(&north.url, "").await;
    let body = json!({ "author": { "type": "business" }, "type": "typing:start" });
    north.asks(Method::POST, &format!("/conversations/{conversation}/activity"), Some(body), 200).await;
    // No log tells of this.
    assert_eq!(feed.next().await.unwrap()["type"], "conversation:typing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_nats_and_is_not_told() {
    let mut nats = NatsServer::start_with(&["--user", "ann", "--pass", "s3cret"]);
    let folder = TempDir::new().unwrap();
    let serve = |password: &str| {
        let url = format!("nats://ann:{password}@{}", nats.address());
        let mut command = ParlorProcess::command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "debug,async_nats=trace", "--data-dir"]);
        command.arg(folder.path()).env("PARLOR_NATS_URL", url).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let read_until = |process: &mut std::process::Child, words: &str| {
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut read = Vec::new();
        while read.last().is_none_or(|line: &String| !line.contains(words)) {
            read.push(lines.next().expect("it says so before it ends").unwrap());
        }
        read.join("\n")
    };
    for (password, words) in [("s3cret", "joined the other nodes"), ("wr0ng", "NATS is out of reach")] {
        let mut process = serve(password);
        let said = read_until(&mut process, words);
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(!said.contains(password), "{said}");
        assert_eq!(said.contains("authorization violation"), password == "wr0ng", "{said}");
    }
    nats.die();
}

#[tokio::test]
async fn one_node_alone_knows_nothing_of_nats() {
    let app = TestApp::start().await;
    assert_eq!(readiness(&app.url).await, (200, "ready\n".to_owned()));
    let (visitor, _) = app.visitor_in_conversation().await;
    let feed: Feed = visitor.listen(None).await;
    drop(feed);
    assert_eq!(app.chat().fanout().hears_others(), None);
}
