//! Users, as the business makes and finds them.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer};

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
        (json!({ "externalId": "ann" }), 409, "exists"),
        (json!({}), 400, "externalId"),
        (json!({ "externalId": 7 }), 400, "externalId"),
        (json!({ "externalId": "" }), 400, "externalId"),
        (json!({ "externalId": "x".repeat(1025) }), 400, "externalId"),
        (json!({ "externalId": "b", "signedUpAt": "yesterday" }), 400, "signedUpAt"),
        (json!({ "externalId": "b", "profile": { "email": "nobody" } }), 400, "profile.email"),
        (json!({ "externalId": "b", "metadata": { "a": [] } }), 400, "metadata.a"),
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
