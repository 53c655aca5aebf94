//! What webhooks are told, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ConversationId;
use futures::future::join_all;
use hmac::{Hmac, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Call, HookReceiver, Reply, TestApp, answer};

const MESSAGE: &str = "conversation:message";

/// Texts by conversation, in the order in which they came, each event once.
fn said(calls: &[Call]) -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for call in calls.iter().filter(|call| seen.insert(call.id().to_owned())) {
        said.entry(call.conversation().to_owned()).or_default().push(call.said().to_owned());
    }
    said
}

#[tokio::test]
async fn a_message_is_told_as_the_contract_shows_it() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let hook = app.hook(&receiver.url(), &[MESSAGE, "conversation:create"]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let calls = receiver.first(2).await;
    let (created, message) = (&calls[0], &calls[1]);
    assert_eq!((created.trigger(), message.trigger()), ("conversation:create", MESSAGE));
    for call in &calls {
        assert_eq!(call.path, "/hook");
        assert_eq!(call.header("x-api-key"), hook.secret());
        assert_eq!(call.header("content-type"), "application/json; charset=utf-8");
        assert!(call.header("user-agent").starts_with("Parlor/"));
        assert_eq!(call.body["app"], json!({ "id": app.made.app }));
        assert_eq!(call.body["webhook"], json!({ "id": hook.id(), "version": "v2" }));
        assert_eq!(call.body["events"].as_array().unwrap().len(), 1);
        assert_eq!(call.body["events"][0]["id"], call.id());
        assert!(call.body["events"][0]["createdAt"].as_str().unwrap().ends_with('Z'));
        assert_eq!(call.payload()["conversation"], json!({ "id": conversation, "type": "personal" }));
    }
    let source = json!({ "type": "web", "integrationId": app.made.integration });
    assert_eq!((&created.payload()["creationReason"], &created.payload()["source"]), (&json!("message"), &source));
    let (_, page) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
    let mut told = message.payload()["message"].clone();
    let user = told["author"]["userId"].clone();
    assert_eq!(created.payload()["user"], json!({ "id": user }));
    assert_eq!(told["author"].as_object_mut().unwrap().remove("user").unwrap(), json!({ "id": user }));
    assert_eq!(told, page["messages"][0], "else the message of the API");
    app.business_says(&conversation, "Good day").await;
    let answer = &receiver.first(3).await[2];
    assert_eq!((answer.said(), answer.payload()["message"]["author"].get("user")), ("Good day", None));
}

#[tokio::test]
async fn a_call_is_signed_so_that_anybody_with_the_secret_can_check_it() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    app.visitor_in_conversation().await;
    let call = receiver.first(1).await.remove(0);
    let sign = |secret: &str, call: &Call| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(secret).unwrap()).unwrap();
        mac.update(format!("{}.{}.{}", call.id(), call.header("webhook-timestamp"), call.text).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    assert_eq!(call.header("webhook-signature"), sign(hook.secret(), &call));
    // After a rotation both secrets count for a while, and the key is the one that the receiver knows.
    let (_, rotated) = hook.call(Method::POST, "/rotateSecret", Some(json!({ "overlapSeconds": 600 }))).await;
    let new = rotated["webhook"]["secret"].as_str().unwrap();
    assert_ne!(new, hook.secret());
    app.visitor_in_conversation().await;
    let call = receiver.first(2).await.remove(1);
    assert_eq!(call.header("webhook-signature"), format!("{} {}", sign(new, &call), sign(hook.secret(), &call)));
    assert_eq!(call.header("x-api-key"), hook.secret());
    let (_, rotated) = hook.call(Method::POST, "/rotateSecret", Some(json!({ "overlapSeconds": 0 }))).await;
    let newest = rotated["webhook"]["secret"].as_str().unwrap();
    app.visitor_in_conversation().await;
    let call = receiver.first(3).await.remove(2);
    assert_eq!(call.header("webhook-signature"), sign(newest, &call));
    assert_eq!(call.header("x-api-key"), newest);
}

