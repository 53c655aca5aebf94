//! What every handler may reach. Cheap to clone.

use std::sync::Arc;

use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::auth::VisitorTokens;
use crate::chat::Chat;
use crate::web::Site;

#[derive(Clone)]
pub struct AppState {
    pub chat: Chat,
    pub tokens: VisitorTokens,
    pub site: Arc<Site>,
    /// Changes when the database is another history; clients then start over.
    pub epoch: Arc<str>,
    /// Cancelled when this process takes no more requests.
    pub draining: CancellationToken,
    pub metrics: PrometheusHandle,
}

impl FromRef<AppState> for Chat {
    fn from_ref(state: &AppState) -> Self {
        state.chat.clone()
    }
}
