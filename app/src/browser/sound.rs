//! The sound of a message.

use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::document;

/// Sounds, unless the visitor is right here. A browser may forbid it on a page that nobody has touched yet: then it is silent.
pub fn ring(base: &str) {
    if document().has_focus().unwrap_or(true) {
        return;
    }
    let sound = HtmlAudioElement::new_with_src(&[base, "/message.wav"].concat());
    if let Some(playing) = sound.ok().and_then(|sound| sound.play().ok()) {
        spawn_local(async move { _ = JsFuture::from(playing).await });
    }
}
