//! Users, as the older API knows them.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer};

#[tokio::test]
async fn a_user_of_one_version_is_a_user_of_the_other() {
    let app = TestApp::start().await;
    let body = json!({
        "userId": "bob@example.com", "givenName": "Bob", "surname": "B", "email": "bob@example.com",
        "signedUpAt": "2020-01-02T03:04:05.678Z", "properties": { "vip": true },
    });
    let (status, made) = answer(app.v1(Method::POST, "/appusers").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let user = &made["appUser"];
    for key in ["userId", "givenName", "surname", "email", "signedUpAt", "properties"] {
        assert_eq!(user[key], body[key], "{key}");
    }
    assert_eq!((&user["conversationStarted"], &user["clients"]), (&json!(false), &json!([])));
    let id = user["_id"].as_str().unwrap();
    for path in [format!("/appusers/{id}"), "/appusers/bob@example.com".to_owned(), format!("/appUsers/{id}")] {
        assert_eq!(answer(app.v1(Method::GET, &path)).await.1, made, "{path}");
    }
    let (_, newer) = answer(app.api(Method::GET, "/users/bob@example.com")).await;
    assert_eq!((&newer["user"]["id"], &newer["user"]["externalId"]), (&user["_id"], &user["userId"]));
    assert_eq!(newer["user"]["metadata"], body["properties"]);
}

#[tokio::test]
async fn both_forms_and_both_prefixes_answer_alike() {
    let app = TestApp::start().await;
    app.v1(Method::POST, "/appusers").json(&json!({ "userId": "ann" })).send().await.unwrap();
    let (key, account) = (&app.made.key, &app.made.account_key);
    let get = |path: String, key: &domain::ApiKey| {
        answer(app.http.get(format!("{}{path}", app.url)).basic_auth(key.id.as_str(), Some(&key.secret)))
    };
    let id = app.made.app;
    for (path, key) in [
        ("/v1/appusers/ann".to_owned(), key),
        (format!("/v1.1/apps/{id}/appusers/ann"), key),
        (format!("/v1/apps/{id}/appusers/ann"), account),
    ] {
        let (status, found) = get(path, key).await;
        assert_eq!((status, &found["appUser"]["userId"]), (StatusCode::OK, &json!("ann")));
    }
    let (status, refused) = get("/v1.1/appusers/ann".to_owned(), account).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_older_shape_and_words() {
    let app = TestApp::start().await;
    app.v1(Method::POST, "/appusers").json(&json!({ "userId": "ann" })).send().await.unwrap();
    for (body, status, code, names) in [
        (json!({ "userId": "ann" }), 409, "conflict", "exists"),
        (json!({}), 400, "bad_request", "userId"),
        (json!({ "userId": "" }), 400, "bad_request", "userId"),
        (json!({ "userId": "b", "email": "nobody" }), 400, "bad_request", "email should"),
        (json!({ "userId": "b", "signedUpAt": "yesterday" }), 400, "bad_request", "signedUpAt"),
        (json!({ "userId": "b", "properties": { "a": [] } }), 400, "bad_request", "properties.a"),
    ] {
        let (got, refused) = answer(app.v1(Method::POST, "/appusers").json(&body)).await;
        assert_eq!((got.as_u16(), &refused["error"]["code"]), (status, &json!(code)), "{body}: {refused}");
        assert!(refused["error"]["description"].as_str().unwrap().contains(names), "{names}: {refused}");
        assert_eq!(refused.as_object().unwrap().len(), 1, "{refused}");
    }
    for (method, path, status, code) in [
        (Method::GET, "/appusers/nobody", StatusCode::NOT_FOUND, "user_not_found"),
        (Method::GET, "/nonsense", StatusCode::NOT_FOUND, "not_found"),
        (Method::PUT, "/appusers", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        (Method::GET, "/appusers/ann/conversation", StatusCode::NOT_FOUND, "conversation_not_found"),
        (Method::GET, "/appusers/ann/viber/qrcode", StatusCode::NOT_FOUND, "not_found"),
    ] {
        let (got, refused) = answer(app.v1(method, path)).await;
        assert_eq!((got, &refused["error"]["code"]), (status, &json!(code)), "{path}");
    }
}

#[tokio::test]
async fn an_auth_code_is_good_once() {
    let app = TestApp::start().await;
    app.v1(Method::POST, "/appusers").json(&json!({ "userId": "ann" })).send().await.unwrap();
    let (status, first) = answer(app.v1(Method::GET, "/appusers/ann/authcode")).await;
    let (_, second) = answer(app.v1(Method::GET, "/appusers/ann/authCode")).await;
    assert_eq!(status, StatusCode::OK);
    let code = first["authCode"].as_str().unwrap();
    assert!(code.starts_with("ac_") && second["authCode"] != first["authCode"], "{first} {second}");
    let scope = server::chat::Scope::of_app(app.made.app);
    let ann = app.chat().require_user(scope, "ann").await.unwrap();
    let other = server::chat::Scope::of_app(app.chat().provision("Rival").await.unwrap().app);
    assert_eq!(app.chat().redeem_auth_code(other, code).await.unwrap(), None, "another app's");
    assert_eq!(app.chat().redeem_auth_code(scope, code).await.unwrap(), Some(ann.id));
    assert_eq!(app.chat().redeem_auth_code(scope, code).await.unwrap(), None, "used");
}
