//! How many listen at once: each holds a connection and some memory for as long as it likes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use domain::UserId;

use super::{ClientAddress, Network};

/// Of one user: all tabs of all their browsers, and of those who share a link that says who they are.
const OF_USER: usize = 100;

/// The places for listeners.
pub struct Listeners {
    all: Places<()>,
    networks: Places<Network>,
    users: Places<UserId>,
}

/// No place is free …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// … anywhere.
    Anywhere,
    /// … for this address.
    Here,
}

/// A place of a listener, free again once this is dropped.
pub struct Place {
    _all: Held<()>,
    _network: Held<Network>,
}

impl Listeners {
    /// So many places, and so many for one address; 0 sets no limit.
    pub fn new(most: u32, most_of_address: u32) -> Self {
        let limit = |most: u32| if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(usize::MAX) };
        Self {
            all: Places::new("sockets", limit(most)),
            networks: Places::new("address-sockets", limit(most_of_address)),
            users: Places::new("user-sockets", OF_USER),
        }
    }

    /// # Errors
    /// Where it is full.
    pub fn take(&self, from: ClientAddress) -> Result<Place, NoPlace> {
        let network = self.networks.take(from.network()).ok_or(NoPlace::Here)?;
        let all = self.all.take(()).ok_or(NoPlace::Anywhere)?;
        Ok(Place { _all: all, _network: network })
    }

    /// One of the places of `user`; `None` when all are taken.
    pub fn take_of_user(&self, user: UserId) -> Option<Held<UserId>> {
        self.users.take(user)
    }
}

type Counts<K> = Arc<Mutex<HashMap<K, usize>>>;

struct Places<K> {
    most: usize,
    /// Names the limit in the figures.
    by: &'static str,
    taken: Counts<K>,
}

/// A place that is taken.
pub struct Held<K: Hash + Eq> {
    key: K,
    taken: Counts<K>,
}

impl<K: Hash + Eq + Clone> Places<K> {
    fn new(by: &'static str, most: usize) -> Self {
        Self { most, by, taken: Counts::default() }
    }

    fn take(&self, key: K) -> Option<Held<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&key).copied().unwrap_or_default();
        if count >= self.most {
            metrics::counter!("parlor_limited_total", "by" => self.by).increment(1);
            return None;
        }
        taken.insert(key.clone(), count + 1);
        Some(Held { key, taken: self.taken.clone() })
    }
}

impl<K: Hash + Eq> Drop for Held<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> ClientAddress {
        ClientAddress(address.parse().unwrap())
    }

    #[test]
    fn a_place_is_free_again_once_it_is_left() {
        let listeners = Listeners::new(3, 2);
        let first = listeners.take(at("192.0.2.1")).ok().unwrap();
        let _second = listeners.take(at("192.0.2.1")).ok().unwrap();
        assert_eq!(listeners.take(at("192.0.2.1")).err(), Some(NoPlace::Here));
        let _third = listeners.take(at("192.0.2.2")).ok().unwrap();
        assert_eq!(listeners.take(at("192.0.2.3")).err(), Some(NoPlace::Anywhere));
        drop(first);
        assert!(listeners.take(at("192.0.2.3")).is_ok());
        assert_eq!(listeners.networks.taken.lock().unwrap().len(), 2, "who has left is forgotten");
    }

    #[test]
    fn zero_is_no_limit() {
        let listeners = Listeners::new(0, 0);
        let places: Vec<_> = (0..1000).map_while(|_| listeners.take(at("192.0.2.1")).ok()).collect();
        assert_eq!(places.len(), 1000);
    }
}
