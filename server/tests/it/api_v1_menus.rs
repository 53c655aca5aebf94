//! Menus and templates: what only the older API has.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer};

#[tokio::test]
async fn a_menu_is_set_and_removed() {
    let app = TestApp::start().await;
    let empty = json!({ "menu": { "items": [] } });
    let page = format!("/integrations/{}/menu", app.made.integration);
    let menu = json!({ "items": [
        { "type": "link", "text": "Shop", "uri": "https://shop.example" },
        { "type": "submenu", "text": "More", "items": [{ "type": "postback", "text": "Help", "payload": "HELP" }] },
    ] });
    for (path, set) in [("/menu", Method::PUT), (page.as_str(), Method::POST)] {
        assert_eq!(answer(app.v1(Method::GET, path)).await, (StatusCode::OK, empty.clone()));
        let created = if set == Method::POST { StatusCode::CREATED } else { StatusCode::OK };
        let (status, made) = answer(app.v1(set, path).json(&menu)).await;
        assert_eq!((status, &made["menu"]["items"][0]["text"]), (created, &json!("Shop")), "{made}");
        assert_ne!(made["menu"]["items"][0]["_id"], made["menu"]["items"][1]["items"][0]["_id"]);
        assert_eq!(answer(app.v1(Method::GET, path)).await.1, made);
        let (status, changed) = answer(app.v1(Method::PUT, path).json(&json!({ "items": [] }))).await;
        assert_eq!((status, changed), (StatusCode::OK, empty.clone()));
        answer(app.v1(Method::PUT, path).json(&menu)).await;
        assert_eq!(answer(app.v1(Method::DELETE, path)).await, (StatusCode::OK, empty.clone()));
        assert_eq!(answer(app.v1(Method::GET, path)).await.1, empty);
    }
}

#[tokio::test]
async fn a_bad_menu_is_refused_by_name() {
    let app = TestApp::start().await;
    for (item, names) in [
        (json!({ "type": "link", "text": "Shop" }), "items[0].uri"),
        (json!({ "type": "postback", "text": "Help" }), "items[0].payload"),
        (json!({ "type": "submenu", "text": "More" }), "items[0].items"),
        (json!({ "type": "dance", "text": "More" }), "items[0].type"),
    ] {
        let (status, refused) = answer(app.v1(Method::PUT, "/menu").json(&json!({ "items": [item] }))).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")));
        assert!(refused["error"]["description"].as_str().unwrap().starts_with(names), "{names}: {refused}");
    }
    for id in ["65f0a1b2c3d4e5f6aabbccdd", "nonsense"] {
        let (status, refused) = answer(app.v1(Method::GET, &format!("/integrations/{id}/menu"))).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::NOT_FOUND, &json!("integration_not_found")));
    }
}

#[tokio::test]
async fn templates_are_kept_under_a_name() {
    let app = TestApp::start().await;
    let template =
        |name: &str| json!({ "name": name, "message": { "role": "appMaker", "type": "text", "text": "Hi" } });
    let (status, made) = answer(app.v1(Method::POST, "/templates").json(&template("hello"))).await;
    assert_eq!((status, &made["template"]["message"]), (StatusCode::CREATED, &template("")["message"]), "{made}");
    assert_eq!(answer(app.v1(Method::POST, "/templates").json(&template("hello"))).await.0, StatusCode::CONFLICT);
    answer(app.v1(Method::POST, "/templates").json(&template("bye"))).await;
    let (_, first) = answer(app.v1(Method::GET, "/templates?limit=1")).await;
    let (_, second) = answer(app.v1(Method::GET, "/templates?limit=1&offset=1")).await;
    assert_eq!((&first["hasMore"], &first["offset"]), (&json!(true), &json!(0)));
    assert_eq!((&second["hasMore"], &second["offset"]), (&json!(false), &json!(1)));
    // Two templates of one moment come in either order.
    assert_ne!(first["templates"], second["templates"]);
    let both = [&first["templates"], &second["templates"]];
    assert!(both.contains(&&json!([made["template"]])), "{first} {second}");
    let path = format!("/templates/{}", made["template"]["_id"].as_str().unwrap());
    let (status, renamed) = answer(app.v1(Method::PUT, &path).json(&json!({ "name": "greeting" }))).await;
    assert_eq!((status, &renamed["template"]["message"]), (StatusCode::OK, &made["template"]["message"]));
    assert_eq!(answer(app.v1(Method::GET, &path)).await.1, renamed);
    assert_eq!(answer(app.v1(Method::PUT, &path).json(&json!({ "name": "bye" }))).await.0, StatusCode::CONFLICT);
    assert_eq!(answer(app.v1(Method::DELETE, &path)).await, (StatusCode::OK, json!({})));
    assert_eq!(answer(app.v1(Method::GET, &path)).await.0, StatusCode::NOT_FOUND);
    for body in [
        json!({ "name": "x" }),
        json!({ "name": "x", "message": { "type": "hologram" } }),
        json!({ "name": "", "message": { "type": "text", "text": "a" } }),
    ] {
        assert_eq!(answer(app.v1(Method::POST, "/templates").json(&body)).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(answer(app.v1(Method::GET, "/templates?limit=0")).await.0, StatusCode::BAD_REQUEST);
}
