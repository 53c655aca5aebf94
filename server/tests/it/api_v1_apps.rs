//! Apps, their keys and integrations, as the older API knows them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

async fn as_account(app: &TestApp, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let request = app.http.request(method, format!("{}/v1.1{path}", app.url));
    let request = if let Some(body) = &body { request.json(body) } else { request };
    let key = &app.made.account_key;
    answer(request.basic_auth(key.id.as_str(), Some(&key.secret))).await
}

#[tokio::test]
async fn an_app_is_made_changed_and_removed() {
    let app = TestApp::start().await;
    let new = json!({ "name": "Tea", "settings": { "maskCreditCardNumbers": true }, "metadata": { "a": 1 } });
    let (status, made) = as_account(&app, Method::POST, "/apps", Some(new.clone())).await;
    assert_eq!((status, &made["app"]["name"]), (StatusCode::CREATED, &new["name"]), "{made}");
    assert_eq!(
        (&made["app"]["settings"]["maskCreditCardNumbers"], &made["app"]["metadata"]),
        (&json!(true), &new["metadata"])
    );
    let path = format!("/apps/{}", made["app"]["_id"].as_str().unwrap());
    assert_eq!(as_account(&app, Method::GET, &path, None).await.1, made);
    let (_, changed) = as_account(&app, Method::PUT, &path, Some(json!({ "name": "Coffee" }))).await;
    assert_eq!((&changed["app"]["name"], &changed["app"]["settings"]), (&json!("Coffee"), &made["app"]["settings"]));
    let (_, first) = as_account(&app, Method::GET, "/apps?limit=1", None).await;
    let (_, second) = as_account(&app, Method::GET, "/apps?limit=1&offset=1", None).await;
    assert_eq!((&first["hasMore"], &first["offset"]), (&json!(true), &json!(0)));
    assert_eq!((&second["hasMore"], &second["offset"]), (&json!(false), &json!(1)));
    // Two apps of one second come in either order.
    assert_ne!(first["apps"], second["apps"]);
    let both = [&first["apps"], &second["apps"]];
    assert!(both.iter().all(|page| page.as_array().unwrap().len() == 1) && both.contains(&&json!([changed["app"]])));
    let (status, refused) = as_account(&app, Method::POST, "/apps", Some(json!({ "name": "" }))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["error"]["description"].as_str().unwrap().starts_with("name "), "{refused}");
    let (_, none) = as_account(&app, Method::GET, &format!("{path}/sdks"), None).await;
    assert_eq!(none, json!({ "androidIntegrationId": null, "iosIntegrationId": null, "webIntegrationId": null }));
    assert_eq!(as_account(&app, Method::DELETE, &path, None).await, (StatusCode::OK, json!({})));
    assert_eq!(as_account(&app, Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
    let own = format!("/apps/{}", app.made.app);
    assert_eq!(answer(app.v1(Method::GET, &own)).await.1["app"]["name"], "Tea & Co");
    let (_, sdks) = as_account(&app, Method::GET, &format!("{own}/sdks"), None).await;
    assert_eq!(sdks["webIntegrationId"], json!(app.made.integration));
}

#[tokio::test]
async fn a_key_opens_its_app_until_it_is_removed() {
    let app = TestApp::start().await;
    let path = format!("/apps/{}/keys", app.made.app);
    let (status, made) = as_account(&app, Method::POST, &path, Some(json!({ "name": "Bot" }))).await;
    let (key, kept) = (&made["key"], json!({ "key": made["key"] }));
    assert_eq!((status, &key["name"]), (StatusCode::CREATED, &json!("Bot")), "{made}");
    let id = key["_id"].as_str().unwrap();
    assert!(id.starts_with("app_") && key["secret"].is_string(), "{made}");
    assert_eq!(as_account(&app, Method::GET, &format!("{path}/{id}"), None).await.1, kept);
    let (_, all) = as_account(&app, Method::GET, &path, None).await;
    assert!(all["keys"].as_array().unwrap().contains(key), "{all}");
    let (_, token) = as_account(&app, Method::GET, &format!("{path}/{id}/jwt"), None).await;
    let call = || {
        let request = app.http.get(format!("{}/v1.1/webhooks", app.url));
        answer(request.bearer_auth(token["jwt"].as_str().unwrap()))
    };
    assert_eq!(call().await.0, StatusCode::OK);
    assert_eq!(as_account(&app, Method::DELETE, &format!("{path}/{id}"), None).await, (StatusCode::OK, json!({})));
    assert_eq!(call().await.0, StatusCode::UNAUTHORIZED, "a removed key's token");
    assert_eq!(as_account(&app, Method::GET, &format!("{path}/{id}"), None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(as_account(&app, Method::POST, &path, Some(json!({}))).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn integrations_are_listed_by_offset_and_type() {
    let app = TestApp::start().await;
    let path = format!("/apps/{}/integrations", app.made.app);
    let web = json!({ "type": "web", "businessName": "Tea", "brandColor": "00aaff", "displayName": "Page" });
    let (status, made) = answer(app.v1(Method::POST, &path).json(&web)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let integration = &made["integration"];
    for key in ["type", "businessName", "brandColor", "displayName"] {
        assert_eq!(integration[key], web[key], "{key}");
    }
    assert_eq!((&integration["status"], integration.get("id")), (&json!("active"), None));
    let twilio = json!({ "type": "twilio", "accountSid": "a", "authToken": "b", "phoneNumberSid": "c" });
    let (status, refused) = answer(app.v1(Method::POST, &path).json(&twilio)).await;
    assert_eq!(status, StatusCode::CREATED, "{refused}");
    let (_, page) = answer(app.v1(Method::GET, &format!("{path}?limit=1&offset=1"))).await;
    assert_eq!(
        (&page["hasMore"], &page["offset"], page["integrations"].as_array().unwrap().len()),
        (&json!(true), &json!(1), 1)
    );
    let (_, page) = answer(app.v1(Method::GET, &format!("{path}?types=twilio,custom"))).await;
    assert_eq!((page["integrations"].as_array().unwrap().len(), &page["hasMore"]), (1, &json!(false)));
    let one = format!("{path}/{}", integration["_id"].as_str().unwrap());
    let (status, changed) = answer(app.v1(Method::PUT, &one).json(&json!({ "businessName": "Coffee" }))).await;
    assert_eq!((status, &changed["integration"]["brandColor"]), (StatusCode::OK, &web["brandColor"]));
    assert_eq!(answer(app.v1(Method::GET, &one)).await.1, changed);
    let (status, refused) = answer(app.v1(Method::PUT, &one).json(&json!({ "brandColor": "blue" }))).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")));
    assert_eq!(answer(app.v1(Method::DELETE, &one)).await, (StatusCode::OK, json!({})));
    assert_eq!(answer(app.v1(Method::GET, &one)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer(app.v1(Method::POST, &path).json(&json!({ "type": "fax" }))).await.0, StatusCode::BAD_REQUEST);
}
