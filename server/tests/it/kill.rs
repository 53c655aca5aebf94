//! Acknowledged means on disk: `kill -9` in the middle of concurrent sends.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{ParlorProcess, Visitor, client};

/// Sends messages until the server is gone; gives those that were acknowledged, by client id.
async fn send_until_gone(
    visitor: &Visitor,
    url: &str,
    speaker: usize,
    round: usize,
    acknowledged: &Mutex<Vec<String>>,
) {
    let http = client();
    for number in 0.. {
        let client_id = format!("r{round}-s{speaker}-n{number}");
        let body = json!({
            "visitor": { "integration": visitor.integration, "surface": "chat" },
            "client_id": client_id,
            "say": { "text": client_id },
        });
        let request = http.post(format!("{url}/fn/send_message")).header("cookie", visitor.cookie_header()).json(&body);
        // Only a server that is gone may fail to answer.
        let Ok(answer) = request.send().await else { return };
        assert!(answer.status().is_success(), "{}", answer.status());
        acknowledged.lock().unwrap().push(client_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_message_survives_kill_9_exactly_once() {
    let data = TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let integration = made["integrationId"].as_str().unwrap().parse().unwrap();
    let acknowledged = Mutex::new(Vec::new());
    let parlor = ParlorProcess::serve(data.path());
    let mut visitor = Visitor::new(&parlor.url, integration);
    visitor.says("first").await;
    parlor.kill();
    for round in 0..3 {
        let parlor = ParlorProcess::serve(data.path());
        visitor = visitor.moved_to(&parlor.url);
        let url = parlor.url.clone();
        let before = acknowledged.lock().unwrap().len();
        let sends = futures::stream::iter(0..16)
            .for_each_concurrent(None, |speaker| send_until_gone(&visitor, &url, speaker, round, &acknowledged));
        let kill = async {
            // A different moment each round, but never before some of this round's were acknowledged.
            while acknowledged.lock().unwrap().len() < before + 50 * (round + 1) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            parlor.kill();
        };
        tokio::join!(sends, kill);
    }
    let parlor = ParlorProcess::serve(data.path());
    visitor = visitor.moved_to(&parlor.url);
    let conversation = visitor.page().await.conversation().unwrap();
    let newest = visitor.newest_seq(&made, &conversation).await;
    let mut feed = visitor.listen(Some((&conversation, 0))).await;
    let mut stored = BTreeMap::new();
    for expected in 1..=newest {
        let (seq, text) = feed.event().await;
        assert_eq!(seq, expected, "no gap");
        *stored.entry(text).or_insert(0) += 1;
    }
    assert!(stored.values().all(|times| *times == 1), "nothing twice");
    for client_id in acknowledged.lock().unwrap().iter() {
        assert!(stored.contains_key(client_id), "{client_id} was acknowledged and is gone");
    }
}
