//! Users, as the business makes and finds them.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer, percent_encoded};

#[tokio::test]
async fn a_user_is_found_by_either_id() {
    let app = TestApp::start().await;
    let external_id = "a/b ?#%+@'é";
    let body = json!({ "externalId": external_id, "profile": { "givenName": "Ann", "email": "ann@shop.example" }, "metadata": { "vip": true } });
    let (status, made) = answer(app.api(Method::POST, "/users").json(&body)).await;
    assert_eq!(status, StatusCode::CREATED);
    let user = &made["user"];
    assert_eq!(user["profile"], body["profile"]);
    assert_eq!(user["metadata"], body["metadata"]);
    assert_eq!(user["identities"], json!([]));
    let (_, by_id) = answer(app.api(Method::GET, &format!("/users/{}", user["id"].as_str().unwrap()))).await;
    assert_eq!(by_id, made);
    let encoded: String = url::form_urlencoded::byte_serialize(external_id.as_bytes()).collect();
    let (_, by_external_id) = answer(app.api(Method::GET, &format!("/users/{}", encoded.replace('+', "%20")))).await;
    assert_eq!(by_external_id, made);
    let (_, none) = answer(app.api(Method::GET, &format!("/conversations?filter[userExternalId]={encoded}"))).await;
    assert_eq!(none["conversations"], json!([]));
    assert_eq!(none["meta"], json!({ "hasMore": false }));
}

#[tokio::test]
async fn what_is_wrong_with_a_user_is_named() {
    let app = TestApp::start().await;
    let (first, _) = answer(app.api(Method::POST, "/users").json(&json!({ "externalId": "ann" }))).await;
    assert_eq!(first, StatusCode::CREATED);
    for (body, status, names) in [
        (json!({ "externalId": "ann" }), 409, "User already exists"),
        (json!({}), 400, "externalId"),
        (json!({ "externalId": 7 }), 400, "externalId"),
        (json!({ "externalId": "" }), 400, "externalId"),
        (json!({ "externalId": "x".repeat(1025) }), 400, "externalId"),
        (json!({ "externalId": "b", "signedUpAt": "yesterday" }), 400, "signedUpAt"),
        (json!({ "externalId": "b", "profile": { "email": "nobody" } }), 400, "profile.email"),
        (json!({ "externalId": "b", "metadata": { "a": [] } }), 400, "metadata.a"),
        (json!({ "externalId": "b", "profile": [] }), 400, "profile: invalid type: sequence"),
        (json!({ "externalId": "b", "profile": ["Ann"] }), 400, "profile: invalid type: sequence"),
    ] {
        let (got, answer) = answer(app.api(Method::POST, "/users").json(&body)).await;
        assert_eq!(got.as_u16(), status, "{body}: {answer}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {answer}");
    }
    let (status, answer) = answer(app.api(Method::GET, "/users/nobody")).await;
    assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!("user_not_found")));
    for query in ["", "?filter[userId]=x&filter[userExternalId]=y"] {
        assert_eq!(
            crate::support::answer(app.api(Method::GET, &format!("/conversations{query}"))).await.0,
            StatusCode::BAD_REQUEST
        );
    }
    assert_eq!(app.rows().await, 1);
}

