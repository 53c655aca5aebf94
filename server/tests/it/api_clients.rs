//! Clients and devices: how a user is reached, and from where.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn a_browser_is_a_device_of_the_users_one_client() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;

    let clients = app.asks(Method::GET, &format!("/users/{user}/clients"), None, 200).await;
    assert_eq!(clients["meta"], json!({ "hasMore": false }));
    let client = &clients["clients"][0];
    assert_eq!((&client["type"], &client["status"]), (&json!("sdk"), &json!("active")));
    assert!(client["lastSeen"].is_string() && client["linkedAt"].is_string(), "{client}");
    assert_eq!(client.get("integrationId"), None);

    let devices = app.asks(Method::GET, &format!("/users/{user}/devices"), None, 200).await;
    let device = &devices["devices"][0];
    assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
    assert_eq!((&device["type"], &device["status"]), (&json!("web"), &json!("active")));
    assert_eq!(device["clientId"], client["id"]);
    assert_eq!(device["integrationId"], json!(visitor.integration));
    assert_eq!(device["info"]["userAgent"], "Test browser");
    let id = device["id"].as_str().unwrap();
    let one = app.asks(Method::GET, &format!("/users/{user}/devices/{id}"), None, 200).await;
    assert_eq!(&one["device"], device);

    app.execute("UPDATE sessions SET revoked_at = 1").await;
    let one = app.asks(Method::GET, &format!("/users/{user}/devices/{id}"), None, 200).await;
    assert_eq!(one["device"]["status"], "inactive");
    for (path, code) in [
        ("/users/nobody/clients", "user_not_found"),
        ("/users/nobody/devices", "user_not_found"),
        (&*format!("/users/{user}/devices/nonsense"), "device_not_found"),
        (&*format!("/users/{user}/devices/65f0a1b2c3d4e5f6aabbccdd"), "device_not_found"),
        (&*format!("/users/{user}/clients?page[after]=65f0a1b2c3d4e5f6aabbccdd"), "not_found"),
    ] {
        assert_eq!(app.asks(Method::GET, path, None, 404).await["errors"][0]["code"], code, "{path}");
    }
    let own = client["id"].as_str().unwrap();
    let next = app.asks(Method::GET, &format!("/users/{user}/clients?page[after]={own}"), None, 200).await;
    assert_eq!(next["clients"], json!([]));
    app.asks(Method::GET, &format!("/users/{user}/clients?page[size]=0"), None, 400).await;
}

#[tokio::test]
async fn when_a_browser_was_seen_is_noted_once_a_minute() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let (devices, clients) = (format!("/users/{user}/devices"), format!("/users/{user}/clients"));
    let seen = async || {
        let device = app.asks(Method::GET, &devices, None, 200).await["devices"][0]["lastSeen"].clone();
        let client = app.asks(Method::GET, &clients, None, 200).await["clients"][0]["lastSeen"].clone();
        assert_eq!(device, client);
        device.as_str().unwrap().to_owned()
    };
    let first = seen().await;
    visitor.says("right after").await;
    assert_eq!(seen().await, first);
    app.execute("UPDATE sessions SET last_seen = last_seen - 59000").await;
    app.execute("UPDATE clients SET last_seen = last_seen - 59000").await;
    let before = seen().await;
    assert!(before < first);
    app.execute("UPDATE sessions SET last_seen = last_seen - 1000").await;
    visitor.says("a minute later").await;
    assert!(seen().await >= first);
}

#[tokio::test]
async fn the_latest_seen_device_comes_first() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    app.execute(
        "INSERT INTO sessions (id, integration_id, user_id, client_id, created_at, last_seen)
         SELECT '65f0a1b2c3d4e5f6aabbcc0' || n, integration_id, user_id, client_id, 5, n * 1000
         FROM sessions, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3) more",
    )
    .await;
    let devices = app.asks(Method::GET, &format!("/users/{user}/devices"), None, 200).await;
    let ids: Vec<&str> = devices["devices"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids[1..], ["65f0a1b2c3d4e5f6aabbcc03", "65f0a1b2c3d4e5f6aabbcc02", "65f0a1b2c3d4e5f6aabbcc01"]);
    assert_eq!(devices["devices"][3]["lastSeen"], "1970-01-01T00:00:01.000Z");
    drop(visitor);
}

