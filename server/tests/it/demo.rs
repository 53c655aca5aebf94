//! The demo's bot, as a newcomer meets it.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{DEADLINE, ParlorProcess, Visitor, answer, client};

/// The demo's app, as a program of its owner sees it.
struct Owner {
    url: String,
    app: String,
    key: (String, String),
}

impl Owner {
    /// Makes a key of its own beside the running server.
    fn of(data: &Path, parlor: &ParlorProcess) -> Self {
        let print = |arguments: &[&str]| -> Value {
            let output = ParlorProcess::over(data).args(arguments).arg("--json").output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice(&output.stdout).unwrap()
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let app = text(&print(&["app", "list"])["apps"][0]["appId"]);
        let key = print(&["key", "create", "--app", &app]);
        Self { url: parlor.url.clone(), app, key: (text(&key["keyId"]), text(&key["secret"])) }
    }

    async fn asks(&self, path: &str) -> Value {
        let url = format!("{}/v2/apps/{}{path}", self.url, self.app);
        let (status, body) =
            answer(client().request(Method::GET, url).basic_auth(&self.key.0, Some(&self.key.1))).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn integrations(&self, kind: &str) -> Vec<Value> {
        self.asks(&format!("/integrations?filter[types]={kind}")).await["integrations"].as_array().unwrap().clone()
    }

    /// The messages of `conversation` once one says what is `wanted`, oldest first.
    async fn messages_with(&self, conversation: &str, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let page = self.asks(&format!("/conversations/{conversation}/messages")).await;
            let messages = page["messages"].as_array().unwrap();
            if messages.iter().any(|message| wanted(&message["content"])) {
                return messages.clone();
            }
            assert!(begun.elapsed() < DEADLINE, "the bot says it in time: {page}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn says(word: &'static str) -> impl Fn(&Value) -> bool {
    move |content| content["text"].as_str().is_some_and(|text| text.contains(word))
}

/// A visitor of the demo, once its bot listens.
async fn visitor(owner: &Owner) -> Visitor {
    let begun = Instant::now();
    while owner.integrations("custom").await.is_empty()
        || owner.asks("").await["app"]["metadata"].get("demo/sea.webp").is_none()
    {
        assert!(begun.elapsed() < DEADLINE, "the bot comes up in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let page = owner.integrations("web").await[0]["id"].as_str().unwrap().parse().unwrap();
    Visitor::new(&owner.url, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_bot_shows_a_carousel_and_hears_its_buttons_also_after_a_restart() {
    let data = TempDir::new().unwrap();
    let parlor = ParlorProcess::demo(data.path());
    let owner = Owner::of(data.path(), &parlor);
    let visitor = visitor(&owner).await;
    visitor.says("Show me a carousel").await;
    let conversation = visitor.page().await.conversation().unwrap();

    let messages = owner.messages_with(&conversation, says("A carousel:")).await;
    assert!(says("I'm the demo bot")(&messages[1]["content"]), "it greets first: {messages:?}");
    let carousel = &messages[2];
    for item in carousel["content"]["items"].as_array().unwrap() {
        let picture = client().get(item["mediaUrl"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(
            (picture.status(), picture.headers()["content-type"].as_bytes()),
            (StatusCode::OK, &b"image/webp"[..])
        );
    }
    let page = visitor.page().await.html;
    assert!(page.contains("A weekend at the sea") && page.contains("class=\"replies\""), "the page shows it all");
    let read = owner.asks(&format!("/conversations/{conversation}")).await;
    assert!(read["conversation"]["businessLastRead"].is_string(), "{read}");

    let button = domain::ActionId::of(carousel["id"].as_str().unwrap().parse().unwrap(), 0).to_string();
    let token = visitor.page().await.field("visitor").unwrap_or_default();
    let press = client().post(visitor.path()).header("cookie", visitor.cookie_header());
    let press = press.form(&[("press", &button), ("visitor", &token)]).send().await.unwrap();
    assert_eq!(press.status(), StatusCode::SEE_OTHER);
    owner.messages_with(&conversation, says("\"CHOOSE_SEA\"")).await;

    let before = owner.integrations("custom").await;
    assert!(parlor.terminate().success(), "the bot does not hold the server up");
    let parlor = ParlorProcess::demo(data.path());
    let owner = Owner { url: parlor.url.clone(), ..owner };
    let visitor = visitor.moved_to(&parlor.url);
    visitor.says("What a nice picture").await;
    let messages = owner.messages_with(&conversation, says("A picture with a caption")).await;
    let greetings = messages.iter().filter(|message| says("I'm the demo bot")(&message["content"])).count();
    assert_eq!(greetings, 1, "whom it knows it does not greet again");
    assert_eq!(owner.integrations("custom").await, before, "it found its integration again");
    let picture = messages.iter().find(|message| message["content"]["type"] == "image").unwrap();
    let url = picture["content"]["mediaUrl"].as_str().unwrap();
    assert!(url.starts_with(&parlor.url), "pictures move with the server: {url}");
    assert_eq!(client().get(url).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_bot_shows_everything() {
    let data = TempDir::new().unwrap();
    let parlor = ParlorProcess::demo(data.path());
    let owner = Owner::of(data.path(), &parlor);
    let visitor = visitor(&owner).await;
    visitor.says("everything, please").await;
    let conversation = visitor.page().await.conversation().unwrap();
    let messages = owner.messages_with(&conversation, says("That was everything")).await;
    for kind in ["text", "carousel", "list", "form", "image", "file", "location", "template"] {
        assert!(messages.iter().any(|message| message["content"]["type"] == kind), "{kind}");
    }
    let file = messages.iter().find(|message| message["content"]["type"] == "file").unwrap();
    assert_eq!(file["content"]["mediaType"], "application/pdf");
}
