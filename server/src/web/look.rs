//! How a page looks and reads: query parameters of the link before settings of the integration before defaults.

use app::i18n::{Language, Texts};
use app::start::{Dir, Theme};
use domain::integration::{ActionColor, BrandColor, CustomText};
use domain::{Color, WebIntegration, WebSettings};
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use url::form_urlencoded;

/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur"];

/// The parameters that a page keeps over its own forms and links.
const KEPT: [&str; 6] = ["locale", "theme", "dir", "brandColor", "conversationColor", "actionColor"];

/// What the link asked for. Anything unknown or malformed is passed over: a link must never break a page.
#[derive(Debug, Clone)]
pub struct Look {
    pub lang: String,
    pub texts: Texts,
    pub dir: Dir,
    pub theme: Theme,
    pub brand: Color,
    pub conversation: Color,
    pub action: Color,
}

impl Look {
    pub fn new(integration: Option<&WebIntegration>, query: &str, headers: &HeaderMap) -> Self {
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let set = |of: fn(&WebSettings) -> Color| integration.map(|integration| of(&integration.web));
        let color = |name, set: Option<Color>, default| {
            parameter(name).and_then(|text| text.parse().ok()).or(set).unwrap_or(default)
        };
        let lang = parameter("locale").filter(|tag| is_language_tag(tag)).or_else(|| accepted_language(headers));
        let lang = lang.unwrap_or_else(|| "en-US".to_owned());
        let language = lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let own = integration.map(|integration| &integration.web.custom_text);
        Self {
            texts: Texts::of(Language::of_tag(&lang).unwrap_or_default(), own.unwrap_or(&CustomText::default())),
            dir: match parameter("dir").as_deref() {
                Some("rtl") => Dir::Rtl,
                Some("ltr") => Dir::Ltr,
                _ if RIGHT_TO_LEFT.contains(&language.as_str()) => Dir::Rtl,
                _ => Dir::Ltr,
            },
            theme: match parameter("theme").as_deref() {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::Auto,
            },
            brand: color("brandColor", set(|web| web.brand_color.0), BrandColor::default().0),
            conversation: color("conversationColor", set(|web| web.conversation_color.0), ActionColor::default().0),
            action: color("actionColor", set(|web| web.action_color.0), ActionColor::default().0),
            lang,
        }
    }
}

/// `?…` with the parameters of a look as the link gave them, to be kept by the page's forms and links; empty without any.
pub fn kept(query: &str) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if KEPT.contains(&&*name) && value.len() <= 64 {
            kept.append_pair(&name, &value);
        }
    }
    let kept = kept.finish();
    if kept.is_empty() { kept } else { format!("?{kept}") }
}

/// Letters and digits in groups of up to eight, such as `de`, `pt-BR`, `zh-Hant-TW`.
fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric());
    (2..=8).contains(&language.len()) && language.bytes().all(|c| c.is_ascii_alphabetic()) && parts.all(is_part)
}

/// The language that the browser asks for first.
fn accepted_language(headers: &HeaderMap) -> Option<String> {
    let first = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?.split([',', ';']).next()?.trim();
    is_language_tag(first).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(query: &str) -> Look {
        Look::new(None, query, &HeaderMap::new())
    }

    #[test]
    fn the_link_decides_before_the_settings() {
        let query = "theme=dark&locale=ar-EG&brandColor=0af&message=hi&x=%22";
        let look = look(query);
        assert_eq!((look.lang.as_str(), look.dir, look.theme), ("ar-EG", Dir::Rtl, Theme::Dark));
        assert_eq!(look.brand.to_string(), "0af");
        assert_eq!(kept(query), "?theme=dark&locale=ar-EG&brandColor=0af");
    }

    #[test]
    fn nonsense_is_passed_over() {
        let look = look("theme=neon&locale=%3Cscript%3E&dir=up&brandColor=red;}&conversationColor=%00");
        assert_eq!((look.lang.as_str(), look.dir, look.theme), ("en-US", Dir::Ltr, Theme::Auto));
        assert_eq!((look.brand.to_string(), look.conversation.to_string()), ("65758e".to_owned(), "0099ff".to_owned()));
    }

    #[test]
    fn the_browser_names_a_language() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, "he-IL,he;q=0.9,en;q=0.5".parse().unwrap());
        let look = Look::new(None, "", &headers);
        assert_eq!((look.lang.as_str(), look.dir), ("he-IL", Dir::Rtl));
    }
}
