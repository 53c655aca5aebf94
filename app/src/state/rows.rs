//! What the log shows, row by row: the transcript, then what is still on its way.
//!
//! Server and browser call the same function on the same data, so hydration finds what it expects.

use std::fmt::Write;

use domain::{ClientMessageId, Timestamp};

use super::{Outbox, Pending, Transcript, Upload};
use crate::i18n::{Key, Texts};
use crate::start::{Business, Entry, Rich};
use crate::text::time_label;
use crate::{AppError, Say};

/// Messages of one author closer than this belong together.
const GROUP: i64 = 5 * 60_000;
/// A silence longer than this begins a new block of time.
const BLOCK: i64 = 60 * 60_000;
const USER: &str = "user";
const BUSINESS: &str = "business";

/// A row and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The same for a message before and after it got through, so that its element stays.
    pub key: String,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Stands before a block of time.
    Time {
        label: String,
        /// For `<time datetime>`.
        machine: String,
    },
    Message(Box<Bubble>),
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    /// `None` while it is on its way.
    pub id: Option<String>,
    pub mine: bool,
    /// Of who wrote it, as the API has it: `user` or `business`.
    pub role: &'static str,
    pub name: Option<String>,
    pub avatar: Option<String>,
    /// The message that it refers to: who wrote it, and how it begins.
    pub quote: Option<(String, String)>,
    /// Plain text. Without text and HTML: a type that this build can't show.
    pub text: Option<String>,
    /// Instead of the text.
    pub html: Option<String>,
    /// Buttons below it.
    pub replies: Option<String>,
    /// Of a form: whether it was answered.
    pub submitted: bool,
    /// The time of day.
    pub label: String,
    pub machine: String,
    /// Whether it goes on where the row before left off: no name and no avatar again.
    pub joined: bool,
    pub status: Option<Status>,
    /// A file that may still be given up.
    pub upload: Option<ClientMessageId>,
}

/// How far an own message got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Sending,
    /// So much of a hundred.
    Uploading(u8),
    Delivered,
    Seen,
    Failed {
        client_id: ClientMessageId,
        error: AppError,
        /// Whether these are the answers to a form.
        form: bool,
    },
}

impl Status {
    /// For style sheets and tests.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sending | Self::Uploading(_) => "sending",
            Self::Delivered => "delivered",
            Self::Seen => "seen",
            Self::Failed { .. } => "failed",
        }
    }

    /// In words; a failure has more to say than fits here.
    pub const fn key(&self) -> Option<Key> {
        match self {
            Self::Sending => Some(Key::MessageSending),
            Self::Uploading(_) => Some(Key::Uploading),
            Self::Delivered => Some(Key::MessageDelivered),
            Self::Seen => Some(Key::MessageSeen),
            Self::Failed { .. } => None,
        }
    }
}

/// The rows of `transcript`, `outbox` and `uploads`. `business` is who speaks where nobody is named; `now_offset` is the visitor's
/// offset for what is still on its way.
pub fn rows(
    transcript: &Transcript,
    outbox: &Outbox,
    uploads: &[Upload],
    business: &Business,
    texts: &Texts,
    now_offset: i32,
) -> Vec<Row> {
    let mut writer = Writer { texts, rows: Vec::with_capacity(transcript.entries().len() + 8), last: None };
    let newest_own = transcript.entries().iter().rposition(|entry| entry.mine);
    let is_all_sent = outbox.pending().is_empty() && uploads.is_empty();
    let newest_own = newest_own.filter(|_| is_all_sent);
    for (at, entry) in transcript.entries().iter().enumerate() {
        let status = (Some(at) == newest_own)
            .then(|| if transcript.business_read >= Some(entry.at) { Status::Seen } else { Status::Delivered });
        let is_newest = at + 1 == transcript.entries().len() && is_all_sent;
        let above = at.checked_sub(1).and_then(|above| transcript.entries().get(above));
        writer.entry(entry, &Around { transcript, business, above, is_newest }, status);
        if entry.rich.as_ref().is_some_and(|rich| rich.prechat) {
            writer.thanks(entry, business);
        }
    }
    for (at, pending) in outbox.pending().iter().enumerate() {
        writer.pending(pending, at + 1 == outbox.pending().len(), now_offset);
    }
    for upload in uploads {
        writer.upload(upload, now_offset);
    }
    writer.rows
}

/// Who spoke last, and when.
struct Last {
    mine: bool,
    name: Option<String>,
    avatar: Option<String>,
    at: i64,
    day: (i64, u8, u8),
}

/// What is around a message.
struct Around<'a> {
    transcript: &'a Transcript,
    /// Who speaks where nobody is named, and how they look.
    business: &'a Business,
    /// The message before it.
    above: Option<&'a Entry>,
    is_newest: bool,
}

