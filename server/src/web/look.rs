//! How a page looks and reads: query parameters of the link before settings of the integration before defaults.

use app::i18n::{Language, Texts};
use app::start::{Dir, Theme};
use domain::link::REF_CHARACTERS;
use domain::{Arrival, Color, Locale, WebIntegration, WebSettings};
use http::HeaderMap;
use url::form_urlencoded;

use super::accepted::accepted_languages;

/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur"];

/// The parameters that a page keeps over its own forms and links.
const KEPT: [&str; 9] =
    ["locale", "theme", "dir", "fixedHeader", "brandColor", "conversationColor", "actionColor", BY, REF];
/// Of the short link that led to the page, whose message its composer holds at first …
pub const LINK: &str = "link";
/// … and that is kept under this name once it was shown.
const BY: &str = "by";
/// Where the visitor comes from.
const REF: &str = "ref";

/// What the link asked for. Anything unknown or malformed is passed over: a link must never break a page.
#[derive(Debug, Clone)]
pub struct Look {
    /// Of dates and numbers. The texts may be in another language, where this one is not built in.
    pub locale: Locale,
    pub texts: Texts,
    pub dir: Dir,
    pub theme: Theme,
    pub brand: Color,
    pub conversation: Color,
    pub action: Color,
    /// Address of the picture behind the conversation.
    pub background: Option<String>,
    /// Whether the introduction stays above the messages.
    pub fixed_intro: bool,
}

impl Look {
    pub fn new(integration: Option<&WebIntegration>, query: &str, headers: &HeaderMap) -> Self {
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let unset = WebSettings::default();
        let web = integration.map_or(&unset, |integration| &integration.web);
        let color = |name, set| parameter(name).and_then(|text| text.parse().ok()).unwrap_or(set);
        let named = parameter("locale").and_then(|tag| tag.parse().ok()).or_else(|| web.locale.clone());
        let accepted = accepted_languages(headers);
        let built_in = |locale: &Locale| Language::of(locale).is_some();
        let language = named.iter().chain(&accepted).find_map(Language::of).unwrap_or_default();
        // Of the languages that the browser accepts, one that there are texts in.
        let accepted = accepted.iter().find(|locale| built_in(locale)).or(accepted.first());
        let locale = named.or_else(|| accepted.cloned()).unwrap_or_default();
        Self {
            texts: Texts::of(language, &web.custom_text).with_names_of(&locale),
            dir: match parameter("dir").as_deref() {
                Some("rtl") => Dir::Rtl,
                Some("ltr") => Dir::Ltr,
                _ if RIGHT_TO_LEFT.contains(&locale.language().as_str()) => Dir::Rtl,
                _ => Dir::Ltr,
            },
            theme: match parameter("theme").as_deref() {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::Auto,
            },
            brand: color("brandColor", web.brand_color.0),
            conversation: color("conversationColor", web.conversation_color.0),
            action: color("actionColor", web.action_color.0),
            background: web.background_image_url.clone(),
            fixed_intro: match parameter("fixedHeader").as_deref() {
                Some("1") => true,
                Some("0") => false,
                _ => web.fixed_intro_pane,
            },
            locale,
        }
    }
}

/// `?…` with the parameters of a look as the link gave them, to be kept by the page's forms and links; empty without any.
pub fn kept(query: &str) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let name = if name == LINK { BY } else { &*name };
        let most = if name == REF { REF_CHARACTERS } else { 64 };
        if KEPT.contains(&name) && value.chars().count() <= most {
            kept.append_pair(name, &value);
        }
    }
    let kept = kept.finish();
    if kept.is_empty() { kept } else { format!("?{kept}") }
}

/// What brought a visitor to the page with this `query`.
pub fn arrival(query: &str) -> Arrival {
    let query = query.trim_start_matches('?').as_bytes();
    let parameter = |names: &[&str]| form_urlencoded::parse(query).find(|(name, _)| names.contains(&&**name));
    let link = parameter(&[LINK, BY]).map(|(_, slug)| slug);
    Arrival::new(link.as_deref(), parameter(&[REF]).map(|(_, code)| code.into_owned()))
}

