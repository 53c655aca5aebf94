//! What a visitor asks the bot for.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Carousel,
    List,
    Form,
    Image,
    File,
    Location,
    Buttons,
    QuickReplies,
    Webview,
    Buy,
    Markdown,
    Html,
    Quote,
    Typing,
    Template,
    Everything,
    Help,
}

/// Wishes by the words that tell of them. Of several in one text the one that stands higher here is meant: "a list with
/// pictures" is a list, but "the picture in a webview" is a webview.
const WORDS: [(Wish, &[&str]); 17] = [
    (Wish::Everything, &["everything", "all"]),
    (Wish::Carousel, &["carousel", "card"]),
    (Wish::Webview, &["webview"]),
    (Wish::QuickReplies, &["quick", "reply", "replies"]),
    (Wish::Form, &["form"]),
    (Wish::Quote, &["quote", "quoted", "quotation"]),
    (Wish::Markdown, &["markdown"]),
    (Wish::Html, &["html"]),
    (Wish::Template, &["template", "whatsapp"]),
    (Wish::Buy, &["buy", "pay", "payment", "purchase"]),
    (Wish::List, &["list"]),
    (Wish::Buttons, &["button", "link", "postback"]),
    (Wish::Location, &["location", "place", "map", "where"]),
    (Wish::Image, &["image", "picture", "photo"]),
    (Wish::File, &["file", "document", "pdf", "attachment"]),
    (Wish::Typing, &["typing"]),
    (Wish::Help, &["help", "menu"]),
];

impl Wish {
    /// All that can be shown, in the order in which it is offered.
    pub const SHOWN: [Self; 15] = [
        Self::Carousel,
        Self::List,
        Self::Form,
        Self::Image,
        Self::File,
        Self::Location,
        Self::Buttons,
        Self::QuickReplies,
        Self::Webview,
        Self::Buy,
        Self::Markdown,
        Self::Html,
        Self::Quote,
        Self::Typing,
        Self::Template,
    ];

    /// What `text` asks for, if the bot knows it.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let said: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let is_said = |word: &&str| said.iter().any(|said| said == word || said.strip_suffix('s') == Some(word));
        WORDS.iter().find(|(_, words)| words.iter().any(&is_said)).map(|(wish, _)| *wish)
    }

    /// As on a button; [`Wish::of`] understands it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Carousel => "Carousel",
            Self::List => "List",
            Self::Form => "Form",
            Self::Image => "Picture",
            Self::File => "File",
            Self::Location => "Location",
            Self::Buttons => "Buttons",
            Self::QuickReplies => "Quick replies",
            Self::Webview => "Webview",
            Self::Buy => "Buy",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Quote => "Quote",
            Self::Typing => "Typing",
            Self::Template => "Template",
            Self::Everything => "Everything",
            Self::Help => "Help",
        }
    }

    /// What to offer after this one: the next few, and everything.
    pub fn next(self) -> Vec<Self> {
        let after = Self::SHOWN.iter().position(|wish| *wish == self).map_or(0, |at| at + 1);
        let next = Self::SHOWN.into_iter().cycle().skip(after).take(5);
        next.chain((self != Self::Everything).then_some(Self::Everything)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn plain_english_is_understood() {
        for (text, wish) in [
            ("show me a carousel", Wish::Carousel),
            ("CAROUSELS, please!", Wish::Carousel),
            ("A list with pictures", Wish::List),
            ("some links?", Wish::Buttons),
            ("quick replies", Wish::QuickReplies),
            ("Send a photo", Wish::Image),
            ("the picture in a webview", Wish::Webview),
            ("Where are you?", Wish::Location),
            ("show me all message types", Wish::Everything),
            ("a quoted message", Wish::Quote),
            ("can I buy it", Wish::Buy),
            ("help", Wish::Help),
        ] {
            assert_eq!(Wish::of(text), Some(wish), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_word_asks_for_nothing() {
        for text in ["", "hello", "my profile", "please listen", "information", "s", "👍"] {
            assert_eq!(Wish::of(text), None, "{text}");
        }
    }

    #[test]
    fn every_button_is_understood_and_leads_on() {
        for wish in Wish::SHOWN.into_iter().chain([Wish::Everything, Wish::Help]) {
            assert_eq!(Wish::of(wish.name()), Some(wish));
            let next = wish.next();
            assert!(next.len() >= 5 && !next.contains(&wish), "{wish:?}: {next:?}");
        }
        assert_eq!(Wish::Template.next()[0], Wish::Carousel, "the last leads back to the first");
    }
}
