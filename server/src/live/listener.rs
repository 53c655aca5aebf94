//! One listener: where it stands in each conversation, and what it is told next.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app::Stationery;
use tokio::time::Instant;

use domain::{Activity, ActivityType, Author, ConversationId, Event, IntegrationId, Source, Timestamp, UserId};
use serde::Deserialize;

use super::looks::Look;
use super::route::Who;
use super::{Hint, Subject, Subscription, Word};
use crate::chat::{Chat, ChatError, Scope};
use crate::guard::ClientAddress;
use crate::telemetry::causes;

/// How often a listener hears that the line is alive.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// Says so.
pub const BEAT: &str = r#"{"type":"beat"}"#;
/// How long a slow line may hold up one event before its listener is cut off, to come back and catch up.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Asks a listener to come back, maybe to another node.
pub const RECONNECT: &str = r#"{"type":"reconnect"}"#;
/// Tells a listener that what it knows is not what the log has: the database was restored, or the conversation took in another
/// one; only a reload helps.
const RELOAD: &str = r#"{"type":"reload"}"#;

/// That a listener begins to write is passed on no more often than this: a page tells it once in ten seconds, and lines differ.
const TYPING_PAUSE: Duration = Duration::from_secs(9);

/// Events read from the log at a time while catching up.
const CATCH_UP: u32 = 100;

/// The number of the last event that a listener has, by conversation.
pub type Positions = HashMap<ConversationId, u64>;

/// What a listener may say on a socket.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum FromListener {
    /// Who it is, where no cookie or header said so, and what it has.
    Hello {
        #[serde(default)]
        token: Option<String>,
        #[serde(default)]
        since: Positions,
    },
    /// Whether they are writing in a conversation of theirs.
    Typing { conversation: ConversationId, on: bool },
    #[serde(other)]
    Unknown,
}

/// The first frame to every listener. An epoch that changed means another history.
pub fn greeting(epoch: &str) -> String {
    serde_json::json!({ "type": "hello", "epoch": epoch }).to_string()
}

/// Reads `conversation:seq` pairs, separated by commas: the form that fits a query and `Last-Event-ID`.
pub fn parse_positions(text: &str) -> Positions {
    let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
    pairs.filter_map(|(id, seq)| Some((id.trim().parse().ok()?, seq.trim().parse().ok()?))).collect()
}

/// The form that [`parse_positions`] reads.
pub fn format_positions(positions: &Positions) -> String {
    let pairs: Vec<String> = positions.iter().map(|(conversation, seq)| format!("{conversation}:{seq}")).collect();
    pairs.join(",")
}

/// What brings events to a listener.
pub trait Carrier: Send {
    /// Whether the listener is still there after being told `event`, which `positions` include.
    fn tell(&mut self, event: &str, positions: &Positions) -> impl Future<Output = bool> + Send;
}

/// What a listener has to do next; see [`Listener::follow`].
pub enum Turn {
    /// Something happened.
    Hint(Arc<Hint>),
    /// Something happened, and something before it that was not heard of: from here on the log must tell.
    Gap(ConversationId, u64),
    /// Something may have happened.
    Look(Look),
}

/// A subscription with a memory of what was sent.
pub struct Listener {
    scope: Scope,
    integration: IntegrationId,
    user: UserId,
    /// What messages are rendered on; `None` for one that is no page.
    stationery: Option<Arc<Stationery>>,
    /// Where it is.
    address: ClientAddress,
    /// When the login ends that it listens by.
    until: Option<Timestamp>,
    /// Where and when it was last passed on that it began to write …
    typed: Option<(ConversationId, Instant)>,
    /// … and whether it has not stopped since.
    is_typing: bool,
    subscription: Subscription,
    /// Up to where it was told …
    sent: Positions,
    /// … and from where on, without a gap: what a later hello asks for again is not told twice.
    begun: Positions,
    /// Where there are other nodes: what it takes to do without what they say.
    alone: Option<Box<Alone>>,
    /// It must come back and say again who it is.
    is_cut_off: bool,
}

