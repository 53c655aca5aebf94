//! An export as one page that needs nothing else: no script, no picture, nothing from anywhere.
//!
//! All that came from people is text here. Addresses are links only where they are http or https.

use domain::{Content, Message};
use serde::Serialize;
use serde_json::Value;

use super::Writer;
use crate::chat::{ExportPiece, ExportedPerson};

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
    <meta name=\"referrer\" content=\"no-referrer\">\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'\">\
    <title>Export of a user</title><style>\
    body{font:1rem/1.5 system-ui,sans-serif;max-inline-size:48rem;margin:2rem auto;padding-inline:1rem;\
    color-scheme:light dark}\
    pre,p{white-space:pre-wrap;overflow-wrap:anywhere;margin-block:.25rem}\
    article{border-block-start:1px solid;padding-block:.5rem}time{opacity:.7;margin-inline-start:.5rem}\
    th{text-align:start;vertical-align:top;padding-inline-end:1rem}\
    </style></head><body><main>";
const END: &str = "</main></body></html>\n";

/// How far the page is.
#[derive(Default)]
pub struct Html {
    is_in_conversation: bool,
}

impl Writer for Html {
    fn piece(&mut self, piece: ExportPiece) -> String {
        match piece {
            ExportPiece::Person(person) => self::person(&person),
            ExportPiece::Conversation(conversation, participants) => {
                let before = if self.is_in_conversation { "</section>" } else { "" };
                self.is_in_conversation = true;
                let name = conversation.display_name.clone().unwrap_or_else(|| conversation.id.to_string());
                let facts = [facts("Conversation", &conversation), all("Participant", &participants)].concat();
                format!("{before}<section><h2>{}</h2>{facts}", escaped(&name))
            }
            ExportPiece::Messages(messages) => messages.iter().map(message).collect(),
        }
    }

    fn end(self) -> String {
        let before = if self.is_in_conversation { "</section>" } else { "" };
        format!("{before}{END}")
    }
}

fn person(person: &ExportedPerson) -> String {
    let ExportedPerson { user, clients, sessions, attachments } = person;
    let name = [&user.profile.given_name, &user.profile.surname].map(|name| name.clone().unwrap_or_default()).join(" ");
    let name = if name.trim().is_empty() { user.id.to_string() } else { name };
    let files: Vec<String> =
        attachments.iter().map(|(file, url)| format!("<li>{}</li>", link(url, &file.name))).collect();
    let files = files.concat();
    let files = if files.is_empty() { files } else { format!("<h2>Files</h2><ul>{files}</ul>") };
    let lists = [facts("User", user), all("Client", clients), all("Session", sessions)].concat();
    format!("{HEAD}<h1>{}</h1>{lists}{files}", escaped(name.trim()))
}

fn message(message: &Message) -> String {
    let author = match (&message.author.display_name, message.author.is_business()) {
        (Some(name), _) => name.clone(),
        (None, true) => "Business".to_owned(),
        (None, false) => "User".to_owned(),
    };
    let at = serde_json::to_value(message.received).ok().and_then(|at| at.as_str().map(escaped)).unwrap_or_default();
    format!("<article><strong>{}</strong><time>{at}</time>{}</article>", escaped(&author), content(&message.content))
}

fn content(content: &Content) -> String {
    let (text, media) = match content {
        Content::Text(it) if it.actions.is_empty() => (it.text.as_ref().or(it.markdown_text.as_ref()), None),
        Content::Image(it) if it.actions.is_empty() => (it.text.as_ref(), Some((&it.media_url, &it.alt_text))),
        Content::File(it) => (it.text.as_ref(), Some((&it.media_url, &it.alt_text))),
        // Everything in it, as the API has it.
        other => return facts("Message", other),
    };
    let text = text.map(|text| format!("<p dir=\"auto\">{}</p>", escaped(text))).unwrap_or_default();
    let media = media.map(|(url, name)| format!("<p>{}</p>", link(url, name.as_deref().unwrap_or(url))));
    text + &media.unwrap_or_default()
}

/// What `value` says, a row each; lists and objects within as JSON.
fn facts(what: &str, value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let rows: String = value.as_object().into_iter().flatten().map(|(name, value)| row(name, value)).collect();
    format!("<details open><summary>{what}</summary><table>{rows}</table></details>")
}

fn all<T: Serialize>(what: &str, values: &[T]) -> String {
    values.iter().map(|value| facts(what, value)).collect()
}

fn row(name: &str, value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    };
    format!("<tr><th>{}</th><td><pre dir=\"auto\">{}</pre></td></tr>", escaped(name), escaped(&text))
}

/// `text`, which leads to `url` where that is an address of the web.
fn link(url: &str, text: &str) -> String {
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme)));
    if is_web { format!("<a href=\"{}\">{}</a>", escaped(url), escaped(text)) } else { escaped(text) }
}

/// `text` for an element or an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link("https://a.example/?x&y", "<b>"), "<a href=\"https://a.example/?x&amp;y\">&lt;b&gt;</a>");
        assert_eq!(link("javascript:alert(1)", "x"), "x");
        assert_eq!(
            link("https://a.example/\" onclick=\"x", "x"),
            "<a href=\"https://a.example/&quot; onclick=&quot;x\">x</a>"
        );
    }
}
