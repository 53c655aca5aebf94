//! What is said in the gallery.

use domain::content::{Field, FieldType, FormResponse};
use domain::{Author, Content, Draft, Message, QuotedMessage, Source, Timestamp, UserId};
use serde_json::{Value, json};

use super::states::{MORNING, message_id};

/// Who says something: the visitor, another one in the same conversation, or somebody of the business.
enum Voice {
    Visitor,
    Other(&'static str),
    Business(&'static str),
    /// The same, with a picture.
    Pictured(&'static str),
}

use Voice::{Business, Other, Pictured, Visitor};

const ANN: Voice = Business("Ann");
const MINUTE: i64 = 60_000;

/// The messages of the conversation called `name`, with pictures of `site`.
/// # Panics
/// When a content of the gallery is none: a test looks at all of them.
pub fn said(name: &str, site: &str) -> Vec<Message> {
    let lines = lines(name, site);
    let numbered = (1_u64..).zip(lines);
    let mut messages: Vec<Message> = numbered
        .map(|(seq, (voice, minute, content))| {
            let author = match voice {
                Visitor => Author::user(visitor(), None),
                Other(name) => {
                    Author::user(message_id(99).to_string().parse().expect("an id is an id"), Some(name.to_owned()))
                }
                Business(name) => Author::business(Some(name.to_owned())),
                Pictured(name) => {
                    let picture = Some([site, "/gallery/cup.svg"].concat());
                    Author { avatar_url: picture, ..Author::business(Some(name.to_owned())) }
                }
            };
            let content: Content = serde_json::from_value(content).expect("a content of the gallery");
            let draft = Draft::new(author, content, Source::api()).checked().expect("a good content of the gallery");
            draft.into_message(message_id(seq), seq, Timestamp::from_millis(MORNING + minute * MINUTE))
        })
        .collect();
    if name == "answered" {
        answer(&mut messages);
    }
    if name == "talk"
        && let [first, .., last] = messages.as_mut_slice()
    {
        last.quoted_message = Some(QuotedMessage::message(first.id));
    }
    messages
}

/// Who looks at the gallery.
/// # Panics
/// Never: an id is an id.
pub fn visitor() -> UserId {
    message_id(0).to_string().parse().expect("an id is an id")
}

/// Has the form in `messages` be answered.
fn answer(messages: &mut Vec<Message>) {
    let Some(form) = messages.last_mut() else { return };
    if let Content::Form(form) = &mut form.content {
        form.submitted = true;
    }
    let fields = vec![
        Field { text: Some("4711".to_owned()), ..Field::question(FieldType::Text, "order", "Order number") },
        Field { email: Some("sam@shop.example".to_owned()), ..Field::question(FieldType::Email, "mail", "E-mail") },
    ];
    let (form, seq) = (form.id, form.seq + 1);
    let author = Author::user(visitor(), None);
    let answers = FormResponse { fields, text_fallback: String::new() };
    let draft = Draft::new(author, Content::FormResponse(answers), Source::api());
    let at = Timestamp::from_millis(MORNING + 4 * MINUTE);
    let message = Draft { quoted_message: Some(QuotedMessage::message(form)), ..draft };
    messages.push(message.into_message(message_id(seq), seq, at));
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn link(text: &str) -> Value {
    json!({ "type": "link", "text": text, "uri": "https://shop.example" })
}

fn postback(text: &str) -> Value {
    json!({ "type": "postback", "text": text, "payload": text })
}

fn item(title: &str, description: &str, picture: &str) -> Value {
    json!({
        "title": title, "description": description, "mediaUrl": picture, "altText": title,
        "actions": [postback("Put into the basket"), link("More about it")],
    })
}

/// Who said what, how many minutes into the morning.
#[expect(clippy::too_many_lines, reason = "a table, one entry a conversation")]
fn lines(name: &str, site: &str) -> Vec<(Voice, i64, Value)> {
    let (hills, cup) = (format!("{site}/gallery/hills.svg"), format!("{site}/gallery/cup.svg"));
    match name {
        "talk" => vec![
            (Visitor, 0, text("Good morning! Has my parcel left already?")),
            (ANN, 2, text("Good morning! It left our warehouse an hour ago.")),
            (ANN, 2, text("You can follow it here: https://shop.example/track/4711")),
            (Visitor, 4, text("Perfect, thank you 🙏")),
            (ANN, 6, text("With pleasure. It should be with you by Thursday.")),
            (Visitor, 8, text("Wonderful.")),
        ],
        "groups" => vec![
            (Visitor, -3000, text("Do you also have green tea?")),
            (ANN, -2996, text("We do: Sencha, Gyokuro and a smoky one from Fujian.")),
            (Business("Benjamin of the tea room"), -2990, text("And on Fridays there is a tasting.")),
            (Visitor, 0, text("مرحبا! هل لديكم شاي بالنعناع؟")),
            (ANN, 3, text(&"Donaudampfschifffahrtsgesellschaftskapitän".repeat(3))),
            (ANN, 4, text("1\n\n2\n  3")),
        ],
        "buttons" => vec![
            (Visitor, 0, text("What can you do for me?")),
            (
                ANN,
                1,
                json!({
                    "type": "text", "text": "What would you like to do?",
                    "actions": [
                        link("Track the parcel"), postback("Call me back"),
                        { "type": "webview", "text": "Pick a date", "uri": "https://shop.example", "fallback": "https://shop.example" },
                        { "type": "buy", "text": "Express delivery", "amount": 490, "currency": "eur" },
                    ],
                }),
            ),
        ],
        "replies" => vec![
            (Visitor, 0, text("I would like to come to the tasting.")),
            (
                ANN,
                1,
                json!({
                    "type": "text", "text": "How nice! When does it suit you?",
                    "actions": [
                        { "type": "reply", "text": "Friday at six", "payload": "1" },
                        { "type": "reply", "text": "Saturday morning", "payload": "2", "iconUrl": cup },
                        { "type": "reply", "text": "Whenever there is a place for the two of us at one table", "payload": "3" },
                        { "type": "locationRequest", "text": "Where are you?" },
                    ],
                }),
            ),
        ],
        "pictures" => vec![
            (Visitor, 0, json!({ "type": "image", "mediaUrl": cup, "altText": "A cup" })),
            (ANN, 1, json!({ "type": "image", "mediaUrl": hills, "altText": "Hills", "text": "It grows up here." })),
            (
                ANN,
                2,
                json!({ "type": "image", "mediaUrl": cup, "altText": "A cup", "actions": [link("See it in the shop")] }),
            ),
        ],
        "files" => vec![
            (Visitor, 0, json!({ "type": "file", "mediaUrl": hills, "altText": "My order of last week.pdf" })),
            (ANN, 1, json!({ "type": "file", "mediaUrl": cup, "altText": "Invoice 4711.pdf", "text": "Here it is." })),
            (
                ANN,
                2,
                json!({
                    "type": "location", "coordinates": { "lat": 50.0755, "long": 14.4378 },
                    "location": { "name": "Our shop", "address": "Dlouhá 1, Praha" },
                }),
            ),
            (Visitor, 3, json!({ "type": "location", "coordinates": { "lat": 50.0875, "long": 14.4212 } })),
        ],
        "carousel" => vec![
            (Visitor, 0, text("Show me what is new.")),
            (
                ANN,
                1,
                json!({
                    "type": "carousel",
                    "items": [
                        item("Hill green", "First flush, 100 g", &hills),
                        item("The big cup", "Stoneware, holds half a litre of tea", &cup),
                        item("Winter black", "With cinnamon", &hills),
                    ],
                }),
            ),
        ],
        "square" => vec![
            (Visitor, 0, text("And what goes with it?")),
            (
                ANN,
                1,
                json!({
                    "type": "carousel", "displaySettings": { "imageAspectRatio": "square" },
                    "items": [item("The big cup", "Stoneware", &cup), item("A tray", "Beech, oiled", &hills)],
                }),
            ),
        ],
        "together" => vec![
            (Other("Kim"), 0, text("Shall we take the early train?")),
            (Visitor, 1, text("Gladly. Is there breakfast?")),
            (Pictured("Ann"), 3, text("There is, from seven on.")),
            (Other("Kim"), 4, text("Then that is settled.")),
        ],
        "list" => vec![
            (Visitor, 0, text("What do I need for a start?")),
            (
                ANN,
                1,
                json!({
                    "type": "list", "actions": [link("All of it in the shop")],
                    "items": [
                        { "title": "A kettle", "description": "Any will do", "size": "large", "mediaUrl": hills, "actions": [link("See kettles")] },
                        item("The big cup", "Stoneware", &cup),
                    ],
                }),
            ),
        ],
        "form" | "answered" => vec![
            (Visitor, 0, text("Something is wrong with my order.")),
            (
                ANN,
                1,
                json!({
                    "type": "form", "blockChatInput": true,
                    "fields": [
                        { "type": "text", "name": "order", "label": "Order number", "placeholder": "For example 4711" },
                        { "type": "email", "name": "mail", "label": "E-mail", "placeholder": "name@company.com" },
                        { "type": "select", "name": "why", "label": "What is wrong?", "options": [{ "name": "late", "label": "It is late" }] },
                    ],
                }),
            ),
        ],
        "markup" => vec![
            (
                ANN,
                0,
                json!({
                    "type": "text",
                    "markdownText": "# How to brew\n\n1. **Warm** the pot\n2. *Two* spoons\n3. `80 °C`, three minutes\n\n> Not a second more.\n\n[More about it](https://shop.example)",
                }),
            ),
            (
                ANN,
                1,
                json!({
                    "type": "text",
                    "htmlText": "<p>Opening hours</p><table><tr><th>Mon–Fri</th><td>9–18</td></tr><tr><th>Sat</th><td>10–14</td></tr></table>",
                }),
            ),
        ],
        "unsupported" => vec![
            (ANN, 0, json!({ "type": "template", "template": { "name": "order" } })),
            (ANN, 1, text("That was something for another channel.")),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::STATES;
    use super::said;

    #[test]
    fn everything_said_is_good() {
        for state in STATES {
            said(state.name, "https://chat.example");
        }
        assert_eq!(said("answered", "https://chat.example").len(), 3);
    }
}
