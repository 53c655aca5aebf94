//! A visitor on a hosted page, with plain HTML alone.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Feed, TestApp, answer, client};

#[tokio::test]
async fn a_page_view_writes_nothing() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        let page = app.anonymous().page().await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Tea &amp; Co") && page.html.contains("How can we help?"), "{}", page.html);
    }
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn a_message_is_in_the_log_after_the_redirect() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let sent = visitor.posts(&page, "  two\r\nlines ").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(sent.header("location"), format!("/chat/{}", visitor.integration));
    let page = visitor.page().await;
    assert_eq!(page.messages(), 1);
    assert_eq!(app.texts(&page.conversation().unwrap()).await, ["  two\nlines "]);
}

#[tokio::test]
async fn a_form_posted_again_is_one_message() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    // The very first message, doubled before any cookie is there: still one user, one conversation, one message.
    let (first, second) = tokio::join!(visitor.posts(&page, "hi"), visitor.posts(&page, "hi"));
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    visitor.posts(&page, "hi").await;
    assert_eq!(visitor.page().await.messages(), 1);
    // One user, client, session, conversation, participant, log entry and message.
    assert_eq!(app.rows().await, 7);
}

#[tokio::test]
async fn the_same_form_with_another_text_is_refused_and_the_text_kept() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    visitor.posts(&page, "first").await;
    let refused = visitor.posts(&page, "second <b>").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.draft(), "second &lt;b&gt;");
    assert!(!refused.problem().is_empty());
    // The page that says so has a new id: pressing Send again works.
    assert_eq!(visitor.posts(&refused, "second <b>").await.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.page().await.messages(), 2);
}

#[tokio::test]
async fn a_browser_that_refuses_cookies_keeps_its_conversation_as_long_as_its_page() {
    let app = TestApp::start().await;
    let visitor = app.anonymous().without_cookies();
    let page = visitor.page().await;
    let page = visitor.posts(&page, "one").await;
    assert_eq!((page.status, page.messages()), (StatusCode::OK, 1));
    let page = visitor.posts(&page, "two").await;
    assert_eq!(page.messages(), 2);
    app.business_says(&page.conversation().unwrap(), "three").await;
    let again = visitor.posts(&page, "four").await;
    assert_eq!(again.messages(), 4);
    // Reloading the page that a post answered with posts it again.
    assert_eq!(visitor.posts(&page, "four").await.messages(), 4);
}

#[tokio::test]
async fn what_can_not_be_sent_says_so_in_place_and_writes_nothing() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let long = "x".repeat(4097);
    for text in ["", "   ", "\u{200b}\u{feff}", "\r\n", &long, "nul\0"] {
        let refused = visitor.posts(&page, text).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text:?}");
        assert!(!refused.problem().is_empty(), "{text:?}");
        assert_eq!(refused.headers.get("location"), None);
    }
    assert!(visitor.posts(&page, &long).await.draft().contains(&long), "nothing that was typed is lost");
    let post = |body: &'static [u8], kind: &'static str| {
        client().post(visitor.path()).header("content-type", kind).body(body).send()
    };
    let form = "application/x-www-form-urlencoded";
    for (body, kind, status) in [
        (&b"client_id=a&text=%FF%FE"[..], form, StatusCode::BAD_REQUEST),
        (b"client_id=a", form, StatusCode::UNAUTHORIZED),
        (b"client_id=a%20b&text=hi", form, StatusCode::UNPROCESSABLE_ENTITY),
        (b"", form, StatusCode::BAD_REQUEST),
        (b"{\"text\":\"hi\"}", "application/json", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (b"client_id=a&text=hi&visitor=forged", form, StatusCode::UNAUTHORIZED),
    ] {
        let refused = post(body, kind).await.unwrap();
        assert_eq!(refused.status(), status, "{}", String::from_utf8_lossy(body));
        assert!(refused.text().await.unwrap().contains("role=\"alert\""));
    }
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn a_body_too_large_is_refused_before_it_is_read() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    assert_eq!(visitor.posts(&page, &"x".repeat(200_000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn a_foreign_page_can_not_post_as_a_visitor() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        for path in [visitor.path(), format!("{}/fn/send_message", app.url)] {
            let request = client().post(path).header("cookie", visitor.cookie_header()).header(name, value);
            let answer = request.form(&[("client_id", "evil"), ("text", "forged")]).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        }
    }
    assert_eq!(visitor.page().await.messages(), 1);
}

#[tokio::test]
async fn an_unknown_chat_page_is_a_404_page() {
    let app = TestApp::start().await;
    for path in ["/chat/65f0a1b2c3d4e5f6aabbccdd", "/chat/nonsense", "/chat/%ff", "/embed/%00", "/nowhere", "/chat"] {
        let answer = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().await.unwrap().contains("<h1"), "{path}");
    }
}

#[tokio::test]
async fn old_messages_are_behind_load_more() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    for number in 2..=60 {
        app.business_says(&conversation, &format!("message {number}")).await;
    }
    let newest = visitor.page().await;
    assert_eq!(newest.messages(), 25);
    assert!(newest.html.contains("message 60") && newest.html.contains("message 36<"));
    let older = visitor.open(&format!("?before={}", newest.field("before").unwrap())).await;
    assert_eq!(older.messages(), 25);
    assert!(older.html.contains("message 35<") && older.html.contains("message 11<"));
    let oldest = visitor.open(&format!("?before={}", older.field("before").unwrap())).await;
    assert_eq!(oldest.messages(), 10);
    assert_eq!(oldest.field("before"), None, "there is nothing before the first message");
}

