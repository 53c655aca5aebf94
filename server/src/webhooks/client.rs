//! Outgoing HTTP: no redirects, no proxy, no address that is not allowed, no more patience and memory than need be.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, redirect};
use url::{Host, Url};

use super::address::is_allowed;
use crate::telemetry::causes;

/// The rest of an answer that has begun is only kept to be read by people.
const BODY_PATIENCE: Duration = Duration::from_secs(2);
const BODY_BYTES: usize = 4 * 1024;
/// Connections to one host that are kept for the next delivery.
const IDLE_CONNECTIONS: usize = 16;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Seconds, or a date in the form of HTTP.
    pub retry_after: Option<String>,
    /// The first 4 kB.
    pub body: String,
}

impl Client {
    /// A client that may reach `allowed` besides the public internet, and has failed without an answer after `timeout`.
    /// # Errors
    /// When no TLS can be had.
    pub fn new(allowed: &[IpNet], timeout: Duration) -> Result<Self, reqwest::Error> {
        let allowed: Arc<[IpNet]> = allowed.into();
        let http = reqwest::Client::builder()
            .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(GuardedResolver { allowed: allowed.clone() }))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .build()?;
        Ok(Self { http, allowed })
    }

    /// Posts `body` to `target`.
    /// # Errors
    /// Why there was no answer, in words for the log of the webhook's owner.
    pub async fn post(&self, target: &str, headers: HeaderMap, body: String) -> Result<Answer, String> {
        let target: Url = target.parse().map_err(|error| format!("the target is no URL: {error}"))?;
        // An address in the URL is connected to without asking the resolver.
        let literal: Option<IpAddr> = match target.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(address) = literal.filter(|address| !is_allowed(*address, &self.allowed)) {
            return Err(NotAllowed { address }.to_string());
        }
        let sent = self.http.post(target).headers(headers).body(body).send().await;
        // The URL stands beside the error anyway, and may hold a secret.
        let response = sent.map_err(|error| causes(&error.without_url()))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer { status, retry_after, body: beginning(response).await })
    }
}

/// What can be read of an answer in short time, up to 4 kB.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while bytes.len() < BODY_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            bytes.extend_from_slice(&chunk);
        }
    };
    let _read_in_time = tokio::time::timeout(BODY_PATIENCE, reading).await;
    bytes.truncate(BODY_BYTES);
    let mut text = String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}");
    // Replacing broken bytes makes a text longer.
    text.truncate(text.floor_char_boundary(BODY_BYTES));
    text
}

/// An address that the operator does not allow.
#[derive(Debug, thiserror::Error)]
#[error("{address} is not a public address, and --webhook-allow does not list it")]
struct NotAllowed {
    address: IpAddr,
}

#[derive(Debug, thiserror::Error)]
#[error("the name has no address")]
struct NoAddress;

/// Looks names up and passes on only what may be called: the connection goes to these very addresses.
struct GuardedResolver {
    allowed: Arc<[IpNet]>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (good, bad): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| is_allowed(address.ip(), &allowed));
            match (good.is_empty(), bad.first()) {
                (false, _) => Ok(Box::new(good.into_iter()) as Addrs),
                (true, Some(address)) => Err(NotAllowed { address: address.ip() }.into()),
                (true, None) => Err(NoAddress.into()),
            }
        })
    }
}
