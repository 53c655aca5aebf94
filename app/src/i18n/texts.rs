//! The texts of a page, and how values get into them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::Key;
use crate::json::{FromJson, Json};

/// The texts of one page: of its language, or the integration's own. Cheap to clone.
///
/// On the server all of them; the messenger has those of the keys that go to the browser, on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(Arc<Vec<Cow<'static, str>>>);

impl Texts {
    /// The text called `key`.
    pub fn get(&self, key: Key) -> &str {
        let text = self.0.get(key as usize);
        debug_assert!(text.is_some(), "{key:?} does not go to the browser");
        text.map_or("", |text| text)
    }

    /// The text called `key` with its placeholders `{name}`, `{{name}}` and `<name>` replaced by the values given.
    ///
    /// A value whose placeholder the text does not have is not shown; a placeholder without a value stays as it is.
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// `(1) New message`, `(2) New messages`.
    pub fn new_messages(&self, count: u32) -> String {
        let key = if count == 1 { Key::MessageIndicatorTitleSingular } else { Key::MessageIndicatorTitlePlural };
        self.fill(key, &[("count", &count.to_string())])
    }
}

#[cfg(feature = "ssr")]
impl Texts {
    /// One text a key, in the order of the keys.
    pub(super) fn new(texts: Vec<Cow<'static, str>>) -> Self {
        Self(Arc::new(texts))
    }

    /// The texts of `language`, but those that `custom` has are its own.
    pub fn of(language: super::Language, custom: &domain::integration::CustomText) -> Self {
        let built_in: &'static Self = language.texts();
        if custom.is_empty() {
            return built_in.clone();
        }
        let text = |(key, text): (&Key, &'static Cow<'static, str>)| match custom.get(&key.name()) {
            Some(custom) => Cow::Owned(custom.to_owned()),
            None => Cow::Borrowed(&**text),
        };
        Self::new(Key::ALL.iter().zip(built_in.0.iter()).map(text).collect())
    }

    /// The same with the names of months and days that `locale` has, where it is known for any.
    #[must_use]
    pub fn with_names_of(self, locale: &domain::Locale) -> Self {
        let names = super::names::names_of(locale);
        if names.is_empty() {
            return self;
        }
        let mut texts = self.0.to_vec();
        for (key, names) in names {
            texts[key as usize] = Cow::Owned(names);
        }
        Self::new(texts)
    }

    /// Those of the keys that go to the browser; names of months and days only where a format has them.
    #[must_use]
    pub fn for_browser(&self) -> Self {
        let mut texts = self.0[..Key::IN_BROWSER].to_vec();
        let formats = [Key::ConversationTimestampHeaderFormat, Key::MessageTimestampFormat].map(|key| self.get(key));
        for (names, tokens) in super::names::TOKENS {
            if !formats.iter().any(|format| tokens.iter().any(|token| format.contains(token))) {
                texts[names as usize] = Cow::Borrowed("");
            }
        }
        Self::new(texts)
    }
}

/// In the order of the keys, which server and browser have from the same source.
impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl FromJson for Texts {
    fn from_json(json: &Json) -> Option<Self> {
        let texts: Vec<String> = FromJson::from_json(json)?;
        Some(Self(Arc::new(texts.into_iter().map(Cow::Owned).collect())))
    }
}

/// In one pass: a value never becomes a placeholder.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '<']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let found = values.iter().find_map(|(name, value)| Some((value, after(from, name)?)));
        let (put, after) = found.map_or_else(|| from.split_at(1), |(value, after)| (*value, after));
        filled.push_str(put);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What follows the placeholder for `name` that `text` begins with.
fn after<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let brackets = [("{{", "}}"), ("{", "}"), ("<", ">")];
    brackets.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_prefix(name)?.strip_prefix(close))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::integration::CustomText;

    use super::super::Language;
    use super::*;

    fn english() -> Texts {
        Texts::of(Language::English, &CustomText::default())
    }

    fn custom(json: &str) -> Texts {
        Texts::of(Language::English, &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn every_kind_of_placeholder_is_replaced() {
        let texts = english();
        assert_eq!(
            texts.fill(Key::MessageTooLongError, &[("size", "4096")]),
            "Max message size limit exceeded (4096)."
        );
        let code = texts.fill(Key::WhatsappChannelDescriptionMobile, &[("code", "x1")]);
        assert!(code.ends_with("(Your code: x1)."), "{code}");
        let button = texts.fill(Key::ConnectNotificationSingleButtonText, &[("name", "SMS")]);
        assert_eq!(button, "Turn on SMS notifications");
    }

    #[test]
    fn a_value_is_never_taken_for_a_placeholder() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "{a}")]), "{b} and {a}");
        assert_eq!(fill("{a}{{a}}<a> {c} < { é", &[("a", "<a>")]), "<a><a><a> {c} < { é");
        assert_eq!(fill("none", &[("a", "x")]), "none");
    }

    #[test]
    fn custom_texts_win_and_unknown_ones_are_passed_over() {
        let texts = custom(r#"{"headerText":"Hi <b>","typing":"x","nonsense":"y","HeaderText":"z"}"#);
        assert_eq!(texts.get(Key::HeaderText), "Hi <b>");
        assert_eq!(texts.get(Key::SendButtonText), "Send");
    }

    #[test]
    fn a_custom_text_may_leave_the_value_out() {
        let texts = custom(r#"{"messageIndicatorTitlePlural":"News!"}"#);
        assert_eq!((texts.new_messages(1).as_str(), texts.new_messages(2).as_str()), ("(1) New message", "News!"));
    }

    #[test]
    fn the_browser_reads_the_texts_it_needs() {
        let texts = custom(r#"{"headerText":"\"\u003c\n"}"#).for_browser();
        let sent = serde_json::to_string(&texts).unwrap();
        assert_eq!(crate::json::read::<Texts>(&sent), Some(texts));
    }
}
