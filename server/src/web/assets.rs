//! The built frontend, inside the binary: compressed once, when the binary was built, and cached for ever by its hashed names.

use std::path::PathBuf;

use app::start::Assets;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, StatusCode, Uri};

/// One file, in each form that may be asked for.
struct Asset {
    /// Below the base: `/pkg/parlor.1f2e3d4c.js`.
    path: &'static str,
    content_type: &'static str,
    /// Of the content.
    etag: &'static str,
    /// Whether the name changes with the content.
    is_hashed: bool,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The names of the frontend: hashed ones of what is built in, else the plain ones that a developer's folder has; `None`
/// where there is neither.
pub fn frontend() -> Option<Assets> {
    let plain = Assets { css: "parlor.css", js: "parlor.js", wasm: "parlor.wasm" };
    BUILT.or_else(|| development_folder().map(|_| plain))
}

/// Where `cargo leptos watch` puts what it builds, beside a server that has nothing built in.
pub fn development_folder() -> Option<PathBuf> {
    if cfg!(debug_assertions) && BUILT.is_none() {
        std::env::var_os("LEPTOS_SITE_ROOT").map(PathBuf::from)
    } else {
        None
    }
}

/// Paths of all assets, for the router.
pub fn paths() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|asset| asset.path)
}

/// Serves the asset at the request's path.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| uri.path().ends_with(asset.path)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache = if asset.is_hashed { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let common = [(CACHE_CONTROL, cache), (ETAG, asset.etag), (VARY, "accept-encoding")];
    if headers.get(IF_NONE_MATCH).is_some_and(|tags| tags.to_str().is_ok_and(|tags| tags.contains(asset.etag))) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(CONTENT_TYPE, asset.content_type), (http::header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts(accepted, "br") {
        (common, kind, [(CONTENT_ENCODING, "br")], asset.brotli).into_response()
    } else if accepts(accepted, "gzip") {
        (common, kind, [(CONTENT_ENCODING, "gzip")], asset.gzip).into_response()
    } else {
        (common, kind, asset.plain).into_response()
    }
}

/// Whether `accepted` names `coding` and does not weigh it zero.
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        is_it && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_used_only_where_it_is_accepted() {
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("GZIP;q=0.5", "gzip"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "br"));
        assert!(!accepts("brotli", "br"));
    }
}
