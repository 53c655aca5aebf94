//! Contents without card numbers.

use std::borrow::Cow;

use super::Content;
use crate::Item;
use crate::mask::card_numbers;

impl Content {
    /// The content with the card numbers in its words masked. Addresses, payloads and names of fields stay.
    ///
    /// To be called before [`Content::checked`], which makes further texts of these.
    #[must_use]
    pub fn masked(mut self) -> Self {
        for words in self.words() {
            if let Cow::Owned(masked) = card_numbers(words) {
                *words = masked;
            }
        }
        self
    }

    /// What somebody wrote, rather than what stands there for programs.
    fn words(&mut self) -> Vec<&mut String> {
        match self {
            Self::Text(it) => [&mut it.text, &mut it.html_text, &mut it.markdown_text].into_iter().flatten().collect(),
            Self::Image(it) => [&mut it.text, &mut it.alt_text].into_iter().flatten().collect(),
            Self::File(it) => [&mut it.text, &mut it.alt_text].into_iter().flatten().collect(),
            Self::Carousel(it) => it.items.iter_mut().flat_map(words_of_item).collect(),
            Self::List(it) => it.items.iter_mut().flat_map(words_of_item).collect(),
            Self::FormResponse(it) => {
                it.fields.iter_mut().flat_map(|field| [&mut field.text, &mut field.email]).flatten().collect()
            }
            Self::Location(it) => {
                it.location.iter_mut().flat_map(|place| [&mut place.name, &mut place.address]).flatten().collect()
            }
            Self::Form(_) | Self::Template(_) | Self::Unknown => Vec::new(),
        }
    }
}

fn words_of_item(item: &mut Item) -> impl Iterator<Item = &mut String> {
    std::iter::once(&mut item.title).chain([&mut item.description, &mut item.alt_text].into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CARD: &str = "4111 1111 1111 1111";

    fn masked(content: Value) -> Value {
        json!(serde_json::from_value::<Content>(content).unwrap().masked().checked().unwrap())
    }

    #[test]
    fn no_text_keeps_a_card_number() {
        let link = json!({ "type": "link", "text": "Go", "uri": "https://a.example/4111111111111111" });
        for content in [
            json!({ "type": "text", "text": CARD, "htmlText": CARD, "markdownText": CARD }),
            json!({ "type": "image", "mediaUrl": "https://a.example/a.png", "text": CARD, "altText": CARD }),
            json!({ "type": "file", "mediaUrl": "https://a.example/a.pdf", "text": CARD, "altText": CARD }),
            json!({ "type": "carousel", "items": [{ "title": CARD, "description": CARD, "actions": [link] }] }),
            json!({ "type": "list", "items": [{ "title": CARD, "altText": CARD, "actions": [link] }] }),
            json!({ "type": "formResponse", "fields": [{ "type": "text", "name": "n", "label": "l", "text": CARD }] }),
            json!({
                "type": "location", "coordinates": { "lat": 1, "long": 2 }, "location": { "name": CARD, "address": CARD },
            }),
        ] {
            let text = masked(content.clone()).to_string();
            assert!(!text.contains(CARD) && text.contains("**** **** **** 1111"), "{content}: {text}");
        }
    }

    #[test]
    fn what_programs_read_stays() {
        let card = "4111111111111111";
        let reply = json!({ "type": "reply", "text": "Pay", "payload": card });
        let content = json!({ "type": "text", "text": "Pay?", "actions": [reply], "payload": card });
        assert_eq!(masked(content.clone()), content);
        let image = json!({ "type": "image", "mediaUrl": format!("https://a.example/{card}/a.png"), "altText": "a" });
        assert_eq!(masked(image.clone()), image);
    }
}
