//! A server of one's own for each test, and the people who use it.

mod database;
mod feed;
mod hook_receiver;
mod hooks;
mod nats;
mod process;
mod s3;
mod visitor;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode, redirect};
use serde_json::{Value, json};
use server::Server;
use server::chat::Provisioned;
use server::config::Config;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub use database::{TestDatabase, postgres};
pub use feed::Feed;
pub use hook_receiver::{Call, HookReceiver, Reply};
pub use hooks::{RETRIES, integration_of_type};
pub use nats::NatsServer;
pub use process::ParlorProcess;
pub use s3::Bucket;
pub use visitor::{Page, Visitor};

/// Long enough for a busy machine; a test that waits this long has failed.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// What a server is started with.
#[derive(Parser)]
pub struct Flags {
    #[command(flatten)]
    pub config: Config,
}

/// A running server with an app of its own, a database in a folder of its own, and a free port.
pub struct TestApp {
    pub url: String,
    pub made: Provisioned,
    pub http: Client,
    server: server::chat::Chat,
    draining: CancellationToken,
    stopped: tokio::task::JoinHandle<anyhow::Result<()>>,
    folder: Arc<TempDir>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with further flags.
    pub async fn start_with(flags: &[&str]) -> Self {
        Self::start_in(TempDir::new().unwrap(), flags).await
    }

    /// Starts on the data in `folder`.
    pub async fn start_in(folder: TempDir, flags: &[&str]) -> Self {
        Self::serve(Arc::new(folder), None, flags).await
    }

    /// One more server on the same data, for the same app.
    pub async fn start_beside(&self, flags: &[&str]) -> Self {
        Self::serve(self.folder.clone(), Some(self.made.clone()), flags).await
    }

    async fn serve(folder: Arc<TempDir>, made: Option<Provisioned>, flags: &[&str]) -> Self {
        let data = folder.path().display().to_string();
        let usual = ["test", "--listen", "127.0.0.1:0", "--data-dir", &data];
        // Visitors of tests are quicker than people.
        let quick = if flags.contains(&"--form-pause") { &[][..] } else { &["--form-pause", "0s"] };
        let url = TestDatabase::of(folder.path()).url().await;
        let database: Vec<&str> = url.iter().flat_map(|url| ["--database-url", url]).collect();
        let config = Flags::parse_from([&usual, &database[..], quick, flags].concat()).config;
        let draining = CancellationToken::new();
        let server = Server::bind(&config, draining.clone()).await.unwrap();
        let made = match made {
            Some(made) => made,
            None => server.chat().provision("Tea & Co").await.unwrap(),
        };
        let (url, chat) = (server.site().url.clone(), server.chat().clone());
        let stopped = tokio::spawn(server.run());
        Self { url, made, http: client(), server: chat, draining, stopped, folder }
    }

    pub fn chat(&self) -> &server::chat::Chat {
        &self.server
    }

    pub fn database(&self) -> TestDatabase {
        TestDatabase::of(self.folder.path())
    }

    /// Where the server keeps its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A browser that nobody has seen before.
    pub fn anonymous(&self) -> Visitor {
        Visitor::new(&self.url, self.made.integration)
    }

    /// A visitor who has said "hello".
    pub async fn visitor_in_conversation(&self) -> (Visitor, String) {
        let visitor = self.anonymous();
        visitor.says("hello").await;
        let conversation = visitor.page().await.conversation().unwrap();
        (visitor, conversation)
    }

    /// A request with the app's key, below the app's path.
    pub fn api(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v2/apps/{}{path}", self.url, self.made.app);
        self.http.request(method, url).basic_auth(self.made.key.id.as_str(), Some(&self.made.key.secret))
    }

    /// Asks the API as the app, expects `status`, and gives the answer.
    pub async fn asks(&self, method: Method, path: &str, body: Option<Value>, status: u16) -> Value {
        let request = self.api(method.clone(), path);
        let request = if let Some(body) = &body { request.json(body) } else { request };
        let (got, answer) = answer(request).await;
        assert_eq!(got.as_u16(), status, "{method} {path} {body:?}: {answer}");
        answer
    }

