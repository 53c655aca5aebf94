//! A client that costs little, so that the load's core is not what is measured: HTTP/1.1, keep-alive, Content-Length.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    address: String,
    read: Vec<u8>,
    /// Sent with every request, each line ended by CR LF.
    pub headers: String,
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address: address.to_owned(), read: Vec::with_capacity(64 * 1024), headers: String::new() })
    }

    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{}\r\n", self.address, self.headers);
        self.exchange(request.as_bytes()).await
    }

    pub async fn post(&mut self, path: &str, kind: &str, body: &str) -> Result<Answer> {
        let mut request = String::with_capacity(512 + body.len());
        write!(
            request,
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{}\r\n{body}",
            self.address,
            body.len(),
            self.headers
        )?;
        self.exchange(request.as_bytes()).await
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server closed the connection");
            }
            let mut fields = [httparse::EMPTY_HEADER; 32];
            let mut head = httparse::Response::new(&mut fields);
            let httparse::Status::Complete(begin) = head.parse(&self.read)? else { continue };
            let status = head.code.context("a status")?;
            let headers: Vec<(String, String)> = head
                .headers
                .iter()
                .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let Some((_, length)) = length else {
                return self.chunked(status, headers, begin).await;
            };
            let end = begin + length.parse::<usize>()?;
            while self.read.len() < end {
                if self.stream.read_buf(&mut self.read).await? == 0 {
                    bail!("the server closed the connection");
                }
            }
            return Ok(Answer { status, headers, body: self.read[begin..end].to_vec() });
        }
    }

    /// A body in chunks, as compressed answers come.
    async fn chunked(&mut self, status: u16, headers: Vec<(String, String)>, begin: usize) -> Result<Answer> {
        let (mut body, mut at) = (Vec::new(), begin);
        loop {
            match httparse::parse_chunk_size(&self.read[at..]) {
                Ok(httparse::Status::Complete((head, size))) => {
                    let (from, to) = (at + head, at + head + usize::try_from(size)?);
                    if self.read.len() >= to + 2 {
                        body.extend_from_slice(&self.read[from..to]);
                        at = to + 2;
                        if size == 0 {
                            return Ok(Answer { status, headers, body });
                        }
                        continue;
                    }
                }
                Ok(httparse::Status::Partial) => {}
                Err(_) => bail!("the server sent a broken chunk"),
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                bail!("the server closed the connection");
            }
        }
    }
}
