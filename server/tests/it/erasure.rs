//! People who are to be forgotten, and where they had left something.

use std::fs::File;
use std::process::Stdio;
use std::time::Instant;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{DEADLINE, ParlorProcess, TestApp, Visitor, answer};

impl TestApp {
    /// A group of the users `ann` and `bob`, and their ids.
    async fn group(&self) -> (String, String, String) {
        let (ann, bob) = (self.user("ann").await, self.user("bob").await);
        let member = |user: &str| json!({ "userId": user, "subscribeSDKClient": true });
        let group = json!({ "type": "sdkGroup", "participants": [member(&ann), member(&bob)] });
        let group = self.asks(Method::POST, "/conversations", Some(group), 201).await;
        (group["conversation"]["id"].as_str().unwrap().to_owned(), ann, bob)
    }

    async fn user_says(&self, conversation: &str, user: &str, name: &str, text: &str) {
        let body = json!({
            "author": { "type": "user", "userId": user, "displayName": name },
            "content": { "type": "text", "text": text },
        });
        self.asks(Method::POST, &format!("/conversations/{conversation}/messages"), Some(body), 201).await;
    }

    /// Waits until nothing is left to be forgotten.
    async fn has_forgotten(&self) {
        let begun = Instant::now();
        while self.database().number("SELECT count(*) FROM erasures").await > 0 {
            assert!(begun.elapsed() < DEADLINE, "it is done in time");
        }
    }

    async fn rows_like(&self, table: &str, column: &str, text: &str) -> i64 {
        self.database().number(&format!("SELECT count(*) FROM {table} WHERE {column} LIKE '%{text}%'")).await
    }
}

#[tokio::test]
async fn names_go_from_every_message_and_history_stays() {
    let app = TestApp::start().await;
    let (group, ann, bob) = app.group().await;
    for number in 0..230 {
        app.user_says(&group, &ann, "Ann Secret", &format!("{number}")).await;
    }
    app.user_says(&group, &bob, "Bob", "hello").await;
    let page = app.asks(Method::GET, &format!("/conversations/{group}/messages?page[size]=2"), None, 200).await;
    let deleted = page["messages"][0]["id"].as_str().unwrap();
    app.asks(Method::DELETE, &format!("/conversations/{group}/messages/{deleted}"), None, 200).await;
    app.asks(Method::DELETE, &format!("/users/{ann}/personalinformation"), None, 200).await;
    app.has_forgotten().await;
    for table in ["messages", "deleted_messages"] {
        assert_eq!(app.rows_like(table, "author", "Secret").await, 0, "{table}");
    }
    assert_eq!(
        (
            app.rows_like("messages", "author", "Bob").await,
            app.database().number("SELECT count(*) FROM messages").await
        ),
        (1, 230)
    );
    app.asks(Method::DELETE, &format!("/users/{bob}"), None, 200).await;
    app.has_forgotten().await;
    assert_eq!(app.rows_like("messages", "author", "Bob").await, 0, "who was deleted has no name in groups either");
    assert_eq!(app.texts(&group).await.last().unwrap(), "hello");
}

#[tokio::test]
async fn an_erasure_that_was_interrupted_goes_on_where_it_was() {
    let app = TestApp::start().await;
    let (group, ann, _) = app.group().await;
    for number in 0..3 {
        app.user_says(&group, &ann, "Ann Secret", &format!("{number}")).await;
    }
    app.execute(&format!(
        "INSERT INTO erasures (user_id, conversation_id, words, after_seq) VALUES ('{ann}', '{group}', FALSE, 1)"
    ))
    .await;
    app.has_forgotten().await;
    assert_eq!(app.rows_like("messages", "author", "Secret").await, 1, "what was done before is not done again");
}

