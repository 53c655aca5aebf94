//! Short links to chat pages: an addition to the contract.

mod create;
mod get;
mod list;
mod revoke;
mod update;

use domain::{Link, LinkId, Locale, Metadata, Slug, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;
use crate::web::Site;

#[derive(Serialize, ToSchema)]
pub struct LinkResponse {
    link: LinkBody,
}

/// A short link, with the addresses of what goes with it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkBody {
    id: LinkId,
    /// The last part of the address. Longer where the link speaks for a user.
    #[schema(value_type = String, pattern = "^([2-9a-km-np-z]{10}|[2-9a-km-np-z]{20})$", example = "k3fq8hzt2w")]
    slug: Slug,
    /// What to share.
    #[schema(example = "https://chat.example/l/k3fq8hzt2w")]
    url: String,
    /// The QR code; takes `size`, `ec` (L, M, Q, H), `logo` (0, 1) and `margin`.
    #[schema(example = "https://chat.example/l/k3fq8hzt2w/qr.svg")]
    qr_svg_url: String,
    #[schema(example = "https://chat.example/l/k3fq8hzt2w/qr.png")]
    qr_png_url: String,
    /// A poster to print.
    #[schema(example = "https://chat.example/l/k3fq8hzt2w/card")]
    card_url: String,
    /// A badge for pages that allow no frame.
    #[schema(example = "https://chat.example/l/k3fq8hzt2w/status.svg")]
    status_svg_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_uses: Option<u32>,
    /// How many browsers have written by it.
    uses: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl LinkBody {
    /// `link` as it is reached at `site`.
    pub fn new(link: Link, site: &Site) -> Self {
        let url = site.link(&link.slug);
        let below = |name: &str| format!("{url}/{name}");
        Self {
            id: link.id,
            slug: link.slug,
            qr_svg_url: below("qr.svg"),
            qr_png_url: below("qr.png"),
            card_url: below("card"),
            status_svg_url: below("status.svg"),
            url,
            message: link.message,
            r#ref: link.r#ref,
            locale: link.locale,
            metadata: link.metadata,
            external_id: link.external_id,
            expires_at: link.expires_at,
            max_uses: link.max_uses,
            uses: link.uses,
            revoked_at: link.revoked_at,
            created_at: link.created_at,
        }
    }
}

impl LinkResponse {
    fn new(link: Link, site: &Site) -> Self {
        Self { link: LinkBody::new(link, site) }
    }
}

/// A link's id in a path. What is no id names no link.
fn link_id(text: &str) -> Result<LinkId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Link).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::handler, list::handler)).routes(routes!(
        get::handler,
        update::handler,
        revoke::handler
    ))
}
