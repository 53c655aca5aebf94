//! From the outbox to the server.

use domain::ClientMessageId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Book, Desk};
use crate::browser::{self, within};
use crate::live::backoff;
use crate::server_fns::send_message;
use crate::start::{Entry, Sent};
use crate::state::Pending;
use crate::{AppError, Say};

/// How long a send may take, in milliseconds, before another try is better.
const PATIENCE: i32 = 20_000;
/// A text written within so many milliseconds is the text of whoever sits there.
const JUST_NOW: i64 = 60_000;

impl Desk {
    /// Takes what the visitor says on its way.
    pub(super) fn send(self, client_id: ClientMessageId, say: Say) {
        let Some(browser) = self.browser() else { return };
        let to = self.book.with_value(|book| book.transcript.conversation.or(book.start.fresh));
        let message = Pending { client_id, say, to, at: browser::now(), failure: None };
        self.book.update_value(|book| {
            browser::keep(&book.start, &message);
            book.outbox.push(message);
        });
        self.refresh();
        browser.to_end();
        browser.connection.accepted_again();
        self.flush();
    }

    /// Puts back what an earlier page could not send.
    pub(super) fn restore(self, kept: Vec<Pending>) {
        self.book.update_value(|book| {
            for message in kept {
                let sent = |entry: &Entry| entry.sent_as.as_ref() == Some(&message.client_id);
                if book.transcript.entries().iter().any(sent) {
                    browser::forget(&book.start, &message.client_id);
                } else {
                    book.outbox.push(message);
                }
            }
        });
    }

    /// The visitor asks for another try.
    pub fn retry(self, client_id: &ClientMessageId) {
        if self.retry_upload(client_id) {
            return;
        }
        self.book.update_value(|Book { outbox, start, .. }| {
            if let Some(message) = outbox.retry(client_id, browser::fresh_id()) {
                browser::forget(start, client_id);
                browser::keep(start, message);
            }
        });
        self.refresh();
        if let Some(browser) = self.browser() {
            _ = browser.composer.focus();
            browser.connection.accepted_again();
        }
        self.flush();
    }

    /// Sends what waits, one after the other.
    pub(super) fn flush(self) {
        let Some(browser) = self.browser() else { return };
        browser.resend.stop();
        if browser.sending.replace(true) {
            return;
        }
        spawn_local(async move {
            while let Some(message) = self.book.with_value(|book| book.outbox.next().cloned()) {
                let Pending { client_id, say, at, .. } = message;
                let answer = send_message(self.who(), client_id.clone(), say.clone());
                match within(PATIENCE, answer).await {
                    Ok(sent) => {
                        browser.failures.set(0);
                        self.sent(&client_id, sent);
                    }
                    Err(error) if self.refused(&client_id, &say, &error) => self.refresh(),
                    Err(AppError::SessionEnded) => {
                        // Whoever wrote it may be somebody else by now: it is theirs to send again, or not.
                        if let Say::Text(text) = &say
                            && browser::now() - at < JUST_NOW
                        {
                            self.delivered(&client_id);
                            browser::leave_draft(text);
                        }
                        return self.session_ended();
                    }
                    Err(error) => {
                        self.book.update_value(|book| book.outbox.failed(&client_id, &error));
                        self.refresh();
                        if error.is_transient() {
                            let failures = browser.failures.get() + 1;
                            browser.failures.set(failures);
                            browser.resend.set(backoff::wait(failures + 1, browser::random()));
                            break;
                        }
                    }
                }
            }
            browser.sending.set(false);
        });
    }

    pub(super) fn sent(self, client_id: &ClientMessageId, mut sent: Sent) {
        if let Some(entry) = &mut sent.entry {
            entry.offset = browser::offset_at(entry.at);
        }
        self.delivered(client_id);
        self.book.update_value(|book| book.transcript.take_sent(sent));
        self.refresh();
        self.connect();
    }

    /// The server has this message.
    pub(super) fn delivered(self, client_id: &ClientMessageId) {
        self.forget_upload(client_id);
        self.book.update_value(|book| {
            if book.outbox.delivered(client_id) {
                browser::forget(&book.start, client_id);
            }
        });
    }
}