/// What a listener knows that may miss a hint.
struct Alone {
    who: Who,
    /// Where its other conversations stood when it came: nothing of that was for it.
    known: Positions,
}

/// The user that `who` is in an app, and until when; `None` for nobody (any more).
async fn identify(chat: &Chat, scope: Scope, who: &Who) -> Result<Option<(UserId, Option<Timestamp>)>, ChatError> {
    let found = match who {
        Who::Visitor(visitor) => {
            let session = chat.visitor_session(visitor).await;
            session.map(|session| session.map(|session| (session.user, session.expires_at)))
        }
        Who::User(external_id, until) => {
            let user = chat.require_user_by_external_id(scope, external_id).await;
            user.map(|user| Some((user.id, Some(*until))))
        }
        Who::Unknown | Who::Other => Ok(None),
    };
    match found {
        Err(ChatError::SessionEnded | ChatError::NotFound(_)) => Ok(None),
        found => found,
    }
}

impl Listener {
    /// The listener that `who` is on the page of `integration`; `None` without a session, with one that has ended, for somebody who
    /// is banned, or without a page.
    ///
    /// Subscribes first: whatever happens from here on is either in the log by the time it is read, or a hint.
    pub async fn of(
        chat: &Chat,
        integration: IntegrationId,
        who: &Who,
        address: ClientAddress,
        stationery: Option<Arc<Stationery>>,
    ) -> Result<Option<Self>, ChatError> {
        let Some(page) = chat.web_integration(integration).await? else { return Ok(None) };
        let scope = Scope::of_app(page.app);
        let Some((user, until)) = identify(chat, scope, who).await? else { return Ok(None) };
        let mut listener = Self {
            scope,
            integration: page.id,
            user,
            stationery,
            address,
            until,
            typed: None,
            is_typing: false,
            subscription: chat.fanout().subscribe(page.app, Subject::User(user)).await,
            sent: Positions::new(),
            begun: Positions::new(),
            alone: None,
            is_cut_off: false,
        };
        if chat.fanout().hears_others().is_some() {
            // Hints of several nodes may come in any order, so it must be known what is missing before the first.
            let logs = chat.storage().read().await?.extents_of(user).await?;
            let known = logs.into_iter().map(|(conversation, log)| (conversation, log.newest)).collect();
            listener.alone = Some(Box::new(Alone { who: who.clone(), known }));
        }
        // Subscribed before: a ban that comes now cuts it off.
        let is_banned = chat.is_banned(page.app, address, user).await?;
        Ok((!is_banned).then_some(listener))
    }

    /// Who listens.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Whether it must not listen any longer: its login is over, or it is banned. Where that can't be found out, it may stay.
    pub async fn is_over(&self, chat: &Chat) -> bool {
        let now = chat.clock().now();
        self.until.is_some_and(|until| until <= now)
            || chat.is_banned(self.scope.app(), self.address, self.user).await.unwrap_or(false)
    }

    /// Tells `carrier` everything after `since` in the log, in order, each time with all positions so far; conversations of
    /// others are passed over.
    ///
    /// Returns false once the listener is gone.
    pub async fn catch_up(
        &mut self,
        chat: &Chat,
        since: Positions,
        carrier: &mut impl Carrier,
    ) -> Result<bool, ChatError> {
        let mut behind = Vec::new();
        for (conversation, seq) in since {
            let log = chat.storage().read().await?.extent_for(conversation, self.user).await?;
            let Some(log) = log else { continue };
            if !log.continues(seq) {
                let reload = Hint::bare(conversation, RELOAD);
                return Ok(self.tell(&reload, carrier).await);
            }
            if self.begun.get(&conversation).is_some_and(|begun| *begun <= seq) {
                continue;
            }
            self.begun.insert(conversation, seq);
            self.sent.insert(conversation, seq);
            behind.push((conversation, seq));
        }
        self.tell_log(chat, behind, carrier).await
    }

