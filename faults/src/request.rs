//! Requests as bytes: as much of HTTP as a proxy and a receiver need.

use anyhow::{Result, bail};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Nothing here is longer.
const LONGEST: usize = 1024 * 1024;

/// One whole request.
pub struct Request {
    /// Head and body as they came.
    pub bytes: Vec<u8>,
    /// Where the body begins.
    body: usize,
    /// Whether its answer has no end.
    pub is_stream: bool,
}

impl Request {
    /// Reads the next request; `None` at the end of the connection.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Self>> {
        let mut bytes = Vec::with_capacity(4096);
        loop {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
            let mut fields = [httparse::EMPTY_HEADER; 64];
            let mut head = httparse::Request::new(&mut fields);
            if let httparse::Status::Complete(body) = head.parse(&bytes)? {
                let is_stream = head.path.is_some_and(|path| path.starts_with("/events"));
                let length = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
                let length: usize = match length {
                    Some(header) => std::str::from_utf8(header.value)?.parse()?,
                    None => 0,
                };
                while bytes.len() < body + length {
                    if stream.read_buf(&mut bytes).await? == 0 {
                        return Ok(None);
                    }
                }
                return Ok(Some(Self { bytes, body, is_stream }));
            }
            if bytes.len() > LONGEST {
                bail!("a head without an end");
            }
        }
    }

    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }
}
