//! The cookies of a chat page. One a chat page, so that two businesses on one server never share a visitor.
//!
//! On `/chat` the page is its own site: `SameSite=Lax`. In an iframe it is somebody else's guest: `SameSite=None`, which
//! needs `Secure`, and `Partitioned`, so that it works where third-party cookies are blocked and follows nobody around.

use app::start::Surface;
use cookie::{Cookie, SameSite};
use domain::integration::BrowserStorage;
use domain::{IntegrationId, WebIntegration};
use http::HeaderMap;
use http::header::COOKIE;

/// Where cookies live: the path below which the product is served, and whether that is over https.
#[derive(Debug, Clone)]
pub struct CookieScope {
    pub path: String,
    pub is_https: bool,
}

impl CookieScope {
    /// `Set-Cookie` that keeps `token` for as long as it is good, which is so many seconds, or as long as the browser is open: as
    /// the page has it.
    pub fn keep(&self, surface: Surface, page: &WebIntegration, token: &str, seconds: i64) -> String {
        let cookie = Cookie::build((visitor_name(surface, page.id), token.to_owned()));
        let cookie = match page.web.browser_storage.unwrap_or_default() {
            BrowserStorage::LocalStorage => cookie.max_age(cookie::time::Duration::seconds(seconds)),
            BrowserStorage::SessionStorage => cookie,
        };
        self.finish(surface, cookie)
    }

    /// `Set-Cookie` that forgets a visitor whose token is dead.
    pub fn forget(&self, surface: Surface, integration: IntegrationId) -> String {
        let cookie = Cookie::build((visitor_name(surface, integration), "")).max_age(cookie::time::Duration::ZERO);
        self.finish(surface, cookie)
    }

    /// `Set-Cookie` that says nothing, and by coming back shows that this browser keeps cookies here.
    pub fn probe(&self, surface: Surface) -> String {
        self.finish(surface, Cookie::build((probe_name(surface), "1")))
    }

    fn finish(&self, surface: Surface, cookie: cookie::CookieBuilder<'_>) -> String {
        let cookie = cookie.path(self.path.clone()).http_only(true);
        let cookie = match surface {
            Surface::Chat => cookie.same_site(SameSite::Lax).secure(self.is_https),
            Surface::Embed => cookie.same_site(SameSite::None).secure(true).partitioned(true),
        };
        cookie.build().to_string()
    }
}

/// The visitor's token, if the browser sent one.
pub fn visitor_token(headers: &HeaderMap, surface: Surface, integration: IntegrationId) -> Option<&str> {
    value(headers, &visitor_name(surface, integration))
}

/// Whether this browser keeps our cookies: it sent back the one that every page view sets.
pub fn are_kept(headers: &HeaderMap, surface: Surface) -> bool {
    value(headers, probe_name(surface)).is_some()
}

/// The value of the cookie called `name`.
pub fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    cookies.flat_map(|header| header.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

fn visitor_name(surface: Surface, integration: IntegrationId) -> String {
    match surface {
        Surface::Chat => format!("parlor_{integration}"),
        Surface::Embed => format!("parlor_embed_{integration}"),
    }
}

fn probe_name(surface: Surface) -> &'static str {
    match surface {
        Surface::Chat => "parlor_probe",
        Surface::Embed => "parlor_embed_probe",
    }
}

#[cfg(test)]
mod tests {
    use domain::{AppId, WebSettings};

    use super::*;

    fn id() -> IntegrationId {
        "65f0a1b2c3d4e5f6aabbccdd".parse().unwrap()
    }

    fn page(browser_storage: Option<BrowserStorage>) -> WebIntegration {
        let web = WebSettings { browser_storage, ..WebSettings::default() };
        WebIntegration { id: id(), app: AppId::new(domain::Timestamp::default(), [0; 8]), display_name: None, web }
    }

    #[test]
    fn a_session_ends_with_the_browser() {
        let plain = CookieScope { path: "/".to_owned(), is_https: false };
        let cookie = plain.keep(Surface::Chat, &page(Some(BrowserStorage::SessionStorage)), "t", 60);
        assert_eq!(cookie, "parlor_65f0a1b2c3d4e5f6aabbccdd=t; HttpOnly; SameSite=Lax; Path=/");
    }

    #[test]
    fn a_page_of_its_own_gets_a_lax_cookie() {
        let plain = CookieScope { path: "/".to_owned(), is_https: false };
        assert_eq!(
            plain.keep(Surface::Chat, &page(None), "t", 34_560_000),
            "parlor_65f0a1b2c3d4e5f6aabbccdd=t; HttpOnly; SameSite=Lax; Path=/; Max-Age=34560000"
        );
        let https = CookieScope { path: "/sc".to_owned(), is_https: true };
        assert!(https.keep(Surface::Chat, &page(None), "t", 60).contains("; Secure; Path=/sc"));
    }

    #[test]
    fn a_guest_in_a_frame_gets_a_partitioned_one() {
        let plain = CookieScope { path: "/".to_owned(), is_https: false };
        assert_eq!(
            plain.keep(Surface::Embed, &page(None), "t", 34_560_000),
            "parlor_embed_65f0a1b2c3d4e5f6aabbccdd=t; HttpOnly; SameSite=None; Partitioned; Secure; Path=/; Max-Age=34560000"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; parlor_65f0a1b2c3d4e5f6aabbccdd=t.o.k".parse().unwrap());
        headers.append(COOKIE, "parlor_probe=1".parse().unwrap());
        assert_eq!(visitor_token(&headers, Surface::Chat, id()), Some("t.o.k"));
        assert_eq!(visitor_token(&headers, Surface::Embed, id()), None);
        assert!(are_kept(&headers, Surface::Chat));
    }
}