#[tokio::test]
async fn each_conversation_is_told_in_order_and_each_event_once() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[MESSAGE]).await;
    let conversations = join_all((0..6).map(|_| async { app.visitor_in_conversation().await.1 })).await;
    let texts: Vec<String> = (0..15).map(|number| format!("message {number}")).collect();
    join_all(conversations.iter().map(|conversation| async {
        for text in &texts {
            app.business_says(conversation, text).await;
        }
    }))
    .await;
    let calls = receiver.first(6 * 16).await;
    let told = said(&calls);
    assert_eq!(told.len(), 6);
    for (conversation, said) in told {
        assert_eq!(said, [&["hello".to_owned()], &texts[..]].concat(), "{conversation}");
    }
    assert_eq!(receiver.calls().len(), 6 * 16, "nothing twice");
}

#[tokio::test]
async fn a_webhook_hears_of_its_triggers_only() {
    let app = TestApp::with_webhooks().await;
    let (reads, messages) = (HookReceiver::start().await, HookReceiver::start().await);
    app.hook(&reads.url(), &["conversation:read"]).await;
    app.hook(&messages.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "Good day").await;
    let user = messages.first(1).await[0].payload()["message"]["author"]["userId"].clone();
    let read = json!({ "author": { "type": "user", "userId": user }, "type": "conversation:read" });
    let path = format!("/conversations/{conversation}/activity");
    answer(app.api(Method::POST, &path).json(&read)).await;
    // What the business reads is not told.
    let read = json!({ "author": { "type": "business" }, "type": "conversation:read" });
    answer(app.api(Method::POST, &path).json(&read)).await;
    app.business_says(&conversation, "Still there?").await;
    messages.first(3).await;
    let call = reads.first(1).await.remove(0);
    let author = json!({ "type": "user", "userId": user, "user": { "id": user } });
    let activity = json!({ "type": "conversation:read", "author": author, "source": { "type": "api:conversations" } });
    assert_eq!(call.payload()["activity"], activity);
    assert!(messages.calls().iter().all(|call| call.trigger() == MESSAGE));
    assert_eq!(reads.calls().len(), 1);
}

#[tokio::test]
async fn typing_is_told_only_to_those_who_ask() {
    let app = TestApp::with_webhooks().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let id: ConversationId = conversation.parse().unwrap();
    let (_, page) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
    let user = page["messages"][0]["author"]["userId"].as_str().unwrap().parse().unwrap();
    let types = async |kind| {
        let activity = domain::Activity { kind, author: domain::Author::user(user, None) };
        let scope = server::chat::Scope::of_app(app.made.app);
        let source = domain::Source::web(app.made.integration);
        app.chat().record_activity(scope, id, activity, source).await.unwrap();
    };
    types(domain::ActivityType::TypingStart).await;
    assert_eq!(
        app.chat().storage().read().await.unwrap().newest_webhook_event().await.unwrap(),
        0,
        "no row for nobody"
    );
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:typing"]).await;
    types(domain::ActivityType::TypingStart).await;
    types(domain::ActivityType::TypingStop).await;
    let kinds: Vec<Value> =
        receiver.first(2).await.iter().map(|call| call.payload()["activity"]["type"].clone()).collect();
    assert_eq!(kinds, ["typing:start", "typing:stop"]);
}

#[tokio::test]
async fn the_full_user_and_source_come_on_demand() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let full =
        json!({ "target": receiver.url(), "triggers": [MESSAGE], "includeFullUser": true, "includeFullSource": true });
    let hook = app.hook_with(full).await;
    app.visitor_in_conversation().await;
    let call = receiver.first(1).await.remove(0);
    let message = &call.payload()["message"];
    let (_, user) =
        answer(app.api(Method::GET, &format!("/users/{}", message["author"]["userId"].as_str().unwrap()))).await;
    assert_eq!(message["author"]["user"], user["user"]);
    assert_eq!(message["source"]["client"]["type"], "sdk");
    assert_eq!(message["source"]["device"]["type"], "web");
    assert_eq!(message["source"]["device"]["clientId"], message["source"]["client"]["id"]);
    let (_, devices) =
        answer(app.api(Method::GET, &format!("/users/{}/devices", user["user"]["id"].as_str().unwrap()))).await;
    assert_eq!(message["source"]["device"], devices["devices"][0], "with all that is known of the browser");
    assert_eq!(message["source"]["device"]["info"]["userAgent"], "Test browser");
    // The log shows the same body.
    let delivery = hook.deliveries_when("delivered", 1).await.remove(0);
    assert_eq!(hook.delivery(&delivery["id"]).await["request"]["body"], call.body);
}

