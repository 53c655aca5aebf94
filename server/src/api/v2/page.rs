//! Pages as the API shows them: `meta` and `links` beside the named list.

use domain::Page;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::extract::Query;
use crate::web::Site;

/// Where a page lies in its list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// More records in the direction being walked.
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before_cursor: Option<String>,
}

/// The neighbouring pages; each only where there is one.
#[derive(Serialize, ToSchema)]
pub struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which way a walk without a cursor goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// From the first record on.
    Forward,
    /// From the newest page backwards, as for messages.
    Backward,
}

/// `meta` and `links` of `page`, whose records have the ids that `id` tells.
pub fn describe<T>(
    page: &Page<T>,
    id: impl Fn(&T) -> String,
    walk: Walk,
    query: &Query,
    site: &Site,
    path: &str,
) -> (Meta, Links) {
    let is_backward = match (query.one("page[after]"), query.one("page[before]")) {
        (Some(_), _) => false,
        (_, Some(_)) => true,
        _ => walk == Walk::Backward,
    };
    let after_cursor = page.items.last().filter(|_| page.more_after).map(&id);
    let before_cursor = page.items.first().filter(|_| page.more_before).map(&id);
    let link = |name: &str, cursor: &Option<String>| {
        let cursor = cursor.as_ref()?;
        let mut query_text = form_urlencoded::Serializer::new(String::new());
        query_text.extend_pairs(query.without_cursors()).append_pair(name, cursor);
        Some(format!("{}{path}?{}", site.url, query_text.finish()))
    };
    let links = Links { prev: link("page[before]", &before_cursor), next: link("page[after]", &after_cursor) };
    let has_more = if is_backward { page.more_before } else { page.more_after };
    (Meta { has_more, after_cursor, before_cursor }, links)
}

/// The query of a paged list, for the API's description; [`Query`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: the client's encodings are read by hand")]
pub struct PageQuery {
    /// Begin right after the record with this id. Not together with `page[before]`.
    #[param(rename = "page[after]", pattern = "^[0-9a-f]{24}$")]
    after: Option<String>,
    /// Begin right before the record with this id. Not together with `page[after]`.
    #[param(rename = "page[before]", pattern = "^[0-9a-f]{24}$")]
    before: Option<String>,
    /// How many records.
    #[param(rename = "page[size]", minimum = 1, maximum = 100, default = 25)]
    size: Option<u32>,
}
