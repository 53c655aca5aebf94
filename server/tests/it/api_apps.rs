//! Apps and their keys, as the account makes and changes them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

/// A call with the account's key, below `/v2/apps`.
async fn account(app: &TestApp, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let key = &app.made.account_key;
    let request = app.call((key.id.as_str(), &key.secret), method, &format!("/v2/apps{path}"));
    answer(if let Some(body) = body { request.json(&body) } else { request }).await
}

#[tokio::test]
async fn an_app_is_made_changed_and_removed() {
    let app = TestApp::start().await;
    let body = json!({ "displayName": "Shop", "settings": { "multiConvoEnabled": false, "echoPostback": true }, "metadata": { "tier": "gold" } });
    let (status, made) = account(&app, Method::POST, "", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let expected = json!({
        "conversationRetentionSeconds": null, "maskCreditCardNumbers": false, "useAnimalNames": false, "echoPostback": true,
        "ignoreAutoConversationStart": false, "multiConvoEnabled": false, "appLocalizationEnabled": false,
    });
    assert_eq!(made["app"]["settings"], expected);
    assert_eq!(made["app"]["metadata"], json!({ "tier": "gold" }));
    let path = format!("/{}", made["app"]["id"].as_str().unwrap());
    assert_eq!(account(&app, Method::GET, &path, None).await, (StatusCode::OK, made.clone()));
    for (patch, metadata) in [
        (json!({ "region": "EU" }), json!({ "tier": "gold", "region": "EU" })),
        (json!({ "region": null }), json!({ "tier": "gold" })),
    ] {
        let (_, changed) = account(&app, Method::PATCH, &path, Some(json!({ "metadata": patch }))).await;
        assert_eq!(changed["app"]["metadata"], metadata, "key by key");
    }
    let change = json!({ "displayName": "Store", "settings": { "multiConvoEnabled": true, "echoPostback": null }, "metadata": null });
    let (status, changed) = account(&app, Method::PATCH, &path, Some(change)).await;
    assert_eq!((status, &changed["app"]["displayName"]), (StatusCode::OK, &json!("Store")));
    assert_eq!(changed["app"]["settings"]["echoPostback"], false);
    assert_eq!(changed["app"]["metadata"], json!({}));
    let change = json!({ "settings": { "multiConvoEnabled": false } });
    let (_, changed) = account(&app, Method::PATCH, &path, Some(change)).await;
    assert_eq!(changed["app"]["settings"]["multiConvoEnabled"], true, "once on it stays on");
    assert_eq!(account(&app, Method::DELETE, &path, None).await, (StatusCode::OK, json!({})));
    let (status, gone) = account(&app, Method::GET, &path, None).await;
    assert_eq!((status, &gone["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("app_not_found")));
}

#[tokio::test]
async fn a_removed_app_takes_its_keys_and_pages_along_at_once() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    let mut feed = visitor.listen(None).await;
    assert_eq!(answer(app.api(Method::GET, "")).await.0, StatusCode::OK);
    assert_eq!(answer(app.account(Method::DELETE, "")).await.0, StatusCode::OK);
    assert_eq!(answer(app.api(Method::GET, "")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(answer(app.v1(Method::GET, "/templates")).await.0, StatusCode::UNAUTHORIZED);
    assert!(feed.close_code().await.is_some(), "who listens is cut off");
    assert_eq!(visitor.page().await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_an_app_is_named() {
    let app = TestApp::start().await;
    for (body, title) in [
        (json!({}), "missing field `displayName`"),
        (json!({ "displayName": "x".repeat(101) }), "displayName should not be longer than 100 characters"),
        (json!({ "displayName": "a", "settings": { "echoPostback": 1 } }), "settings.echoPostback: invalid type"),
        (json!({ "displayName": "a", "metadata": { "a": {} } }), "metadata.a should be"),
        (json!({ "displayName": "a", "settings": [] }), "settings: invalid type: sequence"),
        (
            json!({ "displayName": "a", "metadata": { "a": "x".repeat(4096) } }),
            "App metadata is limited to 4096 bytes in size.",
        ),
    ] {
        let (status, answer) = account(&app, Method::POST, "", Some(body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["errors"][0]["title"].as_str().unwrap().starts_with(title), "{title}: {answer}");
    }
}

#[tokio::test]
async fn apps_are_listed_page_by_page() {
    let app = TestApp::start().await;
    for name in ["B", "C"] {
        account(&app, Method::POST, "", Some(json!({ "displayName": name }))).await;
    }
    let ids = |page: &Value| -> Vec<String> {
        page["apps"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let (status, all) = account(&app, Method::GET, "?filter[serviceAccountId]=x", None).await;
    assert_eq!((status, ids(&all).len(), &all["meta"]), (StatusCode::OK, 3, &json!({ "hasMore": false })));
    let (_, first) = account(&app, Method::GET, "?page[size]=2", None).await;
    assert_eq!((ids(&first), &first["meta"]["hasMore"]), (ids(&all)[..2].to_vec(), &json!(true)));
    let (_, rest) = account(&app, Method::GET, &format!("?page%5Bafter%5D={}", ids(&first)[1]), None).await;
    assert_eq!((ids(&rest), &rest["meta"]["hasMore"]), (ids(&all)[2..].to_vec(), &json!(false)));
    let back = format!("?page[size]=1&page[before]={}", ids(&all)[2]);
    let (_, back) = account(&app, Method::GET, &back, None).await;
    assert_eq!((ids(&back), &back["meta"]["hasMore"]), (ids(&all)[1..2].to_vec(), &json!(true)));
    let (status, _) = account(&app, Method::GET, "?page[after]=65f0a1b2c3d4e5f6aabbccdd", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_opens_the_app_until_it_is_deleted() {
    let app = TestApp::start().await;
    let (status, made) = answer(app.account(Method::POST, "/keys").json(&json!({ "displayName": "CRM" }))).await;
    assert_eq!(status, StatusCode::CREATED);
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["key"]["secret"].as_str().unwrap());
    assert!(id.starts_with("app_") && id.len() == 28 && secret.len() >= 32, "{made}");
    assert_eq!(answer(app.account(Method::GET, &format!("/keys/{id}"))).await, (StatusCode::OK, made.clone()));
    let (_, list) = answer(app.account(Method::GET, "/keys")).await;
    assert_eq!(list["keys"].as_array().unwrap().len(), 2);
    assert!(list["keys"].as_array().unwrap().contains(&made["key"]));
    let path = format!("/v2/apps/{}", app.made.app);
    let open = || answer(app.call((id, secret), Method::GET, &path));
    assert_eq!(open().await.0, StatusCode::OK);
    assert_eq!(answer(app.account(Method::DELETE, &format!("/keys/{id}"))).await, (StatusCode::OK, json!({})));
    assert_eq!(open().await.0, StatusCode::UNAUTHORIZED, "at once");
    for method in [Method::GET, Method::DELETE] {
        let (status, answer) = answer(app.account(method, &format!("/keys/{id}"))).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    }
}

#[tokio::test]
async fn an_app_has_ten_keys_at_most() {
    let app = TestApp::start().await;
    app.custom_integration().await;
    let create = || answer(app.account(Method::POST, "/keys").json(&json!({ "displayName": "Key" })));
    for _ in 2..=10 {
        assert_eq!(create().await.0, StatusCode::CREATED);
    }
    let (status, answer) = create().await;
    assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")));
    for body in [json!({}), json!({ "displayName": "" }), json!({ "displayName": "x".repeat(101) })] {
        let (status, answer) = crate::support::answer(app.account(Method::POST, "/keys").json(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains("displayName"), "{answer}");
    }
}
