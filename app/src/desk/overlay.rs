//! What covers the page for a while: a picture in full, a page of the business's.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, HtmlImageElement};

use super::Desk;
use crate::browser::{document, element};

/// Of the dialog, of the part of it that is filled, and of the link to the same in a window of its own.
pub const OVERLAY: &str = "overlay";
pub const OVERLAY_BODY: &str = "overlay-body";
pub const OVERLAY_OUT: &str = "overlay-out";
/// What a page of somebody else may do in a frame of ours: work, but not navigate us.
const SANDBOX: &str = "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox";

impl Desk {
    /// Something on the page was clicked.
    pub(super) fn clicked(self, event: &Event) {
        self.attend();
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        if [OVERLAY, OVERLAY_BODY].contains(&&*target.id()) {
            return close();
        }
        let Ok(Some(pressed)) = target.closest("[data-locate],[data-lightbox],[data-webview]") else { return };
        if pressed.has_attribute("data-locate") {
            return self.locate(&pressed);
        }
        // With a key held down it goes to a window of its own, as any link does.
        let mouse: &web_sys::MouseEvent = event.unchecked_ref();
        if mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key() {
            return;
        }
        event.prevent_default();
        if pressed.has_attribute("data-failed") {
            return load_again(&pressed);
        }
        open(&pressed);
    }

    /// What covered the page is gone: nothing of it goes on out of sight.
    pub(super) fn overlay_closed() {
        if let Some(body) = element::<Element>(OVERLAY_BODY) {
            body.set_text_content(None);
        }
    }

    /// A picture did not arrive.
    pub(super) fn picture_failed(event: &Event) {
        if let Some(image) = event.target().and_then(|target| target.dyn_into::<HtmlImageElement>().ok()) {
            note_failure(&image);
        }
    }

    /// Finds the pictures that did not arrive before anybody listened.
    pub(super) fn find_failures() {
        let Ok(images) = document().query_selector_all("[data-broken] img") else { return };
        let images = (0..images.length()).filter_map(|at| images.get(at)?.dyn_into::<HtmlImageElement>().ok());
        images.filter(|image| image.complete() && image.natural_width() == 0).for_each(|image| note_failure(&image));
    }

    /// Opens the page that the newest message wants opened, if there is one.
    pub(super) fn open_on_receive(self) {
        let Some(browser) = self.browser() else { return };
        if let Ok(Some(link)) = browser.log.query_selector("li:last-child [data-opens]") {
            open(&link);
        }
    }
}

fn note_failure(image: &HtmlImageElement) {
    if let Ok(Some(frame)) = image.closest("[data-broken]") {
        _ = frame.set_attribute("data-failed", "");
    }
}

fn load_again(frame: &Element) {
    _ = frame.remove_attribute("data-failed");
    if let Ok(Some(image)) = frame.query_selector("img") {
        let image: HtmlImageElement = image.unchecked_into();
        image.set_src(&image.src());
    }
}

/// Shows where `link` leads without leaving the page.
fn open(link: &Element) {
    let (Some(overlay), Some(body)) = (element::<HtmlDialogElement>(OVERLAY), element::<Element>(OVERLAY_BODY)) else {
        return;
    };
    let Some(address) = link.get_attribute("href") else { return };
    let size = link.get_attribute("data-webview");
    let made = match &size {
        Some(_) => frame(link, &address),
        None => picture(link, &address),
    };
    let Some((made, name)) = made else { return };
    if let Some(out) = element::<Element>(OVERLAY_OUT) {
        _ = out.set_attribute("href", &link.get_attribute("data-fallback").unwrap_or(address));
    }
    _ = overlay.set_attribute("aria-label", &name);
    _ = overlay.set_attribute("data-size", size.as_deref().unwrap_or("picture"));
    body.set_text_content(None);
    _ = body.append_child(&made);
    if !overlay.open() {
        _ = overlay.show_modal();
    }
}

fn frame(link: &Element, address: &str) -> Option<(Element, String)> {
    let name = link.get_attribute("data-name").or_else(|| link.text_content()).unwrap_or_default();
    let frame = document().create_element("iframe").ok()?;
    frame.set_attribute("sandbox", SANDBOX).ok()?;
    frame.set_attribute("referrerpolicy", "no-referrer").ok()?;
    frame.set_attribute("title", &name).ok()?;
    frame.set_attribute("src", address).ok()?;
    Some((frame, name))
}

fn picture(link: &Element, address: &str) -> Option<(Element, String)> {
    let picture = document().create_element("img").ok()?;
    let small = link.query_selector("img").ok().flatten();
    let alt = small.and_then(|small| small.get_attribute("alt")).unwrap_or_default();
    picture.set_attribute("alt", &alt).ok()?;
    picture.set_attribute("src", address).ok()?;
    Some((picture, alt))
}

fn close() {
    if let Some(overlay) = element::<HtmlDialogElement>(OVERLAY) {
        overlay.close();
    }
}
