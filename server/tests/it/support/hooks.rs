//! Webhooks of a test's app.

use domain::webhook::NewWebhook;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::chat::{Scope, WebhookOwner};

use super::{TestApp, TestDatabase, answer};

/// Pauses that a test can wait for.
pub const RETRIES: &str = "50ms,50ms,100ms,100ms";

impl TestApp {
    /// A server that may call this machine, and is quick to give up and to try again.
    pub async fn with_webhooks() -> Self {
        Self::start_with(&[
            "--webhook-allow",
            "127.0.0.0/8",
            "--webhook-retries",
            RETRIES,
            "--webhook-timeout",
            "500ms",
        ])
        .await
    }

    /// An integration of type `kind`; gives its id.
    pub async fn integration_of_type(&self, kind: &str) -> String {
        integration_of_type(&self.database(), &self.made.app.to_string(), kind).await
    }

    /// A webhook of a custom integration of its own.
    pub async fn hook(&self, target: &str, triggers: &[&str]) -> Hook<'_> {
        self.hook_with(json!({ "target": target, "triggers": triggers })).await
    }

    pub async fn hook_with(&self, body: Value) -> Hook<'_> {
        let integration = self.integration_of_type("custom").await;
        let path = format!("/integrations/{integration}/webhooks");
        let (status, made) = answer(self.api(Method::POST, &path).json(&body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let id = made["webhook"]["id"].as_str().unwrap();
        Hook { app: self, path: format!("{path}/{id}"), integration, webhook: made["webhook"].clone() }
    }

    /// A webhook of the older API.
    pub async fn legacy_hook(&self, target: &str, triggers: &[&str]) {
        let new = NewWebhook {
            target: target.to_owned(),
            triggers: triggers.iter().map(ToString::to_string).collect(),
            include_full_user: None,
            include_full_source: None,
        };
        self.chat().create_webhook(Scope::of_app(self.made.app), WebhookOwner::App, new).await.unwrap();
    }
}

/// An integration of `app` in `database`, of type `kind`; gives its id.
pub async fn integration_of_type(database: &TestDatabase, app: &str, kind: &str) -> String {
    let id = hex::encode(server::clock::random_bytes::<12>());
    let values = format!("('{id}', '{app}', '{kind}', '{{}}', 0)");
    database
        .execute(&format!("INSERT INTO integrations (id, app_id, type, settings, created_at) VALUES {values}"))
        .await;
    id
}

/// A webhook, by its path in the API.
pub struct Hook<'a> {
    app: &'a TestApp,
    pub path: String,
    pub integration: String,
    pub webhook: Value,
}

impl Hook<'_> {
    pub fn id(&self) -> &str {
        self.webhook["id"].as_str().unwrap()
    }

    pub fn secret(&self) -> &str {
        self.webhook["secret"].as_str().unwrap()
    }

    /// Calls the API below this webhook; gives the status and the answer.
    pub async fn call(&self, method: Method, below: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.app.api(method, &format!("{}{below}", self.path));
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// Deliveries in `state`, newest first.
    pub async fn deliveries(&self, state: &str) -> Vec<Value> {
        let (status, page) = self.call(Method::GET, &format!("/deliveries?filter[state]={state}"), None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page["deliveries"].as_array().unwrap().clone()
    }

    /// Deliveries in `state`, once there are `count`.
    pub async fn deliveries_when(&self, state: &str, count: usize) -> Vec<Value> {
        let begun = std::time::Instant::now();
        loop {
            let deliveries = self.deliveries(state).await;
            if deliveries.len() >= count {
                return deliveries;
            }
            assert!(begun.elapsed() < super::DEADLINE, "{count} deliveries are {state} in time: {deliveries:?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// A delivery with its request and its attempts.
    pub async fn delivery(&self, id: &Value) -> Value {
        let (status, found) = self.call(Method::GET, &format!("/deliveries/{}", id.as_str().unwrap()), None).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        found["delivery"].clone()
    }

    /// Repeats what `body` names; gives how many.
    pub async fn replay(&self, body: Value) -> u64 {
        let (status, replayed) = self.call(Method::POST, "/replay", Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{replayed}");
        replayed["replayed"].as_u64().unwrap()
    }
}

impl TestApp {
    /// An enabled switchboard where `integration` sits as `bot`, and wants no standby events.
    pub async fn seat_at_switchboard(&self, integration: &str) {
        let (id, app) = ("65f0a1b2c3d4e5f6aabbccdd", self.made.app);
        let sql = format!(
            "INSERT INTO switchboards (id, app_id, enabled, created_at) VALUES ('{id}', '{app}', TRUE, 0);
            INSERT INTO switchboard_integrations (id, switchboard_id, name, integration_id, deliver_standby_events, created_at)
                VALUES ('{id}', '{id}', 'bot', '{integration}', FALSE, 0)"
        );
        self.execute(&sql).await;
    }
}
