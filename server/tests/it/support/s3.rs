//! A bucket at an S3 server of its own, which wants requests signed.

use std::net::SocketAddr;
use std::path::Path;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const BUCKET: &str = "parlor";
const KEY: &str = "local";
const SECRET: &str = "local-secret";

pub struct Bucket {
    folder: TempDir,
    address: SocketAddr,
    /// Serves by itself, whatever the story is doing; `None` while it is down.
    runtime: Option<Runtime>,
}

impl Bucket {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        // Free a moment ago; a test that loses the race fails to start and says so.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut bucket = Self { folder, address, runtime: None };
        bucket.come_back();
        bucket
    }

    /// Whatever is under way ends without an answer.
    pub fn die(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub fn come_back(&mut self) {
        let mut service = S3ServiceBuilder::new(FileSystem::new(self.folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let runtime = Runtime::new().unwrap();
        let listener = std::net::TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(serve(listener, service.build()));
        self.runtime = Some(runtime);
    }

    /// The variables by which a server keeps its attachments under `files/` here.
    pub fn variables(&self) -> Vec<(String, String)> {
        let named = [
            ("PARLOR_OBJECT_STORE_URL", format!("s3://{BUCKET}/files")),
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ];
        named.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// The sizes of what is kept, in order.
    pub fn sizes(&self) -> Vec<u64> {
        let mut sizes = Vec::new();
        add_sizes(&self.folder.path().join(BUCKET).join("files"), &mut sizes);
        sizes.sort_unstable();
        sizes
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.die();
    }
}

fn add_sizes(folder: &Path, sizes: &mut Vec<u64>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            add_sizes(&entry.path(), sizes);
        } else {
            sizes.push(entry.metadata().unwrap().len());
        }
    }
}

async fn serve(listener: std::net::TcpListener, service: S3Service) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone()));
    }
}
