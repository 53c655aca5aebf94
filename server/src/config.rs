//! Everything that can be set, read once: flags before `PARLOR_*` variables before defaults.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use ipnet::IpNet;
use url::Url;

use crate::live::NatsUrl;
use crate::storage::Database;

#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Whether this is `parlor demo`
    #[arg(skip)]
    pub is_demo: bool,

    /// Address to listen on
    #[arg(long, env = "PARLOR_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS:PORT", value_parser = listen)]
    pub listen: SocketAddr,

    /// Folder of the database and the attachments; made if missing
    #[arg(long, env = "PARLOR_DATA_DIR", default_value = "./data", value_name = "FOLDER")]
    pub data_dir: PathBuf,

    /// Database; unset: SQLite in the data folder
    #[arg(long, env = "PARLOR_DATABASE_URL", value_name = "URL")]
    pub database_url: Option<DatabaseUrl>,

    /// NATS that joins several nodes over one database; several addresses comma-separated
    #[arg(long, env = "PARLOR_NATS_URL", hide_env_values = true, value_name = "URL", value_parser = NatsUrlParser)]
    pub nats_url: Option<NatsUrl>,

    /// Store of attachments at S3, Google or Azure, or another folder; unset: in the data folder
    ///
    /// Credentials come from the environment under each provider's own names, such as `AWS_ACCESS_KEY_ID`.
    #[arg(long, env = "PARLOR_OBJECT_STORE_URL", value_name = "URL", value_parser = object_store_url)]
    pub object_store_url: Option<Url>,

    /// Address under which browsers reach this server, with a path prefix if it has one; unset: http and the listen address
    #[arg(long, env = "PARLOR_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,

    /// Private networks that webhooks may reach, comma-separated; all others are refused when a connection is made
    #[arg(long, env = "PARLOR_WEBHOOK_ALLOW", value_name = "CIDRS", value_delimiter = ',', value_parser = network)]
    pub webhook_allow: Vec<IpNet>,

    /// Pauses between the attempts to deliver an event to a webhook, comma-separated: one more attempt than pauses
    #[arg(long, env = "PARLOR_WEBHOOK_RETRIES", default_value = "5s,30s,150s,660s", value_name = "PAUSES", value_delimiter = ',', value_parser = pause)]
    pub webhook_retries: Vec<Duration>,

    /// How long a webhook may take to answer
    #[arg(long, env = "PARLOR_WEBHOOK_TIMEOUT", default_value = "20s", value_name = "TIME", value_parser = pause)]
    pub webhook_timeout: Duration,

    /// Days for which finished deliveries to webhooks are kept, to be looked at and replayed
    #[arg(long, env = "PARLOR_WEBHOOK_LOG_DAYS", default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub webhook_log_days: u32,

    /// Networks of proxies that are believed when they say for whom they ask, comma-separated
    #[arg(long, env = "PARLOR_TRUSTED_PROXIES", value_name = "CIDRS", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// API calls a second that each key may make, and twice as many at once; 0: no limit
    #[arg(long, env = "PARLOR_API_RATE", default_value_t = 50_000, value_name = "NUMBER", value_parser = rate)]
    pub api_rate: u32,

    /// Messages, uploads, presses and logins a second of each visitor, and ten times as many at once; 0: no limit
    #[arg(long, env = "PARLOR_VISITOR_RATE", default_value_t = 100, value_name = "NUMBER", value_parser = rate)]
    pub visitor_rate: u32,

    /// Requests of visitors a second from each address (IPv6: /64), and ten times as many at once; 0: no limit
    #[arg(long, env = "PARLOR_ADDRESS_RATE", default_value_t = 1_000, value_name = "NUMBER", value_parser = rate)]
    pub address_rate: u32,

    /// Openings a second of each short link, and ten times as many at once; 0: no limit
    #[arg(long, env = "PARLOR_LINK_RATE", default_value_t = 500, value_name = "NUMBER", value_parser = rate)]
    pub link_rate: u32,

    /// Messages a second in each app, from visitors and the API together, and twice as many at once; 0: no limit
    #[arg(long, env = "PARLOR_APP_RATE", default_value_t = 2_000, value_name = "NUMBER", value_parser = rate)]
    pub app_rate: u32,

    /// Listeners for live events at once; 0: no limit
    #[arg(long, env = "PARLOR_MAX_SOCKETS", default_value_t = 20_000, value_name = "NUMBER", value_parser = count)]
    pub max_sockets: u32,

    /// Listeners for live events at once from each address (IPv6: /64); 0: no limit
    #[arg(long, env = "PARLOR_ADDRESS_SOCKETS", default_value_t = 5_000, value_name = "NUMBER", value_parser = count)]
    pub address_sockets: u32,

    /// How long anybody takes at least from opening a page to posting its first message without scripts; 0s: no limit
    #[arg(long, env = "PARLOR_FORM_PAUSE", default_value = "1s", value_name = "TIME", value_parser = pause)]
    pub form_pause: Duration,

    /// How long a client may take over the head of its first request, or take nothing of an answer
    #[arg(long, env = "PARLOR_CLIENT_PATIENCE", default_value = "20s", value_name = "TIME", value_parser = patience)]
    pub client_patience: Duration,

    /// Messages that a chat page shows at first, and that "Load more" adds
    #[arg(long, env = "PARLOR_PAGE_MESSAGES", default_value_t = 25, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=200))]
    pub page_messages: u32,

    /// What to log, such as info or info,server=debug
    #[arg(long, env = "PARLOR_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
}

