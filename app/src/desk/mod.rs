//! The messenger at work: what it knows, what it shows, and what it does about it.
//!
//! [`Desk`] is a handle that every part of the view may copy. The server makes one too, to write the first HTML; it comes
//! to life in the browser with [`Desk::arrive`].

mod arrival;
mod composer;
mod connection;
mod history;
mod overlay;
mod place;
#[cfg(feature = "ssr")]
mod pose;
mod press;
mod reading;
mod sending;
mod shown;
mod typing;
mod uploads;

use std::rc::Rc;

use leptos::prelude::*;

use crate::Visitor;
use crate::browser;
pub use crate::components::messenger::ATTACH_MENU;
use crate::i18n::{Key, Texts};
use crate::start::{Start, Surface};
use crate::state::{Outbox, Transcript, Upload, rows};
pub use arrival::Browser;
#[cfg(feature = "ssr")]
pub use overlay::{OVERLAY, OVERLAY_BODY, OVERLAY_OUT};
#[cfg(feature = "ssr")]
pub use pose::{Over, Pose};
pub use press::PRESS_FORM;
#[cfg(feature = "ssr")]
pub use press::{form_id, reply_id};
pub use shown::{Closed, History, Line, Shown, ShownRow, Writing, problem_text};

/// The facts: who talks where, what was said, what is on its way.
struct Book {
    /// Without entries and draft; those went into the transcript and the composer.
    start: Start,
    transcript: Transcript,
    outbox: Outbox,
    uploads: Vec<Upload>,
}

#[derive(Clone, Copy)]
pub struct Desk {
    /// All that the page shows besides the rows.
    pub shown: RwSignal<Shown>,
    pub rows: RwSignal<Vec<ShownRow>>,
    book: StoredValue<Book>,
    browser: StoredValue<Option<Rc<Browser>>, LocalStorage>,
}

impl Desk {
    pub fn new(mut start: Start) -> Self {
        let transcript = Transcript::of(&mut start);
        let outbox = Outbox::default();
        let rows = rows(&transcript, &outbox, &[], &start.business, &start.texts, 0);
        Self {
            shown: RwSignal::new(Shown::of(&start, &transcript)),
            rows: RwSignal::new(rows.into_iter().map(ShownRow::new).collect()),
            book: StoredValue::new(Book { start, transcript, outbox, uploads: Vec::new() }),
            browser: StoredValue::new_local(None),
        }
    }

    /// A text of the page, as it is at any time.
    ///
    /// All of them share this one type of closure: each further type would be compiled for itself, a kilobyte or two.
    pub fn text(self, pick: fn(&Shown) -> Option<String>) -> impl Fn() -> Option<String> + Copy + Send + 'static {
        move || self.shown.with(pick)
    }

    /// Whether a form is to be answered before anything else is said.
    pub fn is_blocked(self) -> bool {
        self.shown.with(|shown| shown.closed.is_some())
    }

    /// All texts that the messenger has.
    pub fn texts(self) -> Texts {
        self.shown.with_untracked(|shown| shown.texts.clone())
    }

    /// The text called `key`, which never changes on a page.
    pub fn word(self, key: Key) -> String {
        self.shown.with_untracked(|shown| shown.texts.get(key).to_owned())
    }

    /// Changes what is shown; nothing happens on the page when nothing changes.
    fn show(self, change: impl FnOnce(&mut Shown)) {
        let mut shown = self.shown.get_untracked();
        change(&mut shown);
        self.put(shown);
    }

    fn put(self, shown: Shown) {
        if self.shown.with_untracked(|before| *before != shown) {
            self.shown.set(shown);
        }
    }

    /// Brings the page in line with the book.
    fn refresh(self) {
        let (rows, conversation, older, typing, closed, asks) = self.book.with_value(|book| {
            let Book { start, transcript, outbox, uploads } = book;
            let offset = browser::offset_at(browser::now());
            let rows = rows(transcript, outbox, uploads, &start.business, &start.texts, offset);
            let typing = transcript.typing.as_ref().map(|typing| Writing::of(typing, &start.business));
            // Until the answers are on the server they may still be refused; nothing can be said meanwhile.
            let asks = start.prechat.is_some() && transcript.conversation.is_none();
            let closed = Closed::of(start, asks || transcript.is_blocked());
            let asks = asks && outbox.pending().is_empty();
            (rows, transcript.conversation, shown::older(transcript), typing, closed, asks)
        });
        let (rows, changed) = self.rows.with_untracked(|before| shown::reconcile(before, rows));
        if changed {
            self.rows.set(rows);
        }
        self.show(|shown| {
            shown.conversation = conversation;
            shown.older = older;
            shown.typing = typing;
            shown.closed = closed;
            shown.asks = asks;
        });
    }

    /// The browser side; `None` until the page has arrived.
    fn browser(self) -> Option<Rc<Browser>> {
        self.browser.with_value(Clone::clone)
    }

    fn surface(self) -> Surface {
        self.book.with_value(|book| book.start.surface)
    }

    /// Who asks: the first argument of every server function.
    fn who(self) -> Visitor {
        self.book.with_value(|Book { start, transcript, .. }| Visitor {
            integration: start.integration,
            surface: start.surface,
            token: Some(start.page()),
            conversation: transcript.conversation,
            fresh: start.fresh,
            query: start.query.clone(),
        })
    }

    /// Of this page.
    fn address(self) -> String {
        self.book.with_value(|book| book.start.address.clone())
    }
}
