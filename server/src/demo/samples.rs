//! What the bot says: contents as the API takes them.

use serde_json::{Value, json};

use super::files::Files;
use super::wish::Wish;

/// What the payload of an offered choice begins with; other quick replies are wishes.
pub const CHOICE: &str = "CHOICE_";

/// The first thing a visitor hears.
pub fn greeting() -> Value {
    let text = "Hi, I'm the demo bot of a little travel shop. I know the server by its public API and its webhooks alone, \
                as your own bot would, and I can show you every type of message. Try one of these, or write \
                \"show me a carousel\".";
    offering(text, &Wish::Help.next())
}

/// A text that anybody may answer with one of `wishes`.
pub fn offering(text: &str, wishes: &[Wish]) -> Value {
    let replies: Vec<Value> = wishes.iter().map(|wish| reply(wish.name(), "SHOW")).collect();
    json!({ "type": "text", "text": text, "actions": replies })
}

/// `wish` come true: contents to post one after the other. The last one offers what to ask for next.
pub fn answer(wish: Wish, files: &Files, site: &str) -> Vec<Value> {
    let (mut contents, closing) = match wish {
        Wish::Everything => {
            // A form is a form, whether or not its answer quotes it.
            let shown = Wish::SHOWN.into_iter().filter(|wish| *wish != Wish::Quote);
            let all = shown.flat_map(|wish| sample(wish, files, site).0).collect();
            (all, "That was everything. Scroll up, press what you like, and ask for any of it again.")
        }
        wish => sample(wish, files, site),
    };
    let mut last = offering(closing, &wish.next());
    if wish == Wish::Location
        && let Some(actions) = last["actions"].as_array_mut()
    {
        actions.insert(0, json!({ "type": "locationRequest", "text": "Share my location" }));
    }
    if wish == Wish::QuickReplies
        && let Some(actions) = last["actions"].as_array_mut()
    {
        let choices = [("Sea", "SEA"), ("Forest", "FOREST"), ("Mountains", "PEAKS")];
        let choices = choices.map(|(text, what)| reply(text, &format!("{CHOICE}{what}")));
        actions.splice(..0, choices);
        actions.truncate(5);
    }
    contents.push(last);
    contents
}

/// An example of `wish`, and what there is to say about it.
fn sample(wish: Wish, files: &Files, site: &str) -> (Vec<Value>, &'static str) {
    match wish {
        Wish::Carousel => (
            vec![carousel(files, site)],
            "A carousel: cards side by side, with pictures and up to three buttons each. Swipe, or press a button.",
        ),
        Wish::List => (vec![list(files, site)], "A list: one card below the other, and buttons for all of them."),
        Wish::Form => (vec![form()], "A form: fill it in right here. I'll tell you what I got."),
        Wish::Image => (
            vec![json!({
                "type": "image", "mediaUrl": files.sea, "text": "The sea, early in the morning",
                "altText": "A sailing boat before a low sun",
                "actions": [link("All about the API", site), postback("I like it", "LIKED_SEA")],
            })],
            "A picture with a caption and buttons. Send me one, too: I'll tell you what arrived.",
        ),
        Wish::File => (
            vec![json!({
                "type": "file", "mediaUrl": files.packing_list, "text": "What to pack", "altText": "packing-list.pdf",
            })],
            "A file to download. Send me one of yours, if you like.",
        ),
        Wish::Location => (
            vec![json!({
                "type": "location", "coordinates": { "lat": 54.3103, "long": 13.0916 },
                "location": { "name": "Our harbour", "address": "Am Fischmarkt, Stralsund" },
            })],
            "A place on the map. And where are you? \"Share my location\" asks your browser.",
        ),
        Wish::Buttons => (
            vec![json!({
                "type": "text", "text": "What would you like to do?",
                "actions": [
                    link("Read about the API", site),
                    postback("Call me back", "CALL_ME_BACK"),
                    webview("See the harbour", files),
                ],
            })],
            "Buttons that stay: a link opens a page, a postback tells me that it was pressed, a webview opens in place.",
        ),
        Wish::QuickReplies => {
            (vec![], "Quick replies: answers for one tap, gone once something is said. Where do you want to go?")
        }
        Wish::Webview => (
            vec![json!({
                "type": "text", "text": "The harbour, without leaving the chat:",
                "actions": [webview("Open it here", files)],
            })],
            "A webview: a page that opens in place, in one of three sizes.",
        ),
        Wish::Buy => (
            vec![json!({
                "type": "text", "text": "A weekend at the sea, two nights with breakfast",
                "actions": [{ "type": "buy", "text": "Book it", "amount": 18_900, "currency": "eur" }],
            })],
            "A button to pay with. It shows the price and can't be pressed: no payment provider is connected.",
        ),
        Wish::Markdown => (
            vec![json!({
                "type": "text",
                "text": "Weekend plan: Friday the harbour, Saturday sailing, Sunday a long breakfast.",
                "markdownText": "**Weekend plan**\n\n1. Friday: the *harbour*\n2. Saturday: sailing\n3. Sunday: \
                                 a long breakfast, ~~emails~~\n\n> Bring a warm pullover.",
            })],
            "A text in Markdown. Clients that know none of it show the plain text sent along.",
        ),
        Wish::Html => (
            vec![json!({
                "type": "text",
                "text": "Two nights at the sea: 189 euros, breakfast included.",
                "htmlText": "<p><b>Two nights at the sea</b>: <i>189 euros</i></p>\
                             <ul><li>breakfast included</li><li>one trip by boat</li></ul>",
            })],
            "A text in HTML: whatever could do harm is taken out before anybody sees it.",
        ),
        Wish::Quote => (
            vec![form()],
            "An answer to a form quotes the form that it answers. Fill it in, and look at the message you have sent.",
        ),
        Wish::Typing => (vec![], "I was typing: you saw the dots. When you write, I could be told as well."),
        Wish::Template => (
            vec![json!({
                "type": "template",
                "template": {
                    "name": "trip_reminder", "namespace": "travel", "language": { "code": "en", "policy": "deterministic" },
                    "components": [{ "type": "body", "parameters": [{ "type": "text", "text": "Saturday" }] }],
                },
            })],
            "A template belongs to a channel such as WhatsApp. The web chat has none, and says so.",
        ),
        Wish::Everything | Wish::Help => {
            (vec![], "Ask me for any type of message in plain English, such as \"show me a list\", or press a button.")
        }
    }
}