#[tokio::test]
async fn a_full_source_shows_the_browser_that_was_seen_last() {
    let app = TestApp::with_webhooks().await;
    let (first, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let (_, made) = answer(app.v1(Method::GET, &format!("/appusers/{user}/authcode"))).await;
    let second = app.anonymous();
    second.page().await;
    second.submits("/login", &[("authCode", made["authCode"].as_str().unwrap())]).await;
    let devices = app.asks(Method::GET, &format!("/users/{user}/devices"), None, 200).await["devices"].clone();
    let older = devices[1]["id"].as_str().unwrap();
    let receiver = HookReceiver::start().await;
    let full = json!({ "target": receiver.url(), "triggers": [MESSAGE], "includeFullSource": true });
    let _hook = app.hook_with(full).await;
    // As if the newer one had been away for long.
    app.execute(&format!("UPDATE sessions SET last_seen = last_seen - 3600000 WHERE id <> '{older}'")).await;
    first.says("from the first").await;
    let call = receiver.first(1).await.remove(0);
    assert_eq!(call.payload()["message"]["source"]["device"]["id"], older);
}

#[tokio::test]
async fn the_business_learns_how_far_its_message_came() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let triggers = ["conversation:message:delivery:channel", "conversation:message:delivery:user"];
    app.hook(&receiver.url(), &triggers).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let first = app.business_says(&conversation, "Anybody there?").await;
    let call = receiver.first(1).await.remove(0);
    assert_eq!((call.trigger(), &call.payload()["message"]), (triggers[0], &json!({ "id": first["id"] })));
    let destination = json!({ "type": "web", "integrationId": app.made.integration });
    assert_eq!((&call.payload()["destination"], &call.payload()["isFinalEvent"]), (&destination, &json!(false)));
    assert_eq!(receiver.calls().len(), 1, "it reached nobody's screen");
    visitor.page().await;
    let call = receiver.of_trigger(triggers[1]).await;
    assert_eq!(call.payload()["message"], json!({ "id": first["id"] }));
    let _feed = visitor.listen(None).await;
    let second = app.business_says(&conversation, "Ah, there you are").await;
    let calls = receiver.first(4).await;
    let reached: Vec<&Call> = calls.iter().filter(|call| call.trigger() == triggers[1]).collect();
    assert_eq!(reached[1].payload()["message"], json!({ "id": second["id"] }));
    assert_eq!(reached[1].payload()["isFinalEvent"], true);
    assert_eq!(calls.len(), 4);
}

