//! The character NUL, which PostgreSQL keeps in no text: refused alike on both databases wherever a text comes in, and where it
//! was kept once, in nobody's way.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

const NUL: &str = "a\0";

/// A tenant with one of everything that requests name.
struct Shop {
    app: TestApp,
    /// What stands for each `{name}` in a path.
    names: Vec<(&'static str, String)>,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let ann = app.user("ann").await;
        let group = json!({ "type": "sdkGroup", "participants": [{ "userId": ann }] });
        let group = app.conversation(group).await;
        let (custom, _) = app.custom_integration().await;
        let made = json!({ "target": "https://crm.example/hook", "triggers": ["user:update"] });
        let hook = app.asks(Method::POST, &format!("/integrations/{custom}/webhooks"), Some(made), 201).await;
        let board = app.asks(Method::POST, "/switchboards", None, 201).await;
        let id = |made: &Value, kind: &str| made[kind]["id"].as_str().unwrap().to_owned();
        let (page, hook, board) = (app.made.integration.to_string(), id(&hook, "webhook"), id(&board, "switchboard"));
        let names =
            vec![("page", page), ("group", group), ("custom", custom), ("hook", hook), ("board", board), ("ann", ann)];
        Self { app, names }
    }

    fn fill(&self, path: &str) -> String {
        self.names.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }

    fn v2(&self, method: &Method, path: &str) -> RequestBuilder {
        self.app.api(method.clone(), &self.fill(path))
    }

    fn v1(&self, method: &Method, path: &str) -> RequestBuilder {
        self.app.v1(method.clone(), &self.fill(path))
    }
}

/// What is refused of an answer, in the words of either API.
async fn refusal(what: &str, request: RequestBuilder) -> String {
    let (status, answer) = answer(request).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{what}: {answer}");
    let title = answer.pointer("/errors/0/title").or(answer.pointer("/error/description"));
    title.and_then(Value::as_str).unwrap_or_else(|| panic!("{what}: {answer}")).to_owned()
}