fn carousel(files: &Files, site: &str) -> Value {
    json!({
        "type": "carousel",
        "items": [
            trip("A weekend at the sea", "Two nights, one sailing boat", &files.sea, "A sailing boat", "SEA", site),
            trip("The cabin in the woods", "A week without a telephone", &files.forest, "A cabin by a lake", "FOREST", site),
            trip("Nights in the dunes", "A tent, a fire and all the stars", &files.dunes, "A tent at sunset", "DUNES", site),
            trip("Over the peaks", "Five days on foot, hut to hut", &files.peaks, "Two white peaks", "PEAKS", site),
        ],
        "displaySettings": { "imageAspectRatio": "horizontal" },
    })
}

fn list(files: &Files, site: &str) -> Value {
    let mut items = [
        trip("The cabin in the woods", "Free from Monday", &files.forest, "A cabin by a lake", "FOREST", site),
        trip("Nights in the dunes", "Two places left", &files.dunes, "A tent at sunset", "DUNES", site),
    ];
    items[0]["size"] = json!("large");
    json!({ "type": "list", "items": items, "actions": [postback("More trips", "MORE_TRIPS")] })
}

fn trip(title: &str, description: &str, picture: &str, alt: &str, what: &str, site: &str) -> Value {
    json!({
        "title": title, "description": description, "mediaUrl": picture, "mediaType": "image/webp", "altText": alt,
        "actions": [postback("Choose this", &format!("CHOOSE_{what}")), link("Read more", site)],
    })
}

fn form() -> Value {
    json!({
        "type": "form",
        "fields": [
            { "type": "text", "name": "name", "label": "Your name", "placeholder": "Sam", "minSize": 1, "maxSize": 60 },
            { "type": "email", "name": "email", "label": "E-mail", "placeholder": "sam@example.com" },
            {
                "type": "select", "name": "trip", "label": "Where to?", "placeholder": "Choose one...",
                "options": [
                    { "name": "sea", "label": "The sea" },
                    { "name": "forest", "label": "The forest" },
                    { "name": "dunes", "label": "The dunes" },
                ],
            },
        ],
    })
}

fn reply(text: &str, payload: &str) -> Value {
    json!({ "type": "reply", "text": text, "payload": payload })
}

fn postback(text: &str, payload: &str) -> Value {
    json!({ "type": "postback", "text": text, "payload": payload })
}

/// To a page of the server's own, which is there without the internet.
fn link(text: &str, site: &str) -> Value {
    json!({ "type": "link", "text": text, "uri": format!("{site}/docs/api") })
}

fn webview(text: &str, files: &Files) -> Value {
    json!({ "type": "webview", "text": text, "uri": files.sea, "fallback": files.sea, "size": "tall" })
}

#[cfg(test)]
mod tests {
    use domain::Content;

    use super::*;

    fn files() -> Files {
        let url = |name: &str| format!("https://chat.example/attachments/{name}");
        Files {
            sea: url("sea.webp"),
            forest: url("forest.webp"),
            dunes: url("dunes.webp"),
            peaks: url("peaks.webp"),
            packing_list: url("packing-list.pdf"),
        }
    }

    #[test]
    fn whatever_is_said_is_sound_and_offers_more() {
        let wishes = Wish::SHOWN.into_iter().chain([Wish::Everything, Wish::Help]);
        for said in wishes.map(|wish| answer(wish, &files(), "https://chat.example")).chain([vec![greeting()]]) {
            let last = said.last().unwrap();
            assert!(last["actions"].as_array().unwrap().len() >= 5, "{last}");
            for content in said {
                let read: Content = serde_json::from_value(content.clone()).unwrap();
                assert!(read != Content::Unknown, "{content}");
                read.checked().unwrap();
            }
        }
    }

    #[test]
    fn everything_is_every_type_of_content() {
        let said = answer(Wish::Everything, &files(), "https://chat.example");
        for kind in ["text", "carousel", "list", "form", "image", "file", "location", "template"] {
            assert!(said.iter().any(|content| content["type"] == kind), "{kind}");
        }
    }
}
