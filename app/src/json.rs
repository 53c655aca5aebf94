//! C
use serde::de::DeserializeOwned;
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed JSON")]
pub struct Malformed;
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {

    serde_json_wasm::from_str(text).ok()
}