    /// The id of a new user with this external id.
    pub async fn user(&self, external_id: &str) -> String {
        let made = self.asks(Method::POST, "/users", Some(json!({ "externalId": external_id })), 201).await;
        made["user"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a new conversation.
    pub async fn conversation(&self, body: Value) -> String {
        let made = self.asks(Method::POST, "/conversations", Some(body), 201).await;
        made["conversation"]["id"].as_str().unwrap().to_owned()
    }

    /// The user who wrote the first message of `conversation`.
    pub async fn author(&self, conversation: &str) -> String {
        let page = self.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
        page["messages"][0]["author"]["userId"].as_str().unwrap().to_owned()
    }

    /// A request with this key, of a path below the server's own.
    pub fn call(&self, key: (&str, &str), method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).basic_auth(key.0, Some(key.1))
    }

    /// A request with the account's key, below the app's path.
    pub fn account(&self, method: Method, path: &str) -> RequestBuilder {
        let key = &self.made.account_key;
        self.call((key.id.as_str(), &key.secret), method, &format!("/v2/apps/{}{path}", self.made.app))
    }

    /// A custom integration and a key of it.
    pub async fn custom_integration(&self) -> (String, domain::ApiKey) {
        use server::chat::{KeyOwner, Scope};
        let settings = domain::IntegrationSettings::Custom;
        let made = self.server.create_integration(
            Scope::of_app(self.made.app),
            settings,
            domain::IntegrationPatch::default(),
            None,
        );
        let id = made.await.unwrap().0.id;
        let key =
            self.server.create_key(Some(KeyOwner::Integration(self.made.app, id)), "Bot".to_owned()).await.unwrap();
        (id.to_string(), key)
    }

    /// A request of the older API with the app's key, in the short form.
    pub fn v1(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/v1.1{path}", self.url));
        request.basic_auth(self.made.key.id.as_str(), Some(&self.made.key.secret))
    }

    /// Says `text` as the business; gives the message as the API answered.
    pub async fn business_says(&self, conversation: &str, text: &str) -> Value {
        let body = json!({ "author": { "type": "business", "displayName": "Ann" }, "content": { "type": "text", "text": text } });
        let path = format!("/conversations/{conversation}/messages");
        let (status, answer) = answer(self.api(Method::POST, &path).json(&body)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["messages"][0].clone()
    }

    /// The texts of a conversation's newest page.
    pub async fn texts(&self, conversation: &str) -> Vec<String> {
        let (_, page) = answer(self.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["content"]["text"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Rows in every table that a visitor could cause.
    pub async fn rows(&self) -> i64 {
        rows(&self.database()).await
    }

    /// A number that the database knows.
    pub async fn number(&self, sql: &str) -> i64 {
        self.database().number(sql).await
    }

    /// Changes the database behind the server's back.
    pub async fn execute(&self, sql: &str) {
        self.database().execute(sql).await;
    }

    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Waits until the server has stopped by itself.
    pub async fn stopped(self) {
        tokio::time::timeout(DEADLINE, self.stopped).await.expect("the server stops in time").unwrap().unwrap();
    }
}

/// Status and JSON body of an answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    assert_eq!(kind.as_deref(), Some("application/json; charset=utf-8"), "{status} {text}");
    (status, serde_json::from_str(&text).unwrap())
}

/// `text` as one segment of a path.
pub fn percent_encoded(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

pub async fn rows(database: &TestDatabase) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM clients) + (SELECT count(*) FROM sessions)
        + (SELECT count(*) FROM conversations) + (SELECT count(*) FROM participants) + (SELECT count(*) FROM log)
        + (SELECT count(*) FROM messages)";
    database.number(sql).await
}

pub fn client() -> Client {
    browser().build().unwrap()
}

fn browser() -> ClientBuilder {
    Client::builder().user_agent("Test browser").redirect(redirect::Policy::none()).timeout(DEADLINE)
}