struct Writer<'t> {
    texts: &'t Texts,
    rows: Vec<Row>,
    last: Option<Last>,
}

impl Writer<'_> {
    fn entry(&mut self, entry: &Entry, around: &Around<'_>, status: Option<Status>) {
        let key = entry.sent_as.as_ref().map_or_else(|| entry.id.to_string(), sent_key);
        let name = (!entry.mine).then(|| entry.name.clone().unwrap_or_else(|| around.business.name.clone()));
        let icon = around.business.icon_url.as_ref().filter(|_| entry.by_business);
        let rich = entry.rich.as_ref();
        // An answer right below its form needs no other sign of what it answers.
        let speaks_for_itself =
            |rich: &Rich| rich.answers.is_some() && rich.answers == around.above.map(|above| above.id);
        let quoted = rich.filter(|rich| !speaks_for_itself(rich)).and_then(|rich| rich.quotes);
        let quoted = quoted.and_then(|id| around.transcript.entry(id));
        let bubble = Bubble {
            id: Some(entry.id.to_string()),
            mine: entry.mine,
            role: if entry.by_business { BUSINESS } else { USER },
            name,
            avatar: entry.avatar.as_ref().or(icon).filter(|_| !entry.mine).cloned(),
            quote: quoted.map(|quoted| {
                let author = if quoted.mine { None } else { quoted.name.as_deref().or(Some(&around.business.name)) };
                let text = quoted.text.as_deref().or_else(|| quoted.rich.as_ref()?.words.as_deref());
                let text = text.unwrap_or_default();
                (author.unwrap_or(self.texts.get(Key::ConversationListPreviewUserText)).to_owned(), text.to_owned())
            }),
            text: entry.text.clone(),
            html: rich.map(|rich| rich.html.clone()),
            replies: rich.and_then(|rich| rich.replies.clone()).filter(|_| around.is_newest),
            submitted: rich.is_some_and(|rich| rich.submitted) || around.transcript.is_answered(entry.id),
            label: String::new(),
            machine: String::new(),
            joined: false,
            status,
            upload: None,
        };
        self.message(key, bubble, entry.at, entry.offset);
    }

    /// Thanks for what the visitor told before the first message. Not a message of anybody: each page says it by itself.
    fn thanks(&mut self, entry: &Entry, business: &Business) {
        let bubble = Bubble {
            id: None,
            mine: false,
            role: BUSINESS,
            name: Some(business.name.clone()),
            avatar: business.asking_picture(),
            quote: None,
            text: Some(self.texts.get(Key::PrechatCaptureConfirmationText).to_owned()),
            html: None,
            replies: None,
            submitted: false,
            label: String::new(),
            machine: String::new(),
            joined: false,
            status: None,
            upload: None,
        };
        self.message(["!", &entry.id.to_string()].concat(), bubble, entry.at, entry.offset);
    }

    fn pending(&mut self, pending: &Pending, newest: bool, offset: i32) {
        let status = match &pending.failure {
            Some(error) => Some(Status::Failed {
                client_id: pending.client_id.clone(),
                error: error.clone(),
                form: matches!(pending.say, Say::Answers { .. }),
            }),
            None => newest.then_some(Status::Sending),
        };
        let text = pending.say.words().unwrap_or(self.texts.get(Key::ShareLocation)).to_owned();
        let bubble = own(text, status);
        // The browser's clock may be behind the server's, yet this is the newest.
        let at = self.last.as_ref().map_or(pending.at, |last| pending.at.max(last.at));
        self.message(sent_key(&pending.client_id), bubble, at, offset);
    }

    fn upload(&mut self, upload: &Upload, offset: i32) {
        let Upload { client_id, name, at, percent, failure } = upload;
        let status = match failure {
            Some(error) => Status::Failed { client_id: client_id.clone(), error: error.clone(), form: false },
            None => Status::Uploading(*percent),
        };
        let bubble = Bubble { upload: Some(client_id.clone()), ..own(name.clone(), Some(status)) };
        let at = self.last.as_ref().map_or(*at, |last| last.at.max(*at));
        self.message(sent_key(client_id), bubble, at, offset);
    }

    fn message(&mut self, key: String, mut bubble: Bubble, at: i64, offset: i32) {
        let time = Timestamp::from_millis(at);
        let civil = time.civil(offset);
        let day = (civil.year, civil.month, civil.day);
        let mut machine = String::with_capacity(24);
        write!(machine, "{time}").expect("a String takes everything");
        let same_block = self.last.as_ref().is_some_and(|last| last.day == day && at - last.at <= BLOCK);
        if !same_block {
            let label = time_label(self.texts, Key::ConversationTimestampHeaderFormat, civil);
            self.rows.push(Row { key: ["@", &key].concat(), body: Body::Time { label, machine: machine.clone() } });
        }
        bubble.joined = same_block
            && self.last.as_ref().is_some_and(|last| {
                last.mine == bubble.mine
                    && last.name == bubble.name
                    && last.avatar == bubble.avatar
                    && at - last.at <= GROUP
            });
        bubble.label = time_label(self.texts, Key::MessageTimestampFormat, civil);
        bubble.machine = machine;
        let (name, avatar) = (bubble.name.clone(), bubble.avatar.clone());
        self.last = Some(Last { mine: bubble.mine, name, avatar, at, day });
        self.rows.push(Row { key, body: Body::Message(Box::new(bubble)) });
    }
}