/// `sqlite://FILE` or `postgres://…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub Database);

impl FromStr for DatabaseUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let is_url = text.parse::<Url>().is_ok_and(|url| url.path().len() > 1);
            return is_url
                .then(|| Self(Database::Postgres(text.to_owned())))
                .ok_or_else(|| "should name a database, such as postgres://USER:PASSWORD@HOST/DATABASE".to_owned());
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
        match path {
            // Every connection would have a memory of its own.
            Some(path) if !path.is_empty() && !path.contains(":memory:") => Ok(Self(Database::Sqlite(path.into()))),
            _ => Err("should be sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE".to_owned()),
        }
    }
}

impl Config {
    /// Where everything but files is kept.
    pub fn database(&self) -> Database {
        let in_folder = || Database::Sqlite(self.data_dir.join("parlor.db"));
        self.database_url.as_ref().map_or_else(in_folder, |url| url.0.clone())
    }

    /// Where attachments are kept unless a store is named.
    pub fn attachments_folder(&self) -> PathBuf {
        self.data_dir.join("attachments")
    }

    /// The folder that attachments are kept in; `None`: they are in a bucket.
    pub fn store_folder(&self) -> Option<PathBuf> {
        match &self.object_store_url {
            None => Some(self.attachments_folder()),
            Some(url) if url.scheme() == "file" => url.to_file_path().ok(),
            Some(_) => None,
        }
    }

    /// The public address, for a server that listens on `local`.
    /// # Panics
    /// Never: an address and a port make a URL.
    pub fn public_url_on(&self, local: SocketAddr) -> Url {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{local}").parse().expect("an address and a port make a URL"))
    }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "should be an address and a port, such as 127.0.0.1:3000 or [::]:80".to_owned())
}

fn public_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}; should be such as https://chat.example.com"))?;
    let is_plain =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    // The prefix becomes a route: only plain segments, and none that is a route already.
    let is_segment =
        |segment: &str| segment.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'~'));
    let mut segments = url.path().split('/').filter(|segment| !segment.is_empty());
    let has_plain_path = segments.clone().all(is_segment) && segments.next() != Some("v2");
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain && has_plain_path {
        Ok(url)
    } else {
        Err("should be an http or https URL without credentials, query or fragment and with a plain path, such as https://chat.example.com"
            .to_owned())
    }
}

fn object_store_url(text: &str) -> Result<Url, String> {
    let url: Option<Url> = text.parse().ok();
    let is_plain = |url: &Url| {
        let has_place = if url.scheme() == "file" { !url.has_host() && url.path() != "/" } else { url.has_host() };
        has_place && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
    };
    let is_known = |url: &Url| matches!(url.scheme(), "s3" | "gs" | "az" | "file");
    url.filter(|url| is_known(url) && is_plain(url)).ok_or_else(|| {
        "should be such as s3://BUCKET/FOLDER, gs://BUCKET, az://CONTAINER or file:///FOLDER, without credentials"
            .to_owned()
    })
}

