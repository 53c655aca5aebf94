//! The bot of `parlor demo`: what a business would write.
//!
//! It knows the server by its public API and its webhooks alone, and shows every type of message on request.

mod api;
mod bot;
mod files;
mod registration;
mod samples;
mod wish;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::api::Api;
use self::bot::Bot;
use self::files::Files;
use crate::telemetry::causes;

/// Where the bot listens, and so what webhooks of a demo must be able to reach.
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What the bot is told of the server.
pub struct Demo {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The path of its public address: `/prefix`, mostly empty.
    pub base: String,
    /// Its public address.
    pub site: String,
    pub app: String,
    /// An API key of the app: id and secret.
    pub key: (String, String),
    pub draining: CancellationToken,
}

/// The network that webhooks of a demo may reach besides all others.
pub fn network() -> IpNet {
    HOME.into()
}

/// Answers visitors until draining begins. The server does well without: what goes wrong is logged, and that is all.
pub async fn run(demo: Demo) {
    if let Err(error) = answer(demo).await {
        tracing::warn!(error = causes(error.as_ref()), "the demo bot does not answer");
    }
}

async fn answer(demo: Demo) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Demo { address, base, site, app, key, draining } = demo;
    let listener = TcpListener::bind((HOME, 0)).await?;
    let target = format!("http://{}/", listener.local_addr()?);
    let root = format!("http://{}{base}", reachable(address));
    let api = Api::new(&root, &app, key)?;
    let secret = registration::register(&api, &target).await?;
    let files = Files::uploaded(&api, &site, &root).await?;
    tracing::info!(address = %target, "the demo bot listens");
    let bot = Arc::new(Bot::new(api, secret, files, site));
    axum::serve(listener, bot::routes(bot)).with_graceful_shutdown(draining.cancelled_owned()).await?;
    Ok(())
}

/// An address under which whoever listens on `address` is found from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_on_every_address_is_found_on_this_machine() {
        for (listens, found) in
            [("0.0.0.0:3000", "127.0.0.1:3000"), ("[::]:80", "[::1]:80"), ("10.1.2.3:3000", "10.1.2.3:3000")]
        {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), found);
        }
    }
}
