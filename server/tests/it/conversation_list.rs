//! A visitor with several conversations: the list of them, the way between them, and a new one.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Page, TestApp, Visitor, client};

/// Has visitors begin further conversations.
async fn allow_more(app: &TestApp) {
    patch(app, json!({ "canUserCreateMoreConversations": true })).await;
}

async fn patch(app: &TestApp, settings: Value) {
    let path = format!("/integrations/{}", app.made.integration);
    app.asks(Method::PATCH, &path, Some(settings), 200).await;
}

/// A conversation that the business begins with `user`.
async fn begin(app: &TestApp, user: &str, name: Option<&str>) -> String {
    let body = json!({ "type": "personal", "participants": [{ "userId": user, "subscribeSDKClient": true }], "displayName": name });
    app.conversation(body).await
}

/// The entry of `conversation`, as HTML.
fn entry<'p>(page: &'p Page, conversation: &str) -> &'p str {
    let rest = page.html.split(&format!("id=\"conversation-{conversation}\"")).nth(1).expect("it is in the list");
    rest.split("</li>").next().unwrap()
}

fn is_list(page: &Page) -> bool {
    page.html.contains("id=\"conversations\"")
}

/// Where the composer of `page` posts to.
fn form_address(page: &Page) -> String {
    let mut tags = page.html.split("<form ").map(|rest| rest.split('>').next().unwrap());
    let tag = tags.find(|tag| tag.contains("class=\"composer\"")).expect("there is a composer");
    tag.split("action=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&")
}

/// Posts `text` where the composer of `page` posts to.
async fn writes(app: &TestApp, visitor: &Visitor, page: &Page, text: &str) -> (StatusCode, String) {
    let form = [
        ("client_id", page.field("client_id").unwrap()),
        ("visitor", page.field("visitor").unwrap_or_default()),
        ("text", text.to_owned()),
    ];
    let request = client().post(format!("{}{}", app.url, form_address(page))).header("cookie", visitor.cookie_header());
    let answer = request.form(&form).send().await.unwrap();
    let to = answer.headers().get("location").map_or("", |to| to.to_str().unwrap()).to_owned();
    (answer.status(), to)
}

/// The page that a new conversation begins on.
async fn new_page(visitor: &Visitor) -> Page {
    let to = visitor.open("?view=new").await;
    assert_eq!(to.status, StatusCode::SEE_OTHER);
    let (_, query) = to.header("location").split_once('?').unwrap();
    visitor.open(&format!("?{query}")).await
}

#[tokio::test]
async fn the_list_begins_with_what_moved_last_and_says_what_was_said() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let user = app.author(&first).await;
    assert!(!is_list(&visitor.page().await), "one conversation needs no list");
    let second = begin(&app, &user, Some("Order 7 <b>")).await;
    app.business_says(&second, "On its way!").await;
    app.business_says(&second, "Tracking 1Z").await;
    let page = visitor.page().await;
    assert!(is_list(&page) && page.html.contains("My conversations</h1>"), "{}", page.html);
    assert!(page.html.contains("<title>Tea &amp; Co</title>"));
    assert_eq!(page.listed(), [&*second, &first]);
    let (newer, older) = (entry(&page, &second), entry(&page, &first));
    assert!(
        newer.contains("Order 7 &lt;b&gt;") && newer.contains("Tracking 1Z") && newer.contains("2 unread"),
        "{newer}"
    );
    assert!(newer.contains("Just now") && newer.contains(&format!("/{second}\"")), "{newer}");
    assert!(older.contains("Tea &amp; Co") && older.contains("hello") && !older.contains("unread"), "{older}");
    // Writing in the older one takes it to the top.
    let opened = visitor.open(&format!("/{first}")).await;
    assert_eq!(opened.conversation(), Some(first.clone()));
    assert!(opened.html.contains("2 unread") && opened.html.contains("view=list"), "{}", opened.html);
    let (status, to) = writes(&app, &visitor, &opened, "me again").await;
    assert_eq!((status, &*to), (StatusCode::SEE_OTHER, &*format!("/chat/{}/{first}", visitor.integration)));
    assert_eq!(visitor.page().await.listed(), [first, second]);
}

#[tokio::test]
async fn a_conversation_says_in_its_header_what_it_is_about() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let user = app.author(&first).await;
    let about = json!({
        "type": "personal", "participants": [{ "userId": user, "subscribeSDKClient": true }],
        "displayName": "Order 7", "description": "Two cups", "iconUrl": "https://shop.example/cup.png",
    });
    let second = app.conversation(about).await;
    let page = visitor.open(&format!("?conversationId={second}")).await;
    assert_eq!(page.conversation(), Some(second));
    for part in ["Order 7</h1>", "Two cups", "https://shop.example/cup.png"] {
        assert!(page.html.contains(part), "{part} in {}", page.html);
    }
    assert!(visitor.open(&format!("/{first}")).await.html.contains("Tea &amp; Co</h1>"));
}

