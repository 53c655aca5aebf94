//! The whole of a message that is more than plain text.

use domain::content::{Form, Text};
use domain::{Content, Message, MessageId, QuotedMessage};
use leptos::either::Either;
use leptos::prelude::*;

use super::actions::{buttons, replies};
use super::card::{carousel, list};
use super::file::file;
use super::form::form;
use super::form_response::form_response;
use super::image::image;
use super::location::location;
use super::markup::{from_html, from_markdown};
use super::text::TextContent;
use crate::i18n::{Key, Texts};
use crate::start::Rich;

/// What a page knows when it renders a message.
#[derive(Debug, Clone)]
pub struct Stationery {
    /// All texts of the page.
    pub texts: Texts,
    /// [`crate::start::Start::page`], for the forms of a page that was just written.
    pub visitor: Option<String>,
    /// A form that was sent and not accepted.
    pub refill: Option<Refill>,
}

impl Stationery {
    /// For a page that has nothing to say of its own.
    pub fn new(texts: Texts) -> Self {
        Self { texts, visitor: None, refill: None }
    }
}

/// What somebody wrote into a form, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refill {
    /// `None` for what is asked before the first message.
    pub form: Option<MessageId>,
    /// By the names of the fields.
    pub answers: Vec<(String, String)>,
    /// By the names of the fields, in words.
    pub problems: Vec<(String, String)>,
}

/// Whether `message` is more than a plain text.
pub fn needs_rich(message: &Message) -> bool {
    let is_plain = |text: &Text| {
        text.text.is_some() && text.html_text.is_none() && text.markdown_text.is_none() && text.actions.is_empty()
    };
    message.quoted_message.is_some() || !matches!(&message.content, Content::Text(text) if is_plain(text))
}

/// `message` as its bubble shows it; `None` where the text alone is all.
pub fn rich(message: &Message, on: &Stationery) -> Option<Rich> {
    if !needs_rich(message) {
        return None;
    }
    let is_answer = matches!(message.content, Content::FormResponse(_));
    let quoted = match &message.quoted_message {
        Some(QuotedMessage::Message { message }) => Some(message.id),
        _ => None,
    };
    let closes = |form: &Form| form.block_chat_input && !form.submitted;
    Some(Rich {
        html: bubble(message, on),
        words: beginning(&message.content),
        replies: replies(message, &on.texts),
        blocks: matches!(&message.content, Content::Form(form) if closes(form)),
        submitted: matches!(&message.content, Content::Form(form) if form.submitted),
        answers: quoted.filter(|_| is_answer),
        quotes: quoted,
        prechat: is_answer && quoted.is_none(),
    })
}

fn bubble(message: &Message, on: &Stationery) -> String {
    let (id, texts) = (message.id, &on.texts);
    match &message.content {
        Content::Text(text) => (said(text), buttons(id, message.content.actions(), texts)).to_html(),
        Content::Image(it) => (image(it, texts), buttons(id, message.content.actions(), texts)).to_html(),
        Content::File(it) => file(it, texts).to_html(),
        Content::Carousel(it) => carousel(id, it, texts).to_html(),
        Content::List(it) => list(id, it, texts).to_html(),
        Content::Form(it) => form(id, it, on).to_html(),
        Content::FormResponse(it) => form_response(it).to_html(),
        Content::Location(it) => location(it, texts).to_html(),
        Content::Template(it) => {
            let text = it.template.get("text").and_then(|text| text.as_str());
            text.map_or_else(|| unsupported(texts), |text| paragraph(text).to_html())
        }
        Content::Unknown => unsupported(texts),
    }
}

/// Characters of a message that are shown where another refers to it.
const QUOTED_CHARACTERS: usize = 120;

/// The first line of `content` in plain words: of a form, what it asks first.
fn beginning(content: &Content) -> Option<String> {
    let text = match content {
        Content::Form(form) => form.fields.first()?.label.clone(),
        content => content.plain()?,
    };
    Some(text.lines().next()?.chars().take(QUOTED_CHARACTERS).collect())
}

/// The richest text there is.
fn said(text: &Text) -> impl IntoView + use<> {
    let markup = match (&text.html_text, &text.markdown_text) {
        (Some(html), _) => Some(from_html(html)),
        (None, Some(markdown)) => Some(from_markdown(markdown)),
        (None, None) => None,
    };
    match markup {
        Some(markup) => Either::Left(view! { <div class="markup" dir="auto" inner_html=markup></div> }),
        None => Either::Right(text.text.as_deref().map(paragraph)),
    }
}

/// Plain text of somebody else's.
pub(super) fn paragraph(text: &str) -> impl IntoView + use<> {
    let text = text.to_owned();
    view! { <p class="bubble-text" dir="auto"><TextContent text /></p> }
}

fn unsupported(texts: &Texts) -> String {
    view! { <p class="bubble-text">{texts.get(Key::UnsupportedMessageType).to_owned()}</p> }.to_html()
}
