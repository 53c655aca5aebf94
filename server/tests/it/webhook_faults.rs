//! Webhooks whose receivers fail, stall, lie and die, and a server that does.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

use crate::support::{
    Call, DEADLINE, HookReceiver, ParlorProcess, RETRIES, Reply, TestApp, TestDatabase, Visitor, answer, client,
    integration_of_type,
};

const MESSAGE: &str = "conversation:message";

fn texts(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(Call::said).collect()
}

fn statuses(delivery: &Value) -> Vec<u64> {
    delivery["attempts"].as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_call_that_fails_is_made_again_before_the_next() {
    let app = TestApp::with_webhooks().await;
    let elsewhere = HookReceiver::start().await;
    let away = elsewhere.url();
    let receiver = HookReceiver::answering(move |_, before| match before {
        0 => Reply::Status(500),
        1 => Reply::With(302, "location", away.clone()),
        2 => Reply::Silence,
        _ => Reply::Status(204),
    })
    .await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "two").await;
    let calls = receiver.first(5).await;
    assert_eq!(texts(&calls), ["hello", "hello", "hello", "hello", "two"]);
    assert_eq!(calls[..4].iter().map(Call::id).collect::<BTreeSet<_>>().len(), 1, "the same event, the same id");
    assert_eq!(calls[0].text, calls[3].text);
    let delivered = hook.deliveries_when("delivered", 2).await;
    let first = hook.delivery(&delivered[1]["id"]).await;
    assert_eq!(statuses(&first), [500, 302, 0, 204]);
    assert!(first["attempts"][2]["error"].as_str().unwrap().contains("timed out"), "{first}");
    assert_eq!((&first["attemptCount"], &first["attempts"][0]["answer"]), (&json!(4), &json!("thank you")));
    assert!(first["request"]["headers"].get("x-api-key").is_none(), "{first}");
    assert!(elsewhere.calls().is_empty(), "a redirect is not followed");
}

#[tokio::test]
async fn after_five_attempts_a_call_is_given_up_and_the_next_gets_its_turn() {
    let app = TestApp::with_webhooks().await;
    let receiver =
        HookReceiver::answering(|call, _| Reply::Status(if call.said() == "hello" { 503 } else { 200 })).await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "two").await;
    assert_eq!(texts(&receiver.first(6).await), ["hello", "hello", "hello", "hello", "hello", "two"]);
    let failed = hook.deliveries_when("failed", 1).await.remove(0);
    assert_eq!(statuses(&hook.delivery(&failed["id"]).await), [503; 5]);
}

#[tokio::test]
async fn some_answers_are_final() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::answering(|call, _| Reply::Status(call.said().parse().unwrap_or(200))).await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let finals = ["400", "401", "403", "404", "406"];
    for status in finals {
        app.business_says(&conversation, status).await;
    }
    app.business_says(&conversation, "the end").await;
    assert_eq!(texts(&receiver.first(7).await), ["hello", "400", "401", "403", "404", "406", "the end"]);
    assert_eq!(hook.deliveries_when("failed", finals.len()).await.len(), finals.len());
}

#[tokio::test]
async fn a_receiver_may_ask_for_time_but_not_for_ever() {
    let app = TestApp::with_webhooks().await;
    let busy = |_: &Call, before: usize| match before {
        0 => Reply::With(429, "retry-after", "3600".to_owned()),
        _ => Reply::Status(200),
    };
    let receiver = HookReceiver::answering(busy).await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    app.visitor_in_conversation().await;
    receiver.first(2).await;
    let delivered = hook.deliveries_when("delivered", 1).await.remove(0);
    let attempts = hook.delivery(&delivered["id"]).await["attempts"].clone();
    let at = |index: usize| attempts[index]["at"].as_str().unwrap().parse::<domain::Timestamp>().unwrap().millis();
    // Twice the first pause, which is 50 ms, and not an hour.
    assert!(at(1) - at(0) >= 100, "{attempts}");
}

