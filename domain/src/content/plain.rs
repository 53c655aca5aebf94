//! What a content says in plain words, for whoever can't show more.

use super::{Content, Text};
use crate::Action;

impl Content {
    /// The content as lines of text, addresses of files among them; `None` where it has no words, as a template or a type of a
    /// newer server.
    pub fn plain(&self) -> Option<String> {
        match self {
            Self::Text(text) => with_actions(plain_text(text), &text.actions),
            Self::Image(image) => with_actions(image.text.as_deref().or(image.alt_text.as_deref()), &image.actions),
            Self::File(file) => file.text.clone().or_else(|| file.alt_text.clone()),
            Self::Carousel(carousel) => Some(carousel.text.clone()),
            Self::List(list) => with_actions(Some(&list.text), &list.actions),
            Self::Form(form) => {
                Some(form.fields.iter().map(|field| field.label.as_str()).collect::<Vec<_>>().join("\n"))
            }
            Self::FormResponse(answers) => Some(answers.text_fallback.clone()),
            Self::Location(location) => Some(location.text.clone()),
            Self::Template(_) | Self::Unknown => None,
        }
    }
}

fn plain_text(text: &Text) -> Option<&str> {
    text.text.as_deref().or(text.markdown_text.as_deref()).or(text.html_text.as_deref())
}

/// `text`, and a line for each of `actions`.
fn with_actions(text: Option<&str>, actions: &[Action]) -> Option<String> {
    let lines: Vec<String> =
        text.map(str::to_owned).into_iter().chain(actions.iter().map(ToString::to_string)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
