//! Short links, from their making to the message that comes by them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::clock::Clock;

use crate::support::{Call, HookReceiver, Page, TestApp, Visitor, answer};

const REFERRAL: &str = "conversation:referral";

impl TestApp {
    fn links(&self) -> String {
        format!("/integrations/{}/links", self.made.integration)
    }

    /// A new link.
    pub async fn link(&self, body: Value) -> Value {
        self.asks(Method::POST, &self.links(), Some(body), 201).await["link"].clone()
    }

    /// A link as it is now.
    async fn link_now(&self, link: &Value) -> Value {
        self.asks(Method::GET, &format!("{}/{}", self.links(), text(&link["id"])), None, 200).await["link"].clone()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn path(link: &Value) -> String {
    format!("/l/{}", text(&link["slug"]))
}

/// Opens `link` as a browser does; gives the query of the page that it led to, and the page.
async fn follow(visitor: &Visitor, link: &Value) -> (String, Page) {
    let led = visitor.gets(&path(link)).await;
    assert_eq!((led.status, led.header("cache-control")), (StatusCode::FOUND, "no-store"), "{}", led.html);
    let to = led.header("location");
    let query = to.strip_prefix(&format!("/chat/{}", visitor.integration)).unwrap_or_else(|| panic!("{to}"));
    let page = visitor.open(query).await;
    assert_eq!(page.status, StatusCode::OK);
    (query.to_owned(), page)
}

/// The query that the form of `page` posts to.
fn action(page: &Page) -> String {
    let form = page.html.split("<form").find(|form| form.contains("name=\"client_id\"")).unwrap();
    let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    action.split_once('?').map_or(String::new(), |(_, query)| format!("?{}", query.replace("&amp;", "&")))
}

/// Opens `link` and sends `said` from the page.
async fn comes_by(visitor: &Visitor, link: &Value, said: &str) -> Page {
    let (_, page) = follow(visitor, link).await;
    let sent = visitor.posts_at(&action(&page), &page, said).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    sent
}

#[tokio::test]
async fn a_link_is_made_changed_listed_and_revoked() {
    let app = TestApp::start().await;
    let expiry = "2100-01-01T00:00:00.000Z";
    let body = json!({
        "message": "A table, please", "ref": "poster", "locale": "de", "metadata": { "table": 5 }, "expiresAt": expiry,
        "maxUses": 3,
    });
    let made = app.link(body.clone()).await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    let url = format!("{}{}", app.url, path(&made));
    assert_eq!((text(&made["slug"]).len(), text(&made["url"]), &made["uses"]), (10, url.as_str(), &json!(0)));
    for (name, below) in
        [("qrSvgUrl", "qr.svg"), ("qrPngUrl", "qr.png"), ("cardUrl", "card"), ("statusSvgUrl", "status.svg")]
    {
        assert_eq!(text(&made[name]), format!("{url}/{below}"));
        assert_eq!(app.http.get(text(&made[name])).send().await.unwrap().status(), StatusCode::OK, "{name}");
    }
    assert_eq!(app.link_now(&made).await, made);
    let one = format!("{}/{}", app.links(), text(&made["id"]));
    let patched = app.asks(Method::PATCH, &one, Some(json!({ "ref": null, "maxUses": 5 })), 200).await;
    assert_eq!((patched["link"].get("ref"), &patched["link"]["maxUses"]), (None, &json!(5)));
    let other = app.link(json!({})).await;
    let first = app.asks(Method::GET, &format!("{}?page[size]=1", app.links()), None, 200).await;
    assert_eq!(first["meta"]["hasMore"], true);
    let (key, next) = (&app.made.key, text(&first["links"]["next"]));
    let (_, second) = answer(app.http.get(next).basic_auth(key.id.as_str(), Some(&key.secret))).await;
    // Of the same second either may be the older one.
    let mut listed = vec![first["shortLinks"][0].clone(), second["shortLinks"][0].clone()];
    listed.sort_by_key(|link| link["id"] == other["id"]);
    assert_eq!(listed, [patched["link"].clone(), other]);
    let revoked = app.asks(Method::DELETE, &one, None, 200).await;
    assert!(revoked["link"]["revokedAt"].is_string());
    assert_eq!(app.asks(Method::DELETE, &one, None, 200).await, revoked, "once is enough");
    assert_eq!(app.link_now(&made).await, revoked["link"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_link_is_named() {
    let app = TestApp::start().await;
    for (body, field) in [
        (json!({ "message": "" }), "message"),
        (json!({ "ref": "x".repeat(2084) }), "ref"),
        (json!({ "locale": "<script>" }), "locale"),
        (json!({ "metadata": { "a": [] } }), "metadata.a"),
        (json!({ "maxUses": 0 }), "maxUses"),
        (json!({ "maxUses": -1 }), "maxUses"),
        (json!({ "expiresAt": "2020-01-01T00:00:00Z" }), "expiresAt"),
        (json!({ "expiresAt": "tomorrow" }), "expiresAt"),
    ] {
        let refused = app.asks(Method::POST, &app.links(), Some(body), 400).await;
        assert!(text(&refused["errors"][0]["title"]).starts_with(field), "{field}: {refused}");
    }
    let (custom, _) = app.custom_integration().await;
    app.asks(Method::POST, &format!("/integrations/{custom}/links"), Some(json!({})), 400).await;
    app.asks(Method::GET, &format!("{}/nonsense", app.links()), None, 404).await;
}

#[tokio::test]
async fn a_link_fills_the_composer_and_sends_nothing() {
    let app = TestApp::start().await;
    let link = app.link(json!({ "message": "A <b>table</b>, please", "ref": "secret-ref", "locale": "ar" })).await;
    let visitor = app.anonymous();
    let (query, page) = follow(&visitor, &link).await;
    assert_eq!(page.draft(), "A &lt;b&gt;table&lt;/b&gt;, please");
    assert!(page.html.contains("lang=\"ar\" dir=\"rtl\""), "the language of the link");
    assert!(!query.contains("secret") && !page.html.contains("secret-ref"), "{query}");
    assert_eq!((page.messages(), app.rows().await), (0, 0));
    let sent = visitor.posts_at(&action(&page), &page, "Five, please").await;
    let after =
        visitor.open(&sent.header("location").split_once('?').map(|(_, query)| format!("?{query}")).unwrap()).await;
    assert_eq!((after.messages(), after.draft()), (1, ""), "what was sent is not offered again");
    assert!(after.html.contains("lang=\"ar\""));
    let (_, again) = follow(&visitor, &link).await;
    assert_eq!((again.messages(), again.draft().is_empty()), (1, false), "opened again it is");
}

#[tokio::test]
async fn a_preview_or_a_crawler_leaves_no_trace() {
    let app = TestApp::start().await;
    let link = app.link(json!({ "message": "hi", "ref": "poster", "externalId": "ann", "maxUses": 1 })).await;
    let rows =
        "SELECT (SELECT count(*) FROM link_uses) + (SELECT count(*) FROM referrals) + (SELECT sum(uses) FROM links)";
    for _ in 0..3 {
        let bot = app.anonymous().without_cookies();
        let (_, page) = follow(&bot, &link).await;
        let url = format!("{}/chat/{}", app.url, bot.integration);
        for (name, value) in [
            ("property=\"og:title\"", "Tea &amp; Co".to_owned()),
            ("property=\"og:url\"", url.clone()),
            ("property=\"og:image\"", format!("{url}/card.png")),
            ("property=\"og:description\"", "We're here to talk, so ask us anything!".to_owned()),
            ("name=\"twitter:card\"", "summary_large_image".to_owned()),
        ] {
            let tag = page.html.split("<meta").find(|tag| tag.contains(name)).unwrap_or_else(|| panic!("{name}"));
            assert!(tag.contains(&format!("content=\"{value}\"")), "{tag}");
        }
        assert!(page.html.contains("name=\"robots\" content=\"noindex\""));
        for below in ["/card", "/qr.svg", "/qr.png", "/status.svg"] {
            assert_eq!(bot.gets(&format!("{}{below}", path(&link))).await.status, StatusCode::OK, "{below}");
        }
        let image = bot.gets(&format!("/chat/{}/card.png", bot.integration)).await;
        assert_eq!((image.status, image.header("content-type")), (StatusCode::OK, "image/png"));
    }
    assert_eq!((app.rows().await, app.number(rows).await), (0, 0));
}

#[tokio::test]
async fn a_link_that_has_ended_says_so_kindly() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let unknown = [
        visitor.gets("/l/abcdefghij").await,
        visitor.gets("/l/nonsense").await,
        visitor.gets("/l/%FF%00").await,
        visitor.gets("/l/abcdefghij/card").await,
    ];
    for page in unknown {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.html.contains("This chat is not here"), "{}", page.html);
    }
    let [revoked, expired, used] = [json!({}), json!({}), json!({ "maxUses": 1 })].map(|body| app.link(body));
    let (revoked, expired, used) = (revoked.await, expired.await, used.await);
    app.asks(Method::DELETE, &format!("{}/{}", app.links(), text(&revoked["id"])), None, 200).await;
    let past = json!({ "expiresAt": Clock::system().now().plus_millis(-1) });
    app.asks(Method::PATCH, &format!("{}/{}", app.links(), text(&expired["id"])), Some(past), 200).await;
    let first = app.anonymous();
    comes_by(&first, &used, "mine").await;
    let rows = app.rows().await;
    for (link, title, has_way) in [
        (&revoked, "This link has been withdrawn", false),
        (&expired, "This link has expired", true),
        (&used, "This link has been used up", true),
    ] {
        let page = visitor.gets(&path(link)).await;
        assert_eq!(page.status, StatusCode::GONE, "{title}");
        assert!(page.html.contains(&format!(">{title}</h1>")), "{}", page.html);
        assert_eq!(page.html.contains("Open the chat"), has_way, "{title}");
        let badge = visitor.gets(&format!("{}/status.svg", path(link))).await;
        assert_eq!((badge.status, badge.header("content-type")), (StatusCode::GONE, "image/svg+xml"));
        assert!(badge.html.contains("This chat is closed") && badge.html.contains("#6b7280"), "{}", badge.html);
        let late = visitor.open(&format!("?link={}", text(&link["slug"]))).await;
        assert_eq!((late.status, late.draft()), (StatusCode::OK, ""), "the chat itself is there");
    }
    follow(&first, &used).await;
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn a_browser_is_one_use_however_much_it_writes() {
    let app = TestApp::start().await;
    let link = app.link(json!({ "maxUses": 2, "metadata": { "table": 5, "late": true } })).await;
    let (ann, bea, cleo) = (app.anonymous(), app.anonymous(), app.anonymous());
    let (_, open) = follow(&cleo, &link).await;
    for said in ["one", "two"] {
        comes_by(&ann, &link, said).await;
        assert_eq!(app.link_now(&link).await["uses"], 1);
    }
    comes_by(&bea, &link, "one").await;
    assert_eq!(app.link_now(&link).await["uses"], 2);
    // Opened in time, sent too late: the message arrives, by itself.
    assert_eq!(cleo.posts_at(&action(&open), &open, "late").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.link_now(&link).await["uses"], 2);
    for (visitor, table) in [(&ann, Some(json!({ "table": 5, "late": true }))), (&cleo, None)] {
        let conversation = visitor.page().await.conversation().unwrap();
        let found = app.asks(Method::GET, &format!("/conversations/{conversation}"), None, 200).await;
        assert_eq!(found["conversation"].get("metadata").cloned(), table);
    }
}

#[tokio::test]
async fn metadata_fills_gaps_of_a_conversation_that_is_there() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let path = format!("/conversations/{conversation}");
    app.asks(Method::PATCH, &path, Some(json!({ "metadata": { "table": 1 } })), 200).await;
    let link = app.link(json!({ "metadata": { "table": 5, "poster": "spring" } })).await;
    comes_by(&visitor, &link, "again").await;
    let found = app.asks(Method::GET, &path, None, 200).await;
    assert_eq!(found["conversation"]["metadata"], json!({ "table": 1, "poster": "spring" }));
    app.asks(Method::PATCH, &path, Some(json!({ "metadata": { "poster": null } })), 200).await;
    comes_by(&visitor, &link, "and again").await;
    let found = app.asks(Method::GET, &path, None, 200).await;
    assert_eq!(found["conversation"]["metadata"], json!({ "table": 1 }), "what the business takes away stays away");
}

#[tokio::test]
async fn webhooks_learn_once_where_a_visitor_came_from() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[REFERRAL, "conversation:create", "conversation:message"]).await;
    let link = app.link(json!({ "ref": "spring-poster", "metadata": { "table": 5 } })).await;
    let visitor = app.anonymous();
    comes_by(&visitor, &link, "one").await;
    let calls = receiver.first(3).await;
    let triggers: Vec<&str> = calls.iter().map(Call::trigger).collect();
    assert_eq!(triggers, ["conversation:create", REFERRAL, "conversation:message"]);
    let referral = json!({ "code": "spring-poster", "details": { "source": "SHORTLINK", "type": "OPEN_THREAD" } });
    assert_eq!(calls[0].payload()["referral"], referral);
    let told = calls[1].payload();
    assert_eq!(told["referral"], referral);
    assert_eq!(told["source"], json!({ "type": "web", "integrationId": app.made.integration }));
    assert!(told["user"]["id"].is_string() && told["conversation"]["metadata"] == json!({ "table": 5 }), "{told}");
    // The same page goes on, and the same link once more: no news. A `ref` of the address on the same conversation is.
    comes_by(&visitor, &link, "two").await;
    let query = "?ref=newsletter%20%26%20co";
    let page = visitor.open(query).await;
    visitor.posts_at(&action(&page), &page, "three").await;
    let calls = receiver.first(6).await;
    let triggers: Vec<&str> = calls[3..].iter().map(Call::trigger).collect();
    assert_eq!(triggers, ["conversation:message", REFERRAL, "conversation:message"]);
    assert_eq!(calls[4].payload()["referral"], json!({ "code": "newsletter & co" }));
    assert_eq!((calls[3].said(), calls[5].said()), ("two", "three"));
    // A day later it is news again.
    app.execute("UPDATE referrals SET at = at - 86400000").await;
    comes_by(&visitor, &link, "four").await;
    assert_eq!(receiver.first(8).await[6].payload()["referral"], referral);
}

#[tokio::test]
async fn the_pages_script_brings_the_same_as_its_form() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    app.hook(&receiver.url(), &[REFERRAL]).await;
    let link = app.link(json!({ "ref": "spring-poster" })).await;
    let visitor = app.anonymous();
    let (_, page) = follow(&visitor, &link).await;
    let who = json!({
        "integration": visitor.integration, "surface": "chat", "token": page.field("visitor"), "query": action(&page),
    });
    let body = json!({ "visitor": who, "client_id": "a", "say": { "text": "hi" } });
    let sent = app.http.post(format!("{}/fn/send_message", app.url)).json(&body).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    assert_eq!(receiver.first(1).await[0].payload()["referral"]["code"], "spring-poster");
    assert_eq!(app.link_now(&link).await["uses"], 1);
}