#[tokio::test]
async fn a_dead_target_does_not_slow_another() {
    let app = TestApp::start_with(&["--webhook-allow", "127.0.0.0/8"]).await;
    let (dead, alive) = (HookReceiver::answering(|_, _| Reply::Silence).await, HookReceiver::start().await);
    app.hook(&dead.url(), &[MESSAGE]).await;
    app.hook(&alive.url(), &[MESSAGE]).await;
    // More conversations than the dead one may have calls under way.
    for _ in 0..20 {
        app.visitor_in_conversation().await;
    }
    alive.first(20).await;
    let under_way = dead.first(16).await;
    assert_eq!(under_way.len(), 16, "and no more");
}

#[tokio::test]
async fn nonsense_is_survived() {
    let app = TestApp::with_webhooks().await;
    let liar = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = liar.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = liar.accept().await {
            let _gone = stream.write_all(&[0xff; 512]).await;
        }
    });
    let huge = HookReceiver::answering(|_, _| Reply::Text(200, "é".repeat(1_000_000))).await;
    let (nonsense, long) =
        (app.hook(&format!("http://{address}/"), &[MESSAGE]).await, app.hook(&huge.url(), &[MESSAGE]).await);
    app.visitor_in_conversation().await;
    let failed = nonsense.deliveries_when("failed", 1).await.remove(0);
    let failed = nonsense.delivery(&failed["id"]).await;
    assert_eq!(statuses(&failed), [0; 5]);
    assert!(!failed["attempts"][0]["error"].as_str().unwrap().is_empty());
    let delivered = long.deliveries_when("delivered", 1).await.remove(0);
    let answer = long.delivery(&delivered["id"]).await["attempts"][0]["answer"].as_str().unwrap().to_owned();
    assert!(answer.len() <= 4096 && answer.starts_with('é') && answer.len() > 4000, "{}", answer.len());
}

#[tokio::test]
async fn private_addresses_are_refused_unless_the_operator_allows_them() {
    let app = TestApp::start_with(&["--webhook-retries", "1ms"]).await;
    let receiver = HookReceiver::start().await;
    let port = receiver.address.port();
    let mut hooks = Vec::new();
    // As an address, as a name of it, and as all the ways to write it.
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        hooks.push(app.hook(&format!("http://{host}:{port}/hook"), &[MESSAGE]).await);
    }
    app.visitor_in_conversation().await;
    for hook in hooks {
        let failed = hook.deliveries_when("failed", 1).await.remove(0);
        let failed = hook.delivery(&failed["id"]).await;
        assert_eq!(statuses(&failed), [0, 0], "{failed}");
        let error = failed["attempts"][0]["error"].as_str().unwrap();
        assert!(error.contains("--webhook-allow"), "{}: {error}", hook.webhook["target"]);
    }
    assert!(receiver.calls().is_empty());
}

#[tokio::test]
async fn a_receiver_that_was_gone_gets_everything_in_order() {
    let pauses = vec!["20ms"; 200].join(",");
    let app = TestApp::start_with(&["--webhook-allow", "127.0.0.0/8", "--webhook-retries", &pauses]).await;
    let mut receiver = HookReceiver::start().await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    receiver.first(1).await;
    receiver.die().await;
    for text in ["two", "three", "four"] {
        app.business_says(&conversation, text).await;
    }
    // It was tried in vain before the receiver is back.
    let begun = std::time::Instant::now();
    while hook.deliveries("pending").await.last().is_none_or(|first| first["attemptCount"] == 0) {
        assert!(begun.elapsed() < DEADLINE, "an attempt fails in time");
        tokio::task::yield_now().await;
    }
    receiver.come_back().await;
    assert_eq!(texts(&receiver.first(4).await), ["hello", "two", "three", "four"]);
}

