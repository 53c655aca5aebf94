//! A NATS server of one's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::DEADLINE;

pub struct NatsServer {
    port: u16,
    process: Option<Child>,
    flags: Vec<&'static str>,
}

impl NatsServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts with further flags.
    pub fn start_with(flags: &[&'static str]) -> Self {
        let mut server = Self::absent();
        server.flags = flags.to_vec();
        server.come_back();
        server
    }

    /// An address where none runs yet.
    pub fn absent() -> Self {
        // Free a moment ago; a test that loses the race fails to start and says so.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, process: None, flags: Vec::new() }
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub fn die(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Runs at its address, once it can be reached.
    pub fn come_back(&mut self) {
        let mut command = Command::new("nats-server");
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]).args(&self.flags);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.process = Some(process.expect("nats-server is installed: scripts/setup.sh test does that"));
        let begun = Instant::now();
        while TcpStream::connect(self.address()).is_err() {
            assert!(begun.elapsed() < DEADLINE, "NATS starts in time");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.die();
    }
}
