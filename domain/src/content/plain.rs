//! What a content says in plain words, for whoever can't show more.

use serde::{Deserialize, Serialize};

use super::{Content, Text};
use crate::Action;

/// Lines of text, and where a file is. At least one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plain {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<PlainLink>,
}

/// An `http` or `https` address, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlainLink {
    pub label: String,
    pub uri: String,
}

impl Content {
    /// The content in plain words; `None` where it has none, as a template or a type of a newer server.
    pub fn plain(&self) -> Option<Plain> {
        let text = match self {
            Self::Text(text) => with_actions(plain_text(text), &text.actions)?,
            Self::Image(image) => {
                let link = Some(link(image.alt_text.as_ref(), &image.media_url));
                return Some(Plain { text: with_actions(image.text.as_deref(), &image.actions), link });
            }
            Self::File(file) => {
                let link = Some(link(file.alt_text.as_ref(), &file.media_url));
                return Some(Plain { text: file.text.clone(), link });
            }
            Self::Carousel(carousel) => carousel.text.clone(),
            Self::List(list) => with_actions(Some(&list.text), &list.actions)?,
            Self::Form(form) => form.fields.iter().map(|field| field.label.as_str()).collect::<Vec<_>>().join("\n"),
            Self::FormResponse(answers) => answers.text_fallback.clone(),
            Self::Location(location) => location.text.clone(),
            Self::Template(_) | Self::Unknown => return None,
        };
        Some(Plain { text: Some(text), link: None })
    }

    /// Whether [`Content::plain`] says more than the field `text` of the content.
    pub fn needs_plain(&self) -> bool {
        !matches!(self, Self::Text(Text { text: Some(_), actions, .. }) if actions.is_empty())
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

fn link(label: Option<&String>, uri: &str) -> PlainLink {
    PlainLink { label: label.map_or(uri, String::as_str).to_owned(), uri: uri.to_owned() }
}
