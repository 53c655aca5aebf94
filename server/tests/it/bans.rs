//! Bans: whoever is banned reads what was said, and nothing new is taken from them.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{DEADLINE, Feed, ParlorProcess, TestApp, Visitor};

const WORDS: &str = "You can’t send messages here.";

/// The user who wrote in `conversation`.
async fn user_of(app: &TestApp, conversation: &str) -> String {
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    page["messages"][0]["author"]["userId"].as_str().unwrap().to_owned()
}

async fn ban(app: &TestApp, body: Value) -> String {
    app.asks(Method::POST, "/bans", Some(body), 201).await["ban"]["id"].as_str().unwrap().to_owned()
}

/// Calls `/fn/{name}` as a page of `visitor` does.
async fn call(app: &TestApp, visitor: &Visitor, name: &str, arguments: Value) -> (StatusCode, Value) {
    let mut body = arguments;
    body["visitor"] = json!({ "integration": visitor.integration, "surface": "chat" });
    let request = app.http.post(format!("{}/fn/{name}", app.url)).header("cookie", visitor.cookie_header());
    let answer = request.json(&body).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

fn jwt_of(app: &TestApp, name: &str) -> String {
    let key = &app.made.key;
    let now = app.chat().clock().now().millis() / 1000;
    let claims = json!({ "scope": "user", "external_id": name, "exp": now + 3600 });
    let header = Header { kid: Some(key.id.as_str().to_owned()), ..Header::new(Algorithm::HS256) };
    encode(&header, &claims, &EncodingKey::from_secret(key.secret.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_banned_user_reads_and_does_not_write() {
    let app = TestApp::start().await;
    let (ann, conversation) = app.visitor_in_conversation().await;
    let (bob, _) = app.visitor_in_conversation().await;
    let before = ann.page().await;
    let mut feed = ann.listen(None).await;
    let user = user_of(&app, &conversation).await;
    let id = ban(&app, json!({ "userId": user, "reason": "insults" })).await;

    assert_eq!(feed.close_code().await, Some(4408), "who listens is cut off");
    assert_eq!(ann.connects().await.close_code().await, Some(4401), "and not let in again");
    let refused = ann.posts(&before, "you again").await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, WORDS));
    let page = ann.page().await;
    assert_eq!((page.status, page.messages(), page.problem()), (StatusCode::OK, 1, WORDS));
    assert!(page.html.split("<textarea").nth(1).unwrap().split('>').next().unwrap().contains(" disabled"));
    assert!(!page.html.contains("insults"), "the reason is not for visitors");
    let say = json!({ "client_id": "again", "say": { "text": "you" } });
    let (status, problem) = call(&app, &ann, "send_message", say).await;
    assert_eq!((status, problem), (StatusCode::FORBIDDEN, json!("banned")));
    let (status, _) = call(&app, &ann, "mark_read", json!({ "conversation": conversation })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let older = json!({ "conversation": conversation, "before": 9 });
    assert_eq!(call(&app, &ann, "older_messages", older).await.0, StatusCode::OK, "what was said stays theirs to read");
    let login = ann.submits("/login", &[("jwt", &jwt_of(&app, "somebody-else"))]).await;
    assert_eq!(login.status, StatusCode::FORBIDDEN, "{}", login.html);
    assert_eq!(app.texts(&conversation).await, ["hello"]);
    let metrics = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("parlor_banned_total"), "{metrics}");
    bob.says("I may").await;

    app.asks(Method::DELETE, &format!("/bans/{id}"), None, 200).await;
    assert_eq!(ann.page().await.problem(), "");
    ann.says("sorry").await;
    assert_eq!(app.texts(&conversation).await, ["hello", "sorry"]);
}

#[tokio::test]
async fn another_browser_does_not_get_around_a_ban() {
    let app = TestApp::start().await;
    let ann = app.asks(Method::POST, "/users", Some(json!({ "externalId": "ann" })), 201).await;
    ban(&app, json!({ "userId": ann["user"]["id"] })).await;
    let login = app.anonymous().submits("/login", &[("jwt", &jwt_of(&app, "ann")), ("externalId", "ann")]).await;
    assert_eq!(login.status, StatusCode::FORBIDDEN);

    let path = format!("/integrations/{}/links", app.made.integration);
    let link = app.asks(Method::POST, &path, Some(json!({ "externalId": "ann" })), 201).await;
    let query = format!("?link={}", link["link"]["slug"].as_str().unwrap());
    let newcomer = app.anonymous();
    let page = newcomer.open(&query).await;
    let refused = newcomer.posts_at(&query, &page, "it is only me").await;
    assert_eq!((refused.status, refused.problem()), (StatusCode::FORBIDDEN, WORDS));

    // Two become one, and the ban is of that one.
    let (sam, conversation) = app.visitor_in_conversation().await;
    let survivor = user_of(&app, &conversation).await;
    let merge = app.http.post(format!("{}/v1.1/apps/{}/appusers/merge", app.url, app.made.app));
    let merge = merge.basic_auth(app.made.key.id.as_str(), Some(&app.made.key.secret)).json(&json!({
        "surviving": { "_id": survivor }, "discarded": { "_id": ann["user"]["id"] },
    }));
    let merged = merge.send().await.unwrap();
    assert_eq!(merged.status(), StatusCode::OK, "{}", merged.text().await.unwrap());
    let listed = app.asks(Method::GET, "/bans", None, 200).await;
    assert_eq!(listed["bans"][0]["userId"], survivor);
    assert_eq!(sam.page().await.problem(), WORDS);
}

#[tokio::test]
async fn a_network_is_banned_with_all_who_come_from_there() {
    let app = TestApp::start_with(&["--trusted-proxies", "127.0.0.0/8"]).await;
    let (ann, conversation) = app.visitor_in_conversation().await;
    let page = ann.page().await;
    let events = format!("{}/events?integration={}", app.url.replacen("http", "ws", 1), app.made.integration);
    let cookie = ann.cookie_header();
    let mut feed = Feed::connect(&events, &[("cookie", &cookie), ("x-forwarded-for", "203.0.113.5")]).await;
    feed.say(&json!({ "type": "hello", "since": {} })).await;
    assert_eq!(feed.next().await.unwrap()["type"], "hello");
    for prefix in ["203.0.113.77/24", "2001:db8:1::/48"] {
        ban(&app, json!({ "prefix": prefix })).await;
    }
    let posts = |from: &str, id: &str| {
        let form = [("client_id", id.to_owned()), ("visitor", String::new()), ("text", format!("from {from}"))];
        let request = app.http.post(ann.path()).header("cookie", ann.cookie_header()).form(&form);
        request.header("x-forwarded-for", from.to_owned()).send()
    };
    for (from, status) in
        [("203.0.113.255", 403), ("2001:db8:1:9::1", 403), ("203.0.114.1", 303), ("2001:db8:2::1", 303)]
    {
        assert_eq!(posts(from, &from.replace([':', '.'], "-")).await.unwrap().status().as_u16(), status, "{from}");
    }
    let from_there = |method: Method, path: String| {
        app.http.request(method, path).header("cookie", ann.cookie_header()).header("x-forwarded-for", "203.0.113.5")
    };
    let read = from_there(Method::GET, ann.path()).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK);
    let read = read.text().await.unwrap();
    assert!(read.contains("hello") && read.contains(WORDS), "{read}");
    let upload = reqwest::multipart::Form::new()
        .text("client_id", "file")
        .text("text", "")
        .part("file", reqwest::multipart::Part::bytes(b"words".to_vec()).file_name("a.txt"));
    let upload = from_there(Method::POST, format!("{}/upload", ann.path())).multipart(upload).send().await.unwrap();
    assert_eq!((upload.status(), upload.text().await.unwrap().as_str()), (StatusCode::FORBIDDEN, "\"banned\""));
    let listen = from_there(Method::GET, events.replacen("ws", "http", 1)).send().await.unwrap();
    assert_eq!(listen.status(), StatusCode::FORBIDDEN);
    feed.say(&json!({ "type": "typing", "conversation": conversation, "on": true })).await;
    assert_eq!(app.texts(&conversation).await, ["hello", "from 203.0.114.1", "from 2001:db8:2::1"]);
    assert!(page.status.is_success());
    assert_eq!(feed.close_code().await, Some(4401), "a listener from there ends with its next heartbeat");
}

#[tokio::test]
async fn bans_are_listed_replaced_and_lifted() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let user = user_of(&app, &conversation).await;
    let first = ban(&app, json!({ "prefix": "2001:db8::1" })).await;
    let second = ban(&app, json!({ "userId": user })).await;
    let again =
        app.asks(Method::POST, "/bans", Some(json!({ "userId": user, "reason": "worse" })), 201).await["ban"].clone();
    let page = app.asks(Method::GET, "/bans?page[size]=1", None, 200).await;
    assert_eq!(
        page["bans"],
        json!([{ "id": first, "prefix": "2001:db8::1/128", "createdAt": page["bans"][0]["createdAt"] }])
    );
    let rest = app.asks(Method::GET, &format!("/bans?page[after]={first}"), None, 200).await;
    assert_eq!(rest["bans"], json!([again]), "a later ban takes the place of the one before");
    app.asks(Method::GET, &format!("/bans/{second}"), None, 404).await;
    for (body, title) in [
        (json!({}), "userId or prefix is required"),
        (json!({ "prefix": "here" }), "prefix should be an address or a network such as 203.0.113.0/24"),
        (json!({ "userId": user, "expiresAt": "2001-01-01T00:00:00Z" }), "expiresAt should lie in the future"),
    ] {
        let refused = app.asks(Method::POST, "/bans", Some(body), 400).await;
        assert_eq!(refused["errors"][0]["title"], title);
    }
    let nobody = json!({ "userId": "65f0a1b2c3d4e5f6aabbccdd" });
    assert_eq!(app.asks(Method::POST, "/bans", Some(nobody), 404).await["errors"][0]["code"], "user_not_found");
    app.asks(Method::DELETE, &format!("/bans/{first}"), None, 200).await;
    app.asks(Method::DELETE, &format!("/bans/{first}"), None, 404).await;
    app.asks(Method::DELETE, &format!("/users/{user}"), None, 200).await;
    assert_eq!(app.asks(Method::GET, "/bans", None, 200).await["bans"], json!([]), "a ban goes with its user");
}

