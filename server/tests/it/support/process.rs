//! The real binary, as an operator starts and kills it.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Runtime;

use super::{DEADLINE, TestDatabase, postgres};

pub struct ParlorProcess {
    child: Child,
    pub url: String,
}

impl ParlorProcess {
    pub fn command() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PARLOR_")) {
            command.env_remove(name);
        }
        command
    }

    /// A command over what is kept in `data`.
    pub fn over(data: &Path) -> Command {
        let mut command = Self::command();
        command.env("PARLOR_DATA_DIR", data);
        if postgres().is_some() {
            let database = TestDatabase::of(data);
            // A story may be in the middle of its own runtime.
            let asked = std::thread::spawn(move || Runtime::new().unwrap().block_on(database.url()));
            command.env("PARLOR_DATABASE_URL", asked.join().unwrap().unwrap());
        }
        command
    }

    /// `parlor serve` on `data`, once it answers.
    pub fn serve(data: &Path) -> Self {
        Self::serve_with(data, &[])
    }

    /// The same, with these variables.
    pub fn serve_with(data: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start("serve", data, variables)
    }

    /// `parlor demo` on `data`, once it answers.
    pub fn demo(data: &Path) -> Self {
        Self::start("demo", data, &[])
    }

    /// `parlor serve` on `data`, once it answers, whose log is on a disk that is full.
    pub fn serve_without_room_for_a_log(data: &Path) -> Self {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut parlor = Self::spawn("serve", data, &[], full.into());
        let begun = Instant::now();
        while TcpStream::connect(parlor.url.trim_start_matches("http://")).is_err() {
            assert!(parlor.child.try_wait().unwrap().is_none(), "the server ended before it listened");
            assert!(begun.elapsed() < DEADLINE, "the server starts in time");
            std::thread::sleep(Duration::from_millis(20));
        }
        parlor
    }

    fn spawn(command: &str, data: &Path, variables: &[(&str, &str)], log: Stdio) -> Self {
        // Free a moment ago; a test that loses the race fails to start and says so.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let child = Self::over(data)
            .args([command, "--listen", &listen])
            // Visitors of tests are quicker than people.
            .env("PARLOR_FORM_PAUSE", "0s")
            .env("PARLOR_VISITOR_RATE", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, url: format!("http://{listen}") }
    }

    fn start(command: &str, data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut parlor = Self::spawn(command, data, variables, Stdio::piped());
        let log = BufReader::new(parlor.child.stderr.take().unwrap());
        let begun = Instant::now();
        let mut lines = log.lines();
        while let Some(Ok(line)) = lines.next() {
            if line.contains("listening") {
                // Somebody must go on reading, or a full pipe would stop the server.
                std::thread::spawn(move || lines.for_each(drop));
                return parlor;
            }
            assert!(begun.elapsed() < DEADLINE, "the server starts in time");
        }
        panic!("the server ended before it listened");
    }

    pub fn provision(data: &Path) -> Value {
        let output = Self::over(data).args(["provision", "--name", "Shop", "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; gives the exit status.
    pub fn terminate(mut self) -> std::process::ExitStatus {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < DEADLINE, "it stops in time");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for ParlorProcess {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}
