//! Who hears of an event right now: listeners of this process, and those of other nodes where there are any. A hint may be lost,
//! because the log is the truth.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use app::Stationery;
use domain::{AppId, ConversationId, ConversationRef, Event, EventKind, Message, UserId};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::looks::Look;
use super::nodes::{self, Change, Interest, Letter, Membership, NatsUrl, Nodes, OnReached, Says};

/// Hints that one listener may have waiting. One that falls further behind is cut off, and resumes from the log.
const BACKLOG: usize = 64;

/// An event as it goes to every socket: rendered once, shared by all.
#[derive(Debug)]
pub struct Hint {
    pub conversation: ConversationId,
    /// `None` for what is never stored.
    pub seq: Option<u64>,
    pub json: Box<str>,
    /// Whether the conversation is gone.
    pub is_end: bool,
    /// The user whose doing it is; `None` for the business's.
    author: Option<UserId>,
    /// The message, where it is more than its text: a page has it rendered.
    message: Option<Box<Message>>,
}

impl Hint {
    /// # Panics
    /// Never: events have text keys and finite numbers.
    pub fn of(event: &Event) -> Self {
        let json = serde_json::to_string(event).expect("events have text keys and finite numbers");
        let message = event.payload.message.as_ref().filter(|message| app::needs_rich(message));
        let message = message.cloned().map(Box::new);
        let is_end = event.kind == EventKind::ConversationRemove;
        let (conversation, seq) = (event.conversation.id, event.seq);
        Self { conversation, seq, json: json.into(), is_end, author: author(event), message }
    }

    /// As another node wrote it. What an event of a newer node says counts, even where this one can't render it; `None` for
    /// what is no event.
    fn read(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Head {
            conversation: ConversationRef,
            seq: Option<u64>,
        }
        let event = serde_json::from_str::<Event>(json).ok();
        let is_end = event.as_ref().is_some_and(|event| event.kind == EventKind::ConversationRemove);
        let author = event.as_ref().and_then(author);
        let message = event.and_then(|event| event.payload.message).filter(app::needs_rich).map(Box::new);
        let Head { conversation, seq } = serde_json::from_str(json).ok()?;
        Some(Self { conversation: conversation.id, seq, json: json.into(), is_end, author, message })
    }

    /// Asks a listener to start over.
    pub fn bare(conversation: ConversationId, json: &str) -> Self {
        Self { conversation, seq: None, json: json.into(), is_end: false, author: None, message: None }
    }

    /// What goes to a listener. On the page of `reader` it says what their own doing is, and has its message rendered on `stationery`.
    /// # Panics
    /// Never: what is rendered is text.
    pub fn text(&self, reader: UserId, stationery: Option<&Stationery>) -> Cow<'_, str> {
        let (Some(on), Some(event)) = (stationery, self.json.strip_suffix('}')) else {
            return Cow::Borrowed(&self.json);
        };
        let is_own = self.author == Some(reader);
        let rich = self.message.as_ref().and_then(|message| app::rich(message, on));
        if !is_own && rich.is_none() {
            return Cow::Borrowed(&self.json);
        }
        let mut text = event.to_owned();
        if is_own {
            text.push_str(r#","mine":true"#);
        }
        if let Some(rich) = rich {
            text.push_str(r#","rich":"#);
            text.push_str(&serde_json::to_string(&rich).expect("what is rendered is text"));
        }
        text.push('}');
        text.into()
    }
}

/// The user who says or does what `event` tells.
fn author(event: &Event) -> Option<UserId> {
    let message = event.payload.message.as_ref().and_then(|message| message.author.user_id);
    message.or_else(|| event.payload.activity.as_ref().and_then(|activity| activity.author.user_id))
}

/// What one can listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Every conversation that this user takes part in.
    User(UserId),
    /// Every conversation of this app.
    App(AppId),
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Fanout(Arc<Shared>);

#[derive(Default)]
struct Shared {
    tables: Mutex<HashMap<Subject, Table>>,
    next: AtomicU64,
    /// The other nodes, once this one has joined them.
    nodes: OnceLock<Nodes>,
}

/// Who listens to a subject.
#[derive(Default)]
struct Table {
    seats: Vec<Seat>,
    /// Brings what other nodes say on it.
    interest: Option<Interest>,
}

struct Seat {
    number: u64,
    app: AppId,
    words: mpsc::Sender<Word>,
}

/// What a listener is told.
#[derive(Debug, Clone)]
pub enum Word {
    Hint(Arc<Hint>),
    /// Hints may have been lost: it should look at the log.
    Look(Look),
}

impl Table {
    /// Whether anybody took it. Dropping the sender of a full queue is what cuts its listener off.
    fn tell(&mut self, word: &Word) -> bool {
        self.seats.retain(|seat| !matches!(seat.words.try_send(word.clone()), Err(mpsc::error::TrySendError::Full(_))));
        !self.seats.is_empty()
    }
}

impl Fanout {
    /// Joins the other nodes over the database with this `epoch`; what they changed is told to `on_change`.
    /// # Errors
    /// When no connection to NATS can be set up at all. One that is out of reach is tried again.
    pub async fn join(
        &self,
        url: &NatsUrl,
        epoch: &str,
        on_change: impl Fn(&Change) + Send + Sync + 'static,
    ) -> anyhow::Result<Membership> {
        let (nodes, membership) = nodes::join(self, url, epoch, on_change).await?;
        let _joined_before = self.0.nodes.set(nodes);
        Ok(membership)
    }

