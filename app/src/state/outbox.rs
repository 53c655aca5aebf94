//! Messages that the server has not confirmed yet, in the order in which they were written.
//!
//! They are sent one at a time, because order is kept only that way. Each keeps its client id through every try, so a
//! try whose answer got lost does no harm.

use domain::{ClientMessageId, ConversationId};

use crate::json::{FromJson, Json, ToJson};
use crate::{AppError, Say};

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub client_id: ClientMessageId,
    pub say: Say,
    /// The conversation on the page that it was written on; `None` before the first.
    pub to: Option<ConversationId>,
    /// When it was written, by the browser's clock.
    pub at: i64,
    /// Why the last try failed; `None` while there is hope. Not kept: after a reload every message has hope again.
    pub failure: Option<AppError>,
}

impl FromJson for Pending {
    fn from_json(json: &Json) -> Option<Self> {
        let (client_id, say) = (json.get("client_id")?, json.get("say")?);
        Some(Self { client_id, say, to: json.get("to")?, at: json.get("at")?, failure: None })
    }
}

impl ToJson for Pending {
    fn to_json(&self) -> Json {
        let (client_id, say) = (self.client_id.to_json(), self.say.to_json());
        Json::object(&[("client_id", client_id), ("say", say), ("to", self.to.to_json()), ("at", self.at.to_json())])
    }
}

impl Pending {
    /// Whether a try makes sense without the visitor asking for it.
    fn may_be_tried(&self) -> bool {
        self.failure.as_ref().is_none_or(AppError::is_transient)
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outbox(Vec<Pending>);

impl Outbox {
    pub fn pending(&self) -> &[Pending] {
        &self.0
    }

    /// Puts `message` at the end, unless it is there already.
    pub fn push(&mut self, message: Pending) {
        if self.0.iter().all(|pending| pending.client_id != message.client_id) {
            self.0.push(message);
        }
    }

    /// The message whose turn it is.
    pub fn next(&self) -> Option<&Pending> {
        self.0.iter().find(|pending| pending.may_be_tried())
    }

    /// Forgets a message that the server has; whether it was here.
    pub fn delivered(&mut self, client_id: &ClientMessageId) -> bool {
        let before = self.0.len();
        self.0.retain(|pending| pending.client_id != *client_id);
        self.0.len() < before
    }

    /// Notes why a try failed. Those behind a message that could not get through did not get through either.
    pub fn failed(&mut self, client_id: &ClientMessageId, error: &AppError) {
        let mut from_there = self.0.iter_mut().skip_while(|pending| pending.client_id != *client_id);
        if let Some(tried) = from_there.next() {
            tried.failure = Some(error.clone());
        }
        if error.is_transient() {
            for pending in from_there.filter(|pending| pending.failure.is_none()) {
                pending.failure = Some(error.clone());
            }
        }
    }

    /// Gives the message another try because the visitor asks for it, and with it all that only the line held up.
    ///
    /// `fresh` becomes its id where the old one is taken by another text. Gives the message as it will be sent.
    pub fn retry(&mut self, client_id: &ClientMessageId, fresh: ClientMessageId) -> Option<&Pending> {
        for pending in &mut self.0 {
            if pending.may_be_tried() {
                pending.failure = None;
            }
        }
        let asked = self.0.iter_mut().find(|pending| pending.client_id == *client_id)?;
        if asked.failure == Some(AppError::Conflict) {
            asked.client_id = fresh;
        }
        asked.failure = None;
        Some(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn id(text: &str) -> ClientMessageId {
        text.parse().unwrap()
    }

    fn outbox(ids: &[&str]) -> Outbox {
        let mut outbox = Outbox::default();
        for name in ids {
            outbox.push(Pending {
                client_id: id(name),
                say: Say::Text((*name).to_owned()),
                to: None,
                at: 0,
                failure: None,
            });
        }
        outbox
    }

    fn next(outbox: &Outbox) -> Option<&str> {
        outbox.next().map(|pending| pending.client_id.as_str())
    }

    #[test]
    fn messages_go_one_by_one_in_order() {
        let mut outbox = outbox(&["a", "b", "a"]);
        assert_eq!(outbox.pending().len(), 2, "a message is in it once");
        assert_eq!(next(&outbox), Some("a"));
        assert!(outbox.delivered(&id("a")));
        assert!(!outbox.delivered(&id("a")));
        assert_eq!(next(&outbox), Some("b"));
    }

    #[test]
    fn a_lost_line_holds_up_all_and_keeps_the_order() {
        let mut outbox = outbox(&["a", "b"]);
        outbox.failed(&id("a"), &AppError::Unavailable);
        assert!(outbox.pending().iter().all(|pending| pending.failure == Some(AppError::Unavailable)));
        assert_eq!(next(&outbox), Some("a"), "it is tried again by itself");
        outbox.retry(&id("b"), id("x"));
        assert!(outbox.pending().iter().all(|pending| pending.failure.is_none()));
        assert_eq!(next(&outbox), Some("a"), "whichever was pressed, the first goes first");
    }

    #[test]
    fn a_refused_message_holds_up_nobody() {
        let mut outbox = outbox(&["a", "b"]);
        outbox.failed(&id("a"), &AppError::TooLong);
        assert_eq!(next(&outbox), Some("b"));
        outbox.delivered(&id("b"));
        assert_eq!(next(&outbox), None);
        outbox.retry(&id("a"), id("x"));
        assert_eq!(next(&outbox), Some("a"));
    }

    #[test]
    fn a_taken_id_is_replaced() {
        let mut outbox = outbox(&["a"]);
        outbox.failed(&id("a"), &AppError::Conflict);
        outbox.retry(&id("a"), id("x"));
        assert_eq!(next(&outbox), Some("x"));
    }

    #[test]
    fn a_saved_message_comes_back_with_hope() {
        let mut outbox = outbox(&["a"]);
        outbox.failed(&id("a"), &AppError::TooLong);
        let saved = json::write(outbox.pending());
        let restored: Vec<Pending> = json::read(&saved).unwrap();
        assert_eq!(restored[0].failure, None);
    }
}
