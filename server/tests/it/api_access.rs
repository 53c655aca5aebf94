//! Who may call what: a table over every route of the API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{TestApp, answer};

/// Every route, with `{app}`, `{integration}`, `{user}` and `{conversation}` to fill in, and a body that would be accepted.
fn routes() -> Vec<(Method, &'static str, Option<Value>)> {
    let author = json!({ "type": "business" });
    vec![
        (Method::POST, "/v2/apps/{app}/users", Some(json!({ "externalId": "ann" }))),
        (Method::GET, "/v2/apps/{app}/users/{user}", None),
        (Method::PATCH, "/v2/apps/{app}/users/{user}", Some(json!({ "profile": { "givenName": "Mallory" } }))),
        (Method::DELETE, "/v2/apps/{app}/users/{user}", None),
        (Method::DELETE, "/v2/apps/{app}/users/{user}/personalinformation", None),
        (Method::GET, "/v2/apps/{app}/users/{user}/clients", None),
        (
            Method::POST,
            "/v2/apps/{app}/users/{user}/clients",
            Some(json!({
                "matchCriteria": { "type": "twilio", "integrationId": "65f0a1b2c3d4e5f6aabbccdd", "phoneNumber": "+1" },
                "confirmation": { "type": "immediate" },
                "target": { "conversationId": "65f0a1b2c3d4e5f6aabbccdd" },
            })),
        ),
        (Method::DELETE, "/v2/apps/{app}/users/{user}/clients/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::GET, "/v2/apps/{app}/users/{user}/devices", None),
        (Method::GET, "/v2/apps/{app}/users/{user}/devices/65f0a1b2c3d4e5f6aabbccdd", None),
        (
            Method::POST,
            "/v2/apps/{app}/conversations",
            Some(json!({ "type": "personal", "participants": [{ "userId": "{user}" }] })),
        ),
        (Method::PATCH, "/v2/apps/{app}/conversations/{conversation}", Some(json!({ "displayName": "Mine" }))),
        (Method::DELETE, "/v2/apps/{app}/conversations/{conversation}", None),
        (
            Method::POST,
            "/v2/apps/{app}/conversations/{conversation}/download",
            Some(json!({
                "userId": "{user}",
                "apple": { "interactiveDataRef": { "url": "x", "bid": "x", "key": "x", "signature": "x", "owner": "x" } },
            })),
        ),
        (Method::GET, "/v2/apps/{app}/conversations/{conversation}/participants", None),
        (Method::POST, "/v2/apps/{app}/conversations/{conversation}/join", Some(json!({ "userId": "{user}" }))),
        (Method::POST, "/v2/apps/{app}/conversations/{conversation}/leave", Some(json!({ "userId": "{user}" }))),
        (Method::GET, "/v2/apps/{app}/conversations?filter[userId]={user}", None),
        (Method::GET, "/v2/apps/{app}/conversations/{conversation}", None),
        (Method::GET, "/v2/apps/{app}/conversations/{conversation}/messages", None),
        (
            Method::POST,
            "/v2/apps/{app}/conversations/{conversation}/messages",
            Some(json!({ "author": author, "content": { "type": "text", "text": "hi" } })),
        ),
        (Method::DELETE, "/v2/apps/{app}/conversations/{conversation}/messages", None),
        (Method::DELETE, "/v2/apps/{app}/conversations/{conversation}/messages/65f0a1b2c3d4e5f6aabbccdd", None),
        (Method::GET, "/v2/apps/{app}/integrations/{integration}", None),
        (Method::PATCH, "/v2/apps/{app}/integrations/{integration}", Some(json!({ "businessName": "Taken over" }))),
        (
            Method::POST,
            "/v2/apps/{app}/conversations/{conversation}/activity",
            Some(json!({ "author": author, "type": "conversation:read" })),
        ),
    ]
}

struct Victim {
    app: String,
    integration: String,
    user: String,
    conversation: String,
}

impl Victim {
    async fn of(app: &TestApp) -> Self {
        let (_, conversation) = app.visitor_in_conversation().await;
        let (_, page) = answer(app.api(Method::GET, &format!("/conversations/{conversation}/messages"))).await;
        let user = page["messages"][0]["author"]["userId"].as_str().unwrap().to_owned();
        Self { app: app.made.app.to_string(), integration: app.made.integration.to_string(), user, conversation }
    }

    fn fill_body(&self, body: &Value) -> Value {
        serde_json::from_str(&self.fill(&body.to_string())).unwrap()
    }

    fn fill(&self, path: &str) -> String {
        path.replace("{app}", &self.app)
            .replace("{integration}", &self.integration)
            .replace("{user}", &self.user)
            .replace("{conversation}", &self.conversation)
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
    for (method, path, body) in routes() {
        let request = || {
            let request = app.http.request(method.clone(), format!("{}{}", app.url, victim.fill(path)));
            if let Some(body) = &body { request.json(&victim.fill_body(body)) } else { request }
        };
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
        ] {
            let (status, answer) = answer(request).await;
            assert_eq!((status, code(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"), "{why}: {method} {path}");
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
    for (method, path, body) in routes() {
        // The victim's app with the rival's key; the rival's app with the victim's ids.
        let rival_app = Victim {
            app: other.app.to_string(),
            integration: victim.integration.clone(),
            user: victim.user.clone(),
            conversation: victim.conversation.clone(),
        };
        for (who, path_of) in [("their app", &victim), ("my app, their ids", &rival_app)] {
            let request = app.http.request(method.clone(), format!("{}{}", app.url, path_of.fill(path)));
            let request = if let Some(body) = &body { request.json(&victim.fill_body(body)) } else { request };
            let request = request.basic_auth(other.key.id.as_str(), Some(&other.key.secret));
            let (status, answer) = answer(request).await;
            let made_own_user = path.ends_with("/users") && who == "my app, their ids";
            if !made_own_user {
                assert!(
                    matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND),
                    "{who}: {method} {path}: {status} {answer}"
                );
                assert!(
                    matches!(
                        code(&answer),
                        "forbidden" | "user_not_found" | "conversation_not_found" | "integration_not_found"
                    ),
                    "{answer}"
                );
            }
        }
    }
    assert_eq!(app.rows().await, rows + 1, "only the rival's own user was made");
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
async fn unknown_routes_and_methods_answer_in_the_same_shape() {
    let app = TestApp::start().await;
    let (status, answer) = answer(app.api(Method::GET, "/nonsense")).await;
    assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, "not_found"));
    let (status, answer) = crate::support::answer(app.api(Method::DELETE, "/users")).await;
    assert_eq!((status, code(&answer)), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
}
