//! A new app, ready to chat.

use domain::{ApiKey, App, AppId, AppSettings, Integration, IntegrationId, KeyId, KeyScope, Metadata, WebSettings};

use super::{Chat, ChatError, new_id};
use crate::clock::random_secret;
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
    pub async fn demo(&self) -> Result<(Integration, ApiKey), ChatError> {
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
        let key = reader.first_key_of(app).await?.ok_or_else(missing)?;
        let key = reader.api_key(&key).await?.ok_or_else(missing)?;
        Ok((integration, key))
    }

    fn draw(&self, name: &str) -> Provisioned {
        let now = self.clock.now();
        let app = new_id(AppId::new, now);
        let key = |scope, app, display_name: String| ApiKey {
            id: KeyId::new(scope, new_id(AppId::new, now)),
            app,
            integration: None,
            display_name,
            secret: random_secret(),
            created_at: now,
        };
        Provisioned {
            app,
            integration: new_id(IntegrationId::new, now),
            key: key(KeyScope::App, Some(app), name.to_owned()),
            account_key: key(KeyScope::Account, None, format!("{name} (account)")),
        }
    }
}

async fn store(tx: &mut Tx, made: &Provisioned, name: String) -> Result<(), ChatError> {
    let now = made.key.created_at;
    let integration = Integration {
        id: made.integration,
        app: made.app,
        display_name: Some(name.clone()),
        web: WebSettings { business_name: Some(name.clone()), ..WebSettings::default() },
    };
    let app = App { id: made.app, display_name: name, settings: AppSettings::default(), metadata: Metadata::default() };
    tx.insert_app(&app, now).await?;
    tx.insert_web_integration(&integration, now).await?;
    tx.insert_api_key(&made.key).await?;
    Ok(tx.insert_api_key(&made.account_key).await?)
}
