//! The conversation as far as this page has it.
//!
//! The server numbers every event of a conversation 1, 2, 3 … without gaps, messages and all else alike. The transcript
//! counts along, so that first HTML, catch-up and live events may overlap in any way and nothing shows twice or lacks.

use std::cmp::Ordering;

use domain::{ConversationId, MessageId};

use super::event::{Author, Event};
use crate::start::{Entry, History, Sent, Start};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Applied,
    /// Seen before, or of another conversation: nothing to do, and that is fine.
    Known,
    /// Events in between are missing: all after this number are to be fetched.
    Missing {
        after: u64,
    },
    /// The conversation was deleted.
    Gone,
}

/// Somebody of the business is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    pub name: Option<String>,
    pub avatar: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transcript {
    pub conversation: Option<ConversationId>,
    /// Number of the last event folded in.
    pub seq: u64,
    /// Whether the server has messages before the first entry.
    pub older: bool,
    /// When the business last read, in milliseconds since 1970.
    pub business_read: Option<i64>,
    pub typing: Option<Typing>,
    entries: Vec<Entry>,
}

impl Transcript {
    /// What `start` says; its entries move over.
    pub fn of(start: &mut Start) -> Self {
        Self {
            conversation: start.conversation,
            seq: start.seq,
            older: start.older,
            business_read: start.business_read,
            typing: None,
            entries: std::mem::take(&mut start.entries),
        }
    }

    /// By number, without duplicates.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The message `id`, if this page has it.
    pub fn entry(&self, id: MessageId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// Number of the newest message of somebody else, 0 where there is none.
    pub fn newest_of_others(&self) -> u64 {
        self.entries.iter().rev().find(|entry| !entry.mine).map_or(0, |entry| entry.seq)
    }

    /// Whether `form` was answered, as far as this page knows.
    pub fn is_answered(&self, form: MessageId) -> bool {
        self.entries.iter().filter_map(|entry| entry.rich.as_ref()).any(|rich| rich.answers == Some(form))
    }

    /// Whether the newest message is a form that is to be answered before anything else is said.
    pub fn is_blocked(&self) -> bool {
        let newest = self.entries.last();
        newest.is_some_and(|entry| entry.rich.as_ref().is_some_and(|rich| rich.blocks) && !self.is_answered(entry.id))
    }

    /// Folds one event in. `offset` gives the visitor's minutes east of Greenwich at a time.
    pub fn apply(&mut self, event: &Event, offset: fn(i64) -> i32) -> Step {
        if self.conversation != Some(event.conversation.id) {
            return Step::Known;
        }
        let Some(seq) = event.seq else {
            if event.kind == "conversation:remove" {
                return Step::Gone;
            }
            self.take_hint(event);
            return Step::Applied;
        };
        match seq.cmp(&(self.seq + 1)) {
            Ordering::Less => Step::Known,
            Ordering::Greater => Step::Missing { after: self.seq },
            Ordering::Equal => {
                self.seq = seq;
                self.take(event, seq, offset);
                Step::Applied
            }
        }
    }

    /// Takes the server's answer to a message sent; its event may come before or after, or never.
    pub fn take_sent(&mut self, sent: Sent) {
        if self.conversation != Some(sent.conversation) {
            // The first message makes the conversation, and one sent into a deleted conversation makes another.
            *self = Self { conversation: Some(sent.conversation), ..Self::default() };
        }
        let Some(entry) = sent.entry else { return };
        if entry.seq == self.seq + 1 {
            self.seq = entry.seq;
        }
        self.insert(entry);
    }

    /// Puts a page of history before what is there.
    pub fn prepend(&mut self, history: History) {
        self.older = history.older;
        let first = self.entries.first().map_or(u64::MAX, |entry| entry.seq);
        let before = history.entries.into_iter().filter(|entry| entry.seq < first);
        self.entries.splice(0..0, before);
    }

    /// Tells every entry its offset anew, after the visitor's zone became known.
    pub fn set_offsets(&mut self, offset: fn(i64) -> i32) {
        for entry in &mut self.entries {
            entry.offset = offset(entry.at);
        }
    }

    fn take(&mut self, event: &Event, seq: u64, offset: fn(i64) -> i32) {
        if event.kind == "conversation:message" {
            if event.is_from_business() {
                self.typing = None;
            }
            if let Some(entry) = event.entry(seq, offset) {
                self.insert(entry);
            }
        } else if event.kind == "conversation:message:remove" {
            if let Some(id) = event.payload.message_id {
                self.entries.retain(|entry| entry.id != id);
            } else {
                // An answer that overtook its event may be newer than the deletion.
                self.entries.retain(|entry| entry.seq > seq);
                self.older = false;
            }
        } else if event.kind == "conversation:read"
            && event.payload.activity.as_ref().is_some_and(|activity| activity.author.is_business())
        {
            self.business_read = self.business_read.max(Some(event.created_at.millis()));
        }
    }

    fn take_hint(&mut self, event: &Event) {
        let Some(activity) = event.payload.activity.as_ref().filter(|activity| activity.author.is_business()) else {
            return;
        };
        match activity.kind.as_str() {
            "typing:start" => {
                let Author { display_name, avatar_url, .. } = &activity.author;
                self.typing = Some(Typing { name: display_name.clone(), avatar: avatar_url.clone() });
            }
            "typing:stop" => self.typing = None,
            _ => {}
        }
    }

    fn insert(&mut self, entry: Entry) {
        let at = self.entries.partition_point(|known| known.seq < entry.seq);
        let known = self.entries.get(at).is_some_and(|known| known.seq == entry.seq);
        // One from before the first page of history: "Load more" brings it in its place.
        let too_old = at == 0 && self.older;
        if !known && !too_old {
            self.entries.insert(at, entry);
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
