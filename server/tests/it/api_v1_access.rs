//! Who may call what in the older API: a table over every route of it.

use std::fs;
use std::path::Path;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api_access::bad_tokens;
use crate::support::{TestApp, answer};

/// Every route, below the app where it has one, `{user}` and `{integration}` to fill in, and a body that would be accepted.
fn routes() -> Vec<(Method, &'static str, Option<Value>)> {
    let message = json!({ "role": "appUser", "type": "text", "text": "hi" });
    let menu = json!({ "items": [] });
    vec![
        (Method::POST, "/appusers", Some(json!({ "userId": "made" }))),
        (Method::GET, "/appusers/{user}", None),
        (Method::PUT, "/appusers/{user}", Some(json!({ "givenName": "Taken over" }))),
        (Method::DELETE, "/appusers/{user}", None),
        (Method::DELETE, "/appusers/{user}/profile", None),
        (
            Method::POST,
            "/appusers/merge",
            Some(json!({ "surviving": { "_id": "65f0a1b2c3d4e5f6aabbccdd" }, "discarded": { "_id": "ann" } })),
        ),
        (Method::GET, "/appusers/{user}/linkrequest?integrationIds={integration}", None),
        (Method::POST, "/appusers/{user}/integrations/web/ping", None),
        (Method::POST, "/appusers/{user}/images", None),
        (Method::POST, "/attachments?access=public&appUserId={user}", None),
        (Method::POST, "/attachments/remove", Some(json!({ "mediaUrl": "{url}/attachments/x/y.png" }))),
        (Method::GET, "/appusers/{user}/authcode", None),
        (Method::GET, "/appusers/{user}/businesssystems", None),
        (Method::GET, "/appusers/{user}/channels", None),
        (Method::POST, "/appusers/{user}/channels", Some(json!({ "type": "twilio", "confirmation": {} }))),
        (Method::DELETE, "/appusers/{user}/channels/twilio", None),
        (Method::GET, "/appusers/{user}/conversation", None),
        (
            Method::POST,
            "/appusers/{user}/conversation/activity",
            Some(json!({ "role": "appMaker", "type": "conversation:read" })),
        ),
        (
            Method::POST,
            "/appusers/{user}/conversation/postback",
            Some(json!({ "actionId": "65f0a1b2c3d4e5f6aabbccdd" })),
        ),
        (Method::POST, "/appusers/{user}/conversation/read", None),
        (Method::GET, "/appusers/{user}/messages", None),
        (Method::POST, "/appusers/{user}/messages", Some(message.clone())),
        (Method::DELETE, "/appusers/{user}/messages", None),
        (Method::DELETE, "/appusers/{user}/messages/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::GET, "/integrations", None),
        (Method::POST, "/integrations", Some(json!({ "type": "web" }))),
        (Method::GET, "/integrations/{integration}", None),
        (Method::PUT, "/integrations/{integration}", Some(json!({ "businessName": "Taken over" }))),
        (Method::DELETE, "/integrations/{integration}", None),
        (Method::GET, "/keys", None),
        (Method::POST, "/keys", Some(json!({ "name": "Mine" }))),
        (Method::GET, "/keys/{key}", None),
        (Method::GET, "/keys/{key}/jwt", None),
        (Method::DELETE, "/keys/{key}", None),
        (Method::GET, "", None),
        (Method::PUT, "", Some(json!({ "name": "Taken over" }))),
        (Method::DELETE, "", None),
        (Method::GET, "/sdks", None),
        (Method::GET, "/webhooks", None),
        (Method::POST, "/webhooks", Some(json!({ "target": "https://evil.example/" }))),
        (Method::GET, "/webhooks/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::PUT, "/webhooks/65f0a1b2c3d4e5f6aabbccdd", Some(json!({ "target": "https://evil.example/" }))),
        (Method::DELETE, "/webhooks/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::POST, "/webhooks/65f0a1b2c3d4e5f6aabbccdd/rotateSecret", Some(json!({}))),
        (Method::POST, "/webhooks/65f0a1b2c3d4e5f6aabbccdd/replay", Some(json!({ "failed": true }))),
        (Method::GET, "/webhooks/65f0a1b2c3d4e5f6aabbccdd/deliveries", None),
        (Method::GET, "/webhooks/65f0a1b2c3d4e5f6aabbccdd/deliveries/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::GET, "/menu", None),
        (Method::PUT, "/menu", Some(menu.clone())),
        (Method::DELETE, "/menu", None),
        (Method::GET, "/integrations/{integration}/menu", None),
        (Method::POST, "/integrations/{integration}/menu", Some(menu.clone())),
        (Method::PUT, "/integrations/{integration}/menu", Some(menu)),
        (Method::DELETE, "/integrations/{integration}/menu", None),
        (Method::GET, "/templates", None),
        (Method::POST, "/templates", Some(json!({ "name": "made", "message": message }))),
        (Method::GET, "/templates/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::PUT, "/templates/65f0a1b2c3d4e5f6aabbccdd", Some(json!({ "name": "taken over" }))),
        (Method::DELETE, "/templates/65f0a1b2c3d4e5f6aabbccdd", None),
        (
            Method::POST,
            "/notifications",
            Some(json!({
                "destination": { "integrationId": "65f0a1b2c3d4e5f6aabbccdd", "destinationId": "ann" },
                "message": message,
            })),
        ),
        (Method::GET, "/apps", None),
        (Method::POST, "/apps", Some(json!({ "name": "Another" }))),
    ]
}

/// What a user may do with a token of their own.
fn is_open_to_users(method: &Method, path: &str) -> bool {
    let open = [
        (Method::GET, ""),
        (Method::PUT, ""),
        (Method::GET, "/linkrequest?integrationIds={integration}"),
        (Method::POST, "/integrations/web/ping"),
        (Method::POST, "/images"),
        (Method::GET, "/channels"),
        (Method::POST, "/channels"),
        (Method::DELETE, "/channels/twilio"),
        (Method::GET, "/conversation"),
        (Method::POST, "/conversation/postback"),
        (Method::POST, "/conversation/read"),
        (Method::GET, "/messages"),
        (Method::POST, "/messages"),
    ];
    let rest = path.strip_prefix("/appusers/{user}");
    rest.is_some_and(|rest| open.iter().any(|(open, end)| open == method && *end == rest))
}

/// Ann of Tea & Co, who has a conversation.
async fn with_ann() -> (TestApp, String) {
    let app = TestApp::start().await;
    let (_, made) = answer(app.v1(Method::POST, "/appusers").json(&json!({ "userId": "ann" }))).await;
    let hello = json!({ "role": "appUser", "type": "text", "text": "hello" });
    let (status, _) = answer(app.v1(Method::POST, "/appusers/ann/messages").json(&hello)).await;
    assert_eq!(status, StatusCode::CREATED);
    (app, made["appUser"]["_id"].as_str().unwrap().to_owned())
}

/// Short form where there is one, and long form.
fn urls(app: &TestApp, of: &str, path: &str, user: &str) -> Vec<String> {
    let path = path.replace("{user}", user).replace("{integration}", &app.made.integration.to_string());
    let path = path.replace("{key}", app.made.key.id.as_str());
    let long = format!("{}/v1.1/apps/{of}{path}", app.url);
    if path == "/apps" {
        vec![format!("{}/v1.1{path}", app.url)]
    } else if ["/notifications", "", "/sdks"].contains(&path.as_str()) {
        vec![long]
    } else {
        vec![format!("{}/v1.1{path}", app.url), long]
    }
}

fn code(answer: &Value) -> &str {
    assert!(answer["error"]["description"].as_str().is_some_and(|title| !title.is_empty()), "{answer}");
    answer["error"]["code"].as_str().unwrap()
}

fn token(kid: &str, secret: &str, algorithm: Algorithm, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[tokio::test]
async fn without_a_good_key_there_is_nothing_but_401() {
    let (app, ann) = with_ann().await;
    let (key, secret) = (app.made.key.id.as_str(), app.made.key.secret.as_str());
    let mut tokens = bad_tokens(&app).await;
    tokens.push(("a user without an id", token(key, secret, Algorithm::HS256, &json!({ "scope": "appUser" }))));
    let rows = app.rows().await;
    for (method, path, body) in routes() {
        for url in urls(&app, &app.made.app.to_string(), path, &ann) {
            let request = || {
                let request = app.http.request(method.clone(), &url);
                if let Some(body) = &body { request.json(body) } else { request }
            };
            let mut attempts = vec![
                ("no header", request()),
                ("wrong secret", request().basic_auth(key, Some("wrong"))),
                ("unknown key", request().basic_auth("app_65f0a1b2c3d4e5f6aabbccdd", Some(secret))),
            ];
            attempts.extend(tokens.iter().map(|(why, token)| (*why, request().bearer_auth(token))));
            for (why, request) in attempts {
                let (status, refused) = answer(request).await;
                assert_eq!(
                    (status, code(&refused)),
                    (StatusCode::UNAUTHORIZED, "unauthorized"),
                    "{why}: {method} {url}"
                );
            }
        }
    }
    assert_eq!(app.rows().await, rows);
}

/// Every handler says in its first line which route it is for.
#[test]
fn no_route_is_missing_in_the_table() {
    let table = routes();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/v1")];
    let mut handlers = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let said: Vec<_> =
                source.lines().filter_map(|line| line.strip_prefix("/// `")?.split_once(" /v1.1")).collect();
            assert_eq!(said.len(), source.matches("caller: Caller,").count(), "{}", path.display());
            handlers += said.len();
            for (method, rest) in said {
                let route = rest.split(['`', '?']).next().unwrap();
                let route = route.strip_prefix("/apps/{app}").unwrap_or(route);
                let is_listed = table.iter().any(|(listed, path, _)| {
                    let (path, route) = (path.split('?').next().unwrap().split('/'), route.split('/'));
                    let pairs = path.clone().zip(route.clone());
                    *listed == *method
                        && path.count() == route.count()
                        && pairs.into_iter().all(|(path, route)| path == route || route.starts_with('{'))
                });
                assert!(is_listed, "{method} {rest}");
            }
        }
    }
    assert!(handlers > 50, "{handlers}");
}

#[tokio::test]
async fn another_tenants_ids_give_no_data() {
    let (app, ann) = with_ann().await;
    let other = app.chat().provision("Rival").await.unwrap();
    let rows = app.rows().await;
    for (method, path, body) in routes() {
        // The victim's app with the rival's key; the rival's app, in both forms, with the victim's ids.
        let foreign = urls(&app, &app.made.app.to_string(), path, &ann).pop().unwrap();
        let own = urls(&app, &other.app.to_string(), path, &ann);
        let names_the_victim = path.contains('{')
            || path.contains("65f0a1b2c3d4e5f6aabbccdd")
            || ["/notifications", "/appusers/merge"].contains(&path);
        let own = if names_the_victim { own } else { Vec::new() };
        for url in own.into_iter().chain([foreign]) {
            let request = app.http.request(method.clone(), &url);
            let request = if let Some(body) = &body { request.json(body) } else { request };
            let (status, refused) = answer(request.basic_auth(other.key.id.as_str(), Some(&other.key.secret))).await;
            assert!(
                matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND),
                "{method} {url}: {status} {refused}"
            );
            code(&refused);
        }
    }
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn a_user_reaches_only_what_is_the_users_own() {
    let (app, ann) = with_ann().await;
    answer(app.v1(Method::POST, "/appusers").json(&json!({ "userId": "bob" }))).await;
    let claims = |user: &str| json!({ "scope": "appUser", "userId": user });
    let bearer = |user: &str| token(app.made.key.id.as_str(), &app.made.key.secret, Algorithm::HS256, &claims(user));
    for (method, path, body) in routes() {
        for url in urls(&app, &app.made.app.to_string(), path, "ann") {
            let request = || {
                let request = app.http.request(method.clone(), &url);
                if let Some(body) = &body { request.json(body) } else { request }
            };
            let (status, refused) = answer(request().bearer_auth(bearer("bob"))).await;
            assert_eq!((status, code(&refused)), (StatusCode::FORBIDDEN, "forbidden"), "{method} {url}");
            // By either id.
            for own in ["ann", &ann] {
                let (status, _) = answer(request().bearer_auth(bearer(own))).await;
                assert_eq!(
                    status != StatusCode::FORBIDDEN,
                    is_open_to_users(&method, path),
                    "{method} {url}: {status}"
                );
            }
        }
    }
    let as_business = json!({ "role": "appMaker", "type": "text", "text": "I am the shop" });
    let request = app.http.post(format!("{}/v1.1/appusers/ann/messages", app.url)).json(&as_business);
    assert_eq!(answer(request.bearer_auth(bearer("ann"))).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_without_an_expiry_keeps_working() {
    let (app, _) = with_ann().await;
    let claims = json!({ "scope": "app", "iat": 1_600_000_000 });
    let bearer = token(app.made.key.id.as_str(), &app.made.key.secret, Algorithm::HS256, &claims);
    let request = app.http.get(format!("{}/v1.1/appusers/ann", app.url)).header("content-type", "application/json");
    assert_eq!(answer(request.bearer_auth(bearer)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn apps_and_their_keys_are_the_account_s() {
    let (app, _) = with_ann().await;
    for (method, path, body) in [
        (Method::GET, "/apps".to_owned(), None),
        (Method::POST, "/apps".to_owned(), Some(json!({ "name": "Another" }))),
        (Method::DELETE, format!("/apps/{}", app.made.app), None),
        (Method::GET, format!("/apps/{}/sdks", app.made.app), None),
        (Method::GET, format!("/apps/{}/keys", app.made.app), None),
        (Method::POST, format!("/apps/{}/keys", app.made.app), Some(json!({ "name": "Another" }))),
        (Method::GET, "/keys".to_owned(), None),
    ] {
        let request = app.v1(method.clone(), &path);
        let request = if let Some(body) = &body { request.json(body) } else { request };
        let (status, refused) = answer(request).await;
        assert_eq!((status, code(&refused)), (StatusCode::FORBIDDEN, "forbidden"), "{method} {path}");
    }
}
