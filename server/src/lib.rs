//! The server: storage, use cases, and the edges they are reached by.

pub mod api;
pub mod auth;
pub mod backend;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
mod demo;
mod export;
pub mod files;
pub mod guard;
pub mod legacy;
pub mod links;
pub mod live;
pub mod router;
mod serve;
pub mod signals;
pub mod state;
pub mod storage;
pub mod telemetry;
pub mod web;
pub mod webhooks;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use auth::VisitorTokens;
use chat::Chat;
use clock::{Clock, random_secret};
use config::Config;
use files::{Addresses, Files};
use guard::{Limits, Listeners, TrustedProxies};
use live::{Fanout, Membership};
use state::AppState;
use storage::{Database, Place, Storage, StorageError};
use web::Site;
use webhooks::{Schedule, Worker};

/// Once draining, how long open requests may take to end before the process goes anyway.
const DRAIN: Duration = Duration::from_secs(8);

/// Facts about the installation, drawn when its database is first opened.
const VISITOR_SECRET: &str = "visitor_secret";
const EPOCH: &str = "epoch";
const ATTACHMENT_SECRET: &str = "attachment_secret";

/// The use cases over the database and the file store that `config` names, known to the world as `public_url`.
/// # Errors
/// When the folder can't be made or the database can't be opened; the message names it.
pub async fn open_chat(config: &Config, public_url: &Url) -> anyhow::Result<Chat> {
    let database = config.database();
    if let Database::Sqlite(file) = &database {
        make_folder_of(file).await?;
    }
    let storage = Storage::open(&database).await.with_context(|| format!("cannot open the database {database}"))?;
    tokio::fs::create_dir_all(&config.data_dir).await.with_context(|| {
        format!("cannot make the data folder {}; give another with --data-dir", config.data_dir.display())
    })?;
    let store = files::open_store(config.object_store_url.as_ref(), &config.attachments_folder()).await?;
    let secret =
        storage.write(|tx| Box::pin(async move { tx.setting_or(ATTACHMENT_SECRET, &random_secret()).await })).await?;
    let files = Files::new(store, Addresses::new(public_url, secret), &config.data_dir);
    Ok(Chat::limited(storage, files, Fanout::default(), Clock::system(), config.app_rate))
}

/// Makes the folder that the database in `file` is in, if it is missing.
async fn make_folder_of(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().unwrap_or(file);
    tokio::fs::create_dir_all(folder)
        .await
        .with_context(|| format!("cannot make the data folder {}; give another with --data-dir", folder.display()))
}

/// A server that has its address and its database, and takes requests once it runs.
pub struct Server {
    pub address: SocketAddr,
    listener: TcpListener,
    patience: Duration,
    state: AppState,
    webhooks: Worker,
    _place: Place,
    membership: Option<Membership>,
}

impl Server {
    /// Opens the database and the address. `draining` makes [`Server::run`] end in order.
    /// # Errors
    /// When one of them can't be had; the message names it.
    pub async fn bind(config: &Config, draining: CancellationToken) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}; give another address with --listen", config.listen))?;
        let address = listener.local_addr()?;
        let chat = open_chat(config, &config.public_url_on(address)).await?;
        let place = chat.storage().take_place(config.nats_url.is_some()).await?;
        let place = place.context(
            "another node uses this database: several hear of each other over NATS, so give each of them --nats-url",
        )?;
        let (secret, epoch) = chat
            .storage()
            .write(|tx| {
                Box::pin(async move {
                    let secret = tx.setting_or(VISITOR_SECRET, &random_secret()).await?;
                    let epoch = tx.setting_or(EPOCH, &random_secret()).await?;
                    Ok::<_, StorageError>((secret, epoch))
                })
            })
            .await?;
        let membership = match &config.nats_url {
            Some(url) => Some(chat.join_nodes(url, &epoch).await.context("cannot connect to the NATS of --nats-url")?),
            None => None,
        };
        let webhooks = Worker {
            storage: chat.storage().patient(),
            clock: chat.clock().clone(),
            client: webhooks::Client::new(&config.webhook_allow, config.webhook_timeout)
                .context("cannot make a client for webhooks")?,
            schedule: Schedule::new(config.webhook_retries.clone()),
            log_days: config.webhook_log_days,
            draining: draining.clone(),
        };
        let state = AppState::new(state::Shared {
            chat,
            tokens: VisitorTokens::new(&secret),
            site: Site::new(&config.public_url_on(address)),
            proxies: TrustedProxies::new(config.trusted_proxies.clone()),
            limits: Limits::new(config),
            listeners: Listeners::new(config.max_sockets, config.address_sockets),
            form_pause: config.form_pause,
            page_messages: config.page_messages,
            epoch,
            is_demo: config.is_demo,
            draining,
            metrics: telemetry::metrics_handle(),
        });
        let patience = config.client_patience;
        Ok(Self { address, listener, patience, state, webhooks, membership, _place: place })
    }

    pub fn chat(&self) -> &Chat {
        &self.state.chat
    }

    pub fn site(&self) -> &Site {
        &self.state.site
    }

    /// Serves until draining begins; then takes no new requests, lets open ones end, and closes the database.
    /// # Errors
    /// When the address can't be listened on any more.
    pub async fn run(self) -> anyhow::Result<()> {
        // Leptos spawns on this executor; initialised once a process, a second time is no harm.
        let _already = any_spawner::Executor::init_tokio();
        let Self { listener, patience, state, webhooks, membership, .. } = self;
        let (draining, storage) = (state.draining.clone(), state.chat.storage().clone());
        let (chat, sweeping) = (state.chat.clone(), draining.clone());
        tokio::spawn(async move { sweeping.run_until_cancelled(chat.sweep_attachments()).await });
        let (chat, expiring) = (state.chat.clone(), draining.clone());
        tokio::spawn(async move { expiring.run_until_cancelled(chat.expire_conversations()).await });
        let (chat, erasing) = (state.chat.clone(), draining.clone());
        tokio::spawn(async move { erasing.run_until_cancelled(chat.erase_people()).await });
        let (chat, forgetting) = (state.chat.clone(), draining.clone());
        tokio::spawn(async move { forgetting.run_until_cancelled(chat.forget_old_messages()).await });
        let webhooks = webhooks::start(webhooks);
        let served = serve::serve(listener, router::router(state), patience, draining.clone());
        tokio::select! {
            () = served => {}
            () = async { draining.cancelled().await; tokio::time::sleep(DRAIN).await } => {
                tracing::warn!("some requests did not end in time");
            }
        }
        // It knows that draining began, and how long it may take.
        let _ended = webhooks.await;
        if let Some(membership) = membership {
            membership.end().await;
        }
        storage.close().await;
        Ok(())
    }
}