fn rate(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "should be a number of requests, such as 500, or 0 for no limit".to_owned())
}

fn count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "should be a number, such as 1000, or 0 for no limit".to_owned())
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse().ok().map(|address: std::net::IpAddr| address.into());
    text.parse().ok().or_else(address).ok_or_else(|| "should be networks such as 10.0.0.0/8,fd00::/8".to_owned())
}

fn pause(text: &str) -> Result<Duration, String> {
    let pause = text.trim().parse::<jiff::SignedDuration>().ok().and_then(|pause| Duration::try_from(pause).ok());
    let longest = Duration::from_hours(24);
    pause
        .filter(|pause| *pause <= longest)
        .ok_or_else(|| "should be up to a day, with units, such as 5s,30s,2m".to_owned())
}

fn patience(text: &str) -> Result<Duration, String> {
    pause(text)
        .ok()
        .filter(|patience| *patience >= Duration::from_millis(100))
        .ok_or_else(|| "should be from 100ms to a day, with a unit, such as 20s".to_owned())
}

/// As the others, but for the complaint: it may not repeat what may hold a password.
#[derive(Clone)]
struct NatsUrlParser;

impl TypedValueParser for NatsUrlParser {
    type Value = NatsUrl;
    fn parse_ref(&self, _: &clap::Command, arg: Option<&clap::Arg>, text: &OsStr) -> Result<NatsUrl, clap::Error> {
        text.to_str().unwrap_or_default().parse().map_err(|what| {
            let flag = arg.map(ToString::to_string).unwrap_or_default();
            clap::Error::raw(ErrorKind::ValueValidation, format!("invalid value for '{flag}': {what}\n"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_values_say_what_would_be_right() {
        assert!(listen("3000").unwrap_err().contains("127.0.0.1:3000"));
        assert!(public_url("chat.example.com").is_err());
        assert!(public_url("ftp://chat.example.com").unwrap_err().contains("https://chat.example.com"));
        assert!(public_url("https://u:p@chat.example.com").is_err());
        for path in ["v2", "*x", ":a", "a/{b}"] {
            assert!(public_url(&format!("https://chat.example.com/{path}")).is_err(), "{path}");
        }
        assert!("sqlite::memory:".parse::<DatabaseUrl>().is_err());
        assert!(network("10.0.0.0/33").unwrap_err().contains("10.0.0.0/8"));
        for wrong in
            ["bucket", "s3://", "https://bucket", "s3://key:secret@bucket", "file://host/x", "file:///", "gs://b?x"]
        {
            assert!(object_store_url(wrong).unwrap_err().contains("s3://BUCKET"), "{wrong}");
        }
        assert!("postgres://db".parse::<DatabaseUrl>().unwrap_err().contains("name a database"));
    }

    #[test]
    fn pauses_have_units() {
        assert_eq!(pause("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(pause(" 100ms"), Ok(Duration::from_millis(100)));
        assert_eq!(pause("1m 30s"), Ok(Duration::from_secs(90)));
        for wrong in ["5", "-5s", "2d", "soon", ""] {
            assert!(pause(wrong).unwrap_err().contains("5s,30s"), "{wrong}");
        }
    }

    #[test]
    fn patience_is_never_nothing() {
        assert_eq!(patience("20s"), Ok(Duration::from_secs(20)));
        for wrong in ["0s", "1ms", "20", "2d"] {
            assert!(patience(wrong).unwrap_err().contains("20s"), "{wrong}");
        }
    }

    #[test]
    fn right_values_pass() {
        assert!(public_url("https://chat.example.com/prefix").is_ok());
        for right in
            ["s3://bucket", "s3://bucket/folder", "gs://bucket", "az://container@account/x", "file:///var/files"]
        {
            assert!(object_store_url(right).is_ok(), "{right}");
        }
        assert_eq!(network(" 127.0.0.1").unwrap(), network("127.0.0.1/32").unwrap());
        assert_eq!(
            "sqlite:///var/lib/parlor.db".parse::<DatabaseUrl>().unwrap().0,
            Database::Sqlite("/var/lib/parlor.db".into())
        );
    }
}
