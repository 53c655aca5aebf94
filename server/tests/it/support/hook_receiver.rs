//! A receiver of webhooks that keeps what it gets and answers as told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::DEADLINE;

/// One call as it came.
#[derive(Clone)]
pub struct Call {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Call {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The id of its event; of a v1.1 call, the header says it.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn trigger(&self) -> &str {
        self.body["events"][0]["type"].as_str().unwrap_or_else(|| self.body["trigger"].as_str().unwrap_or_default())
    }

    pub fn payload(&self) -> &Value {
        &self.body["events"][0]["payload"]
    }

    /// The text of its message.
    pub fn said(&self) -> &str {
        self.payload()["message"]["content"]["text"].as_str().unwrap_or_default()
    }

    pub fn conversation(&self) -> &str {
        self.payload()["conversation"]["id"].as_str().unwrap_or_default()
    }
}

/// What to do with a call.
#[derive(Clone, Debug)]
pub enum Reply {
    Status(u16),
    /// With this header.
    With(u16, &'static str, String),
    /// With this body.
    Text(u16, String),
    /// Nothing, for as long as the caller waits.
    Silence,
}

type Script = Box<dyn FnMut(&Call, usize) -> Reply + Send>;

pub struct HookReceiver {
    pub address: SocketAddr,
    calls: Arc<watch::Sender<Vec<Call>>>,
    script: Arc<Mutex<Script>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    calls: Arc<watch::Sender<Vec<Call>>>,
    script: Arc<Mutex<Script>>,
}

impl HookReceiver {
    /// Takes everything.
    pub async fn start() -> Self {
        Self::answering(|_, _| Reply::Status(200)).await
    }

    /// Answers each call as `script` says, which is told how many came before.
    pub async fn answering(script: impl FnMut(&Call, usize) -> Reply + Send + 'static) -> Self {
        let calls = Arc::new(watch::Sender::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = serve(listener, Shared { calls: calls.clone(), script: script.clone() });
        Self { address, calls, script, serving }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Ends all connections and takes no new ones; what was kept stays.
    pub async fn die(&mut self) {
        self.serving.abort();
        let _aborted = (&mut self.serving).await;
    }

    /// Serves again, at the same address.
    pub async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serving = serve(listener, Shared { calls: self.calls.clone(), script: self.script.clone() });
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    /// All calls, once `enough` says so.
    pub async fn calls_when(&self, what: &str, enough: impl FnMut(&Vec<Call>) -> bool) -> Vec<Call> {
        let mut calls = self.calls.subscribe();
        let waited = tokio::time::timeout(DEADLINE, calls.wait_for(enough)).await;
        let Ok(calls) = waited else { panic!("{what} comes in time; there were {} calls", self.calls().len()) };
        calls.unwrap().clone()
    }

    /// The first `count` calls, once there are as many.
    pub async fn first(&self, count: usize) -> Vec<Call> {
        self.calls_when("every call", |calls| calls.len() >= count).await
    }

    /// The first call with this trigger.
    pub async fn of_trigger(&self, trigger: &str) -> Call {
        let calls = self.calls_when(trigger, |calls| calls.iter().any(|call| call.trigger() == trigger)).await;
        calls.into_iter().find(|call| call.trigger() == trigger).unwrap()
    }
}

impl Drop for HookReceiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn serve(listener: TcpListener, shared: Shared) -> JoinHandle<()> {
    let router = Router::new().fallback(answer).with_state(shared);
    tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper_util::service::TowerToHyperService::new(router.clone());
            connections.spawn(async move {
                let stream = hyper_util::rt::TokioIo::new(stream);
                let _gone = hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await;
            });
        }
    })
}

async fn answer(State(shared): State<Shared>, uri: Uri, headers: HeaderMap, text: String) -> Response<Body> {
    let body = serde_json::from_str(&text).unwrap_or_default();
    let call = Call { path: uri.path().to_owned(), headers, text, body };
    let before = shared.calls.borrow().len();
    let reply = (shared.script.lock().unwrap())(&call, before);
    shared.calls.send_modify(|calls| calls.push(call));
    let plain = |status: u16| Response::builder().status(status);
    match reply {
        Reply::Status(status) => plain(status).body("thank you".into()).unwrap(),
        Reply::With(status, name, value) => plain(status).header(name, value).body(Body::empty()).unwrap(),
        Reply::Text(status, text) => plain(status).body(text.into()).unwrap(),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_hours(1)).await;
            plain(200).body(Body::empty()).unwrap()
        }
    }
}
