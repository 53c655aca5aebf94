//! Webhooks through the API: made, read, changed, deleted, and their log.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{HookReceiver, TestApp, answer};

fn title(answer: &Value) -> &str {
    answer["errors"][0]["title"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_webhook_is_made_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let triggers = ["conversation:message", "conversation:read"];
    let hook = app.hook("https://shop.example/hook?key=1", &triggers).await;
    let made = &hook.webhook;
    assert_eq!(
        made.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "includeFullSource", "includeFullUser", "secret", "target", "triggers", "version"]
    );
    assert_eq!((&made["version"], &made["triggers"]), (&json!("v2"), &json!(triggers)));
    assert_eq!((&made["includeFullUser"], &made["includeFullSource"]), (&json!(false), &json!(false)));
    assert_eq!(made["secret"].as_str().unwrap().len(), 44, "32 bytes in base64");
    assert_eq!(hook.call(Method::GET, "", None).await, (StatusCode::OK, json!({ "webhook": made })));
    let list = format!("/integrations/{}/webhooks", hook.integration);
    assert_eq!(answer(app.api(Method::GET, &list)).await, (StatusCode::OK, json!({ "webhooks": [made] })));
    let (status, changed) = hook.call(Method::PATCH, "", Some(json!({ "includeFullUser": true, "unknown": 1 }))).await;
    let mut expected = made.clone();
    expected["includeFullUser"] = true.into();
    assert_eq!((status, &changed["webhook"]), (StatusCode::OK, &expected), "the secret and all else stay");
    assert_eq!(hook.call(Method::GET, "", None).await.1, changed);
    assert_eq!(hook.call(Method::DELETE, "", None).await, (StatusCode::OK, json!({})));
    for method in [Method::GET, Method::DELETE] {
        let (status, gone) = hook.call(method, "", None).await;
        assert_eq!((status, &gone["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    }
    assert_eq!(answer(app.api(Method::GET, &list)).await.1, json!({ "webhooks": [] }));
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_named() {
    let app = TestApp::start().await;
    let hook = app.hook("https://shop.example", &["conversation:message"]).await;
    let path = format!("/integrations/{}/webhooks", hook.integration);
    for (body, names) in [
        (json!({ "triggers": ["conversation:message"] }), "target"),
        (json!({ "target": "https://shop.example" }), "triggers"),
        (json!({ "target": "ftp://shop.example", "triggers": ["conversation:message"] }), "target"),
        (json!({ "target": "shop", "triggers": ["conversation:message"] }), "target"),
        (json!({ "target": "https://shop.example", "triggers": [] }), "triggers"),
        (json!({ "target": "https://shop.example", "triggers": "conversation:message" }), "triggers"),
        (json!({ "target": "https://shop.example", "triggers": ["conversation:dance"] }), "conversation:dance"),
        (json!({ "target": "https://shop.example", "triggers": ["*"] }), "'*'"),
    ] {
        let (status, refusal) = answer(app.api(Method::POST, &path).json(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(title(&refusal).contains(names), "{refusal}");
    }
    let (status, refusal) = hook.call(Method::PATCH, "", Some(json!({ "triggers": ["dance"] }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refusal}");
    assert_eq!(hook.call(Method::GET, "", None).await.1["webhook"], hook.webhook, "nothing changed");
    let too_long = json!({ "overlapSeconds": 604_801 });
    let (status, refusal) = hook.call(Method::POST, "/rotateSecret", Some(too_long)).await;
    assert!(status == StatusCode::BAD_REQUEST && title(&refusal).contains("overlapSeconds"), "{refusal}");
}

#[tokio::test]
async fn an_app_has_ten_webhooks() {
    let app = TestApp::start().await;
    let hook = app.hook("https://shop.example", &["conversation:message"]).await;
    app.legacy_hook("https://shop.example", &["message"]).await;
    let path = format!("/integrations/{}/webhooks", hook.integration);
    let body = json!({ "target": "https://shop.example", "triggers": ["user:update"] });
    for number in 3..=10 {
        assert_eq!(answer(app.api(Method::POST, &path).json(&body)).await.0, StatusCode::CREATED, "{number}");
    }
    let (status, refusal) = answer(app.api(Method::POST, &path).json(&body)).await;
    assert!(status == StatusCode::BAD_REQUEST && title(&refusal).contains("10"), "{refusal}");
    let (_, list) = answer(app.api(Method::GET, &path)).await;
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 9, "the older API has its own list");
}

#[tokio::test]
async fn webhooks_hang_on_custom_integrations_and_are_nobody_elses_business() {
    let app = TestApp::start().await;
    let hook = app.hook("https://shop.example", &["conversation:message"]).await;
    let body = json!({ "target": "https://shop.example", "triggers": ["conversation:message"] });
    let post = async |integration: &str| {
        answer(app.api(Method::POST, &format!("/integrations/{integration}/webhooks")).json(&body)).await
    };
    let (status, refusal) = post(&app.made.integration.to_string()).await;
    assert!(status == StatusCode::BAD_REQUEST && title(&refusal).contains("custom"), "{refusal}");
    for unknown in ["65f0a1b2c3d4e5f6aabbccdd", "nonsense"] {
        let (status, refusal) = post(unknown).await;
        assert_eq!((status, &refusal["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("integration_not_found")));
    }
    // Another integration of the same app does not have it, and the account may not look.
    let other = app.integration_of_type("custom").await;
    let (status, _) = answer(app.api(Method::GET, &format!("/integrations/{other}/webhooks/{}", hook.id()))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let account = &app.made.account_key;
    let url = format!("{}/v2/apps/{}{}", app.url, app.made.app, hook.path);
    let (status, _) = answer(app.http.get(url).basic_auth(account.id.as_str(), Some(&account.secret))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let stranger = app.chat().provision("Another shop").await.unwrap().key;
    for below in ["", "/deliveries"] {
        let url = format!("{}/v2/apps/{}{}{below}", app.url, app.made.app, hook.path);
        let (status, _) = answer(app.http.get(url).basic_auth(stranger.id.as_str(), Some(&stranger.secret))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{below}");
    }
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_by_state() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let hook = app.hook(&receiver.url(), &["conversation:message"]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    for text in ["two", "three"] {
        app.business_says(&conversation, text).await;
    }
    let all = hook.deliveries_when("delivered", 3).await;
    assert_eq!(all[0]["trigger"], "conversation:message");
    assert_eq!((&all[0]["state"], &all[0]["attemptCount"]), (&json!("delivered"), &json!(1)));
    let (_, first) = hook.call(Method::GET, "/deliveries?page[size]=2", None).await;
    assert_eq!((&first["deliveries"], &first["meta"]["hasMore"]), (&json!(all[..2]), &json!(true)));
    let next = first["links"]["next"].as_str().unwrap();
    let key = &app.made.key;
    let (_, second) = answer(app.http.get(next).basic_auth(key.id.as_str(), Some(&key.secret))).await;
    assert_eq!((&second["deliveries"], &second["meta"]["hasMore"]), (&json!(all[2..]), &json!(false)));
    // One in the middle failed: the others are a list without it, in both directions.
    app.execute(
        "UPDATE webhook_deliveries SET state = 'failed'
            WHERE event_seq = (SELECT event_seq FROM webhook_deliveries ORDER BY event_seq LIMIT 1 OFFSET 1)",
    )
    .await;
    let of_state = async |query: &str| hook.call(Method::GET, &format!("/deliveries?{query}"), None).await.1;
    let first = of_state("filter[state]=delivered&page[size]=1").await;
    assert_eq!((&first["deliveries"][0]["id"], &first["meta"]["hasMore"]), (&all[0]["id"], &json!(true)));
    let cursor = first["meta"]["afterCursor"].as_str().unwrap();
    let second = of_state(&format!("filter[state]=delivered&page[after]={cursor}")).await;
    assert_eq!((second["deliveries"].as_array().unwrap().len(), &second["deliveries"][0]["id"]), (1, &all[2]["id"]));
    let oldest = all[2]["id"].as_str().unwrap();
    let back = of_state(&format!("filter[state]=delivered&page[before]={oldest}")).await;
    assert_eq!((back["deliveries"].as_array().unwrap().len(), &back["deliveries"][0]["id"]), (1, &all[0]["id"]));
    assert_eq!(of_state("filter[state]=failed").await["deliveries"][0]["id"], all[1]["id"]);
    assert_eq!(of_state("filter[state]=pending").await["deliveries"], json!([]));
    let details = hook.delivery(&all[0]["id"]).await;
    assert_eq!(details["request"]["target"], json!(receiver.url()));
    assert_eq!(details["request"]["body"], receiver.calls()[2].body);
    assert_eq!(details["request"]["headers"]["webhook-id"], details["eventId"]);
    assert_eq!((&details["attempts"][0]["number"], &details["attempts"][0]["status"]), (&json!(1), &json!(200)));
    for (below, expected) in [
        ("/deliveries?filter[state]=lost", StatusCode::BAD_REQUEST),
        ("/deliveries?page[after]=65f0a1b2c3d4e5f6aabbccdd", StatusCode::BAD_REQUEST),
        ("/deliveries?page[after]=00000000000000000000ffff", StatusCode::NOT_FOUND),
        ("/deliveries/00000000000000000000ffff", StatusCode::NOT_FOUND),
        ("/deliveries/nonsense", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(hook.call(Method::GET, below, None).await.0, expected, "{below}");
    }
    for (body, expected) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({ "failed": false }), StatusCode::BAD_REQUEST),
        (json!({ "failed": true, "deliveryId": all[0]["id"] }), StatusCode::BAD_REQUEST),
        (json!({ "from": "2026-01-01T00:00:00Z" }), StatusCode::BAD_REQUEST),
        (json!({ "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" }), StatusCode::BAD_REQUEST),
        (json!({ "from": "yesterday", "to": "today" }), StatusCode::BAD_REQUEST),
        (json!({ "deliveryId": "00000000000000000000ffff" }), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(hook.call(Method::POST, "/replay", Some(body.clone())).await.0, expected, "{body}");
    }
}
