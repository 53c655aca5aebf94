//! How much each may do, by whom it is counted.

use std::time::Duration;

use domain::{KeyId, SessionId, Slug};

use super::{ClientAddress, Network, Rate};
use crate::config::Config;

/// People come in bursts: so many seconds' worth may come at once.
const BURST: u32 = 10;
/// Programs are steadier.
const API_BURST: u32 = 2;

/// What a request costs its address, in page views: a login checks a signature and writes, a newcomer writes five rows.
const LOGIN: u32 = 5;
const NEWCOMER: u32 = 5;

/// The limits of this installation.
pub struct Limits {
    /// Calls of the API.
    pub api: Rate<KeyId>,
    /// What a visitor writes, sends and presses, and logins.
    visitor: Rate<SessionId>,
    /// All that comes from one place: everybody behind a carrier's address shares it.
    address: Rate<Network>,
    /// Times that a short link is opened.
    link: Rate<Slug>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        Self {
            api: Rate::new("key", config.api_rate, API_BURST),
            visitor: Rate::new("visitor", config.visitor_rate, BURST),
            address: Rate::new("address", config.address_rate, BURST),
            link: Rate::new("link", config.link_rate, BURST),
        }
    }

    /// Counts a page, a picture of a link, a listener.
    /// # Errors
    /// How long to wait.
    pub fn view(&self, from: ClientAddress) -> Result<(), Duration> {
        self.address.count(&from.network())
    }

    /// Counts an opening of `slug`.
    /// # Errors
    /// How long to wait.
    pub fn open(&self, slug: &Slug) -> Result<(), Duration> {
        self.link.count(slug)
    }

    /// Counts something that `visitor` does; whoever does the first thing ever is a newcomer.
    /// # Errors
    /// How long to wait.
    pub fn act(&self, from: ClientAddress, visitor: SessionId, is_newcomer: bool) -> Result<(), Duration> {
        self.visitor.count(&visitor)?;
        self.address.weigh(&from.network(), if is_newcomer { NEWCOMER } else { 1 })
    }

    /// Counts an attempt to log in, by `visitor` if the browser has one.
    /// # Errors
    /// How long to wait.
    pub fn log_in(&self, from: ClientAddress, visitor: Option<SessionId>) -> Result<(), Duration> {
        if let Some(visitor) = visitor {
            self.visitor.count(&visitor)?;
        }
        self.address.weigh(&from.network(), LOGIN)
    }
}