    /// Tells `carrier` what the log of each conversation has after the number beside it. Returns false once the listener is gone.
    async fn tell_log(
        &mut self,
        chat: &Chat,
        behind: Vec<(ConversationId, u64)>,
        carrier: &mut impl Carrier,
    ) -> Result<bool, ChatError> {
        for (conversation, mut seq) in behind {
            self.begun.entry(conversation).or_insert(seq);
            loop {
                // The connection is given back before anything is sent: a slow line must not hold it.
                let events = chat.storage().read().await?.events_after(conversation, seq, CATCH_UP).await?;
                for event in &events {
                    let hint = Hint::of(event);
                    seq = hint.seq.unwrap_or(seq);
                    self.sent.insert(conversation, seq);
                    if !self.tell(&hint, carrier).await {
                        return Ok(false);
                    }
                }
                let messages = events.iter().filter_map(|event| event.payload.message.as_ref());
                chat.note_shown(self.scope, conversation, self.user, messages);
                if events.len() < CATCH_UP as usize {
                    break;
                }
            }
        }
        Ok(true)
    }

    async fn tell(&self, hint: &Hint, carrier: &mut impl Carrier) -> bool {
        carrier.tell(&hint.text(self.user, self.stationery.as_deref()), &self.sent).await
    }

    /// Does what is to be done next, telling `carrier`. Returns false once the listener is gone.
    pub async fn follow(&mut self, chat: &Chat, turn: Turn, carrier: &mut impl Carrier) -> bool {
        match turn {
            Turn::Hint(hint) => self.tell(&hint, carrier).await,
            // In boxes of their own: what reads the database is far larger than what waits.
            Turn::Gap(conversation, seq) => {
                let filled = Box::pin(self.fill_gap(chat, conversation, seq, carrier)).await;
                filled.unwrap_or_else(|error| {
                    tracing::error!(error = causes(&error), "a listener could not catch up");
                    self.is_cut_off = true;
                    true
                })
            }
            Turn::Look(look) => Box::pin(self.look(chat, look, carrier)).await.unwrap_or_else(|error| {
                // It will be asked again soon.
                tracing::debug!(error = causes(&error), "a listener could not look at the log");
                true
            }),
        }
    }

    async fn fill_gap(
        &mut self,
        chat: &Chat,
        conversation: ConversationId,
        seq: u64,
        carrier: &mut impl Carrier,
    ) -> Result<bool, ChatError> {
        let is_theirs = chat.storage().read().await?.extent_for(conversation, self.user).await?.is_some();
        if is_theirs { self.tell_log(chat, vec![(conversation, seq)], carrier).await } else { Ok(true) }
    }

    /// Compares what was told with the database: who it is, what the logs have, and which conversations are gone.
    async fn look(&mut self, chat: &Chat, look: Look, carrier: &mut impl Carrier) -> Result<bool, ChatError> {
        let Some(alone) = &self.alone else { return Ok(true) };
        let turn = look.turn().await;
        let found = identify(chat, self.scope, &alone.who).await?;
        if found.is_none_or(|(user, _)| user != self.user) {
            self.is_cut_off = true;
            return Ok(true);
        }
        let logs = chat.storage().read().await?.extents_of(self.user).await?;
        drop(turn);
        drop(look);
        let mut behind = Vec::new();
        for (conversation, log) in &logs {
            // One that it came to meanwhile may be old and long.
            let position = self.position(*conversation).unwrap_or(log.newest.saturating_sub(u64::from(CATCH_UP)));
            if !log.continues(position) {
                return Ok(self.tell(&Hint::bare(*conversation, RELOAD), carrier).await);
            }
            if position < log.newest {
                behind.push((*conversation, position));
            }
        }
        let theirs: HashSet<ConversationId> = logs.into_iter().map(|(conversation, _)| conversation).collect();
        let all = self.sent.keys().chain(self.alone.iter().flat_map(|alone| alone.known.keys()));
        let gone: HashSet<ConversationId> =
            all.copied().filter(|conversation| !theirs.contains(conversation)).collect();
        for conversation in gone {
            self.forget(conversation);
            if chat.storage().read().await?.conversation(self.scope.app(), conversation).await?.is_none() {
                let end = Event::conversation_remove(conversation, chat.clock().now());
                if !self.tell(&Hint::of(&end), carrier).await {
                    return Ok(false);
                }
            }
        }
        self.tell_log(chat, behind, carrier).await
    }

