//! The box that the visitor writes in. Its text lives in the DOM only: nothing here writes into it but to empty it, and to
//! bring back what was left unsent.

use domain::content;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, SubmitEvent};

use super::shown::problem_text;
use super::{Browser, Desk};
use crate::browser;
use crate::{AppError, Say, TEXT_LIMIT};

/// From so many characters on, the composer counts.
const COUNT_FROM: usize = content::TEXT_CHARACTERS - 296;
/// The browser's own mark for keys that an input method consumes; some do not say `isComposing` with the last one.
const CONSUMED_BY_INPUT_METHOD: u32 = 229;
/// So long after the last key (in milliseconds) a draft is kept.
const DRAFT_PAUSE: f64 = 400.0;

impl Browser {
    /// Makes the box as high as its text, where the style sheet alone can't.
    fn fit_composer(&self) {
        if web_sys::css::supports("field-sizing: content").unwrap_or(false) {
            return;
        }
        let composer: &HtmlElement = self.composer.unchecked_ref();
        let style = composer.style();
        _ = style.set_property("block-size", "auto");
        let height = [&composer.scroll_height().to_string(), "px"].concat();
        _ = style.set_property("block-size", &height);
    }
}

impl Desk {
    pub fn submitted(self, event: &SubmitEvent) {
        // Until the page has arrived the form works by itself.
        if self.browser().is_some() {
            event.prevent_default();
            self.submit();
        }
    }

    /// Enter sends; with Shift it is a line break, and while an input method is at work it belongs to that.
    pub fn key_pressed(self, event: &KeyboardEvent) {
        let composing = event.is_composing() || event.key_code() == CONSUMED_BY_INPUT_METHOD;
        if event.key() == "Enter" && !event.shift_key() && !composing && self.browser().is_some() {
            event.prevent_default();
            self.submit();
        }
    }

    /// The text in the composer changed: what was wrong with it before no longer counts.
    pub fn typed(self) {
        self.show(|shown| shown.problem = None);
        self.measure();
        let Some(browser) = self.browser() else { return };
        if browser::is_at(&self.address()) {
            browser.draft.set(DRAFT_PAUSE);
        } else {
            // What a link began is over, and nothing is to bring it back.
            self.keep_draft();
        }
        self.attend();
        if browser.composer.value().is_empty() {
            self.stopped_typing();
        } else {
            self.is_typing();
        }
    }

    /// Counts near the limit, says so beyond it, and makes the composer fit.
    pub(super) fn measure(self) {
        let Some(browser) = self.browser() else { return };
        let text = browser.composer.value();
        let characters = if text.len() < COUNT_FROM { 0 } else { text.chars().count() };
        let counter = (characters >= COUNT_FROM).then(|| [&characters.to_string(), " / ", TEXT_LIMIT].concat());
        self.show(|shown| {
            shown.counter = counter;
            if characters > content::TEXT_CHARACTERS {
                shown.problem = Some(problem_text(&AppError::TooLong, &shown.texts));
            }
        });
        browser.fit_composer();
    }

    /// Brings back what was written here and never sent.
    pub(super) fn restore_draft(self) {
        let Some(browser) = self.browser() else { return };
        if browser.composer.value().is_empty()
            && let Some(draft) = self.book.with_value(|book| browser::draft(&book.start, book.transcript.conversation))
        {
            browser.composer.set_value(&draft);
        }
    }

    /// Keeps what is written, until it is sent.
    pub(super) fn keep_draft(self) {
        let Some(browser) = self.browser() else { return };
        browser.draft.stop();
        let text = browser.composer.value();
        let is_kept =
            self.book.with_value(|book| browser::keep_draft(&book.start, book.transcript.conversation, &text));
        if is_kept || text.is_empty() {
            // Or a reload would bring back what a link had put there instead.
            browser::settle_at(&self.address());
        }
    }

    /// Keeps what is written when the page is left, if anything is: another tab may have more.
    pub(super) fn leave_draft(self) {
        if self.browser().is_some_and(|browser| !browser.composer.value().is_empty()) {
            self.keep_draft();
        }
    }

    fn submit(self) {
        let Some(browser) = self.browser() else { return };
        let text = browser.composer.value();
        _ = browser.composer.focus();
        if content::is_blank(&text) {
            return;
        }
        if text.chars().count() > content::TEXT_CHARACTERS {
            return self.show(|shown| shown.problem = Some(problem_text(&AppError::TooLong, &shown.texts)));
        }
        let client_id = browser.next_id.value().parse().unwrap_or_else(|_| browser::fresh_id());
        browser.next_id.set_value(browser::fresh_id().as_str());
        browser.composer.set_value("");
        self.typed();
        self.keep_draft();
        self.send(client_id, Say::Text(text));
    }
}