/// Runs `parlor ban` with `arguments` over `data`; gives what it prints.
fn parlor_ban(data: &TempDir, arguments: &[&str]) -> Value {
    let output = ParlorProcess::over(data.path()).arg("ban").args(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_operator_bans_on_the_command_line() {
    let folder = TempDir::new().unwrap();
    let made = ParlorProcess::provision(folder.path());
    let app = made["appId"].as_str().unwrap();
    let parlor = ParlorProcess::serve(folder.path());
    let visitor = Visitor::new(&parlor.url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("hello").await;
    let banned = parlor_ban(&folder, &["add", "--app", app, "--prefix", "127.0.0.0/8", "--expires-in", "1h"]);
    assert_eq!(banned["banned"], "127.0.0.0/8");
    until(async || visitor.page().await.problem() == WORDS).await;
    assert_eq!(parlor_ban(&folder, &["list", "--app", app])["bans"], json!([banned]));
    parlor_ban(&folder, &["remove", banned["id"].as_str().unwrap(), "--app", app]);
    until(async || visitor.page().await.problem().is_empty()).await;
    assert_eq!(parlor_ban(&folder, &["list", "--app", app])["bans"], json!([]));
}

/// Asks until it is so.
async fn until(is_so: impl AsyncFn() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < DEADLINE, "in time");
    }
}
