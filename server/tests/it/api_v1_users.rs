//! Users, as the older API knows them.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{HookReceiver, TestApp, Visitor, answer};

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
        (json!({ "userId": "ann" }), 409, "conflict", "User already exists"),
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
    let theirs = app.chat().provision("Rival").await.unwrap().integration;
    for (why, integration, status) in
        [("another app's", theirs, 401), ("good", app.made.integration, 303), ("used", app.made.integration, 401)]
    {
        let visitor = Visitor::new(&app.url, integration);
        visitor.page().await;
        assert_eq!(visitor.submits("/login", &[("authCode", code)]).await.status.as_u16(), status, "{why}");
    }
}

#[tokio::test]
async fn an_update_adds_to_what_is_there() {
    let app = TestApp::start().await;
    let made = json!({ "userId": "ann", "givenName": "Ann", "surname": "A", "properties": { "a": 1, "b": 1 } });
    answer(app.v1(Method::POST, "/appusers").json(&made)).await;
    let change = json!({ "userId": "bob", "surname": "B", "properties": { "b": "x", "c": true } });
    let (status, changed) = answer(app.v1(Method::PUT, "/appusers/ann").json(&change)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let user = &changed["appUser"];
    assert_eq!((&user["userId"], &user["givenName"], &user["surname"]), (&json!("ann"), &json!("Ann"), &json!("B")));
    assert_eq!(user["properties"], json!({ "a": 1, "b": "x", "c": true }));
    assert_eq!(answer(app.v1(Method::PUT, "/appusers/ann").json(&json!({}))).await.1, changed);
    for (body, names) in
        [(json!({ "properties": { "a": [] } }), "properties.a"), (json!({ "email": "nobody" }), "email should")]
    {
        let (status, refused) = answer(app.v1(Method::PUT, "/appusers/ann").json(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(refused["error"]["description"].as_str().unwrap().starts_with(names), "{refused}");
    }
    let (status, bare) = answer(app.v1(Method::DELETE, "/appusers/ann/profile")).await;
    assert_eq!((status, &bare["appUser"]["properties"]), (StatusCode::OK, &json!({})));
    assert!(bare["appUser"].get("givenName").is_none() && bare["appUser"]["_id"] == user["_id"], "{bare}");
    assert_eq!(answer(app.v1(Method::DELETE, "/appusers/ann")).await, (StatusCode::OK, json!({})));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(answer(app.v1(method, "/appusers/ann")).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(answer(app.api(Method::GET, "/users/ann")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn merged_users_are_one() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let bob = app.user("bob").await;
    let hello = json!({ "role": "appUser", "type": "text", "text": "I am Bob" });
    answer(app.v1(Method::POST, "/appusers/bob/messages").json(&hello)).await;
    let merge = json!({ "surviving": { "_id": ann }, "discarded": { "_id": bob } });
    assert_eq!(answer(app.v1(Method::POST, "/appusers/merge").json(&merge)).await, (StatusCode::OK, json!({})));
    assert_eq!(answer(app.v1(Method::GET, &format!("/appusers/{bob}"))).await.0, StatusCode::NOT_FOUND);
    let (_, page) = answer(app.v1(Method::GET, "/appusers/ann/messages")).await;
    assert_eq!(page["messages"][0]["text"], "I am Bob");
    assert_eq!(answer(app.v1(Method::POST, "/appusers/merge").json(&merge)).await.0, StatusCode::NOT_FOUND);
    let own = json!({ "surviving": { "_id": ann }, "discarded": { "_id": ann } });
    assert_eq!(answer(app.v1(Method::POST, "/appusers/merge").json(&own)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_visitor_of_the_chat_page_has_the_web_for_a_channel() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let (_, found) = answer(app.v1(Method::GET, &format!("/appusers/{user}"))).await;
    assert_eq!(found["appUser"]["clients"][0]["platform"], "web", "{found}");
    assert_eq!(found["appUser"]["conversationStarted"], true);
    let (_, listed) = answer(app.v1(Method::GET, &format!("/appusers/{user}/channels"))).await;
    assert_eq!(listed["channels"], found["appUser"]["clients"]);
    let status_of = |method: Method, path: &str| answer(app.v1(method, &format!("/appusers/{user}{path}")));
    assert_eq!(status_of(Method::POST, "/integrations/web/ping").await.0, StatusCode::OK);
    assert_eq!(status_of(Method::POST, "/integrations/twilio/ping").await.0, StatusCode::NOT_FOUND);
    assert_eq!(status_of(Method::DELETE, "/channels/web").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(status_of(Method::DELETE, "/channels/twilio").await.0, StatusCode::NOT_FOUND);
    let link = json!({ "type": "twilio", "phoneNumber": "+15145555555", "confirmation": { "type": "immediate" } });
    let path = format!("/appusers/{user}/channels");
    let (status, refused) = answer(app.v1(Method::POST, &path).json(&link)).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{refused}");
    let (_, requests) = status_of(Method::GET, &format!("/linkrequest?integrationIds={}", app.made.integration)).await;
    assert_eq!(requests, json!({ "linkRequests": [] }));
    assert_eq!(status_of(Method::GET, "/linkrequest?integrationIds=x").await.0, StatusCode::NOT_FOUND);
    assert_eq!(status_of(Method::GET, "/linkrequest").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(status_of(Method::GET, "/businesssystems").await.1, json!({ "businessSystems": [] }));
}

#[tokio::test]
async fn a_user_who_never_spoke_is_linked_to_a_channel() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &["conversation:create", "client:add"]).await;
    let ann = app.user("ann").await;
    let path = "/appusers/ann/channels";
    let link =
        |kind: &str| json!({ "type": kind, "phoneNumber": "+15145555555", "confirmation": { "type": "immediate" } });
    let twilio = app.integration_of_type("twilio").await;
    let rows = app.rows().await;
    let mut wrong = link("whatsapp");
    wrong["integrationId"] = json!(twilio);
    assert_eq!(answer(app.v1(Method::POST, path).json(&wrong)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(app.rows().await, rows, "what fails begins no conversation");

    let (status, linked) = answer(app.v1(Method::POST, path).json(&link("twilio"))).await;
    assert_eq!((status, &linked["appUser"]["pendingClients"][0]["platform"]), (StatusCode::OK, &json!("twilio")));
    let calls = receiver.first(2).await;
    let (created, added) = (calls[0].payload(), calls[1].payload());
    assert_eq!((&created["creationReason"], &created["user"]["id"]), (&json!("none"), &json!(ann)));
    assert_eq!((&added["reason"], &added["conversation"]), (&json!("channelLinking"), &created["conversation"]));
    let (_, found) = answer(app.v1(Method::GET, "/appusers/ann/conversation")).await;
    assert_eq!(found["conversation"]["_id"], created["conversation"]["id"]);
}
