//! Whom an app does not listen to.

use std::collections::HashMap;
use std::net::IpAddr;

use domain::{BanId, Timestamp, UserId};
use ipnet::IpNet;

use super::ClientAddress;

/// Until it expires or is lifted, nothing is taken from whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    pub id: BanId,
    pub banned: Banned,
    /// For those who look at the list; visitors are not told.
    pub reason: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Whom a ban names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Banned {
    /// In all browsers, and whatever the address.
    User(UserId),
    /// Everybody who comes from there.
    Prefix(IpNet),
}

/// The network that `text` names: `203.0.113.0/24`, `2001:db8::/32`, or one address. Bits beyond the prefix are dropped.
pub fn prefix(text: &str) -> Option<IpNet> {
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    match network {
        // Clients are known by their IPv4 address, however it reached us.
        IpNet::V6(six) if six.prefix_len() >= 96 && six.addr().to_ipv4_mapped().is_some() => {
            let four = six.addr().to_ipv4_mapped()?;
            IpNet::new(four.into(), six.prefix_len() - 96).ok().map(|four| four.trunc())
        }
        network => Some(network.trunc()),
    }
}

/// All bans of an app, to be asked in memory.
#[derive(Debug, Default)]
pub struct Bans {
    /// Until when; `None`: for good.
    users: HashMap<UserId, Option<Timestamp>>,
    prefixes: Vec<(IpNet, Option<Timestamp>)>,
}

impl FromIterator<(Banned, Option<Timestamp>)> for Bans {
    fn from_iter<T: IntoIterator<Item = (Banned, Option<Timestamp>)>>(all: T) -> Self {
        let mut bans = Self::default();
        for (banned, until) in all {
            match banned {
                Banned::User(user) => drop(bans.users.insert(user, until)),
                Banned::Prefix(prefix) => bans.prefixes.push((prefix, until)),
            }
        }
        bans
    }
}

impl Bans {
    /// Whether any user is banned.
    pub fn name_users(&self) -> bool {
        !self.users.is_empty()
    }

    /// Whether `user` is banned at `now`.
    pub fn ban_user(&self, user: UserId, now: Timestamp) -> bool {
        self.users.get(&user).is_some_and(|until| is_on(*until, now))
    }

    /// Whether whoever comes from `address` is banned at `now`.
    pub fn ban_address(&self, address: ClientAddress, now: Timestamp) -> bool {
        self.prefixes.iter().any(|(prefix, until)| prefix.contains(&address.0) && is_on(*until, now))
    }
}

fn is_on(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_none_or(|until| until > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_an_address_or_a_network() {
        for (text, network) in [
            ("203.0.113.9", Some("203.0.113.9/32")),
            ("203.0.113.9/24", Some("203.0.113.0/24")),
            ("2001:db8::1", Some("2001:db8::1/128")),
            ("2001:db8:1:2::1/64", Some("2001:db8:1:2::/64")),
            ("::ffff:203.0.113.9", Some("203.0.113.9/32")),
            ("::ffff:203.0.113.9/120", Some("203.0.113.0/24")),
            ("203.0.113.0/33", None),
            ("203.0.113", None),
            ("chat.example", None),
            ("", None),
        ] {
            assert_eq!(prefix(text).map(|network| network.to_string()).as_deref(), network, "{text}");
        }
    }

    #[test]
    fn a_ban_reaches_whom_it_names_until_it_ends() {
        let (ann, bob) = (UserId::new(Timestamp::default(), [1; 8]), UserId::new(Timestamp::default(), [2; 8]));
        let at = Timestamp::from_millis;
        let bans: Bans = [
            (Banned::User(ann), Some(at(10))),
            (Banned::Prefix(prefix("203.0.113.0/24").unwrap()), None),
            (Banned::Prefix(prefix("2001:db8:1::/48").unwrap()), Some(at(10))),
        ]
        .into_iter()
        .collect();
        assert!(bans.ban_user(ann, at(9)) && !bans.ban_user(ann, at(10)) && !bans.ban_user(bob, at(9)));
        let from = |address: &str, now| bans.ban_address(ClientAddress(address.parse().unwrap()), at(now));
        assert!(from("203.0.113.255", 99) && !from("203.0.114.0", 99));
        assert!(from("2001:db8:1:ffff::1", 9) && !from("2001:db8:1:ffff::1", 10) && !from("2001:db8:2::1", 9));
    }
}
