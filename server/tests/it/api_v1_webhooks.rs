//! Webhooks of the older API: kept, and told of what is written through either version.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, Reply, TestApp, answer};

async fn hook(app: &TestApp, body: Value) -> Value {
    let (status, made) = answer(app.v1(Method::POST, "/webhooks").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["webhook"].clone()
}

#[tokio::test]
async fn webhooks_of_the_app_are_made_changed_and_removed() {
    let app = TestApp::start().await;
    let made = hook(&app, json!({ "target": "https://shop.example/hook" })).await;
    assert_eq!((&made["triggers"], &made["version"]), (&json!(["message"]), &json!("v1.1")));
    assert_eq!((&made["includeClient"], &made["includeFullAppUser"]), (&json!(false), &json!(false)));
    assert!(made["secret"].as_str().unwrap().len() >= 32, "{made}");
    let path = format!("/webhooks/{}", made["_id"].as_str().unwrap());
    assert_eq!(answer(app.v1(Method::GET, &path)).await.1["webhook"], made);
    assert_eq!(answer(app.v1(Method::GET, "/webhooks")).await.1, json!({ "webhooks": [made] }));
    let change = json!({ "triggers": ["message:appUser", "postback"], "includeFullAppUser": true });
    let (status, changed) = answer(app.v1(Method::PUT, &path).json(&change)).await;
    let changed = &changed["webhook"];
    assert_eq!((status, &changed["triggers"]), (StatusCode::OK, &change["triggers"]));
    assert_eq!((&changed["target"], &changed["secret"]), (&made["target"], &made["secret"]));
    assert_eq!(changed["includeFullAppUser"], true);
    for (body, names) in [
        (json!({}), "target"),
        (json!({ "target": "ftp://shop.example" }), "target"),
        (json!({ "target": "https://shop.example", "triggers": ["dance"] }), "triggers"),
    ] {
        let (status, refused) = answer(app.v1(Method::POST, "/webhooks").json(&body)).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{body}");
        assert!(refused["error"]["description"].as_str().unwrap().contains(names), "{refused}");
    }
    assert_eq!(answer(app.v1(Method::DELETE, &path)).await, (StatusCode::OK, json!({})));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(answer(app.v1(method, &path)).await.0, StatusCode::NOT_FOUND);
    }
    for _ in 0..10 {
        hook(&app, json!({ "target": "https://shop.example/hook" })).await;
    }
    let eleventh = json!({ "target": "https://shop.example/hook" });
    assert_eq!(answer(app.v1(Method::POST, "/webhooks").json(&eleventh)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_message_of_either_version_is_told_in_both() {
    let app = TestApp::with_webhooks().await;
    let (older, newer) = (HookReceiver::start().await, HookReceiver::start().await);
    app.user("ann").await;
    let made = hook(&app, json!({ "target": older.url() })).await;
    let user_only = HookReceiver::start().await;
    hook(&app, json!({ "target": user_only.url(), "triggers": ["message:appUser"] })).await;
    let _hook = app.hook(&newer.url(), &["conversation:message"]).await;
    let said = json!({ "role": "appUser", "type": "text", "text": "Hi", "metadata": { "a": 1 } });
    let (_, sent) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&said)).await;
    let call = older.first(1).await.remove(0);
    assert_eq!((call.trigger(), call.header("x-api-key")), ("message:appUser", made["secret"].as_str().unwrap()));
    assert_eq!(call.body["messages"], json!([sent["message"]]), "the message of the API");
    assert_eq!((&call.body["app"]["_id"], &call.body["appUser"]["userId"]), (&json!(app.made.app), &json!("ann")));
    assert_eq!(newer.first(1).await[0].said(), "Hi");
    let conversation = sent["conversation"]["_id"].as_str().unwrap();
    app.business_says(conversation, "Good day").await;
    let call = older.first(2).await.remove(1);
    assert_eq!((call.trigger(), &call.body["messages"][0]["text"]), ("message:appMaker", &json!("Good day")));
    answer(app.v1(Method::POST, "/appusers/ann/messages").json(&said)).await;
    let calls = user_only.first(2).await;
    assert!(calls.iter().all(|call| call.trigger() == "message:appUser"), "nothing of the business");
}

#[tokio::test]
async fn a_click_on_a_postback_is_told_with_its_button() {
    let app = TestApp::with_webhooks().await;
    app.user("ann").await;
    let action = json!({ "type": "postback", "text": "Tea", "payload": "TEA", "metadata": { "a": 1 } });
    let link = json!({ "type": "link", "text": "Shop", "uri": "https://shop.example" });
    let asked = json!({ "role": "appMaker", "type": "text", "text": "What?", "actions": [link, action] });
    let (_, sent) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&asked)).await;
    let menu = json!({ "items": [{ "type": "postback", "text": "Help", "payload": "HELP" }] });
    let (_, menu) = answer(app.v1(Method::PUT, "/menu").json(&menu)).await;
    let receiver = HookReceiver::start().await;
    hook(&app, json!({ "target": receiver.url(), "triggers": ["postback"] })).await;
    let newer = HookReceiver::start().await;
    let _hook = app.hook(&newer.url(), &["conversation:postback"]).await;
    let click = |id: &Value| {
        answer(app.v1(Method::POST, "/appusers/ann/conversation/postback").json(&json!({ "actionId": id })))
    };
    let button = &sent["message"]["actions"][1];
    assert_eq!(click(&button["_id"]).await.0, StatusCode::OK);
    let call = receiver.first(1).await.remove(0);
    assert_eq!(
        call.body["postbacks"],
        json!([{ "action": button, "message": { "_id": sent["message"]["_id"] } }]),
        "the button of the API"
    );
    assert_eq!(newer.first(1).await[0].payload()["postback"]["payload"], "TEA");
    let item = &menu["menu"]["items"][0];
    assert_eq!(click(&item["_id"]).await.0, StatusCode::OK);
    let call = receiver.first(2).await.remove(1);
    assert_eq!(call.body["postbacks"], json!([{ "action": item }]), "without a message");
    let message = sent["message"]["_id"].as_str().unwrap();
    for id in [&sent["message"]["actions"][0]["_id"], &json!("65f0a1b2c3d4e5f6aabbccdd"), &json!("x")] {
        assert_eq!(click(id).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    answer(app.v1(Method::DELETE, &format!("/appusers/ann/messages/{message}"))).await;
    assert_eq!(click(&button["_id"]).await.0, StatusCode::NOT_FOUND, "the message is gone");
    assert_eq!(click(&Value::Null).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_end_of_a_user_is_told_by_both_of_its_ids() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let id = app.user("ann").await;
    hook(&app, json!({ "target": receiver.url(), "triggers": ["appUser:delete"] })).await;
    assert_eq!(answer(app.v1(Method::DELETE, "/appusers/ann")).await.0, StatusCode::OK);
    let call = receiver.first(1).await.remove(0);
    assert_eq!(call.body["appUser"], json!({ "_id": id, "userId": "ann" }));
}

#[tokio::test]
async fn what_became_of_a_call_is_seen_and_it_is_made_again() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::answering(|_, before| Reply::Status(if before == 0 { 400 } else { 200 })).await;
    app.user("ann").await;
    let made = hook(&app, json!({ "target": receiver.url() })).await;
    let id = made["_id"].as_str().unwrap();
    let said = json!({ "role": "appUser", "type": "text", "text": "Hi" });
    answer(app.v1(Method::POST, "/appusers/ann/messages").json(&said)).await;
    let refused = receiver.first(1).await.remove(0);
    let (short, long) = (format!("/webhooks/{id}"), format!("/apps/{}/webhooks/{id}", app.made.app));
    let deliveries = async |path: &str, state: &str| {
        loop {
            let path = format!("{path}/deliveries?filter[state]={state}");
            let (status, page) = answer(app.v1(Method::GET, &path)).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let found = page["deliveries"].as_array().unwrap().clone();
            if !found.is_empty() {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let failed = deliveries(&short, "failed").await;
    assert_eq!((&failed[0]["eventId"], &failed[0]["attemptCount"]), (&json!(refused.id()), &json!(1)));
    let path = format!("{long}/deliveries/{}", failed[0]["id"].as_str().unwrap());
    let (_, seen) = answer(app.v1(Method::GET, &path)).await;
    assert_eq!(seen["delivery"]["request"]["body"], refused.body);
    assert_eq!(seen["delivery"]["attempts"][0]["status"], 400);

    let path = format!("{short}/rotateSecret");
    let (status, rotated) = answer(app.v1(Method::POST, &path).json(&json!({ "overlapSeconds": 0 }))).await;
    assert_eq!((status, &rotated["webhook"]["_id"]), (StatusCode::OK, &made["_id"]));
    assert_ne!(rotated["webhook"]["secret"], made["secret"]);
    let path = format!("{long}/replay");
    let (status, replayed) = answer(app.v1(Method::POST, &path).json(&json!({ "failed": true }))).await;
    assert_eq!((status, &replayed["replayed"]), (StatusCode::OK, &json!(1)), "{replayed}");
    let again = receiver.first(2).await.remove(1);
    assert_eq!((again.id(), again.header("x-api-key")), (refused.id(), rotated["webhook"]["secret"].as_str().unwrap()));
    deliveries(&long, "delivered").await;
    let (status, refused) = answer(app.v1(Method::GET, "/webhooks/nonsense/deliveries")).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}