#[tokio::test]
async fn the_business_learns_whom_its_message_can_not_reach() {
    let app = TestApp::with_webhooks().await;
    let (receiver, older) = (HookReceiver::start().await, HookReceiver::start().await);
    app.hook(&receiver.url(), &["conversation:message:delivery:failure"]).await;
    app.legacy_hook(&older.url(), &["message:delivery:failure"]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let (custom, _) = app.custom_integration().await;
    app.user("ann").await;
    let paper = json!({ "type": "personal", "participants": [{ "userExternalId": "ann" }] });
    let paper = app.conversation(paper).await;
    let nobody = "65f0a1b2c3d4e5f6aabbccdd";
    let say = async |to: &str, author: Value, destination: Value| {
        let content = json!({ "type": "text", "text": "x" });
        let body = json!({ "author": author, "content": content, "destination": destination });
        let said = app.asks(Method::POST, &format!("/conversations/{to}/messages"), Some(body), 201).await;
        said["messages"][0]["id"].clone()
    };
    let business = || json!({ "type": "business" });
    // None of these fails: the web chat has the user, nobody was to be told, a user has no business elsewhere.
    say(&conversation, business(), json!({ "integrationType": "web" })).await;
    say(&conversation, business(), json!({ "integrationId": app.made.integration })).await;
    say(&conversation, business(), json!({ "integrationType": "none" })).await;
    say(&conversation, json!({ "type": "user", "userId": user }), json!({ "integrationType": "line" })).await;
    let mut failures = Vec::new();
    for (to, destination, told) in [
        (&conversation, json!({ "integrationType": "line" }), json!({ "type": "line" })),
        (&conversation, json!({ "integrationId": custom }), json!({ "type": "custom", "integrationId": custom })),
        (&conversation, json!({ "integrationId": nobody }), json!({ "type": "unknown", "integrationId": nobody })),
        (&conversation, json!({ "integrationId": "x" }), json!({ "type": "unknown" })),
        (&paper, json!({ "integrationType": "web" }), json!({ "type": "web" })),
    ] {
        failures.push((say(to, business(), destination).await, told));
    }
    let error = json!({ "code": "client_not_found", "message": "The user has no client on this channel" });
    let calls = receiver.first(failures.len()).await;
    for (message, destination) in failures {
        let call = calls.iter().find(|call| call.payload()["message"]["id"] == message).unwrap();
        assert_eq!(call.payload()["destination"], destination);
        assert_eq!((&call.payload()["error"], &call.payload()["isFinalEvent"]), (&error, &json!(true)));
        assert!(call.payload()["user"]["id"].is_string() && call.payload()["conversation"]["id"].is_string());
    }
    assert_eq!(calls.len(), 5);
    let told = older.first(1).await[0].body["error"].clone();
    assert_eq!((&told["code"], &told["underlyingError"]), (&error["code"], &error));
}

#[tokio::test]
async fn the_older_api_has_its_own_words() {
    let app = TestApp::with_webhooks().await;
    let (all, users, newer) = (HookReceiver::start().await, HookReceiver::start().await, HookReceiver::start().await);
    app.legacy_hook(&all.url(), &["*"]).await;
    app.legacy_hook(&users.url(), &["message:appUser"]).await;
    app.hook(&newer.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "Good day").await;
    let calls =
        all.calls_when("the answer", |calls| calls.iter().any(|call| call.trigger() == "message:appMaker")).await;
    let triggers: Vec<&str> = calls.iter().map(Call::trigger).collect();
    assert_eq!(triggers[..3], ["conversation:start", "message:appUser", "message:appMaker"]);
    let (asked, answered) = (&calls[1].body, &calls[2].body);
    assert_eq!((&asked["version"], &asked["app"]), (&json!("v1.1"), &json!({ "_id": app.made.app })));
    assert_eq!((&asked["messages"][0]["role"], &asked["messages"][0]["text"]), (&json!("appUser"), &json!("hello")));
    let newer = newer.first(1).await[0].payload()["message"].clone();
    assert_eq!(
        (&asked["messages"][0]["_id"], &asked["messages"][0]["authorId"]),
        (&newer["id"], &newer["author"]["userId"])
    );
    assert!(asked["messages"][0]["received"].as_f64().unwrap() > 1e9);
    for event in [asked, answered] {
        assert_eq!(event["appUser"]["_id"], newer["author"]["userId"]);
        assert_eq!(event["appUser"]["clients"][0]["platform"], "web");
        assert!(event["appUser"]["properties"].is_object() && event["appUser"]["signedUpAt"].is_string());
        assert_eq!(event["conversation"], json!({ "_id": conversation }));
    }
    assert_eq!(
        (&answered["messages"][0]["role"], &answered["messages"][0]["source"]["type"]),
        (&json!("appMaker"), &json!("api"))
    );
    assert_eq!(users.first(1).await.len(), 1, "a subscriber to what users say hears nothing else");
}

#[tokio::test]
async fn a_seat_without_standby_events_hears_only_while_it_is_active() {
    let app = TestApp::with_webhooks().await;
    let (bot, desk) = (HookReceiver::start().await, HookReceiver::start().await);
    let bot_hook = app.hook(&bot.url(), &[MESSAGE]).await;
    app.hook(&desk.url(), &[MESSAGE]).await;
    app.seat_at_switchboard(&bot_hook.integration).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "while nobody is active").await;
    app.execute(
        "UPDATE conversations SET active_switchboard_integration_id = (SELECT id FROM switchboard_integrations)",
    )
    .await;
    app.business_says(&conversation, "while the bot is").await;
    let call = bot.first(1).await.remove(0);
    assert_eq!(call.said(), "while the bot is");
    let active = &call.payload()["conversation"]["activeSwitchboardIntegration"];
    assert_eq!((&active["name"], &active["integrationId"]), (&json!("bot"), &json!(bot_hook.integration)));
    app.execute("UPDATE switchboards SET enabled = FALSE").await;
    app.business_says(&conversation, "without a switchboard").await;
    assert_eq!(bot.first(2).await[1].said(), "without a switchboard");
    assert_eq!(desk.first(4).await.len(), 4, "who is at no switchboard hears everything");
}

