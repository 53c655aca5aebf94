//! A multipart form with files in some of its parts, as every way in sends one.

use std::time::Duration;

use domain::FILE_BYTES;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use multer::{Field, Multipart};

use super::{FileError, Files, Spool};

/// A client that sends nothing for so long is cut.
const SILENCE: Duration = Duration::from_secs(30);
/// A whole upload may take this long: 50 MB at half a megabit a second.
const PATIENCE: Duration = Duration::from_mins(15);
/// What the form may have around the file: other fields, boundaries, names.
const AROUND_BYTES: u64 = 200 * 1024;
/// One text field.
const FIELD_BYTES: usize = 100 * 1024;
/// How much of an upload that is too large is still read, because most clients read no answer before they have sent all.
const DISCARDED_BYTES: u64 = 64 * 1024 * 1024;

/// Files of one form: each takes a place on the disk while it comes in.
const FILES: usize = 10;
/// What the API calls the part with the file.
const SOURCE: &[&str] = &["source"];

/// What came of a form.
#[derive(Default)]
pub struct Form {
    /// The parts that hold files, in order.
    pub files: Vec<Source>,
    /// The other parts, in order.
    pub fields: Vec<(String, String)>,
}

/// A part with a file.
pub struct Source {
    /// What the part is called.
    pub part: &'static str,
    pub bytes: Spool,
    /// As given: to be made sound before use.
    pub name: Option<String>,
    pub media_type: Option<String>,
}

impl Source {
    /// Whether nothing was chosen: browsers send such a part all the same.
    pub fn is_absent(&self) -> bool {
        self.bytes.size() == 0 && self.name.as_deref().unwrap_or_default().is_empty()
    }
}

impl Files {
    /// Reads a form with a file in its part `source`. Nothing of it is left anywhere if this fails or is given up.
    /// # Errors
    /// `Malformed`, `TooLarge`, `TooSlow`, `Unavailable`.
    pub async fn receive<S, B, E>(&self, content_type: &str, body: S) -> Result<Form, FileError>
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<bytes::Bytes> + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut form = Form::default();
        self.receive_into(&mut form, SOURCE, content_type, body).await?;
        Ok(form)
    }

    /// Reads a form with files in the parts called one of `parts`; what came before a failure is in `form` all the same.
    /// # Errors
    /// `Malformed`, `TooLarge`, `TooSlow`, `Unavailable`.
    pub async fn receive_into<S, B, E>(
        &self,
        form: &mut Form,
        parts: &'static [&'static str],
        content_type: &str,
        body: S,
    ) -> Result<(), FileError>
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<bytes::Bytes> + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let boundary = multer::parse_boundary(content_type)
            .map_err(|_| FileError::Malformed("The content-type should be multipart/form-data with a boundary"))?;
        let body = body.map_ok(Into::into).map_err(|_| FileError::Malformed("The body ended too early"));
        let read = self.read(form, parts, Multipart::new(within_limits(Box::pin(body)), boundary));
        tokio::time::timeout(PATIENCE, read).await.map_err(|_| FileError::TooSlow)?
    }

    async fn read(
        &self,
        form: &mut Form,
        files: &'static [&'static str],
        mut parts: Multipart<'static>,
    ) -> Result<(), FileError> {
        while let Some(part) = parts.next_field().await.map_err(of_form)? {
            let Some(name) = part.name().map(str::to_owned) else {
                text(part).await?;
                continue;
            };
            match files.iter().find(|file| **file == name) {
                Some(_) if form.files.len() == FILES => {
                    return Err(FileError::Malformed("The form should not have more than 10 files"));
                }
                Some(file) => form.files.push(self.source(file, part).await?),
                None => form.fields.push((name, text(part).await?)),
            }
        }
        Ok(())
    }

    async fn source(&self, called: &'static str, mut part: Field<'static>) -> Result<Source, FileError> {
        let name = part.file_name().map(str::to_owned);
        let media_type = part.content_type().map(|given| given.essence_str().to_owned());
        let mut bytes = self.spool().await?;
        while let Some(chunk) = part.chunk().await.map_err(of_form)? {
            match bytes.write(&chunk).await {
                Err(FileError::TooLarge) => {
                    while part.chunk().await.map_err(of_form)?.is_some() {}
                    return Err(FileError::TooLarge);
                }
                written => written?,
            }
        }
        Ok(Source { part: called, bytes, name, media_type })
    }
}

async fn text(mut part: Field<'static>) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(of_form)? {
        if bytes.len() + chunk.len() > FIELD_BYTES {
            return Err(FileError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| FileError::Malformed("Fields beside the file should be UTF-8"))
}

/// What `multer` says, with our own errors taken out of it again.
fn of_form(error: multer::Error) -> FileError {
    match error {
        multer::Error::StreamReadFailed(source) => match source.downcast::<FileError>() {
            Ok(ours) => *ours,
            Err(_) => FileError::Malformed("The body ended too early"),
        },
        _ => FileError::Malformed("The body should be a well-formed multipart form"),
    }
}

type Body = std::pin::Pin<Box<dyn Stream<Item = Result<bytes::Bytes, FileError>> + Send>>;

/// Ends in an error when `body` falls silent, and when it goes on beyond what the largest form has.
fn within_limits(body: Body) -> impl Stream<Item = Result<bytes::Bytes, FileError>> + Send {
    stream::unfold(Some((body, 0)), |state| async move {
        let (mut body, before) = state?;
        match next(&mut body).await? {
            Ok(chunk) => {
                let so_far = before + chunk.len() as u64;
                if so_far <= FILE_BYTES + AROUND_BYTES {
                    return Some((Ok(chunk), Some((body, so_far))));
                }
                discard(body).await;
                Some((Err(FileError::TooLarge), None))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}

async fn next(body: &mut Body) -> Option<Result<bytes::Bytes, FileError>> {
    tokio::time::timeout(SILENCE, body.next()).await.unwrap_or(Some(Err(FileError::TooSlow)))
}

async fn discard(mut body: Body) {
    let mut discarded = 0;
    while let Some(Ok(chunk)) = next(&mut body).await {
        discarded += chunk.len() as u64;
        if discarded > DISCARDED_BYTES {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_falls_silent_is_cut() {
        let begun = tokio::time::Instant::now();
        let body = stream::iter([Ok(bytes::Bytes::from_static(b"--x\r\n"))]).chain(stream::pending());
        let chunks: Vec<_> = within_limits(Box::pin(body)).collect().await;
        assert!(matches!(chunks[..], [Ok(_), Err(FileError::TooSlow)]));
        assert_eq!(begun.elapsed(), SILENCE);
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut() {
        let megabyte = bytes::Bytes::from(vec![0; 1024 * 1024]);
        let body = stream::repeat_with(move || Ok(megabyte.clone()));
        let chunks: Vec<_> = within_limits(Box::pin(body)).collect().await;
        assert_eq!(chunks.len(), 51, "50 megabytes and an error");
        assert!(matches!(chunks.last(), Some(Err(FileError::TooLarge))));
    }
}
