//! What was sent, and what was acknowledged.

use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub struct Ledger {
    /// By conversation and text: the id that the acknowledgement told.
    acknowledged: HashMap<String, HashMap<String, String>>,
    /// By conversation: texts that may have arrived, and that nobody will send again.
    given_up: HashMap<String, HashSet<String>>,
    /// First messages of newcomers, which make their conversations, all acknowledged.
    pub newcomers: Vec<String>,
    pub messages: u64,
    /// Tries that ended without an answer.
    pub unanswered: u64,
    /// Tries that were answered with 503.
    pub postponed: u64,
    /// What may not be.
    pub wrong: Vec<String>,
}

/// What is known of a text that was sent.
pub enum Sent<'a> {
    Acknowledged(&'a str),
    GivenUp,
    Never,
}

impl Ledger {
    pub fn acknowledge(&mut self, conversation: &str, text: String, id: String) {
        self.messages += 1;
        self.acknowledged.entry(conversation.to_owned()).or_default().insert(text, id);
    }

    pub fn give_up(&mut self, conversation: &str, text: String) {
        self.given_up.entry(conversation.to_owned()).or_default().insert(text);
    }

    pub fn sent(&self, conversation: &str, text: &str) -> Sent<'_> {
        if let Some(id) = self.acknowledged.get(conversation).and_then(|texts| texts.get(text)) {
            Sent::Acknowledged(id)
        } else if self.given_up.get(conversation).is_some_and(|texts| texts.contains(text)) {
            Sent::GivenUp
        } else {
            Sent::Never
        }
    }

    /// All texts that were acknowledged in `conversation`.
    pub fn acknowledged(&self, conversation: &str) -> impl Iterator<Item = &String> {
        self.acknowledged.get(conversation).into_iter().flat_map(HashMap::keys)
    }
}