#[tokio::test]
async fn what_waits_goes_to_a_new_target_and_vanishes_with_its_webhook() {
    let pauses = vec!["20ms"; 500].join(",");
    let app = TestApp::start_with(&["--webhook-allow", "127.0.0.0/8", "--webhook-retries", &pauses]).await;
    let (bad, good) = (HookReceiver::answering(|_, _| Reply::Status(500)).await, HookReceiver::start().await);
    let moved = app.hook(&bad.url(), &[MESSAGE]).await;
    let doomed = app.hook(&bad.url(), &[MESSAGE]).await;
    app.visitor_in_conversation().await;
    bad.calls_when("a call of each", |calls| {
        calls.iter().map(|it| it.header("x-api-key")).collect::<BTreeSet<_>>().len() == 2
    })
    .await;
    let (status, _) = doomed.call(Method::DELETE, "", None).await;
    assert_eq!(status, StatusCode::OK);
    let change = json!({ "target": good.url(), "triggers": ["conversation:read"] });
    moved.call(Method::PATCH, "", Some(change)).await;
    assert_eq!(good.first(1).await[0].said(), "hello");
    app.visitor_in_conversation().await;
    moved.deliveries_when("delivered", 1).await;
    assert!(moved.deliveries("pending").await.is_empty(), "its new triggers count from now on");
    let mut reader = app.chat().storage().read().await.unwrap();
    assert_eq!(reader.pending_deliveries().await.unwrap(), 0, "nothing of the deleted one waits");
    assert_eq!(doomed.call(Method::GET, "", None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_failed_can_be_had_again_under_the_same_ids() {
    let app = TestApp::with_webhooks().await;
    let is_well = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let wellness = is_well.clone();
    let receiver = HookReceiver::answering(move |_, _| {
        Reply::Status(if wellness.load(std::sync::atomic::Ordering::SeqCst) { 200 } else { 404 })
    })
    .await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "two").await;
    app.business_says(&conversation, "three").await;
    let failed = hook.deliveries_when("failed", 3).await;
    is_well.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(hook.replay(json!({ "failed": true })).await, 3);
    let calls = receiver.first(6).await;
    assert_eq!(texts(&calls[3..]), ["hello", "two", "three"]);
    assert!(
        calls[..3].iter().zip(&calls[3..]).all(|(first, again)| first.id() == again.id() && first.text == again.text)
    );
    assert_eq!(hook.replay(json!({ "failed": true })).await, 0, "they were had again already");
    assert_eq!(hook.replay(json!({ "deliveryId": failed[1]["id"] })).await, 1);
    let again = receiver.first(7).await;
    assert_eq!((again[6].said(), again[6].id()), ("two", calls[1].id()));
    let newest = hook.deliveries_when("delivered", 4).await.remove(0);
    assert_eq!(newest["replayOf"], failed[1]["id"]);
    // A span of time names events, not deliveries: each comes once, however often it was delivered.
    let span = json!({ "from": failed[2]["createdAt"], "to": "2999-01-01T00:00:00Z" });
    assert_eq!(hook.replay(span).await, 3);
    assert_eq!(texts(&receiver.first(10).await[7..]), ["hello", "two", "three"]);
    assert_eq!(hook.replay(json!({ "from": "1999-01-01T00:00:00Z", "to": failed[2]["createdAt"] })).await, 0);
}

#[tokio::test]
async fn the_log_is_pruned_of_what_is_finished() {
    let app = TestApp::with_webhooks().await;
    let (good, dead) = (HookReceiver::start().await, HookReceiver::answering(|_, _| Reply::Silence).await);
    let (done, waiting) = (app.hook(&good.url(), &[MESSAGE]).await, app.hook(&dead.url(), &[MESSAGE]).await);
    app.visitor_in_conversation().await;
    done.deliveries_when("delivered", 1).await;
    let storage = app.chat().storage();
    let prune = async |before: &str| {
        let before = before.parse().unwrap();
        storage.write(move |tx| Box::pin(async move { tx.prune_webhook_events(0, before).await })).await.unwrap()
    };
    assert_eq!(prune("1999-01-01T00:00:00Z").await, None);
    assert_eq!(done.deliveries("delivered").await.len(), 1, "young");
    prune("2999-01-01T00:00:00Z").await.unwrap();
    assert!(done.deliveries("delivered").await.is_empty(), "old and finished");
    assert_eq!(waiting.deliveries("pending").await.len(), 1, "what waits is never pruned");
    waiting.deliveries_when("failed", 1).await;
    prune("2999-01-01T00:00:00Z").await.unwrap();
    assert!(waiting.deliveries("failed").await.is_empty());
    assert_eq!(storage.read().await.unwrap().newest_webhook_event().await.unwrap(), 0, "the event went with the last");
}

#[tokio::test]
async fn the_events_of_a_deleted_app_go_soon_after_it() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[MESSAGE]).await;
    app.visitor_in_conversation().await;
    receiver.first(1).await;
    let storage = app.chat().storage();
    let newest = async || storage.read().await.unwrap().newest_webhook_event().await.unwrap();
    let departed = async || storage.read().await.unwrap().departed_apps().await.unwrap();
    assert_eq!((newest().await, departed().await), (1, Vec::new()));
    app.chat().delete_app(server::chat::Scope::of_app(app.made.app)).await.unwrap();
    let apps = departed().await;
    assert_eq!(apps, [app.made.app]);
    let prune = async |after| {
        let apps = apps.clone();
        let pruned =
            storage.write(move |tx| Box::pin(async move { tx.prune_events_of_departed_apps(&apps, after).await }));
        pruned.await.unwrap()
    };
    assert_eq!(prune(0).await, Some(1));
    assert_eq!(newest().await, 0);
    assert_eq!(prune(1).await, None);
    assert!(departed().await.is_empty(), "nothing is left to do");
}

