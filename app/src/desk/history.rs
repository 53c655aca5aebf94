//! "Load more".

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

use super::{Desk, History};
use crate::AppError;
use crate::browser::{self, within};
use crate::server_fns::older_messages;

/// How long a page of history may take, in milliseconds.
const PATIENCE: i32 = 20_000;

impl Desk {
    /// Fetches the messages before the first one. Without a browser behind it the form goes to an older page by itself.
    pub fn load_older(self, event: &SubmitEvent) {
        let Some(browser) = self.browser() else { return };
        event.prevent_default();
        let wanted = self.book.with_value(|book| {
            let first = book.transcript.entries().first()?.seq;
            Some((book.transcript.conversation?, first))
        });
        let Some((conversation, before)) = wanted else { return };
        if self.shown.with_untracked(|shown| shown.history == History::Loading) {
            return;
        }
        self.show(|shown| shown.history = History::Loading);
        spawn_local(async move {
            let page = within(PATIENCE, older_messages(self.who(), conversation, before)).await;
            if let Err(AppError::SessionEnded) = page {
                return self.session_ended();
            }
            if let Ok(mut page) = page {
                for entry in &mut page.entries {
                    entry.offset = browser::offset_at(entry.at);
                }
                self.book.update_value(|book| book.transcript.prepend(page));
                self.refresh();
                if !self.shown.with_untracked(|shown| shown.older.is_some()) {
                    // The button goes, and must not take the focus along.
                    browser.focus_log();
                }
            }
            // Not before the rows are there, or they would all be read out as new.
            browser::soon(Box::new(move || self.show(|shown| shown.history = History::Idle)));
        });
    }
}
