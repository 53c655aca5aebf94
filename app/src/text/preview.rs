//! What a message says, in a line of the list of conversations.

use domain::{ActionType, Content, Message, UserId};

use crate::i18n::{Key, Texts};

/// Characters of a message that a line has room for.
const CHARACTERS: usize = 140;

/// `message` as somebody sees it who is `reader`; `None` is nobody in particular. Texts speak for themselves, of all else it says
/// who sent it.
pub fn preview(message: &Message, reader: Option<UserId>, texts: &Texts) -> String {
    let asks_where = message.content.actions().any(|(_, action)| action.kind == ActionType::LocationRequest);
    let (text, key) = match &message.content {
        _ if asks_where => (None, Key::ConversationListPreviewLocationRequestText),
        Content::Text(text) => {
            let text = text.text.as_deref().or(text.markdown_text.as_deref());
            (text, Key::ConversationListPreviewCarouselText)
        }
        Content::Image(_) => (None, Key::ConversationListPreviewImageText),
        Content::File(_) => (None, Key::ConversationListPreviewFileText),
        Content::Form(_) => (None, Key::ConversationListPreviewFormText),
        Content::FormResponse(_) => (None, Key::ConversationListPreviewFormResponseText),
        Content::Carousel(_) | Content::List(_) | Content::Location(_) | Content::Template(_) | Content::Unknown => {
            (None, Key::ConversationListPreviewCarouselText)
        }
    };
    let line = text.map(line).filter(|line| !line.is_empty());
    line.unwrap_or_else(|| texts.fill(key, &[("user", author(message, reader, texts))]))
}

fn author<'a>(message: &'a Message, reader: Option<UserId>, texts: &'a Texts) -> &'a str {
    let author = &message.author;
    if author.user_id.is_some() && author.user_id == reader {
        return texts.get(Key::ConversationListPreviewUserText);
    }
    author.display_name.as_deref().unwrap_or_else(|| texts.get(Key::ConversationListPreviewAnonymousText))
}

/// `text` without line breaks, cut to what a line has room for.
fn line(text: &str) -> String {
    let beginning: String = text.trim_start().chars().take(CHARACTERS).collect();
    beginning.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use domain::integration::CustomText;
    use domain::{Author, Draft, MessageId, Source, Timestamp};

    use super::*;
    use crate::i18n::Language;

    fn message(author: Author, content: &str) -> Message {
        let draft = Draft::new(author, serde_json::from_str(content).unwrap(), Source::api());
        draft.into_message(MessageId::new(Timestamp::default(), [1; 8]), 1, Timestamp::default())
    }

    #[test]
    fn texts_speak_for_themselves_and_all_else_says_who_sent_it() {
        let texts = Texts::of(Language::English, &CustomText::default());
        let me = "66b000000000000000000001".parse().unwrap();
        let other = "66b000000000000000000002".parse().unwrap();
        let ann = || Author::business(Some("Ann".into()));
        for (author, content, line) in [
            (ann(), r#"{"type":"text","text":" Good\n\n morning "}"#, "Good morning"),
            (Author::user(me, Some("Sam".into())), r#"{"type":"text","text":"Hi"}"#, "Hi"),
            (ann(), r#"{"type":"text","htmlText":"<b>x</b>"}"#, "Ann sent a message"),
            (ann(), r#"{"type":"image","mediaUrl":"https://shop.example/a.png"}"#, "Ann sent an image"),
            (
                Author::user(me, Some("Sam".into())),
                r#"{"type":"file","mediaUrl":"https://shop.example/a"}"#,
                "You sent a file",
            ),
            (
                Author::user(other, Some("Kim".into())),
                r#"{"type":"file","mediaUrl":"https://shop.example/a"}"#,
                "Kim sent a file",
            ),
            (Author::business(None), r#"{"type":"carousel","items":[]}"#, "Someone sent a message"),
            (ann(), r#"{"type":"form","fields":[]}"#, "Ann sent a form"),
            (
                ann(),
                r#"{"type":"text","text":"Where?","actions":[{"type":"locationRequest","text":"Here"}]}"#,
                "Ann sent a location request",
            ),
            (ann(), r#"{"type":"hologram"}"#, "Ann sent a message"),
        ] {
            assert_eq!(preview(&message(author, content), Some(me), &texts), line, "{content}");
        }
        let long = message(ann(), &format!(r#"{{"type":"text","text":"{}"}}"#, "é".repeat(4000)));
        assert_eq!(preview(&long, None, &texts).chars().count(), CHARACTERS);
    }
}