#[tokio::test]
async fn whoever_opens_a_personal_link_speaks_as_that_person() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let link = app.link(json!({ "externalId": "ann" })).await;
    assert_eq!(text(&link["slug"]).len(), 20, "nobody finds it by trying");
    let (phone, laptop, other) = (app.anonymous(), app.anonymous(), app.anonymous());
    comes_by(&phone, &link, "from the phone").await;
    let conversation = phone.page().await.conversation().unwrap();
    assert_eq!(app.author(&conversation).await, ann);
    let (_, before) = follow(&laptop, &link).await;
    assert_eq!(before.messages(), 0, "a page that nobody has written on shows nothing of hers");
    comes_by(&laptop, &link, "from the laptop").await;
    assert_eq!(app.texts(&conversation).await, ["from the phone", "from the laptop"]);
    // Who has spoken as somebody else stays that person.
    other.says("me").await;
    comes_by(&other, &link, "still me").await;
    let theirs = other.page().await.conversation().unwrap();
    assert_eq!(app.texts(&theirs).await, ["me", "still me"]);
    // A person whom the business has not met is made.
    let new = app.link(json!({ "externalId": "bea" })).await;
    comes_by(&app.anonymous(), &new, "hi").await;
    let bea = app.asks(Method::GET, "/users/bea", None, 200).await;
    assert_eq!(bea["user"]["externalId"], "bea");
}

