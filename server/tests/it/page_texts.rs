//! The words and the look of a page: its language, the business's own words, its settings.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Feed, TestApp, answer};

impl TestApp {
    /// Changes settings of the chat page and gives the integration as it is told then.
    async fn set_page(&self, settings: Value) -> Value {
        let path = format!("/integrations/{}", self.made.integration);
        self.asks(Method::PATCH, &path, Some(settings), 200).await["integration"].take()
    }

    /// The page as a browser gets it that accepts `languages`.
    async fn page_in(&self, languages: &str, query: &str) -> String {
        let url = format!("{}/chat/{}{query}", self.url, self.made.integration);
        self.http.get(url).header("accept-language", languages).send().await.unwrap().text().await.unwrap()
    }
}

/// The first part of the document, with `<html …>` in it.
fn head(html: &str) -> &str {
    html.split_once("<head>").unwrap().0
}

#[tokio::test]
async fn a_page_speaks_the_visitors_language() {
    let app = TestApp::start().await;
    let german = app.page_in("de-AT,de;q=0.9,en;q=0.5", "").await;
    assert!(head(&german).contains(r#"lang="de-AT" dir="ltr""#), "{german}");
    assert!(german.contains("Wie können wir helfen?") && german.contains(r#"aria-label="Senden""#), "{german}");
    let arabic = app.page_in("ar", "").await;
    assert!(head(&arabic).contains(r#"lang="ar" dir="rtl""#), "{arabic}");
    assert!(arabic.contains("كيف يمكننا مساعدتك؟"), "{arabic}");
    let japanese = app.page_in("de", "?locale=ja-JP").await;
    assert!(head(&japanese).contains(r#"lang="ja-JP""#) && japanese.contains("メッセージを入力…"), "{japanese}");
    let none = app.page_in("tlh", "").await;
    assert!(none.contains("How can we help?"), "{none}");
}

#[tokio::test]
async fn a_page_that_is_set_to_a_language_speaks_it_to_everyone() {
    let app = TestApp::start().await;
    app.set_page(json!({ "locale": "fr-CA" })).await;
    let french = app.page_in("de", "").await;
    assert!(head(&french).contains(r#"lang="fr-CA""#) && french.contains("Écrivez un message…"), "{french}");
    let spanish = app.page_in("de", "?locale=es").await;
    assert!(spanish.contains("Escriba un mensaje…"), "the link goes first: {spanish}");
    app.set_page(json!({ "locale": null })).await;
    assert!(app.page_in("de", "").await.contains("Nachricht schreiben …"));
}

#[tokio::test]
async fn pages_without_a_chat_speak_the_visitors_language_too() {
    let app = TestApp::start().await;
    let request = app.http.get(format!("{}/chat/65f0a1b2c3d4e5f6aabbccdd", app.url)).header("accept-language", "es-MX");
    let page = request.send().await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    let html = page.text().await.unwrap();
    assert!(head(&html).contains(r#"lang="es-MX""#) && html.contains("Este chat no está aquí"), "{html}");
}

#[tokio::test]
async fn the_businesss_own_words_win_in_every_language() {
    let app = TestApp::start().await;
    let told =
        app.set_page(json!({ "customText": { "headerText": "Ahoy!", "nonsense": "x", "sendButtonText": null } })).await;
    assert_eq!(told["customText"], json!({ "headerText": "Ahoy!", "nonsense": "x" }));
    for (languages, send) in [("en", "Send"), ("de", "Senden"), ("ja", "送信")] {
        let page = app.page_in(languages, "").await;
        assert!(page.contains("Ahoy!") && !page.contains("How can we help?"), "{page}");
        assert!(page.contains(&format!(r#"aria-label="{send}""#)), "{page}");
    }
    app.set_page(json!({ "customText": { "inputPlaceholder": "Tell us" } })).await;
    let page = app.page_in("en", "").await;
    assert!(page.contains("How can we help?") && page.contains(r#"placeholder="Tell us""#), "{page}");
    let told = app.set_page(json!({ "customText": null })).await;
    assert_eq!(told.get("customText"), None);
    assert!(app.page_in("en", "").await.contains("Type a message..."));
}

#[tokio::test]
async fn own_words_are_words_and_nothing_else() {
    let app = TestApp::start().await;
    let hostile = r#"</script><script>alert(1)</script><br><img src=x onerror="alert(1)">"#;
    let keys = ["headerText", "introductionText", "inputPlaceholder", "sendButtonText", "fetchHistory", "messages"];
    let texts: Value = keys.iter().map(|key| ((*key).to_owned(), Value::from(hostile))).collect();
    app.set_page(json!({ "customText": texts })).await;
    let plain = app.page_in("en", "").await;
    assert!(plain.contains("&lt;br&gt;") && !plain.contains("<br>"), "{plain}");
    assert!(!plain.contains("<script>") && !plain.contains("<img src=x"), "{plain}");
}

#[tokio::test]
async fn times_are_written_as_the_language_does() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "hello").await;
    let labels = async |locale: &str| {
        let html = visitor.open(&format!("?locale={locale}")).await.html;
        let (_, block) = html.split_once(r#"class="block-time""#).unwrap();
        let (_, label) = block.split_once("<time").unwrap().1.split_once('>').unwrap();
        label.split_once('<').unwrap().0.to_owned()
    };
    // A header such as "January 1 2026, 12:05 AM", whatever today is.
    let year = labels("en").await.split([' ', ',']).nth(2).unwrap().to_owned();
    assert!(labels("ja").await.starts_with(&format!("{year}年")));
    assert!(labels("de").await.contains(&format!(" {year}, ")) && labels("de").await.contains(". "));
    assert!(labels("en").await.ends_with('M') && !labels("fr").await.ends_with('M'));
}

#[tokio::test]
async fn settings_of_the_sdk_are_kept_and_told_where_they_are_set() {
    let app = TestApp::start().await;
    let settings = json!({
        "customText": { "headerText": "Hi" }, "menuItems": { "imageUpload": false, "shareLocation": true },
        "browserStorage": "sessionStorage", "locale": "pt-BR", "soundNotificationEnabled": false,
        "imageUploadEnabled": true, "notificationChannelPromptEnabled": false,
        "retentionDays": 30,
    });
    let before = app.set_page(json!({})).await;
    let after = app.set_page(settings.clone()).await;
    for (key, value) in settings.as_object().unwrap() {
        assert_eq!((before.get(key), &after[key]), (None, value), "{key}");
    }
    assert_eq!(app.set_page(json!({ "fixedHeader": true })).await["fixedIntroPane"], true);
    let mut new = settings.clone();
    new["type"] = "web".into();
    let (status, made) = answer(app.api(Method::POST, "/integrations").json(&new)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    for (key, value) in settings.as_object().unwrap() {
        assert_eq!(&made["integration"][key], value, "{key}");
    }
    let nulls: Value = settings.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect();
    app.set_page(nulls).await;
    assert_eq!(app.set_page(json!({ "fixedHeader": null })).await, before);
}

#[tokio::test]
async fn a_wrong_setting_of_the_sdk_is_named() {
    let app = TestApp::start().await;
    let path = format!("/integrations/{}", app.made.integration);
    for (patch, names) in [
        (json!({ "customText": "Hi" }), "customText"),
        (json!({ "customText": { "headerText": 7 } }), "customText.headerText"),
        (json!({ "customText": { "headerText": "x".repeat(2049) } }), "customText.headerText"),
        (json!({ "menuItems": { "imageUpload": "no" } }), "menuItems.imageUpload"),
        (json!({ "menuItems": true }), "menuItems"),
        (json!({ "browserStorage": "cookie" }), "browserStorage"),
        (json!({ "locale": "de_DE" }), "locale"),
        (json!({ "locale": "" }), "locale"),
        (json!({ "soundNotificationEnabled": "yes" }), "soundNotificationEnabled"),
        (json!({ "fixedHeader": 1 }), "fixedHeader"),
        (json!({ "retentionDays": 0 }), "retentionDays"),
        (json!({ "retentionDays": 36526 }), "retentionDays"),
        (json!({ "retentionDays": "a week" }), "retentionDays"),
    ] {
        let refused = app.asks(Method::PATCH, &path, Some(patch.clone()), 400).await;
        assert!(refused["errors"][0]["title"].as_str().unwrap().contains(names), "{patch}: {refused}");
    }
}

#[tokio::test]
async fn the_start_of_a_page_says_what_the_composer_offers() {
    let app = TestApp::start().await;
    let offered = async || {
        let html = app.page_in("en", "").await;
        let (_, rest) = html.split_once(r#"id="start">"#).unwrap();
        let start: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        (start["menu"].clone(), start["sound"].clone())
    };
    assert_eq!(offered().await, (json!({ "image": true, "file": true, "location": true }), json!(true)));
    app.set_page(json!({ "menuItems": { "fileUpload": false }, "soundNotificationEnabled": false })).await;
    assert_eq!(offered().await, (json!({ "image": true, "file": false, "location": true }), json!(false)));
    app.set_page(json!({ "imageUploadEnabled": false })).await;
    assert_eq!(offered().await.0, json!({ "image": false, "file": false, "location": true }));
}

#[tokio::test]
async fn the_picture_behind_the_conversation_and_the_pinned_introduction_show() {
    let app = TestApp::start().await;
    let plain = app.page_in("en", "").await;
    assert!(!plain.contains("--background") && !head(&plain).contains("data-intro"), "{plain}");
    let picture = r#"https://shop.example/a.png?b="),url(x)</style>"#;
    app.set_page(json!({ "backgroundImageUrl": picture, "fixedHeader": true })).await;
    let page = app.page_in("en", "").await;
    let written = r#"--background:url("https://shop.example/a.png?b=%22%29,url%28x%29%3C/style%3E")"#;
    assert!(page.contains(written), "{page}");
    assert!(head(&page).contains(r#"data-intro="fixed""#), "{page}");
    assert!(!head(&app.page_in("en", "?fixedHeader=0").await).contains("data-intro"));
    app.set_page(json!({ "fixedIntroPane": false })).await;
    assert!(head(&app.page_in("en", "?fixedHeader=1").await).contains("data-intro"));
}

#[tokio::test]
async fn a_page_for_sessions_gives_a_cookie_for_the_session() {
    let app = TestApp::start().await;
    let lasting = async || {
        let visitor = app.anonymous();
        let page = visitor.page().await;
        let sent = visitor.posts(&page, "hello").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let cookies = sent.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
        let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(&format!("parlor_{}=", visitor.integration)));
        cookie.unwrap().contains("Max-Age")
    };
    assert!(lasting().await);
    app.set_page(json!({ "browserStorage": "sessionStorage" })).await;
    assert!(!lasting().await);
}

#[tokio::test]
async fn whichever_way_a_message_comes_it_speaks_the_pages_language() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.set_page(json!({ "customText": { "formErrorEntryRequired": "Bitte!" } })).await;
    let url = app.url.replacen("http", "ws", 1);
    let url = format!("{url}/events?rendered=1&integration={}&theme=dark&locale=de", visitor.integration);
    let mut feed = Feed::open(&url, &visitor.cookie_header(), None).await;
    let form = json!({ "type": "form", "fields": [{ "type": "email", "name": "mail", "label": "Mail" }], "blockChatInput": true });
    let message = json!({ "author": { "type": "business" }, "content": form });
    app.asks(Method::POST, &format!("/conversations/{conversation}/messages"), Some(message), 201).await;
    let live = feed.next().await.unwrap()["rich"]["html"].as_str().unwrap().to_owned();

    let page = visitor.open("?theme=dark&locale=de").await.html;
    assert!(page.contains(r#"placeholder="Bitte füllen Sie das Formular oben aus …""#), "{page}");

    let asking = json!({
        "visitor": { "integration": visitor.integration, "surface": "chat", "query": "?locale=de&theme=dark" },
        "conversation": conversation, "before": 1000,
    });
    let request = app.http.post(format!("{}/fn/older_messages", app.url)).header("cookie", visitor.cookie_header());
    let history: Value = request.json(&asking).send().await.unwrap().json().await.unwrap();
    let fetched = history["entries"].as_array().unwrap().last().unwrap()["rich"]["html"].as_str().unwrap().to_owned();
    for html in [live, page, fetched] {
        assert!(html.contains(">Absenden</button>") && html.contains(r#"data-required="Bitte!""#), "{html}");
        assert!(html.contains("Die E-Mail-Adresse ist ungültig"), "{html}");
    }
}