#[tokio::test]
async fn what_is_no_text_says_who_sent_it() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let second = begin(&app, &app.author(&first).await, None).await;
    let path = format!("/conversations/{second}/messages");
    let author = json!({ "type": "business", "displayName": "Ann" });
    let image = json!({ "type": "image", "mediaUrl": "https://shop.example/a.png" });
    app.asks(Method::POST, &path, Some(json!({ "author": author, "content": image })), 201).await;
    assert!(entry(&visitor.page().await, &second).contains("Ann sent an image"));
    patch(&app, json!({ "customText": { "conversationListPreviewImageText": "{user}: a picture" } })).await;
    assert!(entry(&visitor.page().await, &second).contains("Ann: a picture"));
}

#[tokio::test]
async fn ten_at_a_time_and_none_twice_while_they_move() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let user = app.author(&first).await;
    let mut all = vec![first.clone()];
    for _ in 0..22 {
        let made = begin(&app, &user, None).await;
        app.business_says(&made, "hi").await;
        all.insert(0, made);
    }
    let page = visitor.page().await;
    assert_eq!(page.listed(), all[..10]);
    let more = |page: &Page| {
        let rest = page.html.split("id=\"more-conversations\"").nth(1)?;
        Some(rest.split("?view=list").nth(1)?.split('"').next()?.replace("&amp;", "&"))
    };
    // What moves meanwhile moves to the top; the pages below stay as they are.
    app.business_says(&all[3], "again").await;
    app.business_says(&first, "again").await;
    let second = visitor.open(&format!("?view=list{}", more(&page).unwrap())).await;
    assert_eq!(second.listed(), all[10..20]);
    let third = visitor.open(&format!("?view=list{}", more(&second).unwrap())).await;
    assert_eq!(third.listed(), all[20..22]);
    assert_eq!(more(&third), None);
    assert_eq!(visitor.open("?view=list&after=nonsense").await.listed()[..2], [first, all[3].clone()]);
}

#[tokio::test]
async fn the_settings_decide_who_sees_a_list_and_who_begins() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    let new = "New Conversation";
    assert!(!is_list(&visitor.open("?view=list").await), "there is nothing to choose");
    allow_more(&app).await;
    let page = visitor.page().await;
    assert!(!is_list(&page) && page.html.contains("header-back"), "one conversation: straight into it");
    let page = visitor.open("?view=list").await;
    assert!(is_list(&page) && page.html.contains(new));
    assert_eq!(page.listed().len(), 1);
    let begun = new_page(&visitor).await;
    assert_eq!((begun.conversation(), begun.messages()), (None, 0));
    patch(&app, json!({ "canUserCreateMoreConversations": false })).await;
    assert!(!is_list(&visitor.open("?view=list").await));
    // A page from before goes where the visitor may speak.
    let before = visitor.page().await.conversation();
    assert_eq!(writes(&app, &visitor, &begun, "still there?").await.0, StatusCode::SEE_OTHER);
    let page = visitor.page().await;
    assert_eq!((page.conversation(), page.messages()), (before, 2));
}

#[tokio::test]
async fn an_app_of_single_conversations_has_neither_list_nor_more() {
    let app = TestApp::start().await;
    app.execute("UPDATE apps SET settings = '{\"multiConvoEnabled\":false}'").await;
    allow_more(&app).await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let page = visitor.open("?view=list").await;
    assert!(!is_list(&page) && !page.html.contains("header-back"));
    assert_eq!(page.conversation(), Some(first));
}

#[tokio::test]
async fn a_new_conversation_sent_twice_is_one() {
    let app = TestApp::start().await;
    allow_more(&app).await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let rows = app.rows().await;
    let page = new_page(&visitor).await;
    assert_eq!(app.rows().await, rows, "looking at it writes nothing");
    let (one, two) =
        tokio::join!(writes(&app, &visitor, &page, "another matter"), writes(&app, &visitor, &page, "another matter"));
    assert_eq!(one, two);
    assert_eq!(one.0, StatusCode::SEE_OTHER);
    writes(&app, &visitor, &page, "another matter").await;
    let list = visitor.page().await;
    assert_eq!(list.listed().len(), 2);
    assert_eq!(list.listed()[1], first);
    let second = list.listed().remove(0);
    assert!(one.1.ends_with(&second), "{} ends with {second}", one.1);
    assert_eq!(app.texts(&second).await, ["another matter"]);
    let made = app.asks(Method::GET, &format!("/conversations/{second}"), None, 200).await;
    assert_eq!(made["conversation"]["isDefault"], json!(false));
    // The page that it began on is the conversation's now.
    let (_, query) = form_address(&page).split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(visitor.open(&format!("?{query}")).await.conversation(), Some(second));
}

