//! The line to the server: kept open, and opened again whenever it breaks. What comes over it is for [`frames`].
//!
//! Nothing depends on a single frame: every new line says what this page has, and the server sends what it lacks.

mod frames;

use std::cell::{Cell, RefCell};

use domain::{ConversationId, IntegrationId};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;

use super::{Book, Desk, Line};
use crate::browser::{self, Timer};
use crate::live::{Carrier, Frame, Tone, backoff, greeting};
use crate::start::Surface;

/// Without a frame for so long (in milliseconds) the line is dead; the server says something every 15 s.
const SILENCE: f64 = 40_000.0;
/// A page that slept may have a line that died meanwhile: older than this, it is not trusted.
const STALE: i64 = 20_000;
/// Shorter breaks are not worth a word.
const UNNOTICED: f64 = 1_000.0;
/// So many sockets in a row that never opened: something on the way does not let them through.
const HOPELESS: u32 = 2;

pub struct Connection {
    /// When the page came to life.
    since: i64,
    carrier: RefCell<Option<Carrier>>,
    ear: Closure<dyn FnMut(web_sys::Event)>,
    epoch: RefCell<String>,
    /// Breaks in a row without anything but a greeting in between.
    failures: Cell<u32>,
    /// Sockets in a row that never opened.
    unopened: Cell<u32>,
    opened: Cell<bool>,
    refused: Cell<bool>,
    /// When the last frame came.
    heard_at: Cell<i64>,
    retry: Timer,
    silence: Timer,
    notice: Timer,
    /// What the notice will say.
    next_line: Cell<Line>,
}

/// What becomes of words on the line.
pub enum Says {
    Heard,
    /// The line only brings, and takes nothing.
    OneWay,
    /// There is no line.
    Nothing,
}

impl Connection {
    pub fn new(desk: Desk) -> Self {
        let heard = move |event: web_sys::Event| desk.take_tone(Tone::of(&event));
        Self {
            since: browser::now(),
            carrier: RefCell::new(None),
            ear: Closure::wrap(Box::new(heard) as Box<dyn FnMut(web_sys::Event)>),
            epoch: RefCell::new(String::new()),
            failures: Cell::new(0),
            unopened: Cell::new(0),
            opened: Cell::new(false),
            refused: Cell::new(false),
            heard_at: Cell::new(0),
            retry: Timer::new(Box::new(move || desk.connect())),
            silence: Timer::new(Box::new(move || desk.lost())),
            notice: Timer::new(Box::new(move || desk.notice())),
            next_line: Cell::new(Line::Quiet),
        }
    }

    /// Says `text`, if there is an open line that goes both ways.
    pub fn says(&self, text: &str) -> Says {
        match &*self.carrier.borrow() {
            Some(carrier @ Carrier::Socket(_)) if self.opened.get() => {
                carrier.say(text);
                Says::Heard
            }
            Some(Carrier::Stream(_)) if self.opened.get() => Says::OneWay,
            _ => Says::Nothing,
        }
    }

    /// A visitor who sends again gets another chance to say who they are.
    pub fn accepted_again(&self) {
        self.refused.set(false);
    }

    /// Says so at once, and nothing else after it.
    fn say(&self, desk: Desk, line: Line) {
        self.notice.stop();
        self.next_line.set(line);
        desk.show(|shown| shown.line = line);
    }

    /// Says so after a while, unless it is about to be said already.
    fn say_later(&self, line: Line, wait: f64) {
        if self.next_line.replace(line) != line {
            self.notice.set(wait);
        }
    }
}