#[tokio::test]
async fn a_user_of_any_name_is_found_changed_and_deleted() {
    let app = TestApp::start().await;
    for external_id in
        ["a/b", "?x=1&y", "#top", "100%25", "a+b c", "ann@shop.example", "o'neil", "שלום 茶 🫖", "\"{}\\"]
    {
        let id = app.user(external_id).await;
        let path = format!("/users/{}", percent_encoded(external_id));
        let body = Some(json!({ "profile": { "surname": external_id } }));
        let changed = app.asks(Method::PATCH, &path, body, 200).await;
        assert_eq!((&changed["user"]["id"], &changed["user"]["profile"]["surname"]), (&json!(id), &json!(external_id)));
        assert_eq!(app.asks(Method::GET, &format!("{path}/devices"), None, 200).await, json!({ "devices": [] }));
        assert_eq!(app.asks(Method::DELETE, &path, None, 200).await, json!({}));
        app.asks(Method::GET, &path, None, 404).await;
        app.asks(Method::GET, &format!("/users/{id}"), None, 404).await;
    }
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn an_id_comes_before_an_external_id() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let impostor = app.user(&ann).await;
    let found = app.asks(Method::GET, &format!("/users/{ann}"), None, 200).await;
    assert_eq!(found["user"]["id"], json!(ann));
    app.asks(Method::DELETE, &format!("/users/{ann}"), None, 200).await;
    let found = app.asks(Method::GET, &format!("/users/{ann}"), None, 200).await;
    assert_eq!(found["user"]["id"], json!(impostor));
}

#[tokio::test]
async fn an_update_merges_and_null_unsets() {
    let app = TestApp::start().await;
    let body = json!({
        "externalId": "ann", "signedUpAt": "2020-01-01T00:00:00.000Z",
        "profile": { "givenName": "Ann", "surname": "A", "locale": "fr-CA" }, "metadata": { "tier": "gold", "visits": 1 },
    });
    app.asks(Method::POST, "/users", Some(body), 201).await;
    let patch = |body| app.asks(Method::PATCH, "/users/ann", Some(body), 200);
    let changed = patch(json!({
        "externalId": "bob", "profile": { "surname": null, "email": "ann@shop.example" },
        "metadata": { "visits": 2, "tier": null, "vip": true },
    }))
    .await;
    let user = &changed["user"];
    assert_eq!(user["externalId"], "ann");
    assert_eq!(user["signedUpAt"], "2020-01-01T00:00:00.000Z");
    assert_eq!(user["profile"], json!({ "givenName": "Ann", "email": "ann@shop.example", "locale": "fr-CA" }));
    assert_eq!(user["metadata"], json!({ "visits": 2, "vip": true }));
    assert_eq!(patch(json!({})).await, changed);
    assert_eq!(app.asks(Method::GET, "/users/ann", None, 200).await, changed);
    let cleared = patch(json!({ "metadata": null, "signedUpAt": "2021-02-03T04:05:06.789Z" })).await;
    assert_eq!(cleared["user"]["metadata"], json!({}));
    assert_eq!(cleared["user"]["signedUpAt"], "2021-02-03T04:05:06.789Z");
    let blob = "x".repeat(2500);
    patch(json!({ "metadata": { "a": blob } })).await;
    for (body, names) in [
        (json!({ "metadata": { "b": blob } }), "metadata"),
        (json!({ "metadata": { "b": {} } }), "metadata.b"),
        (json!({ "profile": { "email": "nobody" } }), "profile.email"),
        (json!({ "profile": { "givenName": "" } }), "profile.givenName"),
        (json!({ "signedUpAt": "yesterday" }), "signedUpAt"),
    ] {
        let refused = app.asks(Method::PATCH, "/users/ann", Some(body), 400).await;
        assert!(refused["errors"][0]["title"].as_str().unwrap().contains(names), "{names}: {refused}");
    }
    app.asks(Method::PATCH, "/users/nobody", Some(json!({})), 404).await;
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_stays_gone() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let bob = app.user("bob").await;
    let group = json!({ "type": "sdkGroup", "participants": [{ "userId": user, "subscribeSDKClient": false }, { "userId": bob }] });
    let group = app.conversation(group).await;
    let mut feed = visitor.listen(None).await;
    let open_page = visitor.page().await;

    assert_eq!(app.asks(Method::DELETE, &format!("/users/{user}"), None, 200).await, json!({}));
    assert_eq!(feed.close_code().await, Some(4408), "its listener is sent away …");
    assert_eq!(visitor.connects().await.close_code().await, Some(4401), "… and not let in again");
    app.asks(Method::GET, &format!("/users/{user}"), None, 404).await;
    app.asks(Method::GET, &format!("/conversations/{conversation}"), None, 404).await;
    let left = app.asks(Method::GET, &format!("/conversations/{group}/participants"), None, 200).await;
    assert_eq!(left["participants"].as_array().unwrap().len(), 1);
    assert_eq!(left["participants"][0]["userId"], json!(bob));

    let rows = app.rows().await;
    let refused = visitor.posts(&open_page, "still me").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.rows().await, rows, "an old token brings nobody back");
    let page = visitor.page().await;
    assert_eq!((page.status, page.conversation()), (StatusCode::OK, None), "the page begins anew");
    visitor.says("somebody new").await;
    let begun = visitor.page().await.conversation().unwrap();
    assert_ne!(app.author(&begun).await, user);
    app.asks(Method::DELETE, &format!("/users/{user}"), None, 404).await;
}

