//! API keys, and the apps they open.

use std::sync::Arc;

use domain::{ApiKey, AppId, KeyId};

use super::{Chat, ChatError};

impl Chat {
    /// The key with this id, whatever its app.
    pub async fn api_key(&self, id: &KeyId) -> Result<Option<Arc<ApiKey>>, ChatError> {
        if let Some(key) = self.keys.get(id) {
            return Ok(Some(key));
        }
        let key = self.storage.read().await?.api_key(id).await?.map(Arc::new);
        if let Some(key) = &key {
            self.keys.insert(id.clone(), key.clone());
        }
        Ok(key)
    }

    pub async fn app_exists(&self, app: AppId) -> Result<bool, ChatError> {
        Ok(self.storage.read().await?.app_exists(app).await?)
    }
}
