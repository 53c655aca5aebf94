//! All that is kept of a user, for programs and for people.

use reqwest::multipart::Part;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{ParlorProcess, TestApp, Visitor};

const HOSTILE: &str = "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

async fn user_of(app: &TestApp, conversation: &str) -> String {
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    page["messages"][0]["author"]["userId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_export_has_everything_that_is_kept_of_a_user() {
    let app = TestApp::start().await;
    let (ann, conversation) = app.visitor_in_conversation().await;
    let user = user_of(&app, &conversation).await;
    let profile = json!({ "externalId": "ann", "profile": { "givenName": "Ann" }, "metadata": { "tier": "gold" } });
    app.asks(
        Method::PATCH,
        &format!("/users/{user}"),
        Some(json!({ "profile": profile["profile"], "metadata": profile["metadata"] })),
        200,
    )
    .await;
    let file = Part::bytes(b"words".to_vec()).file_name("letter.txt");
    ann.posts_files(&ann.page().await, "", vec![("file", file)]).await;
    for number in 0..250 {
        app.business_says(&conversation, &format!("number {number}")).await;
    }
    let group = json!({ "type": "sdkGroup", "participants": [{ "userId": user, "subscribeSDKClient": false }] });
    let group = app.asks(Method::POST, "/conversations", Some(group), 201).await["conversation"]["id"].clone();
    let (_, strangers) = app.visitor_in_conversation().await;

    let export = app.asks(Method::GET, &format!("/users/{user}/export"), None, 200).await;
    assert_eq!(export["user"]["profile"]["givenName"], "Ann");
    assert_eq!(export["user"]["metadata"], json!({ "tier": "gold" }));
    assert_eq!(export["clients"][0]["type"], "sdk");
    assert_eq!(export["sessions"][0]["integrationId"], json!(app.made.integration));
    let file = &export["attachments"][0];
    assert_eq!((&file["name"], &file["size"]), (&json!("letter.txt"), &json!(5)));
    let letter = app.http.get(file["mediaUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(letter.text().await.unwrap(), "words");
    let conversations = export["conversations"].as_array().unwrap();
    let ids: Vec<&Value> = conversations.iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&json!(conversation), &group]);
    let messages = conversations[0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 252);
    assert_eq!(
        (&messages[0]["content"]["text"], &messages[251]["content"]["text"]),
        (&json!("hello"), &json!("number 249"))
    );
    assert_eq!(conversations[0]["participants"][0]["userId"], user);
    assert_eq!(
        (&conversations[1]["messages"], &conversations[1]["participants"][0]["userId"]),
        (&json!([]), &json!(user))
    );
    assert!(!export.to_string().contains(&strangers));

    let nobody = app.asks(Method::POST, "/users", Some(json!({ "externalId": "new" })), 201).await;
    let export = app.asks(Method::GET, "/users/new/export?format=json", None, 200).await;
    assert_eq!((&export["user"], &export["conversations"]), (&nobody["user"], &json!([])));
    app.asks(Method::GET, "/users/somebody/export", None, 404).await;
    let refused = app.asks(Method::GET, "/users/new/export?format=pdf", None, 400).await;
    assert!(refused["errors"][0]["title"].as_str().unwrap().starts_with("format"));
}

#[tokio::test]
async fn the_page_of_an_export_is_inert_whatever_was_said() {
    let app = TestApp::start().await;
    let (ann, conversation) = app.visitor_in_conversation().await;
    let user = user_of(&app, &conversation).await;
    let change = json!({ "profile": { "givenName": HOSTILE }, "metadata": { "note": HOSTILE } });
    app.asks(Method::PATCH, &format!("/users/{user}"), Some(change), 200).await;
    let name = json!({ "displayName": HOSTILE, "description": HOSTILE });
    app.asks(Method::PATCH, &format!("/conversations/{conversation}"), Some(name), 200).await;
    ann.says(HOSTILE).await;
    ann.posts_files(&ann.page().await, HOSTILE, vec![("file", Part::bytes(b"x".to_vec()).file_name(HOSTILE))]).await;
    let link = json!({ "type": "link", "text": HOSTILE, "uri": "https://a.example/?<script>" });
    let item = json!({ "title": HOSTILE, "actions": [link] });
    let rich = json!({ "author": { "type": "business", "displayName": HOSTILE }, "content": { "type": "carousel", "items": [item] } });
    app.asks(Method::POST, &format!("/conversations/{conversation}/messages"), Some(rich), 201).await;
    for request in [
        app.api(Method::GET, &format!("/users/{user}/export?format=html")),
        app.api(Method::GET, &format!("/users/{user}/export")).header("accept", "text/html,*/*"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (StatusCode::OK, &"text/html; charset=utf-8".parse().unwrap())
        );
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
        let html = answer.text().await.unwrap();
        for tag in ["<script", "<img", "<form", "<iframe", "javascript:"] {
            assert!(!html.contains(tag), "{tag}: {html}");
        }
        assert!(html.matches("&lt;script&gt;alert(1)").count() >= 6, "{html}");
        assert_eq!((html.matches("</style>").count(), html.matches("</title>").count()), (1, 1));
        assert!(html.contains("<p dir=\"auto\">hello</p>") && html.ends_with("</html>\n"));
    }
}

#[tokio::test]
async fn the_operator_exports_on_the_command_line() {
    let folder = TempDir::new().unwrap();
    let made = ParlorProcess::provision(folder.path());
    let parlor = ParlorProcess::serve(folder.path());
    let visitor = Visitor::new(&parlor.url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("hello").await;
    let conversation = visitor.page().await.conversation().unwrap();
    let key = (made["keyId"].as_str().unwrap(), made["secret"].as_str());
    let url =
        format!("{}/v2/apps/{}/conversations/{conversation}/messages", parlor.url, made["appId"].as_str().unwrap());
    let page: Value = serde_json::from_str(
        &crate::support::client().get(url).basic_auth(key.0, key.1).send().await.unwrap().text().await.unwrap(),
    )
    .unwrap();
    let user = page["messages"][0]["author"]["userId"].as_str().unwrap();
    let export = |more: &[&str]| {
        let output = ParlorProcess::over(folder.path()).args(["user", "export", user]).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: Value = serde_json::from_str(&export(&[])).unwrap();
    assert_eq!(json["conversations"][0]["messages"][0]["content"]["text"], "hello");
    assert!(export(&["--html"]).contains("<p dir=\"auto\">hello</p>"));
}
