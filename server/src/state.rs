//! What every handler may reach. Cheap to clone.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::auth::VisitorTokens;
use crate::chat::Chat;
use crate::guard::{Limits, Listeners, TrustedProxies};
use crate::web::Site;

#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub chat: Chat,
    pub tokens: VisitorTokens,
    pub site: Site,
    /// Whose word is taken for where a client is.
    pub proxies: TrustedProxies,
    /// How much each may do.
    pub limits: Limits,
    /// The places for those who listen.
    pub listeners: Listeners,
    /// How long anybody takes at least to write a first message.
    pub form_pause: Duration,
    /// Messages on a page of history.
    pub page_messages: u32,
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
