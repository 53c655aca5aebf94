//! Who may call what: a table over every route of the API.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ApiKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use server::chat::KeyOwner;

use crate::support::{TestApp, answer};

/// A route: who may call it, and what those who may are answered.
struct Route {
    method: Method,
    path: &'static str,
    /// `A` for the account, `P` for the app, `I` for an integration. Nobody else may.
    callers: &'static str,
    /// The status of a good call.
    good: u16,
    /// A body that is accepted.
    body: Option<Value>,
}

fn route(
    method: Method,
    path: &'static str,
    callers: &'static str,
    good: u16,
    body: impl Into<Option<Value>>,
) -> Route {
    Route { method, path, callers, good, body: body.into() }
}

/// Every route, in an order in which all can be called one after the other.
#[expect(clippy::too_many_lines, reason = "a table")]
fn routes() -> Vec<Route> {
    let author = json!({ "type": "business" });
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    let name = json!({ "displayName": "Name" });
    vec![
        route(
            post.clone(),
            "/v2/apps/{app}/attachments?access=public&for=message&conversationId={conversation}",
            "IPA",
            400,
            json!({}),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/attachments/remove",
            "IPA",
            400,
            json!({ "mediaUrl": "https://elsewhere.example/a.png" }),
        ),
        route(post.clone(), "/v2/apps/{app}/users", "IPA", 201, json!({ "externalId": "ann" })),
        route(get.clone(), "/v2/apps/{app}/users/{user}", "IPA", 200, None),
        route(
            patch.clone(),
            "/v2/apps/{app}/users/{user}",
            "IPA",
            200,
            json!({ "profile": { "givenName": "Mallory" } }),
        ),
        route(post.clone(), "/v2/apps/{app}/bans", "PA", 201, json!({ "userId": "{user}" })),
        route(get.clone(), "/v2/apps/{app}/bans", "PA", 200, None),
        route(get.clone(), "/v2/apps/{app}/bans/{ban}", "PA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/bans/{ban}", "PA", 200, None),
        route(get.clone(), "/v2/apps/{app}/users/{user}/clients", "IPA", 200, None),
        route(
            post.clone(),
            "/v2/apps/{app}/users/{user}/clients",
            "IPA",
            404,
            json!({
                "matchCriteria": { "type": "twilio", "integrationId": "65f0a1b2c3d4e5f6aabbccdd", "phoneNumber": "+1" },
                "confirmation": { "type": "immediate" },
                "target": { "conversationId": "65f0a1b2c3d4e5f6aabbccdd" },
            }),
        ),
        route(delete.clone(), "/v2/apps/{app}/users/{user}/clients/65f0a1b2c3d4e5f6aabbccdd", "IPA", 404, None),
        route(get.clone(), "/v2/apps/{app}/users/{user}/devices", "IPA", 200, None),
        route(get.clone(), "/v2/apps/{app}/users/{user}/devices/65f0a1b2c3d4e5f6aabbccdd", "IPA", 404, None),
        route(get.clone(), "/v2/apps/{app}/users/{user}/export", "IPA", 200, None),
        route(get.clone(), "/v2/apps/{app}/users/{user}/sessions", "IPA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/users/{user}/sessions/65f0a1b2c3d4e5f6aabbccdd", "IPA", 404, None),
        route(delete.clone(), "/v2/apps/{app}/users/{user}/sessions", "IPA", 200, None),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations",
            "IPA",
            201,
            json!({ "type": "personal", "participants": [{ "userId": "{user}" }] }),
        ),
        route(
            patch.clone(),
            "/v2/apps/{app}/conversations/{conversation}",
            "IPA",
            200,
            json!({ "displayName": "Mine" }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations/{conversation}/download",
            "IPA",
            400,
            json!({
                "userId": "{user}",
                "apple": { "interactiveDataRef": { "url": "x", "bid": "x", "key": "x", "signature": "x", "owner": "x" } },
            }),
        ),
        route(get.clone(), "/v2/apps/{app}/conversations/{conversation}/participants", "IPA", 200, None),
        route(post.clone(), "/v2/apps/{app}/conversations/{group}/join", "IPA", 201, json!({ "userId": "{user}" })),
        route(post.clone(), "/v2/apps/{app}/conversations/{group}/leave", "IPA", 200, json!({ "userId": "{user}" })),
        route(get.clone(), "/v2/apps/{app}/conversations?filter[userId]={user}", "IPA", 200, None),
        route(get.clone(), "/v2/apps/{app}/conversations/{conversation}", "IPA", 200, None),
        route(get.clone(), "/v2/apps/{app}/conversations/{conversation}/messages", "IPA", 200, None),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations/{conversation}/messages",
            "IPA",
            201,
            json!({ "author": author, "content": { "type": "text", "text": "hi" } }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations/{conversation}/activity",
            "IPA",
            200,
            json!({ "author": author, "type": "conversation:read" }),
        ),
        route(delete.clone(), "/v2/apps/{app}/conversations/{conversation}/messages/{message}", "IPA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/conversations/{conversation}/messages", "IPA", 200, None),
        route(get.clone(), "/v2/apps/{app}/switchboards", "PA", 200, None),
        route(post.clone(), "/v2/apps/{app}/switchboards", "PA", 400, None),
        route(
            post.clone(),
            "/v2/apps/{app}/switchboards/{switchboard}/switchboardIntegrations",
            "PA",
            201,
            json!({ "name": "second", "integrationId": "{custom}" }),
        ),
        route(get.clone(), "/v2/apps/{app}/switchboards/{switchboard}/switchboardIntegrations", "PA", 200, None),
        route(
            patch.clone(),
            "/v2/apps/{app}/switchboards/{switchboard}/switchboardIntegrations/{seat}",
            "PA",
            200,
            json!({ "deliverStandbyEvents": false }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations/{conversation}/passControl",
            "IPA",
            200,
            json!({ "switchboardIntegration": "{seat}" }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/conversations/{conversation}/offerControl",
            "IPA",
            400,
            json!({ "switchboardIntegration": "{seat}" }),
        ),
        route(post.clone(), "/v2/apps/{app}/conversations/{conversation}/acceptControl", "IPA", 400, json!({})),
        route(post.clone(), "/v2/apps/{app}/conversations/{group}/releaseControl", "PA", 200, None),
        route(patch.clone(), "/v2/apps/{app}/switchboards/{switchboard}", "PA", 200, json!({ "enabled": false })),
        route(
            delete.clone(),
            "/v2/apps/{app}/switchboards/{switchboard}/switchboardIntegrations/{seat}",
            "PA",
            200,
            None,
        ),
        route(delete.clone(), "/v2/apps/{app}/switchboards/{switchboard}", "PA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/conversations/{group}", "IPA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/users/{user}/personalinformation", "IPA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/users/{user}", "IPA", 200, None),
        route(post.clone(), "/v2/apps/{app}/integrations", "PA", 201, json!({ "type": "web" })),
        route(get.clone(), "/v2/apps/{app}/integrations", "PA", 200, None),
        route(get.clone(), "/v2/apps/{app}/integrations/{integration}", "PA", 200, None),
        route(
            patch.clone(),
            "/v2/apps/{app}/integrations/{integration}",
            "PA",
            200,
            json!({ "businessName": "Taken over" }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/integrations/{integration}/links",
            "PA",
            201,
            json!({ "message": "Taken over", "maxUses": 1 }),
        ),
        route(get.clone(), "/v2/apps/{app}/integrations/{integration}/links", "PA", 200, None),
        route(get.clone(), "/v2/apps/{app}/integrations/{integration}/links/{link}", "PA", 200, None),
        route(
            patch.clone(),
            "/v2/apps/{app}/integrations/{integration}/links/{link}",
            "PA",
            200,
            json!({ "message": "Taken over" }),
        ),
        route(delete.clone(), "/v2/apps/{app}/integrations/{integration}/links/{link}", "PA", 200, None),
        route(post.clone(), "/v2/apps/{app}/integrations/{custom}/keys", "PA", 201, name.clone()),
        route(get.clone(), "/v2/apps/{app}/integrations/{custom}/keys", "PA", 200, None),
        route(get.clone(), "/v2/apps/{app}/integrations/{custom}/keys/{customKey}", "PA", 200, None),
        route(
            post.clone(),
            "/v2/apps/{app}/integrations/{custom}/webhooks",
            "IP",
            201,
            json!({ "target": "https://crm.example/hook", "triggers": ["user:update"] }),
        ),
        route(get.clone(), "/v2/apps/{app}/integrations/{custom}/webhooks", "IP", 200, None),
        route(get.clone(), "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}", "IP", 200, None),
        route(
            patch.clone(),
            "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}",
            "IP",
            200,
            json!({ "includeFullUser": true }),
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}/rotateSecret",
            "IP",
            200,
            json!({}),
        ),
        route(get.clone(), "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}/deliveries", "IP", 200, None),
        route(
            get.clone(),
            "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}/deliveries/65f0a1b2c3d4e5f6aabbccdd",
            "IP",
            404,
            None,
        ),
        route(
            post.clone(),
            "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}/replay",
            "IP",
            200,
            json!({ "failed": true }),
        ),
        route(delete.clone(), "/v2/apps/{app}/integrations/{custom}/webhooks/{webhook}", "IP", 200, None),
        // No client is registered; what a good one gets is told in `oauth.rs`.
        route(get.clone(), "/oauth/authorize?response_type=code&client_id=65f0a1b2c3d4e5f6aabbccdd", "P", 404, None),
        // For integrations that were let in by OAuth, which the one here was not.
        route(delete.clone(), "/oauth/authorization", "", 403, None),
        route(get.clone(), "/v2/apps/{app}", "PA", 200, None),
        route(patch, "/v2/apps/{app}", "PA", 200, json!({ "metadata": { "seen": true } })),
        route(post.clone(), "/v2/apps/{app}/keys", "A", 201, name.clone()),
        route(get.clone(), "/v2/apps/{app}/keys", "A", 200, None),
        route(get.clone(), "/v2/apps/{app}/keys/{key}", "A", 200, None),
        route(get, "/v2/apps", "A", 200, None),
        route(post, "/v2/apps", "A", 201, name),
        route(delete.clone(), "/v2/apps/{app}/integrations/{custom}/keys/{customKey}", "PA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/integrations/{custom}", "PA", 200, None),
        route(delete.clone(), "/v2/apps/{app}/keys/{key}", "A", 200, None),
        route(delete, "/v2/apps/{app}", "A", 200, None),
    ]
}

/// What the placeholders of the routes stand for.
#[derive(Clone)]
struct Victim(BTreeMap<&'static str, String>, ApiKey);

impl Victim {
    async fn of(app: &TestApp) -> Self {
        let (_, conversation) = app.visitor_in_conversation().await;
        let (_, page) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
        let user = page["messages"][0]["author"]["userId"].as_str().unwrap().to_owned();
        let message = page["messages"][0]["id"].as_str().unwrap().to_owned();
        let group = app.conversation(json!({ "type": "sdkGroup" })).await;
        let (custom, custom_key) = app.custom_integration().await;
        let hook = json!({ "target": "https://crm.example/hook", "triggers": ["user:update"] });
        let hook = app.asks(Method::POST, &format!("/integrations/{custom}/webhooks"), Some(hook), 201).await;
        let webhook = hook["webhook"]["id"].as_str().unwrap().to_owned();
        let switchboard = app.asks(Method::POST, "/switchboards", None, 201).await["switchboard"]["id"].clone();
        let switchboard = switchboard.as_str().unwrap().to_owned();
        let path = format!("/switchboards/{switchboard}/switchboardIntegrations");
        let seat = app.asks(Method::POST, &path, Some(json!({ "name": "bot", "integrationId": custom })), 201).await;
        let seat = seat["switchboardIntegration"]["id"].as_str().unwrap().to_owned();
        let key = app.chat().create_key(Some(KeyOwner::App(app.made.app)), "Spare".to_owned()).await.unwrap();
        let path = format!("/integrations/{}/links", app.made.integration);
        let link = app.asks(Method::POST, &path, Some(json!({})), 201).await["link"]["id"].clone();
        let link = link.as_str().unwrap().to_owned();
        let ban = app.asks(Method::POST, "/bans", Some(json!({ "prefix": "203.0.113.0/24" })), 201).await;
        let ban = ban["ban"]["id"].as_str().unwrap().to_owned();
        let names = BTreeMap::from([
            ("{app}", app.made.app.to_string()),
            ("{integration}", app.made.integration.to_string()),
            ("{custom}", custom),
            ("{customKey}", custom_key.id.to_string()),
            ("{webhook}", webhook),
            ("{link}", link),
            ("{ban}", ban),
            ("{key}", key.id.to_string()),
            ("{message}", message),
            ("{group}", group),
            ("{switchboard}", switchboard),
            ("{seat}", seat),
            ("{user}", user),
            ("{conversation}", conversation),
        ]);
        Self(names, custom_key)
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    fn request(&self, app: &TestApp, route: &Route) -> RequestBuilder {
        let path = self.fill(route.path);
        assert!(!path.contains('{'), "{path}");
        let request = app.http.request(route.method.clone(), format!("{}{path}", app.url));
        match &route.body {
            Some(body) => request.json(&serde_json::from_str::<Value>(&self.fill(&body.to_string())).unwrap()),
            None => request,
        }
    }
}

fn code(answer: &Value) -> &str {
    assert!(answer["errors"][0]["title"].as_str().is_some_and(|title| !title.is_empty()), "{answer}");
    answer["errors"][0]["code"].as_str().unwrap()
}

#[tokio::test]
async fn without_a_good_key_there_is_nothing_but_401() {
    let app = TestApp::start().await;
    let victim = Victim::of(&app).await;
    let rows = app.rows().await;
    let (key, secret) = (app.made.key.id.as_str(), app.made.key.secret.as_str());
    let unknown = "app_65f0a1b2c3d4e5f6aabbccdd";
    let tokens = bad_tokens(&app).await;
    for route in routes() {
        let request = || victim.request(&app, &route);
        for (why, request) in [
            ("no header", request()),
            ("wrong secret", request().basic_auth(key, Some("wrong"))),
            ("no secret", request().basic_auth(key, Some(""))),
            ("unknown key", request().basic_auth(unknown, Some(secret))),
            ("no key id", request().basic_auth("' OR 1=1 --", Some(secret))),
            ("another scheme", request().header("authorization", "Digest x")),
            ("unsigned token", request().bearer_auth("eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFwcCJ9.")),
            (
                "not text",
                request().header("authorization", reqwest::header::HeaderValue::from_bytes(b"Basic \xff").unwrap()),
            ),
        ]
        .into_iter()
        .chain(tokens.iter().map(|(why, token)| (*why, request().bearer_auth(token))))
        {
            let (status, answer) = answer(request).await;
            assert_eq!(
                (status, code(&answer)),
                (StatusCode::UNAUTHORIZED, "unauthorized"),
                "{why}: {} {}",
                route.method,
                route.path
            );
        }
    }
    assert_eq!(app.rows().await, rows);
}

#[tokio::test]
async fn another_tenants_ids_give_no_data() {
    let app = TestApp::start().await;
    let victim = Victim::of(&app).await;
    let rows = app.rows().await;
    let other = app.chat().provision("Rival").await.unwrap();
    // The victim's app with the rival's key; the rival's app with the victim's ids.
    let mut mine = victim.clone();
    mine.0.insert("{app}", other.app.to_string());
    for route in routes() {
        let body = route.body.as_ref().map(Value::to_string).unwrap_or_default();
        let names_an_object =
            victim.0.keys().any(|name| *name != "{app}" && (route.path.contains(name) || body.contains(name)));
        for (who, path_of) in [("their app", &victim), ("my app, their ids", &mine)] {
            if who == "my app, their ids" && !names_an_object {
                continue;
            }
            let request = path_of.request(&app, &route);
            let request = request.basic_auth(other.key.id.as_str(), Some(&other.key.secret));
            let (status, answer) = answer(request).await;
            let what = format!("{who}: {} {}: {status} {answer}", route.method, route.path);
            assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{what}");
            assert!(code(&answer) == "forbidden" || code(&answer).ends_with("not_found"), "{what}");
        }
    }
    assert_eq!(app.rows().await, rows);
    let (_, integration) = answer(app.api(Method::GET, &format!("/integrations/{}", app.made.integration))).await;
    assert_eq!(integration["integration"]["businessName"], "Tea & Co");
}

fn token(algorithm: Algorithm, kid: &str, secret: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// A token for an end user, signed with the app's key.
fn end_user_token(app: &TestApp) -> String {
    let key = &app.made.key;
    token(Algorithm::HS256, key.id.as_str(), &key.secret, &json!({ "scope": "appUser", "external_id": "ann" }))
}

/// Tokens that prove nothing, each but for one thing as good as they come.
pub async fn bad_tokens(app: &TestApp) -> Vec<(&'static str, String)> {
    let key = &app.made.key;
    let (kid, secret) = (key.id.as_str(), key.secret.as_str());
    let now = app.chat().clock().now().millis() / 1000;
    let claims = json!({ "scope": "app", "iat": now });
    let good = token(Algorithm::HS256, kid, secret, &claims);
    let (status, _) = answer(app.http.get(format!("{}/v2/apps/{}", app.url, app.made.app)).bearer_auth(&good)).await;
    assert_eq!(status, StatusCode::OK, "the pattern of the bad ones is good");
    let with = |changed: Value| token(Algorithm::HS256, kid, secret, &changed);
    let unsigned = good.rsplit_once('.').unwrap().0;
    let none = json!({ "alg": "none", "kid": kid }).to_string();
    let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(none), unsigned.split_once('.').unwrap().1);
    let revoked = app.chat().create_key(Some(KeyOwner::App(app.made.app)), "Revoked".to_owned()).await.unwrap();
    let of_revoked = token(Algorithm::HS256, revoked.id.as_str(), &revoked.secret, &claims);
    let get = || app.http.get(format!("{}/v2/apps/{}", app.url, app.made.app)).bearer_auth(&of_revoked);
    assert_eq!(answer(get()).await.0, StatusCode::OK, "the key is good until it is revoked");
    app.chat().delete_key(KeyOwner::App(app.made.app), revoked.id.as_str()).await.unwrap();
    vec![
        ("alg none", none),
        ("no signature", format!("{unsigned}.")),
        ("another algorithm", token(Algorithm::HS512, kid, secret, &claims)),
        ("another secret", token(Algorithm::HS256, kid, "wrong", &claims)),
        ("the secret of another key", token(Algorithm::HS256, app.made.account_key.id.as_str(), secret, &claims)),
        ("no such key", token(Algorithm::HS256, "app_65f0a1b2c3d4e5f6aabbccdd", secret, &claims)),
        (
            "no key named",
            encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap(),
        ),
        ("a revoked key", of_revoked),
        ("expired", with(json!({ "scope": "app", "iat": now - 600, "exp": now - 120 }))),
        ("not good yet", with(json!({ "scope": "app", "iat": now, "nbf": now + 120 }))),
        ("from the future", with(json!({ "scope": "app", "iat": now + 120 }))),
        ("a scope that the key has not", with(json!({ "scope": "account", "iat": now }))),
        ("no scope", with(json!({ "iat": now }))),
    ]
}

#[tokio::test]
async fn no_operation_is_missing_in_the_table() {
    let app = TestApp::start().await;
    let (_, description) = answer(app.http.get(format!("{}/openapi.json", app.url))).await;
    // Parameters have other names here than there.
    let anonymous = |path: &str| {
        let path = path.split('?').next().unwrap_or_default();
        let is_id = |part: &str| part.starts_with('{') || part.parse::<domain::AppId>().is_ok();
        let parts = path.split('/').map(|part| if is_id(part) { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    let mut described = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            if operation["security"] == json!([{}]) {
                // For callers without a key: there is nothing to tell them apart by.
                continue;
            }
            described.insert(format!("{} {}", method.to_uppercase(), anonymous(path)));
        }
    }
    let listed: BTreeSet<String> =
        routes().iter().map(|route| format!("{} {}", route.method, anonymous(route.path))).collect();
    assert_eq!(described.difference(&listed).collect::<Vec<_>>(), [""; 0], "described, but not in the table");
}

#[tokio::test]
async fn each_caller_reaches_what_it_may_and_no_more() {
    for caller in ["A", "P", "I", "an end user"] {
        let app = TestApp::start().await;
        let victim = Victim::of(&app).await;
        for route in routes() {
            let request = victim.request(&app, &route);
            let key = match caller {
                "A" => Some(&app.made.account_key),
                "P" => Some(&app.made.key),
                "I" => Some(&victim.1),
                _ => None,
            };
            let request = match key {
                Some(key) => request.basic_auth(key.id.as_str(), Some(&key.secret)),
                None => request.bearer_auth(end_user_token(&app)),
            };
            let expected = if route.callers.contains(caller) { route.good } else { 403 };
            let (status, answer) = answer(request).await;
            assert_eq!(status.as_u16(), expected, "{caller}: {} {}: {answer}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn an_account_key_opens_every_app() {
    let app = TestApp::start().await;
    let victim = Victim::of(&app).await;
    let other = app.chat().provision("Another").await.unwrap();
    let get = |path: String| {
        let request = app.http.get(format!("{}{path}", app.url));
        answer(request.basic_auth(other.account_key.id.as_str(), Some(&other.account_key.secret)))
    };
    let (status, _) = get(victim.fill("/v2/apps/{app}/conversations/{conversation}")).await;
    assert_eq!(status, StatusCode::OK);
    let (status, answer) =
        get("/v2/apps/65f0a1b2c3d4e5f6aabbccdd/conversations/65f0a1b2c3d4e5f6aabbccdd".to_owned()).await;
    assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, "app_not_found"));
}

#[tokio::test]
async fn a_foreign_page_does_not_act_with_a_key_that_the_browser_remembers() {
    let app = TestApp::start().await;
    let path = format!("{}/v2/apps/{}", app.url, app.made.app);
    let key = &app.made.key;
    let get = |relation: &str| app.http.get(&path).header("sec-fetch-site", relation.to_owned());
    for (relation, expected) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        let (status, answer) = answer(get(relation).basic_auth(key.id.as_str(), Some(&key.secret))).await;
        assert_eq!(status.as_u16(), expected, "{relation}: {answer}");
    }
    let claims = json!({ "scope": "app", "iat": app.chat().clock().now().millis() / 1000 });
    let token = token(Algorithm::HS256, key.id.as_str(), &key.secret, &claims);
    assert_eq!(
        answer(get("cross-site").bearer_auth(token)).await.0,
        StatusCode::OK,
        "no browser sends a token by itself"
    );
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_the_same_shape() {
    let app = TestApp::start().await;
    let (status, answer) = answer(app.api(Method::GET, "/nonsense")).await;
    assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    let (status, answer) = crate::support::answer(app.api(Method::DELETE, "/users")).await;
    assert_eq!((status, code(&answer)), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
}
