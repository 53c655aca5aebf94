//! The settings of a chat page, and what a change of them does.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer};

#[tokio::test]
async fn a_changed_setting_shows_on_the_next_page() {
    let app = TestApp::start().await;
    let path = format!("/integrations/{}", app.made.integration);
    let (_, before) = answer(app.api(Method::GET, &path)).await;
    assert_eq!(before["integration"]["type"], "web");
    assert_eq!(before["integration"]["brandColor"], "65758e");
    let change =
        json!({ "businessName": "Café <b>", "brandColor": "0af", "originWhitelist": ["https://shop.example"] });
    let (status, after) = answer(app.api(Method::PATCH, &path).json(&change)).await;
    assert_eq!((status, &after["integration"]["brandColor"]), (StatusCode::OK, &json!("0af")));
    assert_eq!(answer(app.api(Method::GET, &path)).await.1, after);
    let page = app.anonymous().page().await;
    assert!(page.html.contains("Café &lt;b&gt;") && page.html.contains("--brand:#0af"), "{}", page.html);
    let embed = app.http.get(format!("{}/embed/{}", app.url, app.made.integration)).send().await.unwrap();
    let policy = embed.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors https://shop.example"), "{policy}");
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    let path = format!("/integrations/{}", app.made.integration);
    let (_, before) = answer(app.api(Method::GET, &path)).await;
    for (patch, names) in [
        (json!({ "brandColor": "#00aaff" }), "brandColor"),
        (json!({ "businessName": "" }), "businessName"),
        (json!({ "businessName": 7 }), "businessName"),
        (json!({ "originWhitelist": ["https://shop.example/path"] }), "originWhitelist"),
        (json!({ "originWhitelist": "https://shop.example" }), "originWhitelist"),
        (json!({ "displayStyle": "bubble" }), "displayStyle"),
        (json!({ "buttonWidth": "58;}" }), "buttonWidth"),
        (json!({ "prechatCapture": { "fields": [{ "type": "date" }] } }), "prechatCapture.fields[0]"),
    ] {
        let (status, answer) = answer(app.api(Method::PATCH, &path).json(&patch)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{patch}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains(names), "{answer}");
    }
    assert_eq!(answer(app.api(Method::GET, &path)).await.1, before);
}

#[tokio::test]
async fn a_chat_page_is_made_whole_and_deleted_at_once() {
    let app = TestApp::start().await;
    let body = json!({
        "type": "web", "displayName": "Second", "brandColor": "123456", "displayStyle": "tab", "buttonWidth": "70",
        "buttonIconUrl": "https://shop.example/b.png", "fixedIntroPane": true, "integrationOrder": ["web"],
        "backgroundImageUrl": "https://shop.example/bg.png", "canUserSeeConversationList": false,
        "canUserCreateMoreConversations": true, "attachmentsEnabled": false,
        "prechatCapture": { "enabled": true, "fields": [{ "type": "email", "name": "mail", "label": "E-mail" }] },
    });
    let (status, made) = answer(app.api(Method::POST, "/integrations").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let made = &made["integration"];
    for (key, value) in body.as_object().unwrap().iter().filter(|(key, _)| !key.starts_with("attach")) {
        if key == "prechatCapture" {
            assert_eq!(made[key]["enabled"], true);
            assert_eq!(made[key]["fields"][0]["name"], "mail");
        } else {
            assert_eq!(&made[key], value, "{key}");
        }
    }
    assert_eq!((&made["attachmentsEnabled"], &made["status"]), (&json!(true), &json!("active")));
    let path = format!("/integrations/{}", made["id"].as_str().unwrap());
    let change = json!({ "type": "custom", "canUserSeeConversationList": true, "buttonWidth": null });
    let (status, changed) = answer(app.api(Method::PATCH, &path).json(&change)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let changed = &changed["integration"];
    assert_eq!((&changed["type"], &changed["buttonWidth"]), (&json!("web"), &json!("58")));
    assert_eq!(changed["canUserSeeConversationList"], false);

    let page = || app.http.get(format!("{}/chat/{}", app.url, made["id"].as_str().unwrap())).send();
    assert_eq!(page().await.unwrap().status(), StatusCode::OK);
    assert_eq!(answer(app.api(Method::DELETE, &path)).await, (StatusCode::OK, json!({})));
    assert_eq!(page().await.unwrap().status(), StatusCode::NOT_FOUND, "at once");
    for method in [Method::GET, Method::DELETE] {
        let (status, answer) = answer(app.api(method, &path)).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("integration_not_found")));
    }
}

