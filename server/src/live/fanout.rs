//! Who hears of an event right now. In this process; a hint that may be lost, because the log is the truth.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::Stationery;
use domain::{AppId, ConversationId, Event, Message, UserId};
use tokio::sync::mpsc;

/// Hints that one listener may have waiting. One that falls further behind is cut off, and resumes from the log.
const BACKLOG: usize = 64;

/// An event as it goes to every socket: rendered once, shared by all.
#[derive(Debug)]
pub struct Hint {
    pub conversation: ConversationId,
    /// `None` for what is never stored.
    pub seq: Option<u64>,
    pub json: Box<str>,
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
        Self { conversation: event.conversation.id, seq: event.seq, json: json.into(), message }
    }

    /// Asks a listener to start over.
    pub fn bare(conversation: ConversationId, json: &str) -> Self {
        Self { conversation, seq: None, json: json.into(), message: None }
    }

    /// What goes to a listener, with its message rendered on `stationery` where one is given.
    /// # Panics
    /// Never: what is rendered is text.
    pub fn text(&self, stationery: Option<&Stationery>) -> Cow<'_, str> {
        let rich = stationery.zip(self.message.as_ref()).and_then(|(on, message)| app::rich(message, on));
        match rich.zip(self.json.strip_suffix('}')) {
            Some((rich, event)) => {
                let rich = serde_json::to_string(&rich).expect("what is rendered is text");
                format!("{event},\"rich\":{rich}}}").into()
            }
            None => Cow::Borrowed(&self.json),
        }
    }
}

/// What one can listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Every conversation that this user takes part in.
    User(UserId),
    /// Every conversation of this app.
    App(AppId),
}

#[derive(Clone, Default)]
pub struct Fanout {
    seats: Arc<Mutex<HashMap<Subject, Vec<Seat>>>>,
    next: Arc<AtomicU64>,
}

struct Seat {
    number: u64,
    app: AppId,
    hints: mpsc::Sender<Arc<Hint>>,
}

impl Fanout {
    /// Everything published on `subject`, which is of `app`, from now on.
    pub fn subscribe(&self, app: AppId, subject: Subject) -> Subscription {
        let (hints, received) = mpsc::channel(BACKLOG);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.seats().entry(subject).or_default().push(Seat { number, app, hints });
        Subscription { received, fanout: self.clone(), subject, number }
    }

    /// Hands `event` of `app` to every listener of `users` and of the app; never waits. Gives those of `users` who took it.
    pub fn publish(&self, app: AppId, users: &[UserId], event: &Event) -> Vec<UserId> {
        let mut seats = self.seats();
        let mut hint = None;
        let mut reached = Vec::new();
        for subject in users.iter().copied().map(Subject::User).chain([Subject::App(app)]) {
            let Some(listeners) = seats.get_mut(&subject) else { continue };
            let hint = hint.get_or_insert_with(|| Arc::new(Hint::of(event)));
            // Dropping the sender of a full queue is what cuts its listener off.
            listeners
                .retain(|seat| !matches!(seat.hints.try_send(hint.clone()), Err(mpsc::error::TrySendError::Full(_))));
            if let Subject::User(user) = subject
                && !listeners.is_empty()
            {
                reached.push(user);
            }
        }
        reached
    }

    /// Ends every listener of `user` after what it has: it comes back, and is asked again who it is.
    pub fn cut_off(&self, user: UserId) {
        self.seats().remove(&Subject::User(user));
    }

    /// The same for every listener of `app` and of its users.
    pub fn cut_off_app(&self, app: AppId) {
        self.seats().retain(|_, listeners| {
            listeners.retain(|seat| seat.app != app);
            !listeners.is_empty()
        });
    }

    fn leave(&self, subject: Subject, number: u64) {
        if let Entry::Occupied(mut listeners) = self.seats().entry(subject) {
            listeners.get_mut().retain(|seat| seat.number != number);
            if listeners.get().is_empty() {
                listeners.remove();
            }
        }
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<Subject, Vec<Seat>>> {
        // Nothing under this lock can leave the map half changed.
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the listeners; given up when dropped.
pub struct Subscription {
    received: mpsc::Receiver<Arc<Hint>>,
    fanout: Fanout,
    subject: Subject,
    number: u64,
}

impl Subscription {
    /// The next hint; `None` once this listener was cut off for falling behind.
    pub async fn next(&mut self) -> Option<Arc<Hint>> {
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
        let mut inbox = fanout.subscribe(app(), Subject::App(app()));
        let (mut ann, mut bob) =
            (fanout.subscribe(app(), Subject::User(user(1))), fanout.subscribe(app(), Subject::User(user(2))));
        assert_eq!(fanout.publish(app(), &[user(1), user(3)], &typing()), [user(1)]);
        assert!(ann.next().await.is_some() && inbox.next().await.is_some());
        assert!(bob.received.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_listener_that_falls_behind_is_cut_off_after_what_it_has() {
        let fanout = Fanout::default();
        let mut slow = fanout.subscribe(app(), Subject::User(user(1)));
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
        let mut tabs =
            [fanout.subscribe(app(), Subject::User(user(1))), fanout.subscribe(app(), Subject::User(user(1)))];
        let mut other = fanout.subscribe(app(), Subject::User(user(2)));
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
        let mut inbox = fanout.subscribe(app(), Subject::App(app()));
        let mut ann = fanout.subscribe(app(), Subject::User(user(1)));
        let mut stranger = fanout.subscribe(other, Subject::User(user(2)));
        fanout.cut_off_app(app());
        assert!(ann.next().await.is_none() && inbox.next().await.is_none());
        assert_eq!(fanout.publish(other, &[user(2)], &typing()), [user(2)]);
        assert!(stranger.next().await.is_some());
    }

    #[tokio::test]
    async fn who_leaves_is_forgotten() {
        let fanout = Fanout::default();
        drop(fanout.subscribe(app(), Subject::User(user(1))));
        assert!(fanout.seats().is_empty());
    }
}
