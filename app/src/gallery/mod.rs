//! Every state of the page, for the eye: people look at it, and tests compare what they saw last time.
//!
//! Only the server has it, and only for a demo. Nothing in it is alive: each state is the first HTML of a page.

mod conversations;
mod states;

use domain::LinkEnd;

use crate::components::content::Stationery;
use crate::i18n::Texts;
use crate::start::{Listing, PageBody, Poster, Start};
use states::{asked, begun, business, filled};

pub use crate::desk::{Over, Pose, Writing};

/// A state: what it is called in its address, and what it shows.
pub struct State {
    pub name: &'static str,
    pub about: &'static str,
    body: fn(&Ground) -> PageBody,
    pose: fn(&Ground) -> Pose,
}

/// What all states stand on.
pub struct Ground {
    pub texts: Texts,
    /// Where the pictures of the gallery are.
    pub site: String,
}

impl Ground {
    fn stationery(&self) -> Stationery {
        Stationery::new(self.texts.clone())
    }
}

impl State {
    pub fn body(&self, on: &Ground) -> PageBody {
        (self.body)(on)
    }

    /// How the messenger is besides its first state.
    pub fn pose(&self, on: &Ground) -> Pose {
        (self.pose)(on)
    }
}

fn messenger(start: Start) -> PageBody {
    PageBody::Messenger(Box::new(start))
}

fn still(_: &Ground) -> Pose {
    Pose::default()
}

/// A messenger that shows the conversation called `name`.
macro_rules! conversation {
    ($name:literal, $about:literal) => {
        State { name: $name, about: $about, body: |on| messenger(filled(on, $name)), pose: still }
    };
}

/// All of them, in the order in which a visitor would meet them.
pub const STATES: &[State] = &[
    State { name: "empty", about: "Before the first message", body: |on| messenger(begun(on)), pose: still },
    State { name: "prefilled", about: "A link with a text", body: |on| messenger(states::prefilled(on)), pose: still },
    State { name: "prechat", about: "Asked before the first message", body: |on| messenger(asked(on)), pose: still },
    State {
        name: "prechat-wrong",
        about: "Asked, and answered wrongly",
        body: |on| messenger(states::asked_again(on)),
        pose: still,
    },
    conversation!("talk", "A conversation, its last message seen"),
    State {
        name: "delivered",
        about: "The last message delivered",
        body: |on| messenger(Start { business_read: None, ..filled(on, "talk") }),
        pose: still,
    },
    State {
        name: "about",
        about: "A conversation about something, by somebody who has logged in",
        body: |on| messenger(states::about(on)),
        pose: still,
    },
    conversation!("together", "Several visitors and a picture"),
    conversation!("groups", "Several authors, long words, several days"),
    conversation!("buttons", "Links, postbacks and other buttons"),
    conversation!("replies", "Quick replies"),
    conversation!("pictures", "Pictures, with and without a caption"),
    conversation!("files", "Files and places"),
    conversation!("carousel", "A carousel"),
    conversation!("square", "A carousel of square pictures"),
    conversation!("list", "A list"),
    conversation!("form", "A form that closes the composer"),
    conversation!("answered", "A form that was answered"),
    conversation!("markup", "Markdown and HTML"),
    conversation!("unsupported", "What a page cannot show"),
    State { name: "history", about: "Older messages above", body: |on| messenger(states::long(on)), pose: still },
    State {
        name: "typing",
        about: "Somebody writes",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { typing: Some(Writing { name: "Ann".to_owned(), avatar: None }), ..Pose::default() },
    },
    State {
        name: "sending",
        about: "On its way",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { outbox: vec![states::pending("a", "Thank you!", None)], ..Pose::default() },
    },
    State {
        name: "failed",
        about: "Not delivered",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { outbox: states::stuck(), ..Pose::default() },
    },
    State {
        name: "uploads",
        about: "A file on its way, and one that did not get there",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { uploads: states::uploads(), ..Pose::default() },
    },
    State {
        name: "offline",
        about: "The line is down",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { line: crate::desk::Line::Lost, ..Pose::default() },
    },
    State {
        name: "trying",
        about: "The line is tried again",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { line: crate::desk::Line::Trying, ..Pose::default() },
    },
    State {
        name: "back",
        about: "The line is up again",
        body: |on| messenger(filled(on, "talk")),
        pose: |_| Pose { line: crate::desk::Line::Back, ..Pose::default() },
    },
    State {
        name: "unseen",
        about: "New messages further down",
        body: |on| messenger(filled(on, "groups")),
        pose: |_| Pose { unseen: 3, ..Pose::default() },
    },
    State {
        name: "conversations",
        about: "All conversations",
        body: |on| {
            let (start, listing) = states::conversations(on);
            PageBody::List(Box::new(start), Box::new(listing))
        },
        pose: still,
    },
    State {
        name: "no-conversations",
        about: "No conversation yet",
        body: |on| {
            let (start, listing) = states::conversations(on);
            let listing = Listing { entries: Vec::new(), more: None, ..listing };
            PageBody::List(Box::new(start), Box::new(listing))
        },
        pose: still,
    },
    State {
        name: "elsewhere",
        about: "News in another conversation",
        body: |on| messenger(states::elsewhere(on)),
        pose: still,
    },
    State {
        name: "banned",
        about: "Somebody who may only read",
        body: |on| messenger(states::banned(on)),
        pose: still,
    },
    State { name: "too-long", about: "A text too long", body: |on| messenger(states::too_long(on)), pose: still },
    State {
        name: "lightbox",
        about: "A picture in full",
        body: |on| messenger(filled(on, "talk")),
        pose: |on| Pose { over: Some(states::picture(on)), ..Pose::default() },
    },
    State {
        name: "webview",
        about: "A page of the business's",
        body: |on| messenger(filled(on, "talk")),
        pose: |on| Pose { over: Some(states::page(on)), ..Pose::default() },
    },
    State { name: "attach", about: "What else can be sent", body: |on| messenger(filled(on, "talk")), pose: still },
    State {
        name: "poster",
        about: "A link's QR code, for print",
        body: |on| {
            let url = "https://chat.example/l/tea".to_owned();
            PageBody::Poster(Box::new(Poster { business: business(), url, qr: [&on.site, "/gallery/qr"].concat() }))
        },
        pose: still,
    },
    State {
        name: "link-expired",
        about: "A link that is over",
        body: |_| PageBody::LinkEnded { end: LinkEnd::Expired, chat: Some("/".to_owned()) },
        pose: still,
    },
    State {
        name: "link-revoked",
        about: "A link that was taken back",
        body: |_| PageBody::LinkEnded { end: LinkEnd::Revoked, chat: None },
        pose: still,
    },
    State {
        name: "link-used-up",
        about: "A link that was used as often as it may be",
        body: |_| PageBody::LinkEnded { end: LinkEnd::UsedUp, chat: None },
        pose: still,
    },
    State { name: "not-found", about: "No such page", body: |_| PageBody::NotFound, pose: still },
    State {
        name: "broken",
        about: "A fault of ours",
        body: |_| PageBody::Broken { request_id: "7f3a1c".to_owned() },
        pose: still,
    },
    State { name: "too-many", about: "Too many requests from one place", body: |_| PageBody::TooMany, pose: still },
];