    /// Whether other nodes are heard; `None` where this is the only one.
    pub fn hears_others(&self) -> Option<bool> {
        self.0.nodes.get().map(Nodes::is_connected)
    }

    /// Everything published on `subject`, which is of `app`, from now on, at whatever node.
    ///
    /// Other nodes are waited for a moment only: what is missed without them, a look at the log finds.
    pub async fn subscribe(&self, app: AppId, subject: Subject) -> Subscription {
        let (words, received) = mpsc::channel(BACKLOG);
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let nodes = self.0.nodes.get();
        let registered = {
            let mut tables = self.tables();
            let table = tables.entry(subject).or_default();
            table.seats.push(Seat { number, app, words });
            nodes.map(|nodes| {
                let start = || Interest::start(self.clone(), nodes.clone(), subject);
                table.interest.get_or_insert_with(start).registered()
            })
        };
        let subscription = Subscription { received, fanout: self.clone(), subject, number };
        if let Some(registered) = registered
            && nodes.is_some_and(Nodes::is_connected)
        {
            registered.await;
        }
        subscription
    }

    /// Hands `event` of `app` to every listener of `users` and of the app; never waits. Gives those of `users` who took it here.
    pub fn publish(&self, app: AppId, users: &[UserId], event: &Event) -> Vec<UserId> {
        self.spread(app, users, event, None)
    }

    /// The same, where it is of interest whom of `users` it reached, at any node: `on_reached` is told of each once, as it
    /// becomes known.
    pub fn publish_and_hear(
        &self,
        app: AppId,
        users: &[UserId],
        event: &Event,
        on_reached: impl Fn(Vec<UserId>) + Clone + Send + 'static,
    ) {
        let here = self.spread(app, users, event, Some(Box::new(on_reached.clone())));
        if !here.is_empty() {
            on_reached(here);
        }
    }

    fn spread(&self, app: AppId, users: &[UserId], event: &Event, on_reached: Option<OnReached>) -> Vec<UserId> {
        let nodes = self.0.nodes.get();
        let mut hint = nodes.map(|_| Arc::new(Hint::of(event)));
        let mut reached = Vec::new();
        let mut tables = self.tables();
        for subject in users.iter().copied().map(Subject::User).chain([Subject::App(app)]) {
            let Some(table) = tables.get_mut(&subject) else { continue };
            let hint = hint.get_or_insert_with(|| Arc::new(Hint::of(event)));
            if table.tell(&Word::Hint(hint.clone()))
                && let Subject::User(user) = subject
            {
                reached.push(user);
            }
        }
        drop(tables);
        if let Some((nodes, hint)) = nodes.zip(hint) {
            nodes.pass_on(app, users, &hint, &reached, on_reached);
        }
        reached
    }

    /// What another node said on `subject`.
    pub(super) fn receive(&self, nodes: &Nodes, subject: Subject, payload: &[u8]) {
        let Some(letter) = Letter::read(payload).filter(|letter| !nodes.is_own(letter)) else { return };
        match (&letter.says, subject) {
            (Says::Hint { receipt }, _) => {
                let Some(hint) = Hint::read(letter.event) else { return };
                let took = self.tell(subject, &Word::Hint(Arc::new(hint)));
                if let (true, Some(receipt), Subject::User(user)) = (took, receipt, subject) {
                    nodes.confirm(&letter, *receipt, user);
                }
            }
            (Says::CutOff, Subject::User(user)) => self.cut_off_here(user),
            _ => {}
        }
    }

    /// Whether anybody took it.
    fn tell(&self, subject: Subject, word: &Word) -> bool {
        self.tables().get_mut(&subject).is_some_and(|table| table.tell(word))
    }

    /// Has the listeners of `subject` here look at the log.
    pub(super) fn have_look(&self, subject: Subject) {
        self.tell(subject, &Word::Look(Look::single()));
    }

    /// The same for all listeners here.
    pub(super) fn have_all_look(&self, look: &Look) {
        for table in self.tables().values_mut() {
            table.tell(&Word::Look(look.clone()));
        }
    }

    /// Tells other nodes that this is not as it was.
    pub fn announce(&self, change: Change) {
        if let Some(nodes) = self.0.nodes.get() {
            nodes.announce(change);
        }
    }

