//! Where the world finds this installation.

use domain::{IntegrationId, Slug};
use url::Url;

use crate::auth::visitor_cookie::CookieScope;

/// The public address, taken apart once.
#[derive(Debug, Clone)]
pub struct Site {
    /// `https://chat.example/prefix`, without a trailing slash.
    pub url: String,
    /// `https://chat.example`.
    pub origin: String,
    /// `/prefix`, mostly empty.
    pub base: String,
    pub cookies: CookieScope,
}

impl Site {
    pub fn new(url: &Url) -> Self {
        let base = url.path().trim_end_matches('/').to_owned();
        let origin = url.origin().ascii_serialization();
        let cookies = CookieScope { path: format!("{base}/"), is_https: url.scheme() == "https" };
        Self { url: format!("{origin}{base}"), origin, base, cookies }
    }

    /// The address of the short link with this slug.
    pub fn link(&self, slug: &Slug) -> String {
        format!("{}/l/{slug}", self.url)
    }

    /// The address of the chat page `integration`.
    pub fn chat(&self, integration: IntegrationId) -> String {
        format!("{}/chat/{integration}", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_kept_apart_from_the_origin() {
        let site = Site::new(&"https://shop.example/sc/".parse().unwrap());
        assert_eq!(
            (site.url.as_str(), site.origin.as_str(), site.base.as_str()),
            ("https://shop.example/sc", "https://shop.example", "/sc")
        );
        let plain = Site::new(&"http://127.0.0.1:3000".parse().unwrap());
        assert_eq!(
            (plain.url.as_str(), plain.base.as_str(), plain.cookies.path.as_str()),
            ("http://127.0.0.1:3000", "", "/")
        );
    }
}