#[cfg(test)]
mod tests {
    use app::i18n::Key;
    use domain::{AppId, IntegrationId};

    use super::*;

    fn look(query: &str) -> Look {
        Look::new(None, query, &HeaderMap::new())
    }

    #[test]
    fn the_link_decides_before_the_settings() {
        let query = "theme=dark&locale=ar-EG&brandColor=0af&message=hi&x=%22";
        let look = look(query);
        assert_eq!((look.locale.as_str(), look.dir, look.theme), ("ar-EG", Dir::Rtl, Theme::Dark));
        assert_eq!(look.brand.to_string(), "0af");
        assert_eq!(kept(query), "?theme=dark&locale=ar-EG&brandColor=0af");
    }

    #[test]
    fn what_brought_a_visitor_stays_with_the_page() {
        let query = "link=abcdefghij&ref=a%20%26b&message=hi";
        assert_eq!(kept(query), "?by=abcdefghij&ref=a+%26b");
        assert_eq!(arrival(&kept(query)), arrival(query));
        let arrival = arrival(query);
        assert_eq!((arrival.link.unwrap().as_str(), arrival.r#ref.as_deref()), ("abcdefghij", Some("a &b")));
        assert_eq!(kept(&format!("ref={}", "x".repeat(2084))), "");
    }

    #[test]
    fn nonsense_is_passed_over() {
        let look = look("theme=neon&locale=%3Cscript%3E&dir=up&brandColor=red;}&conversationColor=%00");
        assert_eq!((look.locale.as_str(), look.dir, look.theme), ("en-US", Dir::Ltr, Theme::Auto));
        assert_eq!((look.brand.to_string(), look.conversation.to_string()), ("65758e".to_owned(), "0099ff".to_owned()));
    }

    /// The look of a page that is set to `locale`, for a browser that accepts `accepted`.
    fn look_for(locale: Option<&str>, query: &str, accepted: &str) -> Look {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        let now = domain::Timestamp::default();
        let web = WebSettings { locale: locale.map(|tag| tag.parse().unwrap()), ..WebSettings::default() };
        let (id, app) = (IntegrationId::new(now, [1; 8]), AppId::new(now, [2; 8]));
        Look::new(Some(&WebIntegration { id, app, display_name: None, web }), query, &headers)
    }

    #[test]
    fn the_link_names_the_language_before_the_page_and_the_browser() {
        for (set, query, accepted, locale, send) in [
            (Some("fr-CA"), "locale=de-AT", "ja", "de-AT", "Senden"),
            (Some("fr-CA"), "locale=%3C", "ja", "fr-CA", "Envoyer"),
            (None, "", "ja-JP,ja;q=0.9", "ja-JP", "送信"),
            (None, "", "it-IT,it;q=0.9,es;q=0.5", "es", "Enviar"),
            (Some("it-IT"), "", "es", "it-IT", "Enviar"),
            (None, "", "it-IT,it;q=0.9", "it-IT", "Send"),
            (None, "", "*", "en-US", "Send"),
        ] {
            let look = look_for(set, query, accepted);
            let found = (look.locale.as_str(), look.texts.get(Key::SendButtonText));
            assert_eq!(found, (locale, send), "{set:?} {query} {accepted}");
        }
    }

    #[test]
    fn right_to_left_follows_the_language_unless_the_link_says() {
        for (query, accepted, dir) in [
            ("", "ar", Dir::Rtl),
            ("", "he-IL,he;q=0.9", Dir::Rtl),
            ("dir=ltr", "ar", Dir::Ltr),
            ("dir=rtl", "de", Dir::Rtl),
            ("locale=fr", "ar", Dir::Ltr),
        ] {
            assert_eq!(look_for(None, query, accepted).dir, dir, "{query} {accepted}");
        }
    }
}
