//! A new app, ready to chat.

use domain::{
    ApiKey, App, AppId, AppSettings, Integration, IntegrationId, IntegrationSettings, Metadata, WebIntegration,
    WebSettings,
};

use super::keys::new_key;
use super::{Chat, ChatError, KeyOwner, new_id};
use crate::storage::Tx;

/// An app with a chat page, a key of its own, and a key of the account.
#[derive(Debug, Clone)]
pub struct Provisioned {
    pub app: AppId,
    pub integration: IntegrationId,
    pub key: ApiKey,
    pub account_key: ApiKey,
}

/// The setting that remembers the demo's app.
const DEMO_APP: &str = "demo_app";

impl Chat {
    /// Makes an app called `name` with a chat page and keys.
    pub async fn provision(&self, name: &str) -> Result<Provisioned, ChatError> {
        let provisioned = self.draw(name);
        let (name, made) = (name.to_owned(), provisioned.clone());
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    store(tx, &made, name).await?;
                    Ok(provisioned)
                })
            })
            .await
    }

    /// The demo's app, made on the first call: its chat page and a key of it.
    pub async fn demo(&self) -> Result<(WebIntegration, ApiKey), ChatError> {
        let drawn = self.draw("Parlor demo");
        let app = self
            .storage
            .write(move |tx| {
                Box::pin(async move {
                    let app = tx.setting_or(DEMO_APP, &drawn.app.to_string()).await?;
                    if app == drawn.app.to_string() {
                        store(tx, &drawn, "Parlor demo".to_owned()).await?;
                    }
                    Ok::<_, ChatError>(app)
                })
            })
            .await?;
        let missing = || ChatError::NotFound(super::Noun::App);
        let app = app.parse().map_err(|_| missing())?;
        let mut reader = self.storage.read().await?;
        let integration = reader.first_web_integration_of(app).await?.ok_or_else(missing)?;
        let key = reader.keys_of(KeyOwner::App(app)).await?.into_iter().next().ok_or_else(missing)?;
        Ok((integration, key))
    }

    fn draw(&self, name: &str) -> Provisioned {
        let now = self.clock.now();
        let app = new_id(AppId::new, now);
        Provisioned {
            app,
            integration: new_id(IntegrationId::new, now),
            key: new_key(Some(KeyOwner::App(app)), name.to_owned(), now),
            account_key: new_key(None, format!("{name} (account)"), now),
        }
    }
}

async fn store(tx: &mut Tx, made: &Provisioned, name: String) -> Result<(), ChatError> {
    let now = made.key.created_at;
    let page = WebSettings { business_name: Some(name.clone()), ..WebSettings::default() };
    let integration = Integration {
        id: made.integration,
        app: made.app,
        display_name: Some(name.clone()),
        settings: IntegrationSettings::Web(Box::new(page)),
    };
    let app = App { id: made.app, display_name: name, settings: AppSettings::default(), metadata: Metadata::default() };
    tx.insert_app(&app, now).await?;
    tx.insert_integration(&integration, now).await?;
    tx.insert_api_key(&made.key).await?;
    Ok(tx.insert_api_key(&made.account_key).await?)
}
