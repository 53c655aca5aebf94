//! Where NATS is, and what opens it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;
use url::Url;

/// After which nobody is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// One or several addresses of one NATS, such as `nats://user:password@host:4222`. Written out, it says nothing of itself.
#[derive(Clone)]
pub struct NatsUrl {
    servers: Vec<ServerAddr>,
    login: Login,
}

/// Kept apart from the addresses, so that nothing that names an address names it.
#[derive(Clone)]
enum Login {
    None,
    Token(String),
    User(String, String),
}

impl fmt::Debug for NatsUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NatsUrl(…)")
    }
}

impl FromStr for NatsUrl {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let mut known = Login::None;
            let mut servers = Vec::new();
            for address in text.split(',') {
                let (server, login) = read(address.trim())?;
                servers.push(server);
                if matches!(known, Login::None) {
                    known = login;
                }
            }
            Some(Self { servers, login: known })
        };
        read().ok_or("should be such as nats://HOST:4222 or tls://USER:PASSWORD@HOST:4222, comma-separated for several")
    }
}

/// One address, and what it says besides.
fn read(text: &str) -> Option<(ServerAddr, Login)> {
    let mut url: Url = text.parse().ok()?;
    let is_plain = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    if !matches!(url.scheme(), "nats" | "tls") || !has_host || !is_plain {
        return None;
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
    let login = match (decoded(url.username())?, url.password()) {
        (user, Some(password)) => Login::User(user, decoded(password)?),
        (token, None) if !token.is_empty() => Login::Token(token),
        _ => Login::None,
    };
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some((ServerAddr::from_url(url).ok()?, login))
}

impl NatsUrl {
    /// Whether NATS takes a connection and answers on it.
    /// # Errors
    /// Why it does not.
    pub async fn reach(&self) -> anyhow::Result<()> {
        let asked = async {
            let client = self.options().connect(self.servers()).await?;
            client.flush().await?;
            client.drain().await?;
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, asked).await.context("nobody answers")?
    }

    pub fn servers(&self) -> &[ServerAddr] {
        &self.servers
    }

    pub fn options(&self) -> ConnectOptions {
        match &self.login {
            Login::None => ConnectOptions::new(),
            Login::Token(token) => ConnectOptions::with_token(token.clone()),
            Login::User(user, password) => ConnectOptions::with_user_and_password(user.clone(), password.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_keeps_its_secret() {
        let url: NatsUrl = "tls://ann:p%40ss@nats.example.com:4223, nats://127.0.0.1".parse().unwrap();
        let servers: Vec<_> = url.servers().iter().map(|server| (server.host(), server.port())).collect();
        assert_eq!(servers, [("nats.example.com", 4223), ("127.0.0.1", 4222)]);
        assert!(url.servers()[0].tls_required() && !url.servers()[1].tls_required());
        assert!(matches!(&url.login, Login::User(user, password) if user == "ann" && password == "p@ss"));
        assert!(
            matches!("nats://s3cret@host".parse::<NatsUrl>().unwrap().login, Login::Token(token) if token == "s3cret")
        );
        let written = format!("{url:?} {:?}", url.servers());
        assert!(!written.contains("\"ann\"") && !written.contains("40ss"), "{written}");
    }

    #[test]
    fn what_is_no_address_says_what_would_be() {
        for wrong in ["", "localhost", "localhost:4222", "http://localhost", "nats://", "nats://host/x", "nats://a,b"] {
            assert!(wrong.parse::<NatsUrl>().unwrap_err().contains("nats://HOST:4222"), "{wrong}");
        }
    }
}