    /// Up to where this listener has heard of `conversation`, or need not.
    fn position(&self, conversation: ConversationId) -> Option<u64> {
        let known = || self.alone.as_ref()?.known.get(&conversation);
        self.sent.get(&conversation).or_else(known).copied()
    }

    fn forget(&mut self, conversation: ConversationId) {
        self.sent.remove(&conversation);
        self.begun.remove(&conversation);
        if let Some(alone) = &mut self.alone {
            alone.known.remove(&conversation);
        }
    }

    /// Tells `conversation` that this user began writing, or stopped; nothing when it is not theirs. Whoever begins more often
    /// than once in a while is not listened to.
    pub async fn type_in(&mut self, chat: &Chat, conversation: ConversationId, on: bool) {
        let now = Instant::now();
        if on && self.typed.is_some_and(|(there, then)| there == conversation && now - then < TYPING_PAUSE) {
            return;
        }
        if on {
            self.typed = Some((conversation, now));
        }
        if !std::mem::replace(&mut self.is_typing, on) && !on {
            return;
        }
        if self.is_over(chat).await {
            return;
        }
        let kind = if on { ActivityType::TypingStart } else { ActivityType::TypingStop };
        let activity = Activity { kind, author: Author::user(self.user, None) };
        let told = chat.record_activity(self.scope, conversation, activity, Source::web(self.integration)).await;
        match told {
            // Not theirs, or gone: nobody is waiting for an answer.
            Ok(()) | Err(ChatError::NotFound(_)) => {}
            Err(error) => tracing::error!(error = causes(&error), "typing could not be passed on"),
        }
    }

    /// What to do next, which is for [`Listener::follow`]; `None` once this listener was cut off.
    pub async fn next(&mut self) -> Option<Turn> {
        while !self.is_cut_off {
            let hint = match self.subscription.next().await? {
                Word::Hint(hint) => hint,
                Word::Look(look) => return Some(Turn::Look(look)),
            };
            if hint.is_end {
                self.forget(hint.conversation);
            }
            let Some(seq) = hint.seq else { return Some(Turn::Hint(hint)) };
            match self.position(hint.conversation) {
                Some(position) if position >= seq => {}
                Some(position) if position + 1 < seq => return Some(Turn::Gap(hint.conversation, position)),
                _ => {
                    self.begun.entry(hint.conversation).or_insert(seq - 1);
                    self.sent.insert(hint.conversation, seq);
                    return Some(Turn::Hint(hint));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_leniently() {
        let text = "66b000000000000000000001:16, 66b000000000000000000002:0,nonsense,x:1,66b000000000000000000003:-1";
        let positions = parse_positions(text);
        assert_eq!(positions.len(), 2);
        assert_eq!(positions[&"66b000000000000000000001".parse().unwrap()], 16);
    }

    #[test]
    fn a_hello_may_leave_out_everything() {
        let FromListener::Hello { token, since } = serde_json::from_str(r#"{"type":"hello"}"#).unwrap() else {
            panic!("a hello");
        };
        assert!(token.is_none() && since.is_empty());
        assert!(matches!(serde_json::from_str(r#"{"type":"dance"}"#).unwrap(), FromListener::Unknown));
    }
}