    /// Ends every listener of `user`, at whatever node, after what it has: it comes back, and is asked again who it is.
    pub fn cut_off(&self, user: UserId) {
        self.cut_off_here(user);
        if let Some(nodes) = self.0.nodes.get() {
            nodes.cut_off(user);
        }
    }

    fn cut_off_here(&self, user: UserId) {
        self.tables().remove(&Subject::User(user));
    }

    /// The same for every listener of `app` and of its users.
    pub fn cut_off_app(&self, app: AppId) {
        self.cut_off_app_here(app);
        if let Some(nodes) = self.0.nodes.get() {
            nodes.cut_off_app(app);
        }
    }

    pub(super) fn cut_off_app_here(&self, app: AppId) {
        self.tables().retain(|_, table| {
            table.seats.retain(|seat| seat.app != app);
            !table.seats.is_empty()
        });
    }

    fn leave(&self, subject: Subject, number: u64) {
        if let Entry::Occupied(mut table) = self.tables().entry(subject) {
            table.get_mut().seats.retain(|seat| seat.number != number);
            if table.get().seats.is_empty() {
                table.remove();
            }
        }
    }

    fn tables(&self) -> MutexGuard<'_, HashMap<Subject, Table>> {
        // Nothing under this lock can leave the map half changed.
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the listeners; given up when dropped.
pub struct Subscription {
    received: mpsc::Receiver<Word>,
    fanout: Fanout,
    subject: Subject,
    number: u64,
}

impl Subscription {
    /// What to hear next; `None` once this listener was cut off.
    pub async fn next(&mut self) -> Option<Word> {
        self.received.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.fanout.leave(self.subject, self.number);
    }
}

#[cfg(test)]
mod tests {
    use domain::{Activity, ActivityType, Author, Timestamp};

    use super::*;

    fn typing() -> Event {
        let id = "66b000000000000000000001".parse().unwrap();
        let activity = Activity { kind: ActivityType::TypingStart, author: Author::business(None) };
        Event::typing(id, Timestamp::default(), activity)
    }

    fn app() -> AppId {
        AppId::new(Timestamp::default(), [0; 8])
    }

    fn user(digit: u8) -> UserId {
        UserId::new(Timestamp::default(), [digit; 8])
    }

    #[tokio::test]
    async fn only_those_who_take_part_hear_of_it() {
        let fanout = Fanout::default();
        let mut inbox = fanout.subscribe(app(), Subject::App(app())).await;
        let (mut ann, mut bob) = (
            fanout.subscribe(app(), Subject::User(user(1))).await,
            fanout.subscribe(app(), Subject::User(user(2))).await,
        );
        assert_eq!(fanout.publish(app(), &[user(1), user(3)], &typing()), [user(1)]);
        assert!(ann.next().await.is_some() && inbox.next().await.is_some());
        assert!(bob.received.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_listener_that_falls_behind_is_cut_off_after_what_it_has() {
        let fanout = Fanout::default();
        let mut slow = fanout.subscribe(app(), Subject::User(user(1))).await;
        for _ in 0..=BACKLOG {
            fanout.publish(app(), &[user(1)], &typing());
        }
        for _ in 0..BACKLOG {
            assert!(slow.next().await.is_some());
        }
        assert!(slow.next().await.is_none());
    }

    #[tokio::test]
    async fn a_user_who_is_no_more_is_cut_off_everywhere() {
        let fanout = Fanout::default();
        let mut tabs = [
            fanout.subscribe(app(), Subject::User(user(1))).await,
            fanout.subscribe(app(), Subject::User(user(1))).await,
        ];
        let mut other = fanout.subscribe(app(), Subject::User(user(2))).await;
        fanout.publish(app(), &[user(1)], &typing());
        fanout.cut_off(user(1));
        for tab in &mut tabs {
            assert!(tab.next().await.is_some(), "what was on its way arrives");
            assert!(tab.next().await.is_none());
        }
        assert!(other.received.try_recv().is_err_and(|error| error == mpsc::error::TryRecvError::Empty));
    }

    #[tokio::test]
    async fn an_app_that_is_no_more_has_no_listeners() {
        let fanout = Fanout::default();
        let other = AppId::new(Timestamp::default(), [7; 8]);
        let mut inbox = fanout.subscribe(app(), Subject::App(app())).await;
        let mut ann = fanout.subscribe(app(), Subject::User(user(1))).await;
        let mut stranger = fanout.subscribe(other, Subject::User(user(2))).await;
        fanout.cut_off_app(app());
        assert!(ann.next().await.is_none() && inbox.next().await.is_none());
        assert_eq!(fanout.publish(other, &[user(2)], &typing()), [user(2)]);
        assert!(stranger.next().await.is_some());
    }

    #[tokio::test]
    async fn who_leaves_is_forgotten() {
        let fanout = Fanout::default();
        drop(fanout.subscribe(app(), Subject::User(user(1))).await);
        assert!(fanout.tables().is_empty());
    }
}
