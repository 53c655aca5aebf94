//! The headers of a page: what it may load, and who may frame it.

use app::start::Surface;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::WebIntegration;
use domain::integration::is_origin;
use http::{HeaderMap, HeaderValue, header};

use super::Site;
use crate::clock::random_bytes;

/// A nonce for one answer.
pub fn nonce() -> String {
    STANDARD.encode(random_bytes::<16>())
}

/// The headers of a page on `surface`; `integration` is `None` where there is none to show.
pub fn page(surface: Surface, integration: Option<&WebIntegration>, site: &Site, nonce: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str| {
        // Settings are checked when they are saved; a value that still fits no header is left out rather than answered with a fault.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("content-type", "text/html; charset=utf-8");
    // A page holds a conversation and a token of its own: never kept by anyone on the way.
    set("cache-control", "no-store");
    set("x-content-type-options", "nosniff");
    // `no-referrer` would also take the Origin off our own forms.
    set("referrer-policy", "same-origin");
    set("permissions-policy", "camera=(), microphone=(), payment=(), usb=()");
    set("content-security-policy", &policy(surface, integration, site, nonce));
    if surface == Surface::Chat {
        set("x-frame-options", "SAMEORIGIN");
        set("cross-origin-opener-policy", "same-origin-allow-popups");
    }
    headers
}

fn policy(surface: Surface, integration: Option<&WebIntegration>, site: &Site, nonce: &str) -> String {
    // Some browsers do not count a WebSocket of the same host as 'self'.
    let socket = site.origin.replacen("http", "ws", 1);
    let mut policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: https: http:; media-src 'self'; connect-src 'self' {socket}; frame-src https: http:; form-action 'self'; base-uri 'none'; object-src 'none'"
    );
    match (surface, integration.and_then(|integration| integration.web.origin_whitelist.as_ref())) {
        (Surface::Chat, _) => policy.push_str("; frame-ancestors 'self'"),
        // Without a list anyone may frame it, a page opened from a disk too, which no source expression names.
        (Surface::Embed, None) => {}
        (Surface::Embed, Some(origins)) => {
            policy.push_str("; frame-ancestors");
            let sound: Vec<&String> = origins.iter().filter(|origin| is_origin(origin)).collect();
            if sound.is_empty() {
                policy.push_str(" 'none'");
            }
            for origin in sound {
                policy.push(' ');
                policy.push_str(origin);
            }
        }
    }
    policy
}

/// For answers that are never to be kept.
pub fn no_store() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

#[cfg(test)]
mod tests {
    use domain::{AppId, IntegrationId, Timestamp, WebSettings};

    use super::*;

    fn integration(origins: Option<&[&str]>) -> WebIntegration {
        let now = Timestamp::default();
        let origin_whitelist = origins.map(|origins| origins.iter().map(|&origin| origin.to_owned()).collect());
        WebIntegration {
            id: IntegrationId::new(now, [1; 8]),
            app: AppId::new(now, [2; 8]),
            display_name: None,
            web: WebSettings { origin_whitelist, ..WebSettings::default() },
        }
    }

    fn policy_of(surface: Surface, origins: Option<&[&str]>) -> String {
        let site = Site::new(&"https://chat.example".parse().unwrap());
        policy(surface, Some(&integration(origins)), &site, "n0nce")
    }

    #[test]
    fn a_page_of_its_own_is_framed_by_no_other_site() {
        assert!(policy_of(Surface::Chat, Some(&["https://shop.example"])).ends_with("frame-ancestors 'self'"));
    }

    #[test]
    fn an_embedded_page_is_framed_by_its_list() {
        assert!(
            policy_of(Surface::Embed, Some(&["https://shop.example", "http://localhost:8080"]))
                .ends_with("frame-ancestors https://shop.example http://localhost:8080")
        );
        assert!(!policy_of(Surface::Embed, None).contains("frame-ancestors"));
        assert!(policy_of(Surface::Embed, Some(&[])).ends_with("frame-ancestors 'none'"));
    }

    #[test]
    fn a_list_cannot_smuggle_in_a_directive() {
        let policy = policy_of(Surface::Embed, Some(&["https://a.example; script-src *", "https://b.example\r\nx: y"]));
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    }

    #[test]
    fn only_scripts_with_the_nonce_run() {
        let policy = policy_of(Surface::Chat, None);
        assert!(policy.contains("script-src 'self' 'nonce-n0nce' 'wasm-unsafe-eval';"));
        assert!(policy.contains("connect-src 'self' wss://chat.example;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