#[tokio::test]
async fn who_is_offered_control_hears_of_it_even_without_standby_events() {
    let app = TestApp::with_webhooks().await;
    let bot = HookReceiver::start().await;
    let hook = app.hook(&bot.url(), &["switchboard:offerControl"]).await;
    app.seat_at_switchboard(&hook.integration).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let offer = json!({ "switchboardIntegration": "bot" });
    app.asks(Method::POST, &format!("/conversations/{conversation}/offerControl"), Some(offer), 200).await;
    let call = bot.first(1).await.remove(0);
    assert_eq!(call.payload()["conversation"]["pendingSwitchboardIntegration"]["name"], "bot");
}

#[tokio::test]
async fn what_is_deleted_is_forgotten_by_kept_events() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::answering(|call, _| Reply::Text(200, format!("You said: {}", call.said()))).await;
    let hook = app.hook(&receiver.url(), &[MESSAGE]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let secret = app.business_says(&conversation, "the secret word").await;
    let delivered = hook.deliveries_when("delivered", 2).await;
    let echoed = hook.delivery(&delivered[0]["id"]).await["attempts"][0]["answer"].clone();
    assert_eq!(echoed, "You said: the secret word");
    let path = format!("/conversations/{conversation}/messages/{}", secret["id"].as_str().unwrap());
    assert_eq!(answer(app.api(Method::DELETE, &path)).await.0, reqwest::StatusCode::OK);
    let (_, page) = hook.call(Method::GET, "/deliveries", None).await;
    let texts = join_all(page["deliveries"].as_array().unwrap().iter().map(|it| hook.delivery(&it["id"]))).await;
    let bodies: Vec<&Value> =
        texts.iter().map(|it| &it["request"]["body"]["events"][0]["payload"]["message"]).collect();
    assert_eq!(
        (&bodies[0]["id"], &bodies[0]["deleted"], bodies[0].get("content")),
        (&secret["id"], &json!(true), None)
    );
    assert!(!texts[0].to_string().contains("secret word"), "not in the echo either: {}", texts[0]);
    assert_eq!(bodies[1]["content"]["text"], "hello", "others stay");
    let user = bodies[1]["author"]["userId"].as_str().unwrap().parse().unwrap();
    let scrub = app.chat().storage().write(move |tx| Box::pin(async move { tx.scrub_webhook_events_of(user).await }));
    scrub.await.unwrap();
    let forgotten = hook.delivery(&page["deliveries"][1]["id"]).await["request"]["body"].to_string();
    assert!(!forgotten.contains("hello") && !forgotten.contains("displayName"), "{forgotten}");
}