#[tokio::test]
async fn a_channel_is_kept_without_showing_its_secrets() {
    let app = TestApp::start().await;
    let body = json!({ "type": "twilio", "accountSid": "sid", "authToken": "s3cret", "messagingServiceSid": "m", "displayName": "SMS" });
    let (status, made) = answer(app.api(Method::POST, "/integrations").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let path = format!("/integrations/{}", made["integration"]["id"].as_str().unwrap());
    let (_, shown) = answer(app.api(Method::GET, &path)).await;
    let expected = json!({
        "id": made["integration"]["id"], "type": "twilio", "status": "active", "displayName": "SMS", "accountSid": "sid",
        "messagingServiceSid": "m",
    });
    assert_eq!(shown["integration"], expected);
    let (_, changed) = answer(app.api(Method::PATCH, &path).json(&json!({ "accountSid": "other" }))).await;
    assert_eq!(changed["integration"]["accountSid"], "other");
    let page = app.http.get(format!("{}/chat/{}", app.url, shown["integration"]["id"].as_str().unwrap()));
    assert_eq!(page.send().await.unwrap().status(), StatusCode::NOT_FOUND, "it is no chat page");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_integration_is_named() {
    let app = TestApp::start().await;
    for (body, title) in [
        (json!({}), "type is required"),
        (json!({ "type": "fax" }), "Invalid integration type"),
        (json!({ "type": 7 }), "Invalid integration type"),
        (json!({ "type": "telegram" }), "token is required"),
        (json!({ "type": "web", "displayName": 7 }), "displayName: invalid type"),
        (json!({ "type": "web", "canUserSeeConversationList": "yes" }), "canUserSeeConversationList: invalid type"),
        (json!({ "type": "line", "displayName": "" }), "displayName must not be empty"),
        (json!({ "type": "custom" }), "webhooks is required"),
        (json!({ "type": "custom", "webhooks": [] }), ".webhooks: should not have fewer than 1 items"),
        (json!({ "type": "custom", "webhooks": [hook(), hook()] }), ".webhooks: should not have more than 1 items"),
        (
            json!({ "type": "custom", "webhooks": [{ "target": "ftp://x", "triggers": ["conversation:message"] }] }),
            "target",
        ),
    ] {
        let (status, answer) = answer(app.api(Method::POST, "/integrations").json(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().starts_with(title), "{title}: {answer}");
    }
}

#[tokio::test]
async fn integrations_are_listed_by_type_and_page() {
    let app = TestApp::start().await;
    let (custom, _) = app.custom_integration().await;
    for kind in ["line", "unity"] {
        let (status, _) = answer(app.api(Method::POST, "/integrations").json(&json!({ "type": kind }))).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let list = async |query: &str| {
        let (status, page) = answer(app.api(Method::GET, &format!("/integrations{query}"))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let ids = page["integrations"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), page["meta"].clone())
    };
    let (all, meta) = list("").await;
    assert_eq!((all.len(), meta), (4, json!({ "hasMore": false })));
    let (mut two, _) = list("?filter%5Btypes%5D=web,custom").await;
    two.sort();
    let mut expected = vec![app.made.integration.to_string(), custom];
    expected.sort();
    assert_eq!(two, expected);
    assert_eq!(list("?filter[types]=viber").await.0, [""; 0]);
    assert_eq!(list("?page[size]=3").await, (all[..3].to_vec(), json!({ "hasMore": true, "afterCursor": all[2] })));
    assert_eq!(list(&format!("?page[after]={}", all[2])).await.0, all[3..]);
    let (status, _) = answer(app.api(Method::GET, "/integrations?page[after]=65f0a1b2c3d4e5f6aabbccdd")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_programs_have_keys_and_a_deleted_one_opens_nothing() {
    let app = TestApp::start().await;
    let page = format!("/integrations/{}/keys", app.made.integration);
    for request in [app.api(Method::GET, &page), app.api(Method::POST, &page).json(&json!({ "displayName": "Bot" }))] {
        let (status, answer) = answer(request).await;
        let title = json!("API keys are available only for custom integrations");
        assert_eq!((status, &answer["errors"][0]["title"]), (StatusCode::BAD_REQUEST, &title));
    }
    let (custom, first) = app.custom_integration().await;
    let keys = format!("/integrations/{custom}/keys");
    for _ in 2..=10 {
        let (status, _) = answer(app.api(Method::POST, &keys).json(&json!({ "displayName": "Bot" }))).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let (status, _) = answer(app.api(Method::POST, &keys).json(&json!({ "displayName": "Bot" }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "ten at most");
    let (_, list) = answer(app.api(Method::GET, &keys)).await;
    let list = list["keys"].as_array().unwrap();
    assert!(list.iter().all(|key| key["id"].as_str().unwrap().starts_with("int_")) && list.len() == 10);
    let expected = json!({ "key": { "id": first.id, "displayName": "Bot", "secret": first.secret } });
    assert_eq!(answer(app.api(Method::GET, &format!("{keys}/{}", first.id))).await, (StatusCode::OK, expected));

    let call = async |key: (&str, &str)| {
        let path = format!("/v2/apps/{}/conversations/65f0a1b2c3d4e5f6aabbccdd", app.made.app);
        answer(app.call(key, Method::GET, &path)).await.0
    };
    assert_eq!(call((first.id.as_str(), &first.secret)).await, StatusCode::NOT_FOUND, "the key is good");
    assert_eq!(answer(app.api(Method::DELETE, &format!("{keys}/{}", first.id))).await.0, StatusCode::OK);
    assert_eq!(call((first.id.as_str(), &first.secret)).await, StatusCode::UNAUTHORIZED);
    let other = &list[9];
    let other = (other["id"].as_str().unwrap(), other["secret"].as_str().unwrap());
    assert_eq!(call(other).await, StatusCode::NOT_FOUND);
    assert_eq!(answer(app.api(Method::DELETE, &format!("/integrations/{custom}"))).await.0, StatusCode::OK);
    assert_eq!(call(other).await, StatusCode::UNAUTHORIZED, "gone with its integration");
}

fn hook() -> serde_json::Value {
    json!({ "target": "https://crm.example/hook", "triggers": ["conversation:message"], "includeFullUser": true })
}

#[tokio::test]
async fn a_custom_integration_begins_with_its_webhook() {
    let app = TestApp::start().await;
    let body = json!({ "type": "custom", "displayName": "CRM", "webhooks": [hook()] });
    let (status, made) = answer(app.api(Method::POST, "/integrations").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let webhook = &made["integration"]["webhooks"][0];
    assert_eq!(webhook["target"], "https://crm.example/hook");
    assert!(webhook["secret"].as_str().is_some_and(|secret| secret.len() >= 32), "{webhook}");
    let path = format!("/integrations/{}", made["integration"]["id"].as_str().unwrap());
    let (_, list) = answer(app.api(Method::GET, &format!("{path}/webhooks"))).await;
    assert_eq!(list["webhooks"], json!([webhook]));
    let change = json!({ "displayName": "Desk", "brandColor": "123456" });
    let (_, changed) = answer(app.api(Method::PATCH, &path).json(&change)).await;
    let expected =
        json!({ "id": made["integration"]["id"], "type": "custom", "status": "active", "displayName": "Desk" });
    assert_eq!(changed["integration"], expected);
    assert_eq!(answer(app.api(Method::DELETE, &path)).await.0, StatusCode::OK);
    assert_eq!(answer(app.api(Method::GET, &format!("{path}/webhooks"))).await.0, StatusCode::NOT_FOUND);
}