#[tokio::test]
async fn somebody_elses_conversation_is_neither_shown_nor_taken() {
    let app = TestApp::start().await;
    allow_more(&app).await;
    let (_, foreign) = app.visitor_in_conversation().await;
    let (visitor, own) = app.visitor_in_conversation().await;
    for query in [format!("/{foreign}"), format!("?conversationId={foreign}")] {
        assert_eq!(visitor.open(&query).await.conversation(), Some(own.clone()), "{query}");
    }
    let page = visitor.open(&format!("?view=new&conversationId={foreign}")).await;
    assert!(!form_address(&page).contains(&foreign), "another id is drawn");
    let form = [("client_id", "a"), ("visitor", &*page.field("visitor").unwrap()), ("text", "mine now")];
    let address = format!("{}?view=new&conversationId={foreign}", visitor.path());
    let request = client().post(address).header("cookie", visitor.cookie_header()).form(&form);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(app.texts(&foreign).await, ["hello"]);
    assert_eq!(visitor.open("/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_goes_from_one_to_the_other_by_forms() {
    let app = TestApp::start().await;
    allow_more(&app).await;
    let visitor = app.anonymous().without_cookies();
    let page = visitor.page().await;
    let page = visitor.posts(&page, "one").await;
    let first = page.conversation().unwrap();
    let opens = async |page: &Page, open: &str| visitor.presses(page, open).await;
    let fresh = opens(&page, "new").await;
    assert_eq!((fresh.status, fresh.conversation()), (StatusCode::OK, None));
    let (status, _) = writes(&app, &visitor, &fresh, "two").await;
    assert_eq!(status, StatusCode::OK);
    let list = opens(&fresh, "list").await;
    assert_eq!(list.listed().len(), 2);
    let button = format!("name=\"open\" value=\"{first}\"");
    assert!(list.html.contains(&button) && !list.html.contains("<a class=\"conversation\""), "{}", list.html);
    let opened = opens(&list, &first).await;
    assert_eq!(opened.conversation(), Some(first));
    assert!(opened.html.contains("name=\"open\" value=\"list\""));
}

/// Messages that nobody of `conversation` has read.
async fn unread(app: &TestApp, conversation: &str) -> Value {
    let path = format!("/conversations/{conversation}/participants");
    app.asks(Method::GET, &path, None, 200).await["participants"][0]["unreadCount"].clone()
}

#[tokio::test]
async fn a_page_without_scripts_says_by_a_picture_what_it_showed() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    app.business_says(&conversation, "Good morning!").await;
    let page = visitor.page().await;
    let picture = page.html.split("<noscript><img src=\"").nth(1).expect("there is one").split('"').next().unwrap();
    assert!(picture.starts_with(&format!("/chat/{}/{conversation}/read?page=", visitor.integration)), "{picture}");
    let (path, _) = picture.split_once('?').unwrap();
    let get = |cookies: &Visitor, address: &str| {
        client().get(format!("{}{address}", app.url)).header("cookie", cookies.cookie_header())
    };
    let (stranger, _) = app.visitor_in_conversation().await;
    for (what, request) in [
        ("another site's page", get(&visitor, picture).header("sec-fetch-site", "cross-site")),
        ("who does not know the page", get(&visitor, path)),
        ("another page", get(&visitor, &format!("{path}?page=66b000000000000000000001"))),
        ("another browser", get(&stranger, picture)),
        ("no browser", client().get(format!("{}{picture}", app.url))),
    ] {
        let status = request.send().await.unwrap().status();
        assert!(status.is_client_error(), "{what}: {status}");
    }
    assert_eq!(unread(&app, &conversation).await, 1);
    assert_eq!(visitor.gets(picture).await.status, StatusCode::NO_CONTENT);
    assert_eq!(unread(&app, &conversation).await, 0);
    // A browser without cookies could not say who it is, and an older page does not show what is new.
    let other = app.anonymous().without_cookies();
    let page = other.posts(&other.page().await, "hello").await;
    assert!(page.conversation().is_some() && !page.html.contains("/read?"), "{}", page.html);
}

#[tokio::test]
async fn a_page_hears_how_much_is_unread_elsewhere() {
    let app = TestApp::start().await;
    let (visitor, first) = app.visitor_in_conversation().await;
    let second = begin(&app, &app.author(&first).await, None).await;
    app.business_says(&second, "one").await;
    app.business_says(&first, "two").await;
    let count = async |shown: Option<&str>| {
        let who =
            json!({ "integration": visitor.integration, "surface": "chat", "token": null, "conversation": shown });
        let request =
            client().post(format!("{}/fn/unread_elsewhere", app.url)).header("cookie", visitor.cookie_header());
        let answer = request.json(&json!({ "visitor": who })).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    assert_eq!(count(Some(&first)).await, (StatusCode::OK, "1".to_owned()));
    assert_eq!(count(None).await.1, "2");
    let read = json!({ "author": { "type": "user", "userId": app.author(&first).await }, "type": "conversation:read" });
    app.asks(Method::POST, &format!("/conversations/{second}/activity"), Some(read), 200).await;
    assert_eq!(count(Some(&first)).await.1, "0");
}