#[tokio::test]
async fn a_prefill_stands_in_the_composer_as_text() {
    let app = TestApp::start().await;
    let page = app.anonymous().open("?message=%3C/textarea%3E%3Cscript%3Ewindow.__xss=1%3C/script%3E").await;
    assert_eq!(page.draft(), "&lt;/textarea&gt;&lt;script&gt;window.__xss=1&lt;/script&gt;");
    assert!(!page.html.contains("<script>window.__xss"));
    assert_eq!(app.rows().await, 0, "a prefill is not sent");
}

#[tokio::test]
async fn hostile_texts_are_inert_in_the_page() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let texts = [
        "<script>window.__xss=1</script><img src=x onerror=\"window.__xss=2\"><svg onload=window.__xss=3>\"'`${window.__xss=4}",
        "</textarea></leptos-island><script>window.__xss=5</script>",
        "--><!--<script>window.__xss=6</script>",
        "{{constructor.constructor(\"window.__xss=7\")()}} javascript:window.__xss=8",
    ];
    for text in texts {
        let body = json!({
            "author": { "type": "business", "displayName": "<img src=x onerror=window.__xss=9>", "avatarUrl": "https://a.example/\"onerror=\"window.__xss=10" },
            "content": { "type": "text", "text": text },
        });
        let path = format!("/conversations/{conversation}/messages");
        assert_eq!(answer(app.api(Method::POST, &path).json(&body)).await.0, StatusCode::CREATED, "{text}");
        visitor.says(text).await;
    }
    let html = visitor.page().await.html;
    assert!(
        !html.contains("<script>window") && !html.contains("<img src=x") && !html.contains("<svg onload"),
        "{html}"
    );
    assert!(!html.contains("\"onerror=\"") && !html.contains("href=\"javascript:"), "{html}");
    assert_eq!(html.matches("</leptos-island>").count(), html.matches("<leptos-island").count());
}

#[tokio::test]
async fn pages_say_who_may_frame_them_and_are_never_cached() {
    let app = TestApp::start().await;
    let page = app.anonymous().page().await;
    assert!(page.header("content-security-policy").contains("frame-ancestors 'self'"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let nonce = page.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(page.html.contains(&format!("nonce=\"{nonce}\"")));
    assert_eq!(page.html.matches("<style").count(), page.html.matches("<style nonce=").count());
    let other = app.anonymous().page().await;
    assert!(!other.html.contains(nonce), "a nonce is for one answer");

    let embed = app.http.get(format!("{}/embed/{}", app.url, app.made.integration)).send().await.unwrap();
    assert_eq!(embed.headers().get("x-frame-options"), None);
    let cookie = embed.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("SameSite=None; Partitioned; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_revoked_session_is_a_new_visitor() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    app.execute("UPDATE sessions SET revoked_at = created_at").await;
    let page = visitor.page().await;
    assert_eq!((page.status, page.messages()), (StatusCode::OK, 0));
    assert_eq!(visitor.token(), None, "the dead cookie is taken away");
    visitor.says("somebody new").await;
    assert_eq!(visitor.page().await.messages(), 1);
}

#[tokio::test]
async fn in_a_group_ones_own_words_are_told_from_those_of_others() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let (me, bob) = (app.author(&first).await, app.user("bob").await);
    let both = json!([{ "userId": me, "subscribeSDKClient": true }, { "userId": bob }]);
    let group = app.conversation(json!({ "type": "sdkGroup", "participants": both })).await;
    let says = async |user: &str, text: &str| {
        let author = json!({ "type": "user", "userId": user, "displayName": "Bob" });
        let body = json!({ "author": author, "content": { "type": "text", "text": text } });
        app.asks(Method::POST, &format!("/conversations/{group}/messages"), Some(body), 201).await;
    };
    let url = format!("{}/events?rendered=1&integration={}", app.url.replacen("http", "ws", 1), visitor.integration);
    let mut feed = Feed::open(&url, &visitor.cookie_header(), None).await;
    says(&bob, "from bob").await;
    says(&me, "from me").await;
    app.business_says(&group, "from the business").await;
    for mine in [false, true, false] {
        let event = feed.next().await.unwrap();
        assert_eq!(event.get("mine").is_some_and(|mine| mine == true), mine, "{event}");
    }
    let page = visitor.open(&format!("/{group}")).await;
    let rows = page.html.split("<li ").map(|row| row.split('>').next().unwrap());
    let rows: Vec<_> = rows.filter(|row| row.contains("data-message-id")).collect();
    let [bobs, mine, business] = rows[..] else { panic!("three messages: {rows:?}") };
    assert!(bobs.contains("data-role=\"user\"") && !bobs.contains("data-mine") && bobs.contains("Bob"), "{bobs}");
    assert!(mine.contains("data-role=\"user\"") && mine.contains("data-mine"), "{mine}");
    assert!(business.contains("data-role=\"business\"") && !business.contains("data-mine"), "{business}");
}