impl Desk {
    /// Opens the line, if there is a conversation to listen to and no line yet.
    pub(super) fn connect(self) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        let Some(conversation) = self.book.with_value(|book| book.transcript.conversation) else { return };
        if connection.refused.get() || connection.carrier.borrow().is_some() {
            return;
        }
        connection.retry.stop();
        connection.opened.set(false);
        if self.line_is_down() && browser::is_online() {
            connection.say(self, Line::Trying);
        }
        let (integration, surface, has_token) = self.book.with_value(|book| {
            let start = &book.start;
            (start.integration, start.surface, start.visitor.is_some())
        });
        // An event stream knows the visitor by the cookie only.
        let carrier = if connection.unopened.get() >= HOPELESS && !has_token {
            Carrier::stream(&self.events_path(integration, surface, conversation), &connection.ear)
        } else {
            Carrier::socket(&self.socket_url(integration, surface, conversation), &connection.ear)
        };
        match carrier {
            Some(carrier) => {
                connection.carrier.replace(Some(carrier));
                connection.silence.set(SILENCE);
            }
            None => self.lost(),
        }
    }

    /// Does not wait for the next try: the network is back, or the visitor is.
    pub(super) fn reconnect_now(self) {
        let Some(browser) = self.browser() else { return };
        let silent = browser::now() - browser.connection.heard_at.get();
        if browser.connection.opened.get() && silent > STALE {
            self.hang_up();
        }
        browser.connection.failures.set(0);
        self.connect();
    }

    pub(super) fn hang_up(self) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        connection.retry.stop();
        connection.silence.stop();
        if let Some(carrier) = connection.carrier.take() {
            carrier.hang_up(&connection.ear);
        }
    }

    /// The browser says that there is no network.
    pub(super) fn line_cut(self) {
        if self.book.with_value(|book| book.transcript.conversation.is_some()) {
            self.lost();
        }
    }

    /// What is heard on the line; `None` for what means nothing.
    fn take_tone(self, tone: Option<Tone>) {
        let Some(browser) = self.browser() else { return };
        match tone {
            Some(Tone::Open) => self.greet(),
            Some(Tone::Text(text)) => {
                browser.connection.heard_at.set(browser::now());
                browser.connection.silence.set(SILENCE);
                if let Some(frame) = Frame::read(&text) {
                    self.take_frame(frame);
                }
            }
            Some(Tone::Refused) => {
                self.hang_up();
                browser.connection.refused.set(true);
                browser.connection.say(self, Line::Quiet);
                self.session_ended();
            }
            Some(Tone::Lost) => self.lost(),
            None => {}
        }
    }

    /// Says who this is and what it has.
    fn greet(self) {
        let Some(browser) = self.browser() else { return };
        browser.connection.opened.set(true);
        let greeting = self.book.with_value(|book| {
            let Book { start, transcript, .. } = book;
            Some(greeting(start.visitor.as_deref(), Some((transcript.conversation?, transcript.seq))))
        });
        if let (Some(greeting), Some(carrier)) = (greeting, &*browser.connection.carrier.borrow()) {
            carrier.say(&greeting);
        }
    }

    /// The line broke.
    fn lost(self) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        let was_socket = matches!(&*connection.carrier.borrow(), Some(Carrier::Socket(_)));
        if was_socket && !connection.opened.get() {
            connection.unopened.set(connection.unopened.get() + 1);
        }
        self.hang_up();
        connection.opened.set(false);
        // One try after the other is still trying: a banner that went back and forth would be read out each time.
        let trying = self.shown.with_untracked(|shown| matches!(shown.line, Line::Trying));
        if !(trying && browser::is_online()) {
            connection.say_later(Line::Lost, UNNOTICED);
        }
        self.retry_later();
    }

    fn retry_later(self) {
        let Some(browser) = self.browser() else { return };
        let connection = &browser.connection;
        connection.failures.set(connection.failures.get() + 1);
        connection.retry.set(backoff::wait(connection.failures.get(), browser::random()));
    }

    /// Says what was to be said.
    fn notice(self) {
        let Some(browser) = self.browser() else { return };
        let trying = browser.connection.carrier.borrow().is_some();
        let line = match browser.connection.next_line.get() {
            Line::Lost if trying => Line::Trying,
            line => line,
        };
        self.show(|shown| shown.line = line);
    }

    fn line_is_down(self) -> bool {
        self.shown.with_untracked(|shown| matches!(shown.line, Line::Lost | Line::Trying))
    }

    fn socket_url(self, integration: IntegrationId, surface: Surface, conversation: ConversationId) -> String {
        browser::socket_url(&self.events_path(integration, surface, conversation))
    }

    /// The browser speaks for somebody else by now, or for nobody: what this page shows is not theirs. The page that takes its
    /// place is a stranger's without a line, or the new user's, so that they can't follow each other for ever.
    pub(super) fn session_ended(self) {
        self.hang_up();
        browser::leave_for(&self.address());
    }

    /// With the position in it, so that the server need not wait for a greeting that a slow line brings late.
    fn events_path(self, integration: IntegrationId, surface: Surface, conversation: ConversationId) -> String {
        let (base, page, look, seq) = self.book.with_value(|Book { start, transcript, .. }| {
            (start.base.clone(), start.listener(), start.query.replacen('?', "&", 1), transcript.seq)
        });
        let (integration, conversation) = (integration.to_string(), conversation.to_string());
        let (surface, seq) = (surface.path(), seq.to_string());
        let who = ["&surface=", surface, "&page=", &page].concat();
        let since = ["&since=", &conversation, ":", &seq].concat();
        [&base, "/events?rendered=1&integration=", &integration, &who, &since, &look].concat()
    }
}