fn link(kind: &str, integration: &str, conversation: &str) -> Value {
    json!({
        "matchCriteria": { "type": kind, "integrationId": integration, "phoneNumber": "+15145555555", "primary": true },
        "confirmation": { "type": "prompt", "message": { "author": { "type": "business" } } },
        "target": { "conversationId": conversation },
    })
}

#[tokio::test]
async fn a_user_is_linked_to_a_channel_and_unlinked() {
    let app = TestApp::start().await;
    let (_visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let path = format!("/users/{user}/clients");
    let twilio = "65f0a1b2c3d4e5f6aabbcc11";
    app.execute(
        "INSERT INTO integrations (id, app_id, type, settings, created_at)
         SELECT '65f0a1b2c3d4e5f6aabbcc11', app_id, 'twilio', '{}', 1 FROM integrations",
    )
    .await;
    let rows = app.rows().await;
    let nobodys = "65f0a1b2c3d4e5f6aabbccdd";
    let others = app.conversation(json!({ "type": "sdkGroup" })).await;
    let web = app.made.integration.to_string();
    for (body, status, names) in [
        (link("twilio", nobodys, &conversation), 404, "Integration"),
        (link("twilio", &web, &conversation), 400, "matchCriteria.type"),
        (link("whatsapp", twilio, &conversation), 400, "matchCriteria.type"),
        (link("pigeon", twilio, &conversation), 400, "matchCriteria.type"),
        (link("mailgun", twilio, &conversation), 400, "matchCriteria.address"),
        (link("twilio", "nonsense", &conversation), 400, "matchCriteria.integrationId"),
        (link("twilio", twilio, nobodys), 404, "Conversation"),
        (link("twilio", twilio, &others), 400, "target.conversationId"),
        (json!({}), 400, "matchCriteria"),
    ] {
        let refused = app.asks(Method::POST, &path, Some(body), status).await;
        assert!(refused["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {refused}");
    }
    app.asks(Method::POST, "/users/nobody/clients", Some(link("twilio", twilio, &conversation)), 404).await;
    assert_eq!(app.rows().await, rows + 1, "only the other conversation was made");

    let made = app.asks(Method::POST, &path, Some(link("twilio", twilio, &conversation)), 201).await;
    let client = &made["client"];
    assert_eq!((&client["type"], &client["status"]), (&json!("twilio"), &json!("pending")));
    assert_eq!((&client["integrationId"], &client["externalId"]), (&json!(twilio), &json!("+15145555555")));
    app.asks(Method::POST, &path, Some(link("twilio", twilio, &conversation)), 409).await;
    let list = app.asks(Method::GET, &format!("{path}?page[size]=1"), None, 200).await;
    assert_eq!(list["meta"]["hasMore"], true);
    let next = list["links"]["next"].as_str().unwrap();
    assert!(next.contains(&format!("/users/{user}/clients?")), "{next}");

    let sdk = app.asks(Method::GET, &path, None, 200).await["clients"]
        .as_array()
        .unwrap()
        .iter()
        .find(|client| client["type"] == "sdk")
        .unwrap()["id"]
        .clone();
    let refused = app.asks(Method::DELETE, &format!("{path}/{}", sdk.as_str().unwrap()), None, 400).await;
    assert_eq!(refused["errors"][0]["title"], "Cannot remove a client of type 'sdk'");
    let one = format!("{path}/{}", client["id"].as_str().unwrap());
    assert_eq!(app.asks(Method::DELETE, &one, None, 200).await, json!({}));
    for gone in [one, format!("{path}/nonsense")] {
        assert_eq!(app.asks(Method::DELETE, &gone, None, 404).await["errors"][0]["code"], "client_not_found");
    }
}
