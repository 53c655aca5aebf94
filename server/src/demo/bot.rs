//! What the bot does with what it is told.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::api::{Api, CallError};
use super::files::Files;
use super::samples::{CHOICE, answer, greeting, offering};
use super::wish::Wish;
use crate::telemetry::causes;

/// For how long it types before it answers, and where typing is what it is asked for.
const TYPING: Duration = Duration::from_millis(400);
const LONG_TYPING: Duration = Duration::from_secs(2);
/// Events that are remembered, so that one told twice is answered once.
const REMEMBERED: usize = 1000;

pub struct Bot {
    api: Api,
    secret: String,
    files: Files,
    site: String,
    answered: Mutex<Answered>,
}

/// The events answered last.
#[derive(Default)]
struct Answered {
    ids: HashSet<String>,
    in_order: VecDeque<String>,
}

impl Answered {
    fn add(&mut self, id: &str) {
        if self.ids.insert(id.to_owned()) {
            self.in_order.push_back(id.to_owned());
        }
        if self.in_order.len() > REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

pub fn routes(bot: Arc<Bot>) -> Router {
    Router::new().route("/", post(told)).with_state(bot)
}

/// What happened. The events of a conversation come one by one: the next one only once this is answered with success.
async fn told(State(bot): State<Arc<Bot>>, headers: HeaderMap, body: String) -> StatusCode {
    let key = headers.get("x-api-key").map_or(&b""[..], |key| key.as_bytes());
    if !bool::from(key.ct_eq(bot.secret.as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = serde_json::from_str::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    for event in body["events"].as_array().into_iter().flatten() {
        if let Err(error) = bot.hear(event).await {
            tracing::warn!(error = causes(&error), "the demo bot can't answer");
            // Told again, it goes on where it was: what is said already carries a key. Of the other status no webhook tells again.
            return if error.is_passing() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
        }
    }
    StatusCode::OK
}

impl Bot {
    pub fn new(api: Api, secret: String, files: Files, site: String) -> Self {
        Self { api, secret, files, site, answered: Mutex::default() }
    }

    async fn hear(&self, event: &Value) -> Result<(), CallError> {
        let (Some(id), Some(conversation)) = (event["id"].as_str(), event["payload"]["conversation"]["id"].as_str())
        else {
            return Ok(());
        };
        if self.answered.lock().unwrap_or_else(PoisonError::into_inner).ids.contains(id) {
            return Ok(());
        }
        let talk = Talk { bot: self, event: id, conversation };
        let payload = &event["payload"];
        match event["type"].as_str().unwrap_or_default() {
            "conversation:create" => talk.begin(payload).await?,
            "conversation:message" if payload["message"]["author"]["type"] == "user" => {
                talk.answer(&payload["message"]).await?;
            }
            "conversation:postback" => talk.pressed(&payload["postback"]).await?,
            "conversation:referral" => talk.came_by(&payload["referral"]).await?,
            _ => {}
        }
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).add(id);
        Ok(())
    }
}

/// One event of a conversation, about to be answered.
struct Talk<'a> {
    bot: &'a Bot,
    event: &'a str,
    conversation: &'a str,
}

impl Talk<'_> {
    async fn begin(&self, payload: &Value) -> Result<(), CallError> {
        // A message is answered when it comes, as are the answers before the first; and a business that begins has its reason.
        if !matches!(payload["creationReason"].as_str(), Some("message" | "prechatCapture" | "none")) {
            self.greet().await?;
        }
        match &payload["referral"] {
            Value::Null => Ok(()),
            referral => self.came_by(referral).await,
        }
    }

    async fn answer(&self, message: &Value) -> Result<(), CallError> {
        let content = &message["content"];
        let wish = content["text"].as_str().and_then(Wish::of);
        self.act("conversation:read").await?;
        self.type_for(if wish == Some(Wish::Typing) { LONG_TYPING } else { TYPING }).await?;
        let is_first = !self.has_spoken().await?;
        if is_first {
            self.greet().await?;
        }
        match reaction(content, wish) {
            Reaction::Show(wish) => self.say_all(answer(wish, &self.bot.files, &self.bot.site)).await,
            // Whoever was just greeted knows what there is to ask for.
            Reaction::Echo(_) if is_first => Ok(()),
            Reaction::Say(text) | Reaction::Echo(text) => self.say(&text).await,
        }
    }

    async fn pressed(&self, postback: &Value) -> Result<(), CallError> {
        self.act("conversation:read").await?;
        self.type_for(TYPING).await?;
        let payload = postback["payload"].as_str().unwrap_or_default();
        self.say(&format!("You pressed a button. I was told its payload, \"{payload}\", by a conversation:postback."))
            .await
    }

    async fn came_by(&self, referral: &Value) -> Result<(), CallError> {
        let code = referral["code"].as_str().unwrap_or_default();
        self.say(&format!("You came by a link with the ref \"{code}\": I was told, and so would your program be."))
            .await
    }

    async fn has_spoken(&self) -> Result<bool, CallError> {
        let page = self.bot.api.get(&self.path("messages")).await?;
        Ok(page["messages"].as_array().into_iter().flatten().any(|it| it["author"]["type"] == "business"))
    }

    async fn greet(&self) -> Result<(), CallError> {
        self.post("greeting", greeting()).await
    }

    async fn say(&self, text: &str) -> Result<(), CallError> {
        self.say_all(vec![offering(text, &Wish::Help.next())]).await
    }

    async fn say_all(&self, contents: Vec<Value>) -> Result<(), CallError> {
        for (at, content) in contents.into_iter().enumerate() {
            self.post(&at.to_string(), content).await?;
        }
        Ok(())
    }

    /// Posts the part called `part` of the answer to this event: once, however often it is told.
    async fn post(&self, part: &str, content: Value) -> Result<(), CallError> {
        let key = format!("{}/{part}", self.event);
        let body = json!({ "author": author(), "content": content });
        self.bot.api.post_once(&self.path("messages"), &key, &body).await.map(drop)
    }

    async fn type_for(&self, time: Duration) -> Result<(), CallError> {
        self.act("typing:start").await?;
        tokio::time::sleep(time).await;
        Ok(())
    }

    async fn act(&self, activity: &str) -> Result<(), CallError> {
        let body = json!({ "author": author(), "type": activity });
        self.bot.api.post(&self.path("activity"), &body).await.map(drop)
    }

    fn path(&self, what: &str) -> String {
        format!("/conversations/{}/{what}", self.conversation)
    }
}

fn author() -> Value {
    json!({ "type": "business", "displayName": "Demo bot", "subtypes": ["AI"] })
}

/// What a message makes the bot do.
#[derive(Debug, PartialEq)]
enum Reaction {
    Show(Wish),
    Say(String),
    /// It was not understood.
    Echo(String),
}

/// What to do about a message with `content`, whose text asks for `wish`.
fn reaction(content: &Value, wish: Option<Wish>) -> Reaction {
    let word = |field: &str| content[field].as_str().unwrap_or_default();
    match word("type") {
        "formResponse" => Reaction::Say(format!("Thank you! This is what you answered:\n{}", word("textFallback"))),
        "image" => Reaction::Say(format!("A nice picture! It came as {}{}.", word("mediaType"), size(content))),
        "file" => Reaction::Say(format!(
            "Thank you for \"{}\"! It came as {}{}.",
            word("altText"),
            word("mediaType"),
            size(content)
        )),
        "location" => {
            let at = &content["coordinates"];
            Reaction::Say(format!("So that's where you are: latitude {}, longitude {}.", at["lat"], at["long"]))
        }
        _ => match (word("payload").strip_prefix(CHOICE), wish) {
            (Some(_), _) => Reaction::Say(format!(
                "\"{}\", a good choice. Your answer came with the payload \"{}\".",
                word("text"),
                word("payload")
            )),
            (None, Some(wish)) => Reaction::Show(wish),
            (None, None) => Reaction::Echo(format!(
                "You said: \"{}\". I'm only a demo and know a few words, such as carousel, list, form, picture or everything.",
                shortened(word("text"))
            )),
        },
    }
}

/// How large the file of `content` is: ` and has 12 kB`; nothing where it isn't known.
fn size(content: &Value) -> String {
    content["mediaSize"].as_u64().map_or_else(String::new, |bytes| format!(" and has {} kB", bytes.div_ceil(1000)))
}

/// The beginning of a text that is too long to be repeated.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 200 { text.to_owned() } else { text.chars().take(199).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(content: &Value) -> Reaction {
        reaction(content, content["text"].as_str().and_then(Wish::of))
    }

    fn said(content: &Value) -> String {
        match to(content) {
            Reaction::Say(text) | Reaction::Echo(text) => text,
            Reaction::Show(wish) => panic!("shows {wish:?}"),
        }
    }

    #[test]
    fn whatever_a_visitor_sends_is_commented_on() {
        let image = json!({ "type": "image", "mediaType": "image/png", "mediaSize": 1200, "text": "a list" });
        assert!(said(&image).ends_with("image/png and has 2 kB."));
        assert!(
            said(&json!({ "type": "file", "altText": "plan.pdf", "mediaType": "application/pdf" }))
                .contains("plan.pdf")
        );
        let place = json!({ "type": "location", "text": "the map", "coordinates": { "lat": 1.5, "long": -2 } });
        assert!(said(&place).contains("latitude 1.5, longitude -2"));
        assert!(
            said(&json!({ "type": "formResponse", "textFallback": "Your name: Sam" })).ends_with("\nYour name: Sam")
        );
        let text = |text: &str| json!({ "type": "text", "text": text });
        assert_eq!(to(&text("show me a carousel")), Reaction::Show(Wish::Carousel));
        assert!(said(&text("Good morning")).contains("\"Good morning\""));
        assert!(said(&text(&"é".repeat(4096))).chars().count() < 400);
        let choice = json!({ "type": "text", "text": "Forest", "payload": "CHOICE_FOREST" });
        assert!(said(&choice).contains("CHOICE_FOREST"));
        assert_eq!(to(&json!({ "type": "text", "text": "List", "payload": "SHOW" })), Reaction::Show(Wish::List));
    }

    #[test]
    fn the_oldest_events_are_forgotten() {
        let mut answered = Answered::default();
        for id in 0..=REMEMBERED {
            answered.add(&id.to_string());
            answered.add(&id.to_string());
        }
        assert!(!answered.ids.contains("0") && answered.ids.contains("1"));
        assert_eq!((answered.ids.len(), answered.in_order.len()), (REMEMBERED, REMEMBERED));
    }
}
