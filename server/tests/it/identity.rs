//! Who a visitor is: logins by token and by code, logouts, and what other tabs make of it.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::chat::KeyOwner;

use crate::support::{Call, Feed, HookReceiver, TestApp, Visitor, answer};

/// What a visitor reads.
const REFUSED: &str = "Signing in did not work. You can write here all the same.";

/// A token with this payload, signed with the app's key.
fn jwt(app: &TestApp, payload: &Value) -> String {
    signed(app.made.key.id.as_str(), &app.made.key.secret, payload)
}

fn signed(kid: &str, secret: &str, payload: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
    encode(&header, payload, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn now(app: &TestApp) -> i64 {
    app.chat().clock().now().millis() / 1000
}

/// A token of an hour for the user whom the business knows as `name`.
fn jwt_of(app: &TestApp, name: &str) -> String {
    jwt(app, &json!({ "scope": "user", "external_id": name, "exp": now(app) + 3600 }))
}

/// Logs in as `name` with a form, and is at the page.
async fn log_in(app: &TestApp, visitor: &Visitor, name: &str) {
    let answer = visitor.submits("/login", &[("jwt", &jwt_of(app, name)), ("externalId", name)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
}

/// Calls `/fn/{name}` as a page of `visitor` does.
async fn call(app: &TestApp, visitor: &Visitor, name: &str, arguments: Value) -> (StatusCode, Value) {
    let mut body = arguments;
    body["visitor"] = json!({ "integration": visitor.integration, "surface": "chat", "token": body["visitor"] });
    let request = app.http.post(format!("{}/fn/{name}", app.url)).header("cookie", visitor.cookie_header());
    let answer = request.json(&body).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

/// What a page tells its script about whom it was written for.
fn session(page: &crate::support::Page) -> String {
    page.html.split("\"session\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Everything that was said by or to the user whom the business knows as `name`.
async fn said_to(app: &TestApp, name: &str) -> Vec<String> {
    let list = app.asks(Method::GET, &format!("/conversations?filter[userExternalId]={name}"), None, 200).await;
    let mut said = Vec::new();
    for conversation in list["conversations"].as_array().unwrap() {
        said.extend(app.texts(conversation["id"].as_str().unwrap()).await);
    }
    said.sort();
    said
}

#[tokio::test]
async fn a_bad_token_is_refused_and_says_why() {
    let app = TestApp::start().await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let rows = app.rows().await;
    let (kid, secret) = (app.made.key.id.as_str(), app.made.key.secret.as_str());
    let ann = json!({ "scope": "user", "external_id": "ann" });
    let other = app.chat().provision("Rival").await.unwrap();
    let revoked = app.chat().create_key(Some(KeyOwner::App(app.made.app)), "Old".to_owned()).await.unwrap();
    app.chat().delete_key(KeyOwner::App(app.made.app), revoked.id.as_str()).await.unwrap();
    let good = jwt(&app, &ann);
    let (head, rest) = good.split_once('.').unwrap();
    let header = |header: Value| {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        format!("{}.{}.", engine.encode(header.to_string()), rest.split_once('.').unwrap().0)
    };
    let unknown = "jwt names a key (kid) that is unknown or revoked";
    for (token, external_id, why) in [
        ("nonsense".to_owned(), "", "jwt is not a JSON web token"),
        (format!("{head}.e30.x"), "", "jwt is not signed with the key that it names"),
        (header(json!({ "alg": "none", "kid": kid })), "", "jwt should be signed with HS256 (alg)"),
        (header(json!({ "alg": "HS256" })), "", "jwt names no key (kid)"),
        (signed(kid, "wrong", &ann), "", "jwt is not signed with the key that it names"),
        (signed("app_65f0a1b2c3d4e5f6aabbccdd", secret, &ann), "", unknown),
        (signed(revoked.id.as_str(), &revoked.secret, &ann), "", unknown),
        (signed(other.key.id.as_str(), &other.key.secret, &ann), "", unknown),
        (signed(app.made.account_key.id.as_str(), &app.made.account_key.secret, &ann), "", unknown),
        (jwt(&app, &json!({ "scope": "user", "external_id": "ann", "exp": now(&app) - 61 })), "", "jwt has expired"),
        (jwt(&app, &json!({ "scope": "app", "external_id": "ann" })), "", "scope in jwt should be user"),
        (jwt(&app, &json!({ "scope": "user" })), "", "external_id is missing in jwt"),
        (
            jwt(&app, &json!({ "scope": "user", "external_id": 7 })),
            "",
            "external_id in jwt should be a string of 1 to 1024 characters",
        ),
        (good.clone(), "bob", "externalId is not the one that jwt names"),
    ] {
        let page = visitor.submits("/login", &[("jwt", &token), ("externalId", external_id)]).await;
        assert_eq!((page.status, page.problem()), (StatusCode::UNAUTHORIZED, REFUSED), "{token}");
        assert!(page.html.contains(&format!("{{\"loginRefused\":\"{why}\"}}")), "{why}: for who builds the login");
        assert_eq!(page.conversation().as_ref(), Some(&conversation), "{why}: who was there goes on");
        let external_id = Some(external_id).filter(|id| !id.is_empty());
        let body = json!({ "jwt": token, "externalId": external_id });
        let request = app.http.post(format!("{}/login", visitor.path())).json(&body);
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{why}");
        let refused: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
        assert_eq!(refused, json!({ "errors": [{ "code": "unauthorized", "title": why }] }));
        let body = json!({ "jwt": token, "external_id": external_id });
        let refused = call(&app, &visitor, "login", body).await;
        assert_eq!(refused, (StatusCode::UNAUTHORIZED, json!({ "loginRefused": why })));
    }
    let page = visitor.submits("/login", &[]).await;
    assert_eq!((page.status, page.problem()), (StatusCode::UNAUTHORIZED, REFUSED));
    assert_eq!(app.rows().await, rows);
    assert_eq!(visitor.page().await.messages(), 1);
}

#[tokio::test]
async fn a_stranger_becomes_a_user_of_the_business() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let _hook = app.hook(&receiver.url(), &["client:add", "user:update", "user:merge"]).await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    assert!(!page.html.contains("Log out"));
    let token = page.field("visitor").unwrap();
    let claims = json!({ "scope": "user", "external_id": "ann", "exp": now(&app) + 3600, "given_name": "Ann",
        "email": "ann@shop.example", "email_verified": true });
    let login = [("jwt", jwt(&app, &claims)), ("visitor", token.clone())];
    let login: Vec<(&str, &str)> = login.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = visitor.submits("/login", &login).await;
    assert_eq!(answer.header("location"), format!("/chat/{}", app.made.integration));
    let cookie =
        answer.headers.get_all("set-cookie").iter().find(|it| it.to_str().unwrap().contains("parlor_6")).unwrap();
    let age = cookie.to_str().unwrap().split("Max-Age=").nth(1).unwrap().split(';').next().unwrap();
    assert!((3500..=3600).contains(&age.parse::<i64>().unwrap()), "as long as the token: {age}");

    let page = visitor.page().await;
    assert!(page.html.contains("Log out"));
    visitor.says("hello").await;
    let ann = app.asks(Method::GET, "/users/ann", None, 200).await["user"].clone();
    assert_eq!(ann["profile"], json!({ "givenName": "Ann", "email": "ann@shop.example" }));
    assert_eq!(said_to(&app, "ann").await, ["hello"]);
    let calls = receiver.first(1).await;
    let told: Vec<(&str, &Value)> = calls.iter().map(|call: &Call| (call.trigger(), call.payload())).collect();
    assert_eq!(told.len(), 1, "a user who is new was never anybody else");
    assert_eq!((told[0].0, &told[0].1["reason"]), ("client:add", &json!("sdkLogin")));
    assert_eq!(told[0].1["user"], json!({ "id": ann["id"], "externalId": "ann" }));

    // The page's own token, never used before, is worth nothing any more.
    let rows = app.rows().await;
    let (status, _) = call(
        &app,
        &app.anonymous(),
        "send_message",
        json!({ "visitor": token, "client_id": "a", "say": { "text": "hi" } }),
    )
    .await;
    assert_eq!((status, app.rows().await), (StatusCode::UNAUTHORIZED, rows));
}

#[tokio::test]
async fn an_anonymous_visitor_becomes_the_user_of_a_new_external_id() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let _hook = app.hook(&receiver.url(), &["client:add", "user:update", "user:merge"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let before = app.author(&conversation).await;
    let old = app.anonymous().with_token(&visitor.token().unwrap());
    let mut feed = old.listen(None).await;
    log_in(&app, &visitor, "ann").await;
    assert_eq!(feed.close_code().await, Some(4408), "open pages are asked again who they are");
    assert_eq!(old.connects().await.close_code().await, Some(4401));

    assert_eq!(visitor.page().await.conversation().unwrap(), conversation);
    assert_eq!(app.asks(Method::GET, "/users/ann", None, 200).await["user"]["id"], json!(before));
    let calls = receiver.first(1).await;
    assert_eq!((calls.len(), calls[0].trigger()), (1, "user:update"));
    assert_eq!(calls[0].payload()["reason"], "authentication");
    assert_eq!(calls[0].payload()["source"]["type"], "web");
    assert_eq!(calls[0].payload()["user"], json!({ "id": before, "externalId": "ann" }));

    // An anonymous token does not speak for a user with an external id.
    assert_eq!(old.page().await.messages(), 0);
    old.says("somebody else").await;
    assert_eq!(said_to(&app, "ann").await, ["hello"]);
}

#[tokio::test]
async fn an_anonymous_visitor_is_merged_into_the_user_there_is() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let _hook = app.hook(&receiver.url(), &["client:add", "user:update", "user:merge"]).await;
    let first = app.anonymous();
    first.page().await;
    log_in(&app, &first, "ann").await;
    first.says("from the laptop").await;
    receiver.first(1).await;
    let laptops = first.page().await.conversation().unwrap();
    let (second, phones) = app.visitor_in_conversation().await;
    let anonymous = app.author(&phones).await;
    let old = app.anonymous().with_token(&second.token().unwrap());

    log_in(&app, &second, "ann").await;
    app.asks(Method::GET, &format!("/users/{anonymous}"), None, 404).await;
    assert_eq!(said_to(&app, "ann").await, ["from the laptop", "hello"], "both conversations are hers");
    for visitor in [&first, &second] {
        for conversation in [&laptops, &phones] {
            let page = visitor.open(&format!("?conversationId={conversation}")).await;
            assert_eq!(page.conversation().as_ref(), Some(conversation));
        }
    }
    let calls = receiver.first(2).await;
    assert_eq!((calls.len(), calls[1].trigger()), (2, "user:merge"));
    assert_eq!(calls[1].payload()["reason"], "sdkLogin");
    assert_eq!(calls[1].payload()["mergedUsers"]["discarded"]["id"], json!(anonymous));
    assert_eq!(old.page().await.messages(), 0, "the token of before is dead");
}

#[tokio::test]
async fn the_same_user_again_stays_in_the_same_session() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    visitor.page().await;
    log_in(&app, &visitor, "ann").await;
    visitor.says("hello").await;
    let (page, rows) = (visitor.page().await, app.rows().await);
    let sessions = || app.asks(Method::GET, "/users/ann/sessions", None, 200);
    let first = sessions().await["sessions"][0]["expiresAt"].as_str().unwrap().to_owned();
    let longer = jwt(&app, &json!({ "scope": "user", "external_id": "ann", "exp": now(&app) + 7200, "name": "Ann" }));
    visitor.submits("/login", &[("jwt", &longer)]).await;
    let again = visitor.page().await;
    assert_eq!((session(&again), again.messages(), app.rows().await), (session(&page), 1, rows));
    assert!(sessions().await["sessions"][0]["expiresAt"].as_str().unwrap() > first.as_str());
    assert_eq!(app.asks(Method::GET, "/users/ann", None, 200).await["user"]["profile"]["givenName"], "Ann");
}

#[tokio::test]
async fn switching_users_never_mixes_them() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    visitor.page().await;
    log_in(&app, &visitor, "ann").await;
    visitor.says("ann's secret").await;
    let anns_page = visitor.page().await;
    let anns = app.anonymous().with_token(&visitor.token().unwrap());
    let mut tab = visitor.listen(None).await;

    log_in(&app, &visitor, "bob").await;
    let page = visitor.page().await;
    assert!(!page.html.contains("ann's secret") && page.messages() == 0);
    assert_eq!(tab.close_code().await, Some(4408));
    assert_eq!(anns.page().await.messages(), 0, "the session of before is dead");

    // Another tab that still shows Ann's conversation.
    let as_ann = |extra: Value| {
        let mut arguments = json!({ "visitor": session(&anns_page), "conversation": anns_page.conversation(), "before": 9,
            "client_id": "tab", "say": { "text": "for ann" } });
        arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        arguments
    };
    for name in ["send_message", "older_messages", "mark_read"] {
        let refused = call(&app, &visitor, name, as_ann(json!({}))).await;
        assert_eq!(refused, (StatusCode::UNAUTHORIZED, json!("sessionEnded")), "{name}");
    }
    let late = visitor.posts(&anns_page, "typed for ann").await;
    assert_eq!((late.status, late.draft(), late.messages()), (StatusCode::UNAUTHORIZED, "typed for ann", 0));
    let url = format!("{}/events?integration={}", app.url.replacen("http", "ws", 1), visitor.integration);
    let cookie = visitor.cookie_header();
    let connect = async |page: &str| Feed::connect(&format!("{url}&page={page}"), &[("cookie", &cookie)]).await;
    assert_eq!(connect(&session(&anns_page)).await.close_code().await, Some(4401));
    assert_eq!(connect("stranger").await.close_code().await, Some(4401), "a page of before any login");
    assert_eq!(connect(&session(&page)).await.next().await.unwrap()["type"], "hello");

    visitor.says("bob's word").await;
    assert_eq!(said_to(&app, "ann").await, ["ann's secret"]);
    assert_eq!(said_to(&app, "bob").await, ["bob's word"]);
}

#[tokio::test]
async fn after_a_logout_there_is_a_stranger() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let strangers_tab = visitor.page().await;
    log_in(&app, &visitor, "ann").await;
    visitor.says("hello").await;
    let page = visitor.page().await;
    let old = app.anonymous().with_token(&visitor.token().unwrap());
    let mut tab = visitor.listen(None).await;

    let refused = app.http.post(format!("{}/logout", visitor.path())).header("cookie", visitor.cookie_header());
    let refused = refused.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN, "not by a foreign page");

    let answer = visitor.submits("/logout", &[]).await;
    assert_eq!((answer.status, visitor.token()), (StatusCode::SEE_OTHER, None));
    assert_eq!(tab.close_code().await, Some(4408));
    assert_eq!(old.connects().await.close_code().await, Some(4401));
    let after = visitor.page().await;
    assert!(after.messages() == 0 && !after.html.contains("Log out"));
    let arguments = json!({ "visitor": session(&page), "client_id": "late", "say": { "text": "for ann" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.1, json!("sessionEnded"));
    visitor.says("anonymous again").await;
    assert_eq!(said_to(&app, "ann").await, ["hello"]);
    let anonymous = visitor.page().await.conversation().unwrap();

    // Who never logged in stays who they are.
    visitor.submits("/logout", &[]).await;
    assert_eq!(visitor.page().await.conversation(), Some(anonymous));
    // A page from before the login does not speak for whoever logs in.
    log_in(&app, &visitor, "bob").await;
    let token = strangers_tab.field("visitor").unwrap();
    let arguments = json!({ "visitor": token, "client_id": "stranger", "say": { "text": "whose?" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.1, json!("sessionEnded"));
}

#[tokio::test]
async fn a_login_ends_with_its_token() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    visitor.page().await;
    log_in(&app, &visitor, "ann").await;
    visitor.says("hello").await;
    let page = visitor.page().await;
    app.execute("UPDATE sessions SET expires_at = 1").await;
    let arguments = json!({ "visitor": session(&page), "client_id": "late", "say": { "text": "too late" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.1, json!("sessionEnded"));
    assert_eq!(visitor.connects().await.close_code().await, Some(4401));
    let devices = app.asks(Method::GET, "/users/ann/devices", None, 200).await;
    assert_eq!(devices["devices"][0]["status"], "inactive");
    assert_eq!(visitor.page().await.messages(), 0);
    assert_eq!(visitor.token(), None);
    visitor.says("anonymous").await;
    assert_eq!(said_to(&app, "ann").await, ["hello"]);
}

#[tokio::test]
async fn a_token_without_an_end_is_good_for_a_day_and_one_without_end_for_as_long_as_a_cookie() {
    let app = TestApp::start().await;
    for (name, exp, days) in [("ann", Value::Null, 1), ("bob", json!(1e300), 400)] {
        let visitor = app.anonymous();
        visitor.page().await;
        let token = jwt(&app, &json!({ "scope": "appUser", "userId": name, "exp": exp }));
        assert_eq!(visitor.submits("/login", &[("jwt", &token)]).await.status, StatusCode::SEE_OTHER);
        let sessions = app.asks(Method::GET, &format!("/users/{name}/sessions"), None, 200).await;
        let time = |field: &str| sessions["sessions"][0][field].as_str().unwrap().parse::<domain::Timestamp>().unwrap();
        assert_eq!(time("expiresAt").millis() - time("createdAt").millis(), days * 86_400_000);
    }
}

#[tokio::test]
async fn a_code_opens_the_conversation_on_another_device_once() {
    let app = TestApp::with_webhooks().await;
    let receiver = HookReceiver::start().await;
    let _hook = app.hook(&receiver.url(), &["client:add", "user:merge"]).await;
    let (_visitor, conversation) = app.visitor_in_conversation().await;
    let user = app.author(&conversation).await;
    let code = async |user: &str| {
        let (_, made) = answer(app.v1(Method::GET, &format!("/appusers/{user}/authcode"))).await;
        made["authCode"].as_str().unwrap().to_owned()
    };
    let (phone, own) = app.visitor_in_conversation().await;
    let first = code(&user).await;
    assert_eq!(phone.submits("/login", &[("authCode", &first)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phone.page().await.conversation().unwrap(), conversation);
    phone.says("from the phone").await;
    assert_eq!(app.texts(&conversation).await, ["hello", "from the phone"]);
    assert_eq!(app.texts(&own).await, ["hello"], "what was said before stays where it is");
    let again = app.anonymous().submits("/login", &[("authCode", &first)]).await;
    assert_eq!((again.status, again.problem()), (StatusCode::UNAUTHORIZED, REFUSED));
    let arguments = json!({ "auth_code": first });
    let again = call(&app, &app.anonymous(), "login_with_code", arguments).await;
    assert_eq!(again.1, json!({ "loginRefused": "authCode is unknown, used or too old" }));

    // Somebody whom the business knows and who was never on the web: a login like another, that ends.
    app.user("ann").await;
    let tablet = app.anonymous();
    tablet.page().await;
    tablet.submits("/login", &[("authCode", &code("ann").await)]).await;
    assert!(tablet.page().await.html.contains("Log out"));
    let calls = receiver.first(1).await;
    assert_eq!((calls.len(), calls[0].trigger()), (1, "client:add"));
    assert_eq!(calls[0].payload()["reason"], "authCode");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_the_business() {
    let app = TestApp::start().await;
    let (laptop, phone) = (app.anonymous(), app.anonymous());
    for visitor in [&laptop, &phone] {
        visitor.page().await;
        log_in(&app, visitor, "ann").await;
        visitor.says("hello").await;
    }
    let list = async || app.asks(Method::GET, "/users/ann/sessions", None, 200).await["sessions"].clone();
    let sessions = list().await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let laptops = session(&laptop.page().await);
    let mine = sessions.as_array().unwrap().iter().find(|it| it["id"] == json!(laptops)).unwrap();
    assert_eq!(mine["integrationId"], json!(app.made.integration));
    assert_eq!(mine["info"]["userAgent"], "Test browser");
    assert!(mine["expiresAt"].is_string() && mine["clientId"].is_string() && mine.get("revokedAt").is_none());

    let mut feeds = [laptop.listen(None).await, phone.listen(None).await];
    let one = format!("/users/ann/sessions/{laptops}");
    assert_eq!(app.asks(Method::DELETE, &one, None, 200).await, json!({}));
    for feed in &mut feeds {
        assert_eq!(feed.close_code().await, Some(4408));
    }
    assert_eq!(laptop.connects().await.close_code().await, Some(4401));
    assert!(phone.listen(None).await.is_silent().await, "the other one is let in again");
    assert_eq!((laptop.page().await.messages(), phone.page().await.messages()), (0, 2));
    let ended = list().await;
    let ended = ended.as_array().unwrap().iter().find(|it| it["id"] == json!(laptops)).unwrap()["revokedAt"].clone();
    assert!(ended.is_string());
    app.asks(Method::DELETE, &one, None, 200).await;
    assert!(list().await.as_array().unwrap().iter().any(|it| it["revokedAt"] == ended), "once ended is ended");

    app.asks(Method::DELETE, "/users/ann/sessions", None, 200).await;
    assert_eq!(phone.page().await.messages(), 0);
    app.user("bob").await;
    for path in [format!("/users/bob/sessions/{laptops}"), "/users/ann/sessions/nonsense".to_owned()] {
        let refused = app.asks(Method::DELETE, &path, None, 404).await;
        assert_eq!(refused["errors"][0]["code"], "session_not_found");
    }
}

#[tokio::test]
async fn a_browser_without_cookies_is_logged_in_as_long_as_its_page() {
    let app = TestApp::start().await;
    let visitor = app.anonymous().without_cookies();
    let page = visitor.submits("/login", &[("jwt", &jwt_of(&app, "ann"))]).await;
    assert_eq!(page.status, StatusCode::OK, "no redirect: it would lose who this is");
    assert!(page.html.contains("Log out"));
    let page = visitor.posts(&page, "hello").await;
    assert_eq!((page.status, page.messages()), (StatusCode::OK, 1));
    let token = page.field("visitor").unwrap();
    assert_eq!(said_to(&app, "ann").await, ["hello"]);
    let page = visitor.submits("/logout", &[("visitor", &token)]).await;
    assert!(page.messages() == 0 && !page.html.contains("Log out"));

    let body = json!({ "jwt": jwt_of(&app, "ann"), "externalId": "ann" });
    let (status, said) = json_login(&app, &visitor, &body).await;
    assert_eq!((status, &said["ok"]), (StatusCode::OK, &json!(true)));
    let arguments = json!({ "visitor": said["visitor"], "client_id": "b", "say": { "text": "by JSON" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.0, StatusCode::OK);
    let (_, said) = call(&app, &visitor, "login", json!({ "jwt": jwt_of(&app, "ann") })).await;
    let arguments = json!({ "visitor": said["visitor"], "client_id": "c", "say": { "text": "by function" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.0, StatusCode::OK);
    assert_eq!(said_to(&app, "ann").await, ["by JSON", "by function", "hello"]);
    assert_eq!(call(&app, &visitor, "logout", json!({ "visitor": said["visitor"] })).await.0, StatusCode::OK);
    let arguments = json!({ "visitor": said["visitor"], "client_id": "d", "say": { "text": "too late" } });
    assert_eq!(call(&app, &visitor, "send_message", arguments).await.1, json!("sessionEnded"));
}

async fn json_login(app: &TestApp, visitor: &Visitor, body: &Value) -> (StatusCode, Value) {
    let answer = app.http.post(format!("{}/login", visitor.path())).json(body).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn only_pages_of_the_business_log_visitors_in_from_elsewhere() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let from = async |origin: &'static str| {
        let form = [("jwt", jwt_of(&app, "ann"))];
        let request = app.http.post(format!("{}/login", visitor.path())).form(&form);
        let answer = request.header("origin", origin).header("sec-fetch-site", "cross-site").send().await.unwrap();
        (answer.status(), answer.headers().contains_key("set-cookie"))
    };
    assert_eq!(from("https://shop.example").await.0, StatusCode::FORBIDDEN);
    let path = format!("/integrations/{}", app.made.integration);
    let origins = json!({ "originWhitelist": ["https://shop.example"] });
    app.asks(Method::PATCH, &path, Some(origins), 200).await;
    assert_eq!(from("https://shop.example").await, (StatusCode::SEE_OTHER, true));
    assert_eq!(from("https://evil.example").await.0, StatusCode::FORBIDDEN);
    assert_eq!(from("null").await.0, StatusCode::FORBIDDEN);
    let address = app.http.get(format!("{}/login?theme=dark", visitor.path())).send().await.unwrap();
    assert_eq!(address.status(), StatusCode::SEE_OTHER);
    assert!(address.headers()["location"].to_str().unwrap().ends_with("?theme=dark"));
}

#[tokio::test]
async fn a_token_of_the_business_opens_the_live_events_of_its_user() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    visitor.page().await;
    log_in(&app, &visitor, "ann").await;
    visitor.says("hello").await;
    let conversation = visitor.page().await.conversation().unwrap();
    let url = format!("{}/events?integration={}", app.url.replacen("http", "ws", 1), visitor.integration);
    let bearer = |token: &str| format!("Bearer {token}");
    let good = bearer(&jwt_of(&app, "ann"));
    let mut feed = Feed::connect(&format!("{url}&since={conversation}:0"), &[("authorization", &good)]).await;
    assert_eq!(feed.next().await.unwrap()["type"], "hello");
    assert_eq!(feed.event().await, (1, "hello".to_owned()));
    for bad in [jwt_of(&app, "nobody"), jwt(&app, &json!({ "scope": "user", "external_id": "ann", "exp": 1 }))] {
        let mut feed = Feed::connect(&url, &[("authorization", &bearer(&bad))]).await;
        assert_eq!(feed.close_code().await, Some(4401));
    }
}

#[tokio::test]
async fn where_there_is_one_conversation_a_login_brings_along_what_was_said() {
    let app = TestApp::start().await;
    app.execute("UPDATE apps SET settings = '{\"multiConvoEnabled\":false}'").await;
    let (phone, conversation) = app.visitor_in_conversation().await;
    log_in(&app, &phone, "ann").await;
    let mut feed = phone.listen(None).await;
    let (laptop, anonymous) = app.visitor_in_conversation().await;
    laptop.says("from the laptop").await;
    phone.says("from the phone").await;
    log_in(&app, &laptop, "ann").await;

    let page = laptop.page().await;
    assert_eq!((page.conversation().unwrap(), page.messages()), (conversation.clone(), 4));
    assert_eq!(app.texts(&conversation).await, ["hello", "hello", "from the laptop", "from the phone"]);
    app.asks(Method::GET, &format!("/conversations/{anonymous}"), None, 404).await;
    assert_eq!(feed.close_code().await, Some(4408), "the phone shows an older conversation");
    phone.says("and on").await;
    assert_eq!(laptop.page().await.messages(), 5);
}
