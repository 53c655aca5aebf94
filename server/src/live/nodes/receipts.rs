//! Who was reached by what this node said: each user counts once, however many nodes say so.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::UserId;
use tokio::time::Instant;

/// How long a node may take to say whom it reached.
const WAIT: Duration = Duration::from_secs(30);
/// Receipts that are waited for at a time; of more, the oldest are given up.
const MOST: usize = 10_000;

/// Told of users who were reached, as it becomes known.
pub type OnReached = Box<dyn Fn(Vec<UserId>) + Send>;

#[derive(Default)]
pub struct Receipts(Mutex<Book>);

#[derive(Default)]
struct Book {
    /// Oldest first, numbered without gaps.
    open: VecDeque<Receipt>,
    /// The number of the first.
    first: u64,
}

struct Receipt {
    until: Instant,
    known: HashSet<UserId>,
    on_reached: OnReached,
}

impl Receipts {
    /// A receipt's number. Whoever is `known` to be reached is not told again.
    pub fn open(&self, known: &[UserId], on_reached: OnReached) -> u64 {
        let now = Instant::now();
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while book.open.len() >= MOST || book.open.front().is_some_and(|receipt| receipt.until < now) {
            book.open.pop_front();
            book.first += 1;
        }
        book.open.push_back(Receipt { until: now + WAIT, known: known.iter().copied().collect(), on_reached });
        book.first + book.open.len() as u64 - 1
    }

    /// A node reached `user`.
    pub fn note(&self, number: u64, user: UserId) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = number.checked_sub(book.first).and_then(|place| usize::try_from(place).ok());
        let Some(receipt) = place.and_then(|place| book.open.get_mut(place)) else { return };
        if receipt.known.insert(user) {
            (receipt.on_reached)(vec![user]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Timestamp;

    use super::*;

    fn user(digit: u8) -> UserId {
        UserId::new(Timestamp::default(), [digit; 8])
    }

    #[tokio::test(start_paused = true)]
    async fn each_user_counts_once_and_for_a_while() {
        let receipts = Receipts::default();
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        let first = receipts.open(&[user(1)], Box::new(move |users| heard.lock().unwrap().extend(users)));
        for reached in [1, 2, 2, 3] {
            receipts.note(first, user(reached));
        }
        receipts.note(first + 1, user(4));
        assert_eq!(*told.lock().unwrap(), [user(2), user(3)]);
        tokio::time::advance(WAIT * 2).await;
        let second = receipts.open(&[], Box::new(|_| ()));
        assert_eq!(second, first + 1);
        receipts.note(first, user(5));
        assert_eq!(told.lock().unwrap().len(), 2, "too late");
    }
}
