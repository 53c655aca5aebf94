//! Every text that the UI shows, by key.
//!
//! The tables of all languages are on the server. A page carries the few texts that its code in the browser shows, as part
//! of its [`Start`](crate::start::Start); so the WASM knows no language.

mod key;
#[cfg(feature = "ssr")]
mod language;
#[cfg(feature = "ssr")]
mod names;
mod texts;

pub use key::Key;
#[cfg(feature = "ssr")]
pub use language::Language;
pub use texts::Texts;
