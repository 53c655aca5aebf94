//! Time and the visitor's zone.

use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::document;
use crate::start::Surface;

/// Milliseconds since 1970, by the browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
pub fn now() -> i64 {
    Date::now() as i64
}

/// The visitor's minutes east of Greenwich at `at`.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
pub fn offset_at(at: i64) -> i32 {
    let west = Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset();
    // Not a number for a time outside of the calendar; the cast makes it 0.
    -(west as i32)
}

/// IANA name of the visitor's zone; `None` where the browser does not tell.
pub fn zone() -> Option<String> {
    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
}

/// Tells the server the zone by a cookie, for the first HTML of the next visit.
pub fn remember_zone(zone: &str, surface: Surface, base: &str) {
    let path = if base.is_empty() { "/" } else { base };
    let reach = match surface {
        Surface::Chat => "; SameSite=Lax",
        Surface::Embed => "; SameSite=None; Secure; Partitioned",
    };
    let cookie = ["parlor_zone=", zone, "; Path=", path, "; Max-Age=31536000", reach].concat();
    let document: web_sys::HtmlDocument = document().unchecked_into();
    // A sandboxed frame may have no cookies at all.
    _ = document.set_cookie(&cookie);
}
