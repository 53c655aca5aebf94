//! One renderer a content type, named as in `domain::content`.

mod text;

pub use text::TextContent;
