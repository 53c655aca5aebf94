//! Window and document.

use domain::ClientMessageId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Event, EventTarget, VisibilityState, Window};

pub fn window() -> Window {
    web_sys::window().expect("the page has a window")
}

pub fn document() -> Document {
    window().document().expect("the window has a document")
}

/// The element with this id, as what it is.
pub fn element<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Whether the visitor is at this very page: it is visible, and what they type goes there.
pub fn is_attended() -> bool {
    is_visible() && document().has_focus().unwrap_or(true)
}

/// Tells those who build pages.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&text.into());
}

/// Whether there is a network at all, as far as the browser knows.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Whether the visitor points with a finger rather than a mouse.
pub fn touch_screen() -> bool {
    // The one question about the browser that a view asks: the server, which draws such a view for the gallery, has no answer.
    cfg!(not(feature = "ssr"))
        && window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// From 0 to 1, for what need not be secret.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// A new id for a message. `crypto.randomUUID` is missing on pages without TLS, so this makes do with what is always there;
/// it must be unique among one visitor's messages, not secret.
pub fn fresh_id() -> ClientMessageId {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a random number from 0 to 15")]
    let digit = |_| char::from(DIGITS[(random() * 16.0) as usize & 15]);
    let id: String = (0..32).map(digit).collect();
    ClientMessageId::try_from(id).expect("hexadecimal digits make an id")
}

/// Calls `heard` upon every event of these names.
pub fn listen(target: &EventTarget, names: &[&str], heard: &Closure<dyn FnMut(Event)>) {
    for name in names {
        // It fails only for a listener that is no function.
        _ = target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    }
}

/// Like [`listen`], but before anybody below hears of it: some events do not bubble up.
pub fn listen_first(target: &EventTarget, names: &[&str], heard: &Closure<dyn FnMut(Event)>) {
    for name in names {
        // It fails only for a listener that is no function.
        _ = target.add_event_listener_with_callback_and_bool(name, heard.as_ref().unchecked_ref(), true);
    }
}

/// Runs `work` right before the next painting, when the page shows what the signals say.
pub fn soon(work: Box<dyn FnOnce()>) {
    // A page that is being torn down paints no more.
    _ = window().request_animation_frame(Closure::once_into_js(work).unchecked_ref());
}

/// `path` on this host, for a socket.
pub fn socket_url(path: &str) -> String {
    let location = window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    [if secure { "wss://" } else { "ws://" }, &location.host().unwrap_or_default(), path].concat()
}

pub fn reload() {
    _ = window().location().reload();
}

/// Whether the page is called `path`, with nothing more behind it.
pub fn is_at(path: &str) -> bool {
    let location = window().location();
    let [name, query] = [location.pathname(), location.search()].map(Result::unwrap_or_default);
    [&*name, &query].concat() == path
}

/// Has the page called `path` from now on, without what only began it.
pub fn settle_at(path: &str) {
    if !is_at(path)
        && let Ok(history) = window().history()
    {
        // Where it can't, only a reload is less kind.
        _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Goes to `path` without a way back to this page.
pub fn leave_for(path: &str) {
    _ = window().location().replace(path);
}
