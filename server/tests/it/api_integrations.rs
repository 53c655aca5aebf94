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
    assert_eq!((status, &after["integration"]["brandColor"]), (StatusCode::OK, &json!("00aaff")));
    assert_eq!(answer(app.api(Method::GET, &path)).await.1, after);
    let page = app.anonymous().page().await;
    assert!(page.html.contains("Café &lt;b&gt;") && page.html.contains("--brand:#00aaff"), "{}", page.html);
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
    ] {
        let (status, answer) = answer(app.api(Method::PATCH, &path).json(&patch)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{patch}");
        assert!(answer["errors"][0]["title"].as_str().unwrap().contains(names), "{answer}");
    }
    assert_eq!(answer(app.api(Method::GET, &path)).await.1, before);
}