/// An app of the real binary, with a webhook for its messages.
struct Shop {
    data: TempDir,
    made: Value,
    webhook: String,
}

impl Shop {
    const SETTINGS: [(&str, &str); 2] = [("PARLOR_WEBHOOK_ALLOW", "127.0.0.0/8"), ("PARLOR_WEBHOOK_RETRIES", RETRIES)];

    async fn open(target: &str) -> (Self, ParlorProcess) {
        let data = TempDir::new().unwrap();
        let made = ParlorProcess::provision(data.path());
        let parlor = ParlorProcess::serve_with(data.path(), &Self::SETTINGS);
        let integration =
            integration_of_type(&TestDatabase::of(data.path()), made["appId"].as_str().unwrap(), "custom").await;
        let shop = Self { data, made, webhook: String::new() };
        let body = json!({ "target": target, "triggers": [MESSAGE] });
        let hook = shop.post(&parlor, &format!("/integrations/{integration}/webhooks"), &body).await;
        (Self { webhook: hook["webhook"]["id"].as_str().unwrap().to_owned(), ..shop }, parlor)
    }

    fn serve(&self) -> ParlorProcess {
        ParlorProcess::serve_with(self.data.path(), &Self::SETTINGS)
    }

    fn text(&self, key: &str) -> &str {
        self.made[key].as_str().unwrap()
    }

