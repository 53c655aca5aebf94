//! A visitor without JavaScript: opens pages, posts forms, keeps cookies (or does not).

use std::collections::BTreeMap;
use std::sync::Mutex;

use domain::IntegrationId;
use reqwest::header::{ACCEPT_LANGUAGE, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode};

use super::{Feed, browser, client};

pub struct Visitor {
    url: String,
    pub integration: IntegrationId,
    http: Client,
    cookies: Mutex<BTreeMap<String, String>>,
    pub keeps_cookies: bool,
}

/// A page as it came.
pub struct Page {
    pub status: StatusCode,
    pub html: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Visitor {
    pub fn new(url: &str, integration: IntegrationId) -> Self {
        Self { url: url.to_owned(), integration, http: client(), cookies: Mutex::default(), keeps_cookies: true }
    }

    pub fn without_cookies(mut self) -> Self {
        self.keeps_cookies = false;
        self
    }

    /// A browser that asks for these languages.
    pub fn speaking(self, languages: &'static str) -> Self {
        let headers = [(ACCEPT_LANGUAGE, HeaderValue::from_static(languages))].into_iter().collect();
        Self { http: browser().default_headers(headers).build().unwrap(), ..self }
    }

    /// A browser that holds this token.
    pub fn with_token(self, token: &str) -> Self {
        self.cookies.lock().unwrap().insert(format!("parlor_{}", self.integration), token.to_owned());
        self
    }

    /// The same browser, the server now at another address (as after a restart on a free port).
    pub fn moved_to(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    /// Number of the newest event of `conversation`: that of a message posted for the purpose.
    pub async fn newest_seq(&self, made: &serde_json::Value, conversation: &str) -> u64 {
        let mut feed = self.listen(None).await;
        let text = |key: &str| made[key].as_str().unwrap();
        let url = format!("{}/v2/apps/{}/conversations/{conversation}/messages", self.url, text("appId"));
        let body =
            serde_json::json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "last" } });
        let request = self.http.post(url).basic_auth(text("keyId"), Some(text("secret"))).json(&body);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
        feed.event().await.0
    }

    pub fn path(&self) -> String {
        format!("{}/chat/{}", self.url, self.integration)
    }

    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The token that this visitor's cookie holds.
    pub fn token(&self) -> Option<String> {
        self.cookies.lock().unwrap().get(&format!("parlor_{}", self.integration)).cloned()
    }

    fn keep(&self, answer: &Response) {
        if !self.keeps_cookies {
            return;
        }
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                cookies.remove(name)
            } else {
                cookies.insert(name.into(), value.into())
            };
        }
    }

    pub async fn open(&self, query: &str) -> Page {
        self.gets(&format!("/chat/{}{query}", self.integration)).await
    }

    /// Opens a page below the server's own address; follows no redirect.
    pub async fn gets(&self, path: &str) -> Page {
        let request = self.http.get(format!("{}{path}", self.url)).header("cookie", self.cookie_header());
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        Page::of(answer).await
    }

    pub async fn page(&self) -> Page {
        self.open("").await
    }

    /// Posts the form of `page` with `text` in its composer.
    pub async fn posts(&self, page: &Page, text: &str) -> Page {
        self.posts_at("", page, text).await
    }

    /// The same on a page with this query.
    pub async fn posts_at(&self, query: &str, page: &Page, text: &str) -> Page {
        let visitor = page.field("visitor").unwrap_or_default();
        let form = [("client_id", page.field("client_id").unwrap()), ("visitor", visitor), ("text", text.to_owned())];
        let request =
            self.http.post(format!("{}{query}", self.path())).header("cookie", self.cookie_header()).form(&form);
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        Page::of(answer).await
    }

    /// Posts a form to what stands beneath the page under `below`.
    pub async fn submits(&self, below: &str, form: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{below}", self.path())).header("cookie", self.cookie_header());
        let answer = request.form(form).send().await.unwrap();
        self.keep(&answer);
        Page::of(answer).await
    }

    /// Posts the form of `page` as a browser does whose form may hold files: with `text` in its composer, and these parts.
    pub async fn posts_files(&self, page: &Page, text: &str, parts: Vec<(&'static str, Part)>) -> Page {
        let mut form = Form::new().text("client_id", page.field("client_id").unwrap());
        form = form.text("visitor", page.field("visitor").unwrap_or_default()).text("text", text.to_owned());
        for (name, part) in parts {
            form = form.part(name, part);
        }
        let request = self.http.post(self.path()).header("cookie", self.cookie_header()).multipart(form);
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        Page::of(answer).await
    }

    /// Presses the button of `page` that opens another part of it.
    pub async fn presses(&self, page: &Page, open: &str) -> Page {
        let form = [("visitor", page.field("visitor").unwrap_or_default()), ("open", open.to_owned())];
        let request = self.http.post(self.path()).header("cookie", self.cookie_header()).form(&form);
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        Page::of(answer).await
    }

    /// Opens the page, writes `text`, sends it, and is at the conversation again.
    pub async fn says(&self, text: &str) {
        let page = self.page().await;
        let sent = self.posts(&page, text).await;
        assert!(sent.status == StatusCode::SEE_OTHER || sent.status == StatusCode::OK, "{} {}", sent.status, sent.html);
    }

    /// Knocks at the live events, without waiting to be let in.
    pub async fn connects(&self) -> Feed {
        let url = format!("{}/events?integration={}", self.url.replacen("http", "ws", 1), self.integration);
        Feed::connect(&url, &[("cookie", &self.cookie_header())]).await
    }

    pub async fn listen(&self, since: Option<(&str, u64)>) -> Feed {
        let url = format!("{}/events?integration={}", self.url.replacen("http", "ws", 1), self.integration);
        Feed::open(&url, &self.cookie_header(), since).await
    }
}

impl Page {
    async fn of(answer: Response) -> Self {
        Self { status: answer.status(), headers: answer.headers().clone(), html: answer.text().await.unwrap() }
    }

    /// The value of the hidden field called `name`.
    pub fn field(&self, name: &str) -> Option<String> {
        let tag = self.html.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
        Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned())
    }

    pub fn conversation(&self) -> Option<String> {
        Some(self.html.split("data-conversation-id=\"").nth(1)?.split('"').next()?.to_owned())
            .filter(|id| !id.is_empty())
    }

    /// The conversations of a list, from top to bottom.
    pub fn listed(&self) -> Vec<String> {
        let entries = self.html.split("id=\"conversation-").skip(1);
        entries.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    /// How many messages the log shows.
    pub fn messages(&self) -> usize {
        self.html.matches("data-message-id=\"").count()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What the textarea holds, as it stands in the HTML.
    pub fn draft(&self) -> &str {
        let rest = self.html.split("<textarea").nth(1).unwrap();
        let inside = rest.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
        // Browsers drop one line end right after the tag, so the page puts one there.
        inside.strip_prefix('\n').unwrap_or(inside)
    }

    /// What the page says went wrong.
    pub fn problem(&self) -> &str {
        let rest = self.html.split("role=\"alert\"").nth(1).unwrap_or_default();
        rest.split_once('>').map_or("", |(_, rest)| rest.split('<').next().unwrap())
    }
}