#[tokio::test]
async fn a_link_to_one_chat_page_brings_nothing_to_another() {
    let app = TestApp::start().await;
    let link = app.link(json!({ "message": "hi", "externalId": "ann" })).await;
    let made = app.asks(Method::POST, "/integrations", Some(json!({ "type": "web" })), 201).await;
    let visitor = Visitor::new(&app.url, text(&made["integration"]["id"]).parse().unwrap());
    let page = visitor.open(&format!("?link={}", text(&link["slug"]))).await;
    assert_eq!(page.draft(), "");
    visitor.posts_at(&action(&page), &page, "me").await;
    assert_eq!(app.link_now(&link).await["uses"], 0);
    app.asks(Method::GET, "/users/ann", None, 404).await;
}

/// What an independent reader sees in the picture at `path`.
async fn scanned(app: &TestApp, path: &str) -> String {
    let answer = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let (kind, cache) = (answer.headers()["content-type"].clone(), answer.headers()["cache-control"].clone());
    assert_eq!(cache, "public, max-age=86400");
    let bytes = answer.bytes().await.unwrap();
    let (side, grey) = if kind == "image/png" {
        let image = image::load_from_memory(&bytes).unwrap().into_luma8();
        (image.width() as usize, image.into_raw())
    } else {
        assert_eq!(kind, "image/svg+xml");
        let tree = resvg::usvg::Tree::from_data(&bytes, &resvg::usvg::Options::default()).unwrap();
        let side = tree.size().to_int_size().width();
        let mut picture = resvg::tiny_skia::Pixmap::new(side, side).unwrap();
        resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut picture.as_mut());
        (side as usize, picture.pixels().iter().map(|pixel| pixel.green()).collect())
    };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| grey[y * side + x]);
    let grids = picture.detect_grids();
    grids.first().unwrap_or_else(|| panic!("{path} shows a code")).decode().unwrap().1
}

