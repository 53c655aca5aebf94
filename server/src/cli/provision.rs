//! `parlor provision`: an app, ready to chat.

use serde_json::json;

use super::{open, print};
use crate::config::Config;
use crate::web::Site;

/// Makes an app called `name` with a chat page and keys, and prints what was made.
pub async fn provision(config: &Config, name: &str, as_json: bool) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let made = chat.provision(name).await?;
    chat.storage().close().await;
    let site = Site::new(&config.public_url_on(config.listen));
    let facts = json!({
        "appId": made.app,
        "integrationId": made.integration,
        "keyId": made.key.id.as_str(),
        "secret": made.key.secret,
        "accountKeyId": made.account_key.id.as_str(),
        "accountSecret": made.account_key.secret,
        "chatUrl": format!("{}/chat/{}", site.url, made.integration),
        "embedUrl": format!("{}/embed/{}", site.url, made.integration),
        "inboxUrl": format!("{}/inbox", site.url),
    });
    print(&facts, as_json);
    Ok(())
}