#[tokio::test]
async fn who_is_erased_leaves_no_word_and_no_file() {
    let app = TestApp::start().await;
    let _hook = app.hook("https://crm.example/hook", &["conversation:message"]).await;
    let (group, ann, bob) = app.group().await;
    let file = Form::new().part("source", Part::bytes(b"Psst".to_vec()).file_name("psst.txt"));
    let upload = app.api(Method::POST, &format!("/attachments?access=public&for=message&conversationId={group}"));
    let (_, file) = answer(upload.multipart(file)).await;
    let file = file["attachment"]["mediaUrl"].as_str().unwrap().to_owned();
    app.execute(&format!("UPDATE attachments SET user_id = '{ann}'")).await;
    app.user_says(&group, &bob, "Bob", "one").await;
    app.user_says(&group, &ann, "Ann", "Psst.").await;
    let link = json!({ "externalId": "ann", "message": "Psst." });
    app.asks(Method::POST, &format!("/integrations/{}/links", app.made.integration), Some(link), 201).await;
    let mut erase = ParlorProcess::over(app.folder());
    erase.args(["user", "erase", &ann, "--json"]);
    // The server in this process goes on meanwhile.
    let output = tokio::task::spawn_blocking(move || erase.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), json!({ "id": ann }));
    assert_eq!(app.texts(&group).await, ["one"]);
    assert_eq!(app.http.get(&file).send().await.unwrap().status(), 404);
    let mut stored = 0;
    let mut folders = vec![app.folder().join("attachments")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { stored += 1 }
        }
    }
    assert_eq!(stored, 0);
    for (table, column) in [("messages", "content"), ("webhook_events", "payload"), ("links", "coalesce(message, '')")]
    {
        assert_eq!(app.rows_like(table, column, "Psst").await, 0, "{table}");
    }
    assert_eq!(app.database().number("SELECT message_count FROM conversations").await, 1);
    assert_eq!(app.database().number("SELECT sum(unread_count) FROM participants").await, 0);
    app.asks(Method::GET, &format!("/users/{ann}"), None, 404).await;
}

#[tokio::test]
async fn the_log_of_the_server_has_no_word_and_no_name() {
    let folder = TempDir::new().unwrap();
    let made = ParlorProcess::provision(folder.path());
    let log = folder.path().join("log");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let mut server = ParlorProcess::over(folder.path())
        .args(["serve", "--log", "debug", "--form-pause", "0s", "--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let written = || std::fs::read_to_string(&log).unwrap();
    let begun = Instant::now();
    while !written().contains("listening") {
        assert!(begun.elapsed() < DEADLINE, "the server starts in time");
    }
    let visitor = Visitor::new(&url, made["integrationId"].as_str().unwrap().parse().unwrap());
    visitor.says("Geheimwort").await;
    let file = Part::bytes(b"Geheimwort".to_vec()).file_name("Geheimwort.txt");
    visitor.posts_files(&visitor.page().await, "Geheimwort", vec![("file", file)]).await;
    let api = |method: Method, path: &str| {
        let request = crate::support::client()
            .request(method, format!("{url}/v2/apps/{}{path}", made["appId"].as_str().unwrap()));
        request.basic_auth(made["keyId"].as_str().unwrap(), made["secret"].as_str())
    };
    let person = json!({ "externalId": "x1", "profile": { "givenName": "Geheimwort", "email": "geheim@example.com" } });
    assert_eq!(answer(api(Method::POST, "/users").json(&person)).await.0, 201);
    let taken = answer(api(Method::POST, "/users").json(&person)).await;
    assert_eq!(taken.0, 409, "{}", taken.1);
    let conversation = visitor.page().await.conversation().unwrap();
    let nonsense =
        json!({ "author": { "type": "business", "displayName": "Geheimwort" }, "content": { "type": "Geheimwort" } });
    let refused = answer(api(Method::POST, &format!("/conversations/{conversation}/messages")).json(&nonsense)).await;
    assert_eq!(refused.0, 400);
    server.kill().unwrap();
    server.wait().unwrap();
    let log = written().to_lowercase();
    assert!(log.lines().count() > 3 && !log.contains("geheim"), "{log}");
}