#[tokio::test]
async fn a_code_that_is_scanned_leads_to_its_address() {
    let app = TestApp::start().await;
    let link = app.link(json!({})).await;
    let page = format!("/chat/{}", app.made.integration);
    for (path, url) in [(path(&link), text(&link["url"]).to_owned()), (page.clone(), format!("{}{page}", app.url))] {
        for query in
            ["?size=256", "?size=256&logo=0&ec=L", "?ec=q&margin=9&size=200", "?size=huge&ec=X&margin=-1&logo="]
        {
            for kind in ["svg", "png"] {
                assert_eq!(scanned(&app, &format!("{path}/qr.{kind}{query}")).await, url, "{query}");
            }
        }
    }
    assert_eq!(app.anonymous().gets("/l/abcdefghij/qr.png").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_poster_shows_the_code_and_its_address() {
    let app = TestApp::start().await;
    let link = app.link(json!({ "message": "not on paper", "locale": "he" })).await;
    let visitor = app.anonymous();
    let poster = visitor.gets(&format!("{}/card", path(&link))).await;
    assert_eq!(poster.status, StatusCode::OK);
    assert!(poster.html.contains(&format!("src=\"{}/qr.svg?size=1024\"", path(&link))), "{}", poster.html);
    let address = text(&link["url"]).strip_prefix("http://").unwrap();
    assert!(
        poster.html.contains(&format!(">{address}</a>")) && poster.html.contains("Tea &amp; Co"),
        "{}",
        poster.html
    );
    assert!(poster.html.contains("dir=\"rtl\"") && !poster.html.contains("not on paper"));
    assert!(!poster.html.contains("<script"), "there is nothing to bring to life");
    let german = visitor.gets(&format!("{}/card?locale=de", path(&link))).await;
    assert!(german.html.contains("Scannen und mit uns chatten"), "the address decides before the link");
    let plain = visitor.gets(&format!("/chat/{}/card", visitor.integration)).await;
    assert!(plain.html.contains(&format!("src=\"/chat/{}/qr.svg?size=1024\"", visitor.integration)), "{}", plain.html);
}

#[tokio::test]
async fn a_badge_names_the_business_as_text() {
    let app = TestApp::start().await;
    let name = "\"><script>alert(1)</script>&'";
    let change = json!({ "businessName": name, "brandColor": "ffee00" });
    app.asks(Method::PATCH, &format!("/integrations/{}", app.made.integration), Some(change), 200).await;
    let link = app.link(json!({})).await;
    let visitor = app.anonymous();
    for path in [path(&link), format!("/chat/{}", visitor.integration)] {
        let badge = visitor.gets(&format!("{path}/status.svg")).await;
        assert_eq!((badge.status, badge.header("content-type")), (StatusCode::OK, "image/svg+xml"));
        assert_eq!(badge.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(badge.header("cross-origin-resource-policy"), "cross-origin");
        assert!(!badge.html.contains("<script") && badge.html.contains("&lt;script&gt;"), "{}", badge.html);
        assert!(badge.html.contains("#ffee00") && badge.html.contains("fill=\"#000000\""), "ink that can be read");
        assert!(resvg::usvg::Tree::from_str(&badge.html, &resvg::usvg::Options::default()).is_ok());
    }
    let nowhere = visitor.gets("/l/abcdefghij/status.svg").await;
    assert_eq!((nowhere.status, nowhere.header("content-type")), (StatusCode::NOT_FOUND, "image/svg+xml"));
}
