//! What every handler may reach. Cheap to clone.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::api::RateLimit;
use crate::auth::VisitorTokens;
use crate::chat::Chat;
use crate::web::Site;

#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub chat: Chat,
    pub tokens: VisitorTokens,
    pub site: Site,
    /// How often a key of the API may call.
    pub api_rate: RateLimit,
    /// Of the database's history. An operator who restores a backup removes it from the settings, so that a new one is drawn and
    /// clients start over.
    pub epoch: String,
    /// Whether this is a demo, which shows the gallery.
    pub is_demo: bool,
    /// Cancelled when this process takes no more requests.
    pub draining: CancellationToken,
    pub metrics: PrometheusHandle,
}

impl AppState {
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for Chat {
    fn from_ref(state: &AppState) -> Self {
        state.chat.clone()
    }
}
