//! What is on the page, apart from the texts that never change.

use domain::ConversationId;
use leptos::prelude::*;

use crate::i18n::{Key, Texts};
use crate::start::{Business, Start};
use crate::state::{Row, Transcript, Typing};
use crate::{AppError, FILE_LIMIT, TEXT_LIMIT};

/// The state of the line to the server, as far as the visitor should hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// Nothing to say: connected, or not needed yet.
    #[default]
    Quiet,
    Lost,
    Trying,
    Back,
}

impl Line {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Lost => "lost",
            Self::Trying => "trying",
            Self::Back => "back",
        }
    }

    /// What it says.
    pub const fn key(self) -> Option<Key> {
        match self {
            Self::Quiet => None,
            Self::Lost => Some(Key::CouldNotConnect),
            Self::Trying => Some(Key::CouldNotConnectRetry),
            Self::Back => Some(Key::CouldNotConnectRetrySuccess),
        }
    }
}

/// Where "Load more" stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum History {
    #[default]
    Idle,
    Loading,
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// A form is to be answered before.
    ByForm,
    /// The page only shows what was said.
    ForGood,
}

impl Closed {
    /// On the page of `start`, where a form may be in the way.
    pub fn of(start: &Start, by_form: bool) -> Option<Self> {
        if start.problem == Some(AppError::Banned) { Some(Self::ForGood) } else { by_form.then_some(Self::ByForm) }
    }
}

/// One signal for all of it: each part of the view compares what it gets with what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub texts: Texts,
    pub conversation: Option<ConversationId>,
    /// The number before which there are messages that are not shown; for the plain form of "Load more".
    pub older: Option<String>,
    pub newer: bool,
    pub history: History,
    /// Who of the business is writing.
    pub typing: Option<Writing>,
    pub line: Line,
    /// Messages that came in below what is being read.
    pub unseen: u32,
    /// Messages not read in other conversations.
    pub elsewhere: u32,
    /// What is wrong with the text in the composer.
    pub problem: Option<String>,
    /// Whether what is asked before the first message is still to be answered.
    pub asks: bool,
    /// Why nothing can be said; `None` where something can.
    pub closed: Option<Closed>,
    /// `4000 / 4096`, near the limit and beyond.
    pub counter: Option<String>,
}

/// Somebody who is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    pub name: String,
    pub avatar: Option<String>,
}

impl Writing {
    /// `business` stands in for what is not known of who is typing.
    pub fn of(typing: &Typing, business: &Business) -> Self {
        let Typing { name, avatar } = typing.clone();
        Self {
            name: name.unwrap_or_else(|| business.name.clone()),
            avatar: avatar.or_else(|| business.icon_url.clone()),
        }
    }
}

impl Shown {
    pub fn of(start: &Start, transcript: &Transcript) -> Self {
        Self {
            texts: start.texts.clone(),
            conversation: transcript.conversation,
            older: older(transcript),
            newer: start.newer,
            history: History::Idle,
            typing: None,
            line: Line::Quiet,
            unseen: 0,
            elsewhere: start.list.as_ref().map_or(0, |list| list.unread),
            problem: start.problem.as_ref().map(|problem| problem_text(problem, &start.texts)),
            asks: start.prechat.is_some(),
            closed: Closed::of(start, start.prechat.is_some() || transcript.is_blocked()),
            counter: None,
        }
    }
}

/// The number of the first message shown, when there are messages before it.
pub fn older(transcript: &Transcript) -> Option<String> {
    let first = transcript.entries().first()?;
    transcript.older.then(|| first.seq.to_string())
}

/// `error` in words for the visitor.
pub fn problem_text(error: &AppError, texts: &Texts) -> String {
    let key = match error {
        AppError::Empty => Key::ProblemEmpty,
        AppError::TooLong => return texts.fill(Key::MessageTooLongError, &[("size", TEXT_LIMIT)]),
        AppError::FileTooLarge => return texts.fill(Key::FileTooLargeError, &[("size", FILE_LIMIT)]),
        AppError::FileType => Key::FileTypeError,
        AppError::FileInvalid => Key::UploadInvalidError,
        AppError::Conflict => Key::ProblemConflict,
        AppError::NotFound => Key::ProblemNotFound,
        AppError::SessionEnded => Key::ProblemSessionEnded,
        AppError::Full => Key::ProblemFull,
        AppError::Banned => Key::ProblemBanned,
        AppError::Answers(_) => Key::ProblemAnswers,
        // What exactly, is for those who build pages and programs: it stands in the answer.
        AppError::Invalid(_) => Key::ProblemInvalid,
        AppError::LoginRefused(_) => Key::ProblemLogin,
        AppError::Foreign => Key::ProblemForeign,
        AppError::SendAgain => Key::ProblemSendAgain,
        AppError::TooMany(_) => Key::ProblemTooMany,
        AppError::Unavailable => Key::MessageError,
    };
    texts.get(key).to_owned()
}

/// A row on the page: its element stays as long as its key, and changes with its content.
#[derive(Debug, Clone)]
pub struct ShownRow {
    pub key: String,
    pub row: ArcRwSignal<Row>,
}

impl ShownRow {
    pub fn new(row: Row) -> Self {
        Self { key: row.key.clone(), row: ArcRwSignal::new(row) }
    }
}

/// The rows to show from now on, made of those that are shown where the key is the same; whether the list itself changed.
pub fn reconcile(before: &[ShownRow], rows: Vec<Row>) -> (Vec<ShownRow>, bool) {
    // Rows mostly stay in order, so each is looked for right after the one found last.
    let mut next = 0;
    let mut changed = before.len() != rows.len();
    let after = rows.into_iter().enumerate().map(|(at, row)| {
        let ahead = before[next..].iter().position(|known| known.key == row.key).map(|found| next + found);
        let found = ahead.or_else(|| before[..next].iter().position(|known| known.key == row.key));
        changed |= found != Some(at);
        let Some(found) = found else { return ShownRow::new(row) };
        next = found + 1;
        let known = before[found].clone();
        if known.row.with_untracked(|known| *known != row) {
            known.row.set(row);
        }
        known
    });
    let after = after.collect();
    (after, changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Body;

    fn row(key: &str, label: &str) -> Row {
        Row { key: key.into(), body: Body::Time { label: label.into(), machine: String::new() } }
    }

    fn keys(rows: &[ShownRow]) -> String {
        rows.iter().map(|row| row.key.as_str()).collect()
    }

    #[test]
    fn a_row_with_the_same_key_stays_and_changes() {
        let (before, _) = reconcile(&[], vec![row("a", "1"), row("b", "1")]);
        let (after, changed) = reconcile(&before, vec![row("a", "1"), row("b", "2")]);
        assert!(!changed, "the list is the same");
        assert_eq!(before[1].row.get_untracked(), row("b", "2"), "and its row was told");
        assert_eq!(keys(&after), "ab");
    }

    #[test]
    fn rows_come_go_and_move() {
        let (before, _) = reconcile(&[], vec![row("a", ""), row("b", ""), row("c", "")]);
        for wanted in ["abcd", "xabc", "ac", "cab", ""] {
            let rows = wanted.chars().map(|key| row(&key.to_string(), "")).collect();
            let (after, changed) = reconcile(&before, rows);
            assert_eq!((keys(&after).as_str(), changed), (wanted, true));
        }
    }
}
