//! The first states of messengers.

use domain::integration::PrechatCapture;
use domain::{AppId, ConversationId, IntegrationId, Message, MessageId, SessionId, Timestamp};

use super::conversations::{said, visitor};
use super::{Ground, Over};
use crate::components::content::{Refill, Stationery, prechat};
use crate::i18n::Key;
use crate::pages::way_to_list;
use crate::start::{Business, Entry, Heading, ListLink, Listed, Listing, Menu, Start, Surface, Way};
use crate::state::{Pending, Upload};
use crate::{AppError, Say};

/// The morning on which everything in the gallery happens.
pub const MORNING: i64 = 1_788_854_400_000;

pub fn business() -> Business {
    Business { name: "Tea & Co".to_owned(), ..Business::default() }
}

/// A messenger without a conversation.
pub fn begun(on: &Ground) -> Start {
    let at = Timestamp::from_millis(MORNING);
    Start {
        integration: IntegrationId::new(at, [1; 8]),
        surface: Surface::Embed,
        base: String::new(),
        query: String::new(),
        address: String::new(),
        business: business(),
        heading: Heading::default(),
        list: None,
        texts: on.texts.for_browser(),
        menu: Menu { image: true, file: true, location: true },
        sound: false,
        forgets: false,
        visitor: None,
        session: SessionId::new(at, [2; 8]),
        user: None,
        client_id: "gallery".parse().expect("letters are allowed in a client id"),
        conversation: None,
        fresh: None,
        seq: 0,
        entries: Vec::new(),
        older: false,
        newer: false,
        business_read: None,
        prechat: None,
        draft: String::new(),
        problem: None,
        zone: String::new(),
    }
}

pub fn prefilled(on: &Ground) -> Start {
    Start { draft: "Hello! I saw the poster at the station. Is the tasting on Friday?".to_owned(), ..begun(on) }
}

pub fn asked(on: &Ground) -> Start {
    let capture = PrechatCapture { enabled: true, ..PrechatCapture::default() };
    let start = begun(on);
    let asked = prechat(&capture, &start.business, start.client_id.as_str(), &on.stationery());
    Start { prechat: Some(asked), ..start }
}

/// The same, filled in and not accepted.
pub fn asked_again(on: &Ground) -> Start {
    let capture = PrechatCapture { enabled: true, ..PrechatCapture::default() };
    let start = begun(on);
    let wrong = |key| on.texts.get(key).to_owned();
    let refill = Refill {
        form: None,
        answers: vec![("email".to_owned(), "sam at shop".to_owned())],
        problems: vec![
            ("name".to_owned(), wrong(Key::FormErrorEntryRequired)),
            ("email".to_owned(), wrong(Key::FormErrorInvalidEmail)),
        ],
    };
    let on = Stationery { refill: Some(refill), ..on.stationery() };
    let asked = prechat(&capture, &start.business, start.client_id.as_str(), &on);
    Start { prechat: Some(asked), problem: Some(AppError::Answers(Vec::new())), ..start }
}

/// A conversation about something, of somebody who has logged in.
pub fn about(on: &Ground) -> Start {
    let heading = Heading {
        name: Some("Order 4711".to_owned()),
        icon_url: Some([&on.site, "/gallery/cup.svg"].concat()),
        description: Some("Two cups, on their way".to_owned()),
    };
    Start { heading, user: Some(visitor()), ..filled(on, "talk") }
}

/// A messenger with the conversation called `name`.
pub fn filled(on: &Ground, name: &str) -> Start {
    let stationery = on.stationery();
    let messages: Vec<Message> = said(name, &on.site);
    let read = messages.last().map(|message| message.received.millis());
    let conversation = AppId::new(Timestamp::from_millis(MORNING), [3; 8]).to_string().parse().ok();
    Start {
        conversation,
        seq: messages.len() as u64,
        entries: messages.into_iter().map(|message| Entry::of(message, Some(visitor()), 0, &stationery)).collect(),
        business_read: read,
        ..begun(on)
    }
}

pub fn long(on: &Ground) -> Start {
    Start { older: true, newer: true, ..filled(on, "groups") }
}

pub fn too_long(on: &Ground) -> Start {
    Start { draft: "Tea, please. ".repeat(40), problem: Some(AppError::TooLong), ..filled(on, "talk") }
}

pub fn pending(id: &str, text: &str, failure: Option<AppError>) -> Pending {
    let client_id = id.parse().expect("letters are allowed in a client id");
    Pending { client_id, say: Say::Text(text.to_owned()), to: None, at: MORNING + 9 * 60_000, failure }
}

/// One message that no try may help, and one that waits for the line.
pub fn stuck() -> Vec<Pending> {
    vec![
        pending("a", "Is this conversation full?", Some(AppError::Full)),
        pending("b", "Are you still there?", Some(AppError::Unavailable)),
    ]
}

/// One file half-way, and one that was cut off.
pub fn uploads() -> Vec<Upload> {
    let upload = |id: &str, name: &str, percent, failure| Upload {
        client_id: id.parse().expect("letters are allowed in a client id"),
        name: name.to_owned(),
        at: MORNING + 9 * 60_000,
        percent,
        failure,
    };
    vec![
        upload("c", "the-teapot-with-the-broken-lid.jpg", 55, None),
        upload("d", "receipt.pdf", 0, Some(AppError::Unavailable)),
    ]
}

/// A picture that was pressed.
pub fn picture(on: &Ground) -> Over {
    Over { address: format!("{}/gallery/hills.svg", on.site), name: "Hills in the morning".to_owned(), size: None }
}

/// A page that the business's button opens.
pub fn page(on: &Ground) -> Over {
    Over { address: format!("{}/gallery/calendar.svg", on.site), name: "Pick a day".to_owned(), size: Some("tall") }
}

/// The list of several conversations, the first with news.
pub fn conversations(on: &Ground) -> (Start, Listing) {
    let way = || Way { address: String::new(), open: String::new() };
    let entry = |number: u8, (name, preview): (&str, &str), (machine, time): (&str, &str), unread| Listed {
        id: ConversationId::new(Timestamp::from_millis(MORNING), [number; 8]),
        name: name.to_owned(),
        icon_url: None,
        preview: preview.to_owned(),
        machine: machine.to_owned(),
        time: time.to_owned(),
        unread,
        way: way(),
    };
    let entries = vec![
        entry(1, ("Tea & Co", "Your parcel left our warehouse this morning."), ("2026-09-08T08:00:00Z", "08:00"), 2),
        entry(2, ("متجر الشاي", "شكرًا جزيلاً، إلى اللقاء"), ("2026-09-07T17:30:00Z", "07.09."), 0),
        entry(3, ("Tastings", "Is there a place left on Friday?"), ("2026-08-30T10:00:00Z", "30.08."), 0),
    ];
    (begun(on), Listing { entries, more: Some(way()), new: Some(way()) })
}

/// A conversation while something was said in another.
pub fn elsewhere(on: &Ground) -> Start {
    let start = filled(on, "talk");
    let way = Way { address: String::new(), open: String::new() };
    Start { list: Some(ListLink { html: way_to_list(way, &start, &on.texts), unread: 3 }), ..start }
}

pub fn banned(on: &Ground) -> Start {
    Start { problem: Some(AppError::Banned), draft: "But I only asked about tea.".to_owned(), ..filled(on, "talk") }
}

/// The id of message number `seq`.
pub fn message_id(seq: u64) -> MessageId {
    MessageId::new(Timestamp::from_millis(MORNING), seq.to_be_bytes())
}
