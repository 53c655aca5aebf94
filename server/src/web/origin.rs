//! Where a request that changes something comes from: a foreign page must not act with a visitor's cookies.

use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};

use super::Site;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the request comes from a page of ours, or from no page at all.
///
/// Browsers of today say so in `Sec-Fetch-Site`, older ones in `Origin`; what sends neither is no browser and carries
/// nobody's cookies by itself.
pub fn is_ours_or_absent(headers: &HeaderMap, site: &Site) -> bool {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or("?"));
    if is_from_foreign_page(headers) {
        return false;
    }
    let Some(origin) = text(ORIGIN) else { return true };
    // A proxy may pass on the name that the browser asked for, which need not be the public one.
    let is_host = origin.split_once("://").is_some_and(|(_, host)| text(HOST) == Some(host));
    origin == site.origin || is_host
}

/// Whether a page may log a visitor in: one of ours, no page at all, or one of the business's own, as `whitelist` names them.
///
/// Anybody's page must not: a visitor who does not know whose account they write in gives their words away.
pub fn may_log_in(headers: &HeaderMap, site: &Site, whitelist: Option<&[String]>) -> bool {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    is_ours_or_absent(headers, site)
        || origin.is_some_and(|origin| whitelist.unwrap_or_default().iter().any(|allowed| allowed == origin))
}

/// Whether a browser says that another site's page makes this request. Programs say nothing of the kind.
pub fn is_from_foreign_page(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_some_and(|relation| relation != "same-origin" && relation != "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ours(headers: &[(&'static str, &str)]) -> bool {
        let site = Site::new(&"https://chat.example".parse().unwrap());
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        is_ours_or_absent(&headers, &site)
    }

    #[test]
    fn our_own_pages_may_act() {
        assert!(is_ours(&[("sec-fetch-site", "same-origin"), ("origin", "https://chat.example")]));
        assert!(is_ours(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(is_ours(&[]));
    }

    #[test]
    fn a_page_of_the_business_may_log_in() {
        let site = Site::new(&"https://chat.example".parse().unwrap());
        let may = |origin: &str, whitelist: Option<&[String]>| {
            let pairs = [(SEC_FETCH_SITE, "cross-site"), (ORIGIN, origin)];
            let headers = pairs.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
            may_log_in(&headers, &site, whitelist)
        };
        let shop = ["https://shop.example".to_owned()];
        assert!(may("https://shop.example", Some(&shop)));
        assert!(!may("https://shop.example", None) && !may("https://shop.example", Some(&[])));
        assert!(!may("https://evil.example", Some(&shop)) && !may("null", Some(&shop)));
    }

    #[test]
    fn foreign_pages_may_not() {
        assert!(!is_ours(&[("sec-fetch-site", "cross-site"), ("origin", "https://chat.example")]));
        assert!(!is_ours(&[("sec-fetch-site", "same-site")]));
        assert!(!is_ours(&[("origin", "https://evil.example"), ("host", "chat.example")]));
        assert!(!is_ours(&[("origin", "null"), ("host", "chat.example")]));
        assert!(!is_ours(&[("origin", "https://chat.example.evil.example"), ("host", "chat.example")]));
    }
}
