//! The sound of a message.

use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::is_attended;

/// Sounds, unless the visitor is right here. A browser may forbid it on a page that nobody has touched yet: then it is silent.
pub fn ring(base: &str) {
    if is_attended() {
        return;
    }
    let sound = HtmlAudioElement::new_with_src(&[base, "/message.wav"].concat());
    if let Some(playing) = sound.ok().and_then(|sound| sound.play().ok()) {
        spawn_local(async move { _ = JsFuture::from(playing).await });
    }
}