#[tokio::test]
async fn personal_information_goes_and_the_rest_stays() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let profile = json!({ "givenName": "Ann", "surname": "A", "email": "a@b.example", "avatarUrl": "https://a.example/a.png", "locale": "fr" });
    let patch = json!({ "profile": profile, "metadata": { "phone": "555" } });
    let before = app.asks(Method::PATCH, &format!("/users/{user}"), Some(patch), 200).await;
    app.execute(
        "UPDATE clients SET display_name = 'Ann', avatar_url = 'https://a', info = '{\"a\":1}', raw = '{\"b\":2}'",
    )
    .await;

    let after = app.asks(Method::DELETE, &format!("/users/{user}/personalinformation"), None, 200).await;
    assert_eq!(after["user"]["profile"], json!({ "locale": "fr" }));
    assert_eq!(after["user"]["metadata"], json!({}));
    assert_eq!(
        (&after["user"]["id"], &after["user"]["signedUpAt"]),
        (&before["user"]["id"], &before["user"]["signedUpAt"])
    );
    assert_eq!(app.asks(Method::GET, &format!("/users/{user}"), None, 200).await, after);
    let clients = app.asks(Method::GET, &format!("/users/{user}/clients"), None, 200).await;
    for gone in ["displayName", "avatarUrl", "info", "raw"] {
        assert_eq!(clients["clients"][0].get(gone), None, "{gone}");
    }
    let devices = app.asks(Method::GET, &format!("/users/{user}/devices"), None, 200).await;
    assert_eq!(devices["devices"][0].get("info"), None);
    assert_eq!(visitor.page().await.messages(), 1);
    app.asks(Method::DELETE, "/users/nobody/personalinformation", None, 404).await;
}

#[tokio::test]
async fn what_a_user_uploaded_goes_along() {
    let app = TestApp::start().await;
    let (_visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": [{ "userId": user }] })).await;
    let upload = async |conversation: &str| {
        let part = reqwest::multipart::Part::bytes(b"plain text".to_vec()).file_name("note.txt");
        let form = reqwest::multipart::Form::new().part("source", part);
        let path = format!("/attachments?access=public&for=message&conversationId={conversation}");
        let (status, made) = answer(app.api(Method::POST, &path).multipart(form)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["attachment"]["mediaUrl"].as_str().unwrap().to_owned()
    };
    let (own, groups) = (upload(&conversation).await, upload(&group).await);
    let status = async |url: &str| app.http.get(url).send().await.unwrap().status();
    assert_eq!((status(&own).await, status(&groups).await), (StatusCode::OK, StatusCode::OK));
    app.asks(Method::DELETE, &format!("/users/{user}"), None, 200).await;
    assert_eq!((status(&own).await, status(&groups).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    app.asks(Method::DELETE, &format!("/conversations/{group}"), None, 200).await;
    assert_eq!(status(&groups).await, StatusCode::NOT_FOUND);
}
