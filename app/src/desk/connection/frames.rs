//! What the server says over the line, and what follows from it.

use leptos::prelude::*;

use crate::browser;
use crate::desk::{Desk, Line};
use crate::live::Frame;
use crate::state::{Event, Step};

/// How long "You're back online!" stays.
const CHEER: f64 = 3_000.0;
/// A draining server's visitors spread over so many milliseconds.
const SPREAD: f64 = 3_000.0;
/// Somebody who typed and went silent for so long (in milliseconds) has stopped.
const TYPING: f64 = 10_000.0;
/// A page younger than this many milliseconds is not thrown away for another: they might follow each other for ever.
const FRESH: i64 = 10_000;

impl Desk {
    pub(super) fn take_frame(self, frame: Frame) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        match frame {
            Frame::Hello { epoch } => {
                let before = connection.epoch.replace(epoch.clone());
                if !before.is_empty() && before != epoch {
                    return self.start_over();
                }
                connection.unopened.set(0);
                self.line_stands();
                if !before.is_empty() {
                    // Elsewhere there may be news since.
                    self.count_elsewhere();
                }
            }
            Frame::Beat => connection.failures.set(0),
            Frame::Reconnect => {
                self.hang_up();
                connection.retry.set(browser::random() * SPREAD);
            }
            Frame::Reload => self.start_over(),
            Frame::Event(event) => self.take_event(&event),
        }
    }

    /// The server knows who this is; what this page lacks follows.
    fn line_stands(self) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        if self.line_is_down() {
            connection.say(self, Line::Back);
            connection.say_later(Line::Quiet, CHEER);
        } else {
            connection.say(self, Line::Quiet);
        }
        // What came after an older page follows right now.
        self.show(|shown| shown.newer = false);
        self.flush();
    }

    fn take_event(self, event: &Event) {
        let Some(browser) = self.browser() else { return };
        let step = self.book.try_update_value(|book| book.transcript.apply(event, browser::offset_at));
        match step {
            Some(Step::Applied) => {
                browser.connection.failures.set(0);
                if let Some(sent_as) = &event.payload.sent_as {
                    self.delivered(sent_as);
                }
                browser.keep_place();
                self.refresh();
                if self.shown.with_untracked(|shown| shown.typing.is_some()) {
                    browser.typing.set(TYPING);
                }
                if event.is_from_others() {
                    browser::soon(Box::new(move || self.open_on_receive()));
                    self.heard();
                }
            }
            Some(Step::Missing { .. }) => {
                // A new line brings all that lacks.
                self.hang_up();
                self.retry_later();
            }
            Some(Step::Gone) => self.start_over(),
            Some(Step::Known) => self.heard_elsewhere(event),
            None => {}
        }
    }

    /// Nothing more was heard of somebody who was writing.
    pub(in crate::desk) fn typing_faded(self) {
        self.book.update_value(|book| book.transcript.typing = None);
        self.refresh();
    }

    /// What this page knows is not what the server knows: only a new page helps, if this is not one.
    fn start_over(self) {
        let Some(browser) = self.browser() else { return };
        self.hang_up();
        if browser::now() - browser.connection.since < FRESH {
            self.retry_later();
        } else if self.shown.with_untracked(|shown| shown.newer) {
            browser::leave_for(&self.address());
        } else {
            browser::reload();
        }
    }
}
