//! What a browser says of itself with every request.

use domain::DeviceInfo;
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, HeaderName, REFERER, USER_AGENT};

/// What `headers` tell of the browser and of the page it is on: our pages send it as the referrer of their own requests.
pub fn device_info(headers: &HeaderMap) -> DeviceInfo {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let language = text(ACCEPT_LANGUAGE);
    let language = language.and_then(|all| all.split([',', ';']).next().map(|first| first.trim().to_owned()));
    DeviceInfo { user_agent: text(USER_AGENT), browser_language: language, current_url: text(REFERER) }.cut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_it_likes_best_comes_first() {
        let mut headers = HeaderMap::new();
        assert!(device_info(&headers).is_empty());
        headers.insert(ACCEPT_LANGUAGE, "fr-CA;q=0.9, en".parse().unwrap());
        headers.insert(USER_AGENT, "Firefox".parse().unwrap());
        let info = device_info(&headers);
        assert_eq!((info.browser_language.as_deref(), info.user_agent.as_deref()), (Some("fr-CA"), Some("Firefox")));
    }
}