/// An own message that is on its way.
fn own(text: String, status: Option<Status>) -> Bubble {
    Bubble {
        id: None,
        mine: true,
        role: USER,
        name: None,
        avatar: None,
        quote: None,
        text: Some(text),
        html: None,
        replies: None,
        submitted: false,
        label: String::new(),
        machine: String::new(),
        joined: false,
        status,
        upload: None,
    }
}

/// Client ids and message ids may look alike, hence the mark.
fn sent_key(client_id: &ClientMessageId) -> String {
    ["~", client_id.as_str()].concat()
}

#[cfg(test)]
mod tests {
    use domain::integration::CustomText;

    use super::super::transcript::tests::{conversation, empty, entry};
    use super::*;
    use crate::i18n::Language;
    use crate::start::{History, Sent};

    const NOON: i64 = 1_767_268_800_000;

    fn transcript(entries: Vec<Entry>) -> Transcript {
        let mut transcript = empty();
        transcript.prepend(History { entries, older: false });
        transcript
    }

    fn named(name: &str) -> Business {
        Business { name: name.to_owned(), ..Business::default() }
    }

    fn shown(transcript: &Transcript, outbox: &Outbox, business: &str) -> Vec<Row> {
        rows(transcript, outbox, &[], &named(business), &Texts::of(Language::English, &CustomText::default()), 0)
    }

    /// A row as a short text: `@` for a time, `+` for a joined message.
    fn sketch(rows: &[Row]) -> Vec<String> {
        let line = |row: &Row| match &row.body {
            Body::Time { label, .. } => format!("@ {label}"),
            Body::Message(bubble) => {
                format!("{}{}", if bubble.joined { "+ " } else { "" }, bubble.text.as_deref().unwrap_or("?"))
            }
        };
        rows.iter().map(line).collect()
    }

    fn pending(name: &str, failure: Option<AppError>) -> Pending {
        Pending { client_id: name.parse().unwrap(), say: Say::Text(name.to_owned()), to: None, at: 0, failure }
    }

    fn statuses(rows: &[Row]) -> Vec<Option<Status>> {
        rows.iter()
            .filter_map(|row| if let Body::Message(bubble) = &row.body { Some(bubble.status.clone()) } else { None })
            .collect()
    }

    #[test]
    fn messages_group_by_author_and_time() {
        let minute = 60_000;
        let transcript = transcript(vec![
            entry(1, false, NOON, "a"),
            entry(2, false, NOON + 5 * minute, "b"),
            entry(3, false, NOON + 11 * minute, "c"),
            entry(4, true, NOON + 12 * minute, "d"),
            entry(5, true, NOON + 75 * minute, "e"),
            entry(6, true, NOON + 12 * 60 * minute, "f"),
        ]);
        assert_eq!(
            sketch(&shown(&transcript, &Outbox::default(), "Shop")),
            [
                "@ January 1 2026, 12:00 PM",
                "a",
                "+ b",
                "c",
                "d",
                "@ January 1 2026, 1:15 PM",
                "e",
                "@ January 2 2026, 12:00 AM",
                "f"
            ]
        );
    }

    #[test]
    fn a_business_message_always_has_a_name() {
        let nameless = Entry { name: None, ..entry(1, false, NOON, "a") };
        let rows = shown(&transcript(vec![nameless]), &Outbox::default(), "Shop");
        assert!(matches!(&rows[1].body, Body::Message(bubble) if bubble.name.as_deref() == Some("Shop")));
    }