    async fn post(&self, parlor: &ParlorProcess, path: &str, body: &Value) -> Value {
        let url = format!("{}/v2/apps/{}{path}", parlor.url, self.text("appId"));
        let request = client().post(url).basic_auth(self.text("keyId"), Some(self.text("secret")));
        let (status, made) = answer(request.json(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made
    }

    /// Says "hello" as a visitor, then `texts` as the business; gives the visitor's conversation.
    async fn talk(&self, parlor: &ParlorProcess, texts: &[&str]) -> String {
        let visitor = Visitor::new(&parlor.url, self.text("integrationId").parse().unwrap());
        visitor.says("hello").await;
        let conversation = visitor.page().await.conversation().unwrap();
        for text in texts {
            let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": text } });
            self.post(parlor, &format!("/conversations/{conversation}/messages"), &body).await;
        }
        conversation
    }

    /// Runs `parlor webhook …`; gives what it prints.
    fn command(&self, arguments: &[&str]) -> Value {
        let mut command = ParlorProcess::over(self.data.path());
        let output = command.arg("webhook").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_between_commit_and_delivery_loses_nothing() {
    let mut receiver = HookReceiver::start().await;
    let (shop, parlor) = Shop::open(&receiver.url()).await;
    receiver.die().await;
    shop.talk(&parlor, &["two", "three"]).await;
    parlor.kill();
    receiver.come_back().await;
    let _parlor = shop.serve();
    assert_eq!(texts(&receiver.first(3).await), ["hello", "two", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_before_events_are_sorted_into_lanes_loses_nothing() {
    let receiver = HookReceiver::start().await;
    let (shop, parlor) = Shop::open(&receiver.url()).await;
    let database = TestDatabase::of(shop.data.path());
    let (forbid, allow) = match &database {
        TestDatabase::Sqlite(_) => (
            "CREATE TRIGGER unsorted BEFORE INSERT ON webhook_deliveries BEGIN SELECT RAISE(ABORT, 'not yet'); END",
            "DROP TRIGGER unsorted",
        ),
        TestDatabase::Postgres(_) => (
            "ALTER TABLE webhook_deliveries ADD CONSTRAINT unsorted CHECK (FALSE) NOT VALID",
            "ALTER TABLE webhook_deliveries DROP CONSTRAINT unsorted",
        ),
    };
    database.execute(forbid).await;
    shop.talk(&parlor, &["two", "three"]).await;
    parlor.kill();
    database.execute(allow).await;
    let listed = shop.command(&["list", "--json", "--app", shop.text("appId")]);
    assert_eq!(listed["webhooks"][0]["pending"], 3, "they wait: {listed}");
    let _parlor = shop.serve();
    assert_eq!(texts(&receiver.first(3).await), ["hello", "two", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_during_delivery_repeats_it_under_the_same_id() {
    let receiver =
        HookReceiver::answering(|_, before| if before == 0 { Reply::Silence } else { Reply::Status(200) }).await;
    let (shop, parlor) = Shop::open(&receiver.url()).await;
    shop.talk(&parlor, &["two"]).await;
    receiver.first(1).await;
    parlor.kill();
    let _parlor = shop.serve();
    let calls = receiver.first(3).await;
    assert_eq!(texts(&calls), ["hello", "hello", "two"]);
    assert_eq!(calls[0].id(), calls[1].id());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_end_gives_back_what_is_under_way() {
    let receiver =
        HookReceiver::answering(|_, before| if before == 0 { Reply::Silence } else { Reply::Status(200) }).await;
    let (shop, parlor) = Shop::open(&receiver.url()).await;
    shop.talk(&parlor, &[]).await;
    receiver.first(1).await;
    assert!(parlor.terminate().success());
    let database = TestDatabase::of(shop.data.path());
    let owned = database.number("SELECT count(*) FROM webhook_lanes WHERE owner IS NOT NULL").await;
    assert_eq!(owned, 0, "the next process need not wait for this one's time to run out");
    let _parlor = shop.serve();
    assert_eq!(receiver.first(2).await[1].said(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lists_and_replays_from_the_command_line() {
    let receiver = HookReceiver::answering(|_, before| Reply::Status(if before < 2 { 404 } else { 200 })).await;
    let (shop, parlor) = Shop::open(&receiver.url()).await;
    shop.talk(&parlor, &["two"]).await;
    receiver.first(2).await;
    // The second failure may not be written yet.
    let begun = std::time::Instant::now();
    let listed = loop {
        let listed = shop.command(&["list", "--json", "--app", shop.text("appId")]);
        if listed["webhooks"][0]["failed"] == 2 {
            break listed["webhooks"][0].clone();
        }
        assert!(begun.elapsed() < DEADLINE, "{listed}");
    };
    assert_eq!((&listed["id"], &listed["target"]), (&json!(shop.webhook), &json!(receiver.url())));
    assert!(listed.get("secret").is_none(), "{listed}");
    let replayed = shop.command(&["replay", "--webhook", &shop.webhook, "--failed", "--json"]);
    assert_eq!(replayed, json!({ "replayed": 2 }));
    assert_eq!(texts(&receiver.first(4).await[2..]), ["hello", "two"], "a running server picks it up");
    assert!(parlor.terminate().success());
    // Without a server, too: the next one delivers.
    let span = ["--from", "2000-01-01T00:00:00Z", "--to", "2999-01-01T00:00:00Z"];
    let replayed = shop.command(&[&["replay", "--webhook", &shop.webhook, "--json"], &span[..]].concat());
    assert_eq!(replayed, json!({ "replayed": 2 }));
    let _parlor = shop.serve();
    assert_eq!(texts(&receiver.first(6).await[4..]), ["hello", "two"]);
    let mut nothing = ParlorProcess::over(shop.data.path());
    let output = nothing.args(["webhook", "replay", "--webhook", &shop.webhook]).output();
    let error = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(error.contains("--failed"), "{error}");
}

/// From now on, events with the word "yesterday" are from long ago.
async fn age_yesterday(app: &TestApp) {
    app.execute(match app.database() {
        TestDatabase::Sqlite(_) => {
            "CREATE TRIGGER ages AFTER INSERT ON webhook_events WHEN new.payload LIKE '%yesterday%' AND new.replay_of IS NULL
            BEGIN UPDATE webhook_events SET at = 0 WHERE seq = new.seq; END"
        }
        TestDatabase::Postgres(_) => {
            "CREATE FUNCTION age() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN NEW.at := 0; RETURN NEW; END';
            CREATE TRIGGER ages BEFORE INSERT ON webhook_events FOR EACH ROW
                WHEN (NEW.payload LIKE '%yesterday%' AND NEW.replay_of IS NULL) EXECUTE FUNCTION age()"
        }
    })
    .await;
}

#[tokio::test]
async fn what_waited_for_more_than_a_day_behind_what_failed_is_given_up_unsent() {
    let app = TestApp::with_webhooks().await;
    age_yesterday(&app).await;
    let refuse = |call: &Call, _| Reply::Status(if call.said() == "hello" { 400 } else { 200 });
    let receiver = HookReceiver::answering(refuse).await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "yesterday").await;
    app.business_says(&conversation, "today").await;
    assert_eq!(texts(&receiver.first(2).await), ["hello", "today"]);
    let failed = hook.deliveries_when("failed", 2).await;
    let given_up = hook.delivery(&failed[0]["id"]).await;
    assert!(given_up["attempts"][0]["error"].as_str().unwrap().contains("more than a day"), "{given_up}");
    assert_eq!(hook.replay(json!({ "deliveryId": failed[0]["id"] })).await, 1);
    assert_eq!(texts(&receiver.first(3).await), ["hello", "today", "yesterday"], "who asks for it gets it");
}

#[tokio::test]
async fn what_is_old_because_the_server_was_away_or_its_clock_was_set_is_sent() {
    let app = TestApp::with_webhooks().await;
    age_yesterday(&app).await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "yesterday").await;
    app.business_says(&conversation, "today").await;
    assert_eq!(texts(&receiver.first(3).await), ["hello", "yesterday", "today"]);
}

#[tokio::test]
async fn a_node_that_died_with_its_clock_a_day_ahead_holds_nothing_up() {
    let app = TestApp::with_webhooks().await;
    // It took each lane as soon as it was there, and said that it was alive.
    app.execute("INSERT INTO webhook_workers (id, alive_until) VALUES ('gone', 32503680000000)").await;
    app.execute(match app.database() {
        TestDatabase::Sqlite(_) => {
            "CREATE TRIGGER takes AFTER INSERT ON webhook_lanes BEGIN UPDATE webhook_lanes
                SET owner = 'gone', due_at = due_at + 86400000 WHERE webhook_id = new.webhook_id AND lane = new.lane; END"
        }
        TestDatabase::Postgres(_) => {
            "CREATE FUNCTION take() RETURNS TRIGGER LANGUAGE plpgsql
                AS 'BEGIN NEW.owner := ''gone''; NEW.due_at := NEW.due_at + 86400000; RETURN NEW; END';
            CREATE TRIGGER takes BEFORE INSERT ON webhook_lanes FOR EACH ROW EXECUTE FUNCTION take()"
        }
    })
    .await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[MESSAGE]).await;
    app.visitor_in_conversation().await;
    assert_eq!(texts(&receiver.first(1).await), ["hello"]);
}