/// Whether `title` says that the text at `place` has a NUL.
fn is_about(title: &str, place: &str) -> bool {
    title.starts_with(place) && title.ends_with("must not contain the character NUL")
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn bodies() -> Vec<(Method, &'static str, Value, &'static str)> {
    let (post, patch) = (Method::POST, Method::PATCH);
    let business = json!({ "type": "business" });
    let hello = json!({ "type": "text", "text": "hello" });
    let content = |content: Value| json!({ "author": { "type": "business" }, "content": content });
    let messages = "/conversations/{group}/messages";
    vec![
        (patch.clone(), "", json!({ "displayName": NUL }), "displayName"),
        (patch.clone(), "", json!({ "metadata": { "a": NUL } }), "metadata.a"),
        (patch.clone(), "", json!({ "metadata": { NUL: 1 } }), "metadata"),
        (post.clone(), "/users", json!({ "externalId": NUL }), "externalId"),
        (post.clone(), "/users", json!({ "externalId": "b", "profile": { "givenName": NUL } }), "profile.givenName"),
        (post.clone(), "/users", json!({ "externalId": "b", "metadata": { "a": NUL } }), "metadata.a"),
        (patch.clone(), "/users/ann", json!({ "profile": { "surname": NUL } }), "profile.surname"),
        (patch.clone(), "/users/ann", json!({ "profile": { "email": "a\0@b.example" } }), "profile.email"),
        (
            post.clone(),
            "/users/ann/clients",
            json!({
                "matchCriteria": { "type": "twilio", "integrationId": "{page}", "phoneNumber": NUL },
                "confirmation": { "type": "immediate" },
                "target": { "conversationId": "{group}" },
            }),
            "matchCriteria.phoneNumber",
        ),
        (
            post.clone(),
            "/users/ann/clients",
            json!({
                "matchCriteria": { "type": "twilio", "integrationId": "{page}", "phoneNumber": "+1" },
                "confirmation": { "type": "prompt", "message": { "content": { "text": NUL } } },
                "target": { "conversationId": "{group}" },
            }),
            "confirmation.message.content.text",
        ),
        (post.clone(), "/bans", json!({ "userId": "{ann}", "reason": NUL }), "reason"),
        (post.clone(), "/bans", json!({ "prefix": NUL }), "prefix"),
        (post.clone(), "/conversations", json!({ "type": "sdkGroup", "displayName": NUL }), "displayName"),
        (
            post.clone(),
            "/conversations",
            json!({ "type": "personal", "participants": [{ "userExternalId": NUL }] }),
            "participants[0].userExternalId",
        ),
        (patch.clone(), "/conversations/{group}", json!({ "description": NUL }), "description"),
        (patch.clone(), "/conversations/{group}", json!({ "metadata": { "a": NUL } }), "metadata.a"),
        (post.clone(), "/conversations/{group}/join", json!({ "userExternalId": NUL }), "userExternalId"),
        (post.clone(), "/conversations/{group}/leave", json!({ "userExternalId": NUL }), "userExternalId"),
        (post.clone(), "/conversations/{group}/leave", json!({ "participantId": NUL }), "participantId"),
        (
            post.clone(),
            "/conversations/{group}/activity",
            json!({ "author": { "type": "user", "userExternalId": NUL }, "type": "conversation:read" }),
            "author.userExternalId",
        ),
        (
            post.clone(),
            "/conversations/{group}/passControl",
            json!({ "switchboardIntegration": NUL }),
            "switchboardIntegration",
        ),
        (
            post.clone(),
            "/conversations/{group}/offerControl",
            json!({ "switchboardIntegration": "next", "metadata": { "a": NUL } }),
            "metadata.a",
        ),
        (post.clone(), "/conversations/{group}/acceptControl", json!({ "metadata": { "a": NUL } }), "metadata.a"),
        (post.clone(), "/conversations/{group}/download", json!({ "userId": NUL }), "userId"),
        (
            post.clone(),
            messages,
            json!({ "author": { "type": "business", "displayName": NUL }, "content": hello }),
            "author.displayName",
        ),
        (
            post.clone(),
            messages,
            json!({ "author": { "type": "user", "userExternalId": NUL }, "content": hello }),
            "author.userExternalId",
        ),
        (
            post.clone(),
            messages,
            json!({ "author": business, "content": hello, "metadata": { "a": NUL } }),
            "metadata.a",
        ),
        (
            post.clone(),
            messages,
            json!({ "author": business, "content": hello, "destination": { "integrationType": NUL } }),
            "destination.integrationType",
        ),
        (post.clone(), messages, content(json!({ "type": NUL })), "content.type"),
        (post.clone(), messages, content(json!({ "type": "text", "text": NUL })), "content.text"),
        (
            post.clone(),
            messages,
            content(json!({ "type": "text", "text": "a", "actions": [
                { "type": "reply", "text": "b", "payload": "c", "metadata": { "a": NUL } },
            ] })),
            "content.actions[0].metadata.a",
        ),
        (
            post.clone(),
            messages,
            content(json!({ "type": "image", "mediaUrl": "https://a.example/a.png", "altText": NUL })),
            "content.altText",
        ),
        (
            post.clone(),
            messages,
            content(json!({ "type": "list", "items": [
                { "title": "a", "actions": [{ "type": "link", "text": "b", "uri": "https://a.example/\0" }] },
            ] })),
            "content.items[0].actions[0].uri",
        ),
        (
            post.clone(),
            messages,
            content(json!({ "type": "location", "coordinates": { "lat": 1, "long": 1 }, "location": { "name": NUL } })),
            "content.location.name",
        ),
        (
            post.clone(),
            messages,
            content(json!({ "type": "form", "fields": [{ "type": "text", "name": "a", "label": NUL }] })),
            "content.fields[0].label",
        ),
        (
            post.clone(),
            messages,
            content(json!({ "type": "template", "template": { "a": [{ "b": NUL }] } })),
            "content.template.a[0].b",
        ),
        (post.clone(), "/attachments/remove", json!({ "mediaUrl": NUL }), "mediaUrl"),
        (post.clone(), "/integrations", json!({ "type": NUL }), "type"),
        (post.clone(), "/integrations", json!({ "type": "web", "businessName": NUL }), "businessName"),
        (post.clone(), "/integrations", json!({ "type": "telegram", "token": NUL }), "token"),
        (
            post.clone(),
            "/integrations",
            json!({ "type": "custom", "webhooks": [{ "target": "https://a.example", "triggers": [NUL] }] }),
            "webhooks[0].triggers[0]",
        ),
        (patch.clone(), "/integrations/{page}", json!({ "displayName": NUL }), "displayName"),
        (patch.clone(), "/integrations/{page}", json!({ "businessName": NUL }), "businessName"),
        (
            patch.clone(),
            "/integrations/{page}",
            json!({ "customText": { "headerText": NUL } }),
            "customText.headerText",
        ),
        (patch.clone(), "/integrations/{page}", json!({ "customText": { NUL: "a" } }), "customText"),
        (patch.clone(), "/integrations/{page}", json!({ "integrationOrder": [NUL] }), "integrationOrder[0]"),
        (
            patch.clone(),
            "/integrations/{page}",
            json!({ "prechatCapture": { "fields": [{ "type": "text", "name": NUL, "label": "a" }] } }),
            "prechatCapture.fields[0].name",
        ),
        (post.clone(), "/integrations/{page}/links", json!({ "message": NUL }), "message"),
        (post.clone(), "/integrations/{page}/links", json!({ "ref": NUL }), "ref"),
        (post.clone(), "/integrations/{page}/links", json!({ "externalId": NUL }), "externalId"),
        (post.clone(), "/integrations/{page}/links", json!({ "metadata": { "a": NUL } }), "metadata.a"),
        (post.clone(), "/integrations/{custom}/keys", json!({ "displayName": NUL }), "displayName"),
        (
            post.clone(),
            "/integrations/{custom}/webhooks",
            json!({ "target": "https://a.example/\0", "triggers": ["user:update"] }),
            "target",
        ),
        (patch, "/integrations/{custom}/webhooks/{hook}", json!({ "triggers": [NUL] }), "triggers[0]"),
        (post.clone(), "/integrations/{custom}/webhooks/{hook}/replay", json!({ "deliveryId": NUL }), "deliveryId"),
        (
            post.clone(),
            "/switchboards/{board}/switchboardIntegrations",
            json!({ "name": "a", "integrationType": NUL }),
            "integrationType",
        ),
        (post, "/switchboards/{board}/switchboardIntegrations", json!({ "name": NUL }), "name"),
    ]
}

#[tokio::test]
async fn a_body_with_a_nul_is_refused_by_the_name_of_the_field() {
    let shop = Shop::open().await;
    let rows = shop.app.rows().await;
    for (method, path, body, field) in bodies() {
        let what = format!("{method} {path} {body}");
        let title = refusal(&what, shop.v2(&method, path).json(&json!(body)).body(shop.fill(&body.to_string()))).await;
        assert!(is_about(&title, field), "{what}: {title}");
    }
    for (path, body) in [("/v2/apps", json!({ "displayName": NUL })), ("{app}/keys", json!({ "displayName": NUL }))] {
        let key = &shop.app.made.account_key;
        let path = path.replace("{app}", &format!("/v2/apps/{}", shop.app.made.app));
        let request = shop.app.call((key.id.as_str(), &key.secret), Method::POST, &path).json(&body);
        assert!(is_about(&refusal(&path, request).await, "displayName"), "{path}");
    }
    assert_eq!(shop.app.rows().await, rows);
}

#[tokio::test]
async fn a_body_of_the_older_api_as_well() {
    let shop = Shop::open().await;
    let made = json!({ "name": "kept", "message": { "role": "appMaker", "type": "text", "text": "a" } });
    let (_, made) = answer(shop.v1(&Method::POST, "/templates").json(&made)).await;
    let template = format!("/templates/{}", made["template"]["_id"].as_str().unwrap());
    let (post, put) = (Method::POST, Method::PUT);
    let messages = "/appusers/ann/messages";
    let rows = shop.app.rows().await;
    for (method, path, body) in [
        (&post, "/appusers", json!({ "userId": NUL })),
        (&post, "/appusers", json!({ "userId": "b", "givenName": NUL })),
        (&put, "/appusers/ann", json!({ "surname": NUL })),
        (&put, "/appusers/ann", json!({ "properties": { "a": NUL } })),
        (&post, "/appusers/merge", json!({ "surviving": { "userId": "ann" }, "discarded": { "userId": NUL } })),
        (&post, messages, json!({ "role": "appMaker", "type": "text", "text": NUL })),
        (&post, messages, json!({ "role": "appMaker", "type": "text", "text": "a", "name": NUL })),
        (&post, messages, json!({ "role": "appMaker", "type": "text", "text": "a", "metadata": { "a": NUL } })),
        (&post, messages, json!({ "role": NUL, "type": "text", "text": "a" })),
        (&post, "/appusers/ann/conversation/postback", json!({ "actionId": NUL })),
        (&post, "/appusers/ann/channels", json!({ "type": NUL, "confirmation": {} })),
        (&post, "/appusers/ann/channels", json!({ "type": "twilio", "phoneNumber": NUL, "confirmation": {} })),
        (&post, "/integrations", json!({ "type": "web", "businessName": NUL })),
        (&put, "/integrations/{page}", json!({ "customText": { "headerText": NUL } })),
        (&post, "/webhooks", json!({ "target": "https://a.example/\0" })),
        (&post, "/webhooks", json!({ "target": "https://a.example/", "triggers": [NUL] })),
        (&put, "/menu", json!({ "items": [{ "type": "postback", "text": NUL, "payload": "a" }] })),
        (&put, "/menu", json!({ "items": [], "settings": { "a": NUL } })),
        (&post, "/templates", json!({ "name": NUL, "message": {} })),
        (&post, "/templates", json!({ "name": "a", "message": { "text": NUL } })),
        (&put, &template, json!({ "name": NUL })),
        (&post, "/attachments/remove", json!({ "mediaUrl": NUL })),
    ] {
        let what = format!("{method} {path} {body}");
        let title = refusal(&what, shop.v1(method, path).json(&body)).await;
        assert!(is_about(&title, ""), "{what}: {title}");
    }
    let activity = json!({ "role": "appMaker", "type": NUL });
    refusal("activity", shop.v1(&post, "/appusers/ann/conversation/activity").json(&activity)).await;
    let app = &shop.app;
    for (path, body) in [
        ("", json!({ "name": NUL })),
        (
            "/notifications",
            json!({
                "destination": { "integrationId": app.made.integration, "destinationId": NUL },
                "message": { "type": "text", "text": "a" },
            }),
        ),
    ] {
        let method = if path.is_empty() { Method::PUT } else { Method::POST };
        let title = refusal(path, app.v1(method, &format!("/apps/{}{path}", app.made.app)).json(&body)).await;
        assert!(is_about(&title, ""), "{path}: {title}");
    }
    for (name, value) in [("text", NUL), ("metadata", r#"{"a":"\u0000"}"#)] {
        let form = Form::new().part("source", Part::bytes(&b"GIF89a"[..])).text("role", "appMaker");
        let request = app.v1(Method::POST, "/appusers/ann/images").multipart(form.text(name, value));
        refusal(name, request).await;
    }
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn a_path_or_a_query_with_a_nul_names_nothing() {
    let shop = Shop::open().await;
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    for (method, path, field) in [
        (&get, "/users/%00", "userIdOrExternalId"),
        (&delete, "/users/a%00", "userIdOrExternalId"),
        (&delete, "/users/a%00/personalinformation", "userIdOrExternalId"),
        (&get, "/users/a%00/clients", "userIdOrExternalId"),
        (&get, "/users/a%00/devices", "userIdOrExternalId"),
        (&get, "/users/a%00/export", "userIdOrExternalId"),
        (&get, "/users/a%00/sessions", "userIdOrExternalId"),
        (&delete, "/users/ann/clients/%00", "clientId"),
        (&get, "/conversations/%00", "conversationId"),
        (&delete, "/conversations/{group}/messages/%00", "messageId"),
        (&get, "/integrations/%00", "integrationId"),
        (&get, "/integrations/{custom}/keys/%00", "keyId"),
        (&get, "/integrations/{custom}/webhooks/%00", "webhookId"),
        (&get, "/conversations?filter[userExternalId]=%00", "filter[userExternalId]"),
        (&get, "/conversations?filter%5BuserExternalId%5D=a%00", "filter[userExternalId]"),
        (&get, "/integrations?filter[types]=web,%00", "filter[types]"),
        (&get, "/integrations?page[after]=%00", "page[after]"),
        (&get, "/users/ann/export?format=%00", "format"),
        (&post, "/attachments?access=public&for=message&conversationId=%00", "conversationId"),
    ] {
        let title = refusal(path, shop.v2(method, path)).await;
        assert!(is_about(&title, field), "{method} {path}: {title}");
    }
    for (method, path) in [
        (&get, "/appusers/%00"),
        (&delete, "/appusers/a%00"),
        (&get, "/appusers/a%00/messages"),
        (&get, "/appusers/ann/messages?before=%00"),
        (&delete, "/appusers/ann/channels/%00"),
        (&get, "/appusers/ann/linkrequest?integrationIds=%00"),
        (&post, "/attachments?access=public&appUserId=%00"),
        (&get, "/templates/%00"),
        (&get, "/webhooks/%00"),
    ] {
        let title = refusal(path, shop.v1(method, path)).await;
        assert!(is_about(&title, ""), "{method} {path}: {title}");
    }
}

#[tokio::test]
async fn credentials_with_a_nul_prove_nothing() {
    let shop = Shop::open().await;
    let (app, key) = (&shop.app, &shop.app.made.key);
    let bearer = |claims: Value| {
        let header = Header { kid: Some(key.id.to_string()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(key.secret.as_bytes())).unwrap()
    };
    let of_user = bearer(json!({ "scope": "appUser", "userId": NUL }));
    let me = app.http.get(format!("{}/v1.1/appusers/ann", app.url));
    for request in [
        me.try_clone().unwrap().bearer_auth(of_user),
        me.try_clone().unwrap().basic_auth(NUL, Some("a")),
        me.basic_auth(key.id.as_str(), Some(NUL)),
    ] {
        assert_eq!(answer(request).await.0, StatusCode::UNAUTHORIZED);
    }
    let grant = |name: &'static str| {
        ["code", "grant_type", "client_id", "client_secret"]
            .map(|it| (it, if it == name { NUL } else { "authorization_code" }))
    };
    for name in ["code", "client_id", "client_secret"] {
        let token = || app.http.post(format!("{}/oauth/token", app.url));
        assert!(is_about(&refusal(name, token().form(&grant(name))).await, name));
        let json: serde_json::Map<_, _> =
            grant(name).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        assert!(is_about(&refusal(name, token().json(&json)).await, name));
    }
    let authorize = format!("{}/oauth/authorize?client_id=%00&response_type=code&state=%00", app.url);
    refusal("authorize", app.http.get(authorize).basic_auth(key.id.as_str(), Some(&key.secret))).await;

    let visitor = app.anonymous();
    let page = visitor.page().await;
    let login = |body: Value| app.http.post(format!("{}/login", visitor.path())).json(&body).send();
    assert_eq!(login(json!({ "authCode": NUL })).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(visitor.submits("/login", &[("authCode", NUL)]).await.status, StatusCode::UNAUTHORIZED);
    let visitor = json!({ "integration": visitor.integration, "surface": "chat", "token": page.field("visitor") });
    let body = json!({ "visitor": visitor, "auth_code": NUL });
    let login = app.http.post(format!("{}/fn/login_with_code", app.url)).json(&body).send().await.unwrap();
    assert_eq!(login.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_claim_with_a_nul_is_passed_over() {
    let shop = Shop::open().await;
    let (app, key) = (&shop.app, &shop.app.made.key);
    let header = Header { kid: Some(key.id.to_string()), ..Header::new(Algorithm::HS256) };
    let claims = json!({ "scope": "user", "external_id": "eve", "given_name": NUL, "name": NUL });
    let jwt = encode(&header, &claims, &EncodingKey::from_secret(key.secret.as_bytes())).unwrap();
    app.anonymous().submits("/login", &[("jwt", &jwt)]).await;
    assert_eq!(app.asks(Method::GET, "/users/eve", None, 200).await["user"]["profile"], json!({}));
}

#[tokio::test]
async fn what_a_visitor_sends_with_a_nul_says_so_in_place() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let asks = json!({ "prechatCapture": { "enabled": true } });
    let visitor = app.anonymous();
    // Where somebody comes from is nobody's mistake.
    for query in ["?ref=%00", "?link=%00", "?locale=%00", "?message=%00", "?theme=%00", "?view=list&after=%00"] {
        assert_eq!(visitor.open(query).await.status, StatusCode::OK, "{query}");
    }
    let rows = app.rows().await;
    let page = visitor.page().await;
    assert_eq!(visitor.posts(&page, NUL).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = Part::bytes(&b"text"[..]).file_name("a\0.txt");
    let captioned = visitor.posts_files(&page, NUL, vec![("file", file)]).await;
    assert_eq!(captioned.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.asks(Method::PATCH, &format!("/integrations/{}", app.made.integration), Some(asks), 200).await;
    let token = page.field("visitor").unwrap();
    for (name, mail) in [(NUL, "a@b.example"), ("Ann", "a\0@b.example")] {
        let answers = [
            ("visitor", token.as_str()),
            ("form", "prechat"),
            ("client_id", "once"),
            ("field.name", name),
            ("field.email", mail),
        ];
        let refused = visitor.submits("", &answers).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?} {mail:?}: {}", refused.html);
    }
    assert_eq!(app.rows().await, rows);
    let page = visitor.page().await;
    let posted = visitor.posts_at("?ref=%00&link=%00", &page, "hello").await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER);
}

/// Rows of before NUL was refused everywhere.
#[tokio::test]
async fn what_was_kept_with_a_nul_once_keeps_nobody_from_anything() {
    let app = TestApp::start().await;
    let _hook = app.hook("https://crm.example/hook", &["conversation:message"]).await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let other = app.asks(Method::POST, "/integrations", Some(json!({ "type": "web" })), 201).await;
    let other = other["integration"]["id"].as_str().unwrap();
    let settings = r#"{"businessName":"a\u0000","retentionDays":1}"#;
    app.execute(&format!("UPDATE integrations SET settings = '{settings}' WHERE id = '{other}'")).await;
    app.execute(r"UPDATE webhook_events SET payload = replace(payload, 'hello', '\u0000 \\u0000')").await;
    let said = app.business_says(&conversation, "bye").await;
    app.execute(r"UPDATE webhook_events SET payload = replace(payload, 'bye', '\u0000')").await;
    let path = format!("/conversations/{conversation}/messages/{}", said["id"].as_str().unwrap());
    app.asks(Method::DELETE, &path, None, 200).await;
    let kept = r"SELECT count(*) FROM webhook_events WHERE payload LIKE '%u0000%'";
    assert_eq!(app.number(kept).await, 1, "the message that is still there");
    app.execute("UPDATE messages SET received = received - 200000000").await;
    app.execute("UPDATE conversations SET created_at = created_at - 200000000").await;
    let days = json!({ "retentionDays": 1 });
    app.asks(Method::PATCH, &format!("/integrations/{}", app.made.integration), Some(days), 200).await;
    app.chat().forget_now().await.unwrap();
    assert_eq!((app.texts(&conversation).await.len(), app.number(kept).await), (0, 0));
}
