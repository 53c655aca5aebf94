//! What a message says, one file a content type.
//!
//! Adding a content type: a file here with its struct and its `checked`, a variant below, its plain words in `plain.rs`, and
//! a line where the API reads contents (`server/src/api/v2/messages/content.rs`).

mod carousel;
mod field;
mod file;
mod form;
mod form_response;
mod image;
mod list;
mod location;
mod masked;
mod media;
mod plain;
mod template;
mod text;

use serde::{Deserialize, Serialize};

pub use carousel::{AspectRatio, Carousel, DisplaySettings};
pub use field::{Choice, Field, FieldType, Unfit};
pub use file::File;
pub use form::{Form, WrongAnswer};
pub use form_response::FormResponse;
pub use image::Image;
pub use list::List;
pub use location::{Coordinates, Location, Place};
pub use template::Template;
pub use text::{TEXT_CHARACTERS, Text, is_blank};

use crate::{Action, Invalid, Item};

/// The content of a message, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Content {
    Text(Text),
    Image(Image),
    File(File),
    Carousel(Carousel),
    List(List),
    Form(Form),
    FormResponse(FormResponse),
    Location(Location),
    Template(Template),
    /// A type of a newer server: shown as "Unsupported message type.", never accepted.
    #[serde(other, skip_serializing)]
    Unknown,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::new(text))
    }

    /// What is left of a deleted message.
    pub fn deleted() -> Self {
        Self::Text(Text::default())
    }

    /// The content with all that the server adds to it.
    /// # Errors
    /// Names the field that broke a rule: `content.items[0].actions[1].uri`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let checked = match self {
            Self::Text(text) => text.checked().map(Self::Text),
            Self::Image(image) => image.checked().map(Self::Image),
            Self::File(file) => file.checked().map(Self::File),
            Self::Carousel(carousel) => carousel.checked().map(Self::Carousel),
            Self::List(list) => list.checked().map(Self::List),
            Self::Form(form) => form.checked().map(Self::Form),
            Self::FormResponse(answers) => answers.checked().map(Self::FormResponse),
            Self::Location(location) => location.checked().map(Self::Location),
            Self::Template(template) => template.checked().map(Self::Template),
            Self::Unknown => Err(Self::unknown_type()),
        };
        checked.map_err(|invalid| invalid.within("content"))
    }

    /// Says which types there are.
    pub fn unknown_type() -> Invalid {
        const TYPES: &str = "text, image, file, carousel, list, form, location, template";
        Invalid::new("type", format!("should be equal to one of the allowed values: {TYPES}"))
    }

    /// Its items and their numbers, in order of appearance.
    pub fn items(&self) -> impl Iterator<Item = (u16, &Item)> {
        let items: &[Item] = match self {
            Self::Carousel(carousel) => &carousel.items,
            Self::List(list) => &list.items,
            _ => &[],
        };
        (0..).zip(items)
    }

    /// Its actions and their numbers, in order of appearance: those of the items, then its own.
    pub fn actions(&self) -> impl Iterator<Item = (u16, &Action)> {
        let own: &[Action] = match self {
            Self::Text(text) => &text.actions,
            Self::Image(image) => &image.actions,
            Self::List(list) => &list.actions,
            _ => &[],
        };
        (0..).zip(self.items().flat_map(|(_, item)| &item.actions).chain(own))
    }

    /// The action with this number.
    pub fn action(&self, ordinal: u16) -> Option<&Action> {
        self.actions().nth(usize::from(ordinal)).map(|(_, action)| action)
    }
}
