//! The bot's integration and its webhook, made on the first start and found again on every other.

use serde_json::{Value, json};

use super::api::{Api, CallError, text};

/// What the integration is called, and so how it is found again.
const NAME: &str = "Demo bot";
const TRIGGERS: [&str; 4] =
    ["conversation:create", "conversation:message", "conversation:postback", "conversation:referral"];

/// Has what happens told to `target`; gives the secret that the calls will carry.
/// # Errors
/// When the API can't be called, or refuses.
pub async fn register(api: &Api, target: &str) -> Result<String, CallError> {
    let webhook = json!({ "target": target, "triggers": TRIGGERS });
    let integrations = "/integrations";
    let known = api.get("/integrations?filter[types]=custom&page[size]=100").await?;
    let known = known["integrations"].as_array().into_iter().flatten().find(|it| it["displayName"] == NAME);
    let Some(id) = known.and_then(|it| it["id"].as_str()) else {
        let new = json!({ "type": "custom", "displayName": NAME, "webhooks": [webhook] });
        let made = api.post(integrations, &new).await?;
        return text(&made, integrations, "/integration/webhooks/0/secret");
    };
    let webhooks = format!("{integrations}/{id}/webhooks");
    let found: Value = api.get(&webhooks).await?;
    let answer = match found["webhooks"][0]["id"].as_str() {
        Some(id) => api.patch(&format!("{webhooks}/{id}"), &webhook).await?,
        None => api.post(&webhooks, &webhook).await?,
    };
    text(&answer, &webhooks, "/webhook/secret")
}
