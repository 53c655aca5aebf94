//! Where the visitor is, for those who want to say it.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Position, PositionError, PositionOptions};

use super::Desk;
use super::press::mark;
use crate::Say;
use crate::browser::{self, window};
use crate::i18n::Key;

/// Milliseconds that finding out may take.
const PATIENCE: u32 = 10_000;

impl Desk {
    /// Finds out where the visitor is, and sends it; or says why it can't. `button` is busy meanwhile.
    pub fn locate(self, button: &Element) {
        if button.has_attribute("aria-busy") {
            return;
        }
        let fail = move |why: Key| self.show(|shown| shown.problem = Some(shown.texts.get(why).to_owned()));
        self.show(|shown| shown.problem = None);
        if !window().is_secure_context() {
            return fail(Key::LocationSecurityRestriction);
        }
        let Ok(geolocation) = window().navigator().geolocation() else { return fail(Key::LocationNotSupported) };
        mark(button, "aria-busy", Some("true"));
        let (asked, refused) = (button.clone(), button.clone());
        let found: Box<dyn FnOnce(Position)> = Box::new(move |position| {
            mark(&asked, "aria-busy", None);
            let there = position.coords();
            self.send(browser::fresh_id(), Say::Location { lat: there.latitude(), long: there.longitude() });
        });
        let failed: Box<dyn FnOnce(PositionError)> = Box::new(move |error| {
            mark(&refused, "aria-busy", None);
            let is_denied = error.code() == PositionError::PERMISSION_DENIED;
            fail(if is_denied { Key::LocationServicesDenied } else { Key::LocationSendingFailed });
        });
        let options = PositionOptions::new();
        options.set_timeout(PATIENCE);
        let (found, failed): (JsValue, JsValue) = (Closure::once_into_js(found), Closure::once_into_js(failed));
        let (found, failed) = (found.unchecked_ref(), Some(failed.unchecked_ref()));
        if geolocation.get_current_position_with_error_callback_and_options(found, failed, &options).is_err() {
            mark(button, "aria-busy", None);
            fail(Key::LocationNotSupported);
        }
    }
}
