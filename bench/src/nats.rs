//! A NATS server for nodes to hear of each other by.

use anyhow::Result;
use tokio::net::TcpStream;

use crate::process::Server;

pub struct Nats {
    server: Server,
    /// Tells a node to use it.
    pub flag: String,
}

impl Nats {
    pub async fn start() -> Result<Self> {
        let arguments = ["-a", "127.0.0.1", "-p", "{port}"].map(str::to_owned);
        let listens = async |address: &str| TcpStream::connect(address).await.is_ok();
        let server = Server::start_until("nats-server", &arguments, listens).await?;
        let flag = format!("--nats-url=nats://{}", server.address);
        Ok(Self { server, flag })
    }

    pub async fn stop(self) -> Result<()> {
        self.server.stop().await
    }
}