    #[test]
    fn an_answer_quotes_its_form_unless_that_is_right_above() {
        let form = Rich { words: Some("Your name?".to_owned()), ..Rich::default() };
        let form = Entry { text: None, rich: Some(form), ..entry(1, false, NOON, "") };
        let answer = Rich { answers: Some(form.id), quotes: Some(form.id), ..Rich::default() };
        let answer = |seq| Entry { text: None, rich: Some(answer.clone()), ..entry(seq, true, NOON + 2, "") };
        let quote = |entries: Vec<Entry>| {
            let rows = shown(&transcript(entries), &Outbox::default(), "Shop");
            match rows.into_iter().next_back().map(|row| row.body) {
                Some(Body::Message(bubble)) => bubble.quote,
                _ => panic!("a message"),
            }
        };
        assert_eq!(quote(vec![form.clone(), answer(2)]), None);
        let between = entry(2, false, NOON + 1, "Take your time.");
        assert_eq!(quote(vec![form, between, answer(3)]), Some(("Ann".to_owned(), "Your name?".to_owned())));
    }

    #[test]
    fn whoever_has_no_picture_has_the_business_s() {
        let of = |entry: Entry| {
            let business = Business { icon_url: Some("icon".to_owned()), ..named("Shop") };
            let texts = Texts::of(Language::English, &CustomText::default());
            let rows = rows(&transcript(vec![entry]), &Outbox::default(), &[], &business, &texts, 0);
            if let Body::Message(bubble) = &rows[1].body { bubble.avatar.clone() } else { panic!("a message") }
        };
        let ann = entry(1, false, NOON, "a");
        assert_eq!(of(ann.clone()).as_deref(), Some("icon"));
        assert_eq!(of(Entry { avatar: Some("ann".into()), ..ann.clone() }).as_deref(), Some("ann"));
        assert_eq!(of(Entry { by_business: false, ..ann }), None, "another user is not the business");
        assert_eq!(of(entry(1, true, NOON, "a")), None);
    }

    #[test]
    fn only_the_newest_own_message_tells_how_far_it_got() {
        let mut transcript = transcript(vec![entry(1, true, NOON, "a"), entry(2, true, NOON + 1, "b")]);
        let mut outbox = Outbox::default();
        assert_eq!(statuses(&shown(&transcript, &outbox, "")), [None, Some(Status::Delivered)]);
        transcript.business_read = Some(NOON + 1);
        assert_eq!(statuses(&shown(&transcript, &outbox, "")), [None, Some(Status::Seen)]);
        outbox.push(pending("c", None));
        outbox.push(pending("d", None));
        assert_eq!(statuses(&shown(&transcript, &outbox, "")), [None, None, None, Some(Status::Sending)]);
    }

    #[test]
    fn what_failed_says_so() {
        let mut outbox = Outbox::default();
        outbox.push(pending("c", None));
        outbox.failed(&"c".parse().unwrap(), &AppError::TooLong);
        let failed = Status::Failed { client_id: "c".parse().unwrap(), error: AppError::TooLong, form: false };
        assert_eq!(statuses(&shown(&empty(), &outbox, "")), [Some(failed)]);
    }

    #[test]
    fn a_file_on_its_way_is_the_last_row_and_may_be_given_up() {
        let transcript = transcript(vec![entry(1, true, NOON, "a")]);
        let client_id: ClientMessageId = "f".parse().unwrap();
        let mut file = Upload { client_id: client_id.clone(), name: "a.pdf".into(), at: 0, percent: 40, failure: None };
        let texts = Texts::of(Language::English, &CustomText::default());
        let show =
            |file: &Upload| rows(&transcript, &Outbox::default(), std::slice::from_ref(file), &named(""), &texts, 0);
        let going = show(&file);
        assert_eq!(sketch(&going)[2..], ["+ a.pdf"]);
        assert_eq!(statuses(&going), [None, Some(Status::Uploading(40))]);
        assert!(matches!(&going[2].body, Body::Message(bubble) if bubble.upload.as_ref() == Some(&client_id)));
        file.failure = Some(AppError::Unavailable);
        let failed = Status::Failed { client_id, error: AppError::Unavailable, form: false };
        assert_eq!(statuses(&show(&file)), [None, Some(failed)]);
    }

    #[test]
    fn a_message_keeps_its_key_when_it_gets_through() {
        let mut transcript = transcript(vec![entry(1, false, NOON, "a")]);
        let mut outbox = Outbox::default();
        outbox.push(pending("c", None));
        let before: Vec<String> = shown(&transcript, &outbox, "").into_iter().map(|row| row.key).collect();
        outbox.delivered(&"c".parse().unwrap());
        let entry = Entry { sent_as: Some("c".parse().unwrap()), ..entry(2, true, NOON + 1000, "c") };
        transcript.take_sent(Sent { conversation: conversation(), entry: Some(entry) });
        let after: Vec<String> = shown(&transcript, &outbox, "").into_iter().map(|row| row.key).collect();
        assert_eq!(before, after);
    }
}
