//! A proxy before each node that cuts, delays and doubles what goes through it.
//!
//! Clients send one request a connection, so that a connection is a request here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::request::Request;

/// How bad the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// One request in fifty comes to harm.
    Fair,
    /// Every second one does, and no listener stays for long.
    Storm,
}

/// What befalls a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mischief {
    /// It does not arrive.
    CutBefore,
    /// Half of it arrives.
    CutWithin,
    /// It arrives, the answer does not.
    CutAfter,
    /// It arrives, and half of the answer.
    CutAnswer,
    /// It arrives twice at once.
    Double,
    /// It arrives late.
    Delay,
}

impl Mischief {
    const ALL: [Self; 6] =
        [Self::CutBefore, Self::CutWithin, Self::CutAfter, Self::CutAnswer, Self::Double, Self::Delay];

    fn draw(weather: Weather, rng: &mut Rng) -> Option<Self> {
        let one_in = match weather {
            Weather::Fair => 50,
            Weather::Storm => 2,
        };
        (rng.u32(..one_in) == 0).then(|| Self::ALL[rng.usize(..Self::ALL.len())])
    }
}

/// How often something was done, of all proxies.
#[derive(Default)]
pub struct Harm {
    pub cut: AtomicU64,
    pub delayed: AtomicU64,
    pub doubled: AtomicU64,
}

pub struct Proxy {
    pub address: String,
    weather: watch::Sender<Weather>,
    accepting: AbortHandle,
}

impl Proxy {
    /// Listens at an address of its own and passes on to `node`.
    pub async fn start(node: String, harm: Arc<Harm>, mut rng: Rng) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (weather, seen) = watch::channel(Weather::Fair);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let passage =
                    Passage { node: node.clone(), harm: harm.clone(), rng: rng.fork(), weather: seen.clone() };
                tokio::spawn(async move {
                    // Whatever goes wrong is what a bad line looks like.
                    let _cut = passage.pass(client).await;
                });
            }
        });
        Ok(Self { address, weather, accepting: accepting.abort_handle() })
    }

    /// Changes the weather; who listens through it is cut off.
    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection through a proxy.
struct Passage {
    node: String,
    harm: Arc<Harm>,
    rng: Rng,
    weather: watch::Receiver<Weather>,
}

impl Passage {
    async fn pass(mut self, mut client: TcpStream) -> Result<()> {
        client.set_nodelay(true)?;
        let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
        let weather = *self.weather.borrow_and_update();
        let mischief = Mischief::draw(weather, &mut self.rng);
        self.count(mischief);
        match mischief {
            Some(Mischief::CutBefore) => return Ok(()),
            Some(Mischief::CutWithin) => {
                let mut node = self.reach().await?;
                node.write_all(&request.bytes[..request.bytes.len() / 2]).await?;
                return Ok(());
            }
            Some(Mischief::CutAfter) => {
                let mut node = self.reach().await?;
                node.write_all(&request.bytes).await?;
                sleep(self.moment(30)).await;
                return Ok(());
            }
            Some(Mischief::CutAnswer) => {
                let mut node = self.reach().await?;
                node.write_all(&request.bytes).await?;
                let mut answer = Vec::with_capacity(4096);
                node.read_buf(&mut answer).await?;
                client.write_all(&answer[..answer.len() / 2]).await?;
                return Ok(());
            }
            Some(Mischief::Double) => {
                let (mut node, bytes) = (self.reach().await?, request.bytes.clone());
                tokio::spawn(async move {
                    let mut answer = vec![0; 4096];
                    let _gone = node.write_all(&bytes).await;
                    // Long enough that the node does its work.
                    let _gone = timeout(Duration::from_secs(2), node.read(&mut answer)).await;
                });
            }
            Some(Mischief::Delay) => sleep(self.moment(500)).await,
            None => {}
        }
        let mut node = self.reach().await?;
        node.write_all(&request.bytes).await?;
        if !request.is_stream {
            copy_bidirectional(&mut client, &mut node).await?;
            return Ok(());
        }
        let life = match weather {
            Weather::Fair => Duration::from_secs(5) + self.moment(60_000),
            Weather::Storm => self.moment(1_500),
        };
        tokio::select! {
            copied = copy_bidirectional(&mut client, &mut node) => { copied?; }
            _changed = self.weather.changed() => self.count(Some(Mischief::CutAnswer)),
            () = sleep(life) => self.count(Some(Mischief::CutAnswer)),
        }
        Ok(())
    }

    async fn reach(&self) -> Result<TcpStream> {
        let node = TcpStream::connect(&self.node).await?;
        node.set_nodelay(true)?;
        Ok(node)
    }

    fn moment(&mut self, most_ms: u64) -> Duration {
        Duration::from_millis(self.rng.u64(..most_ms))
    }

    fn count(&self, mischief: Option<Mischief>) {
        let count = match mischief {
            None => return,
            Some(Mischief::Double) => &self.harm.doubled,
            Some(Mischief::Delay) => &self.harm.delayed,
            Some(_) => &self.harm.cut,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
