//! An export of a user as somebody gets it: JSON for programs, or one HTML page for people. Written piece by piece.

mod html;
mod json;

use std::io;

use futures::{Stream, StreamExt as _};

use crate::chat::{ChatError, ExportPiece};
use crate::telemetry::causes;
use html::Html;
use json::Json;

pub use json::UserExport;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Html,
}

/// Writes the pieces of an export, in the order in which [`crate::chat::Chat::export_user`] gives them.
trait Writer: Send + Default + 'static {
    fn piece(&mut self, piece: ExportPiece) -> String;
    /// What stands after all pieces.
    fn end(self) -> String;
}

/// The text of an export, in chunks. Where a piece can't be had, the text breaks off with an error.
pub fn written(
    pieces: impl Stream<Item = Result<ExportPiece, ChatError>> + Send + 'static,
    form: Form,
) -> futures::stream::BoxStream<'static, io::Result<String>> {
    match form {
        Form::Json => by(pieces, Json::default()),
        Form::Html => by(pieces, Html::default()),
    }
}

fn by<W: Writer>(
    pieces: impl Stream<Item = Result<ExportPiece, ChatError>> + Send + 'static,
    writer: W,
) -> futures::stream::BoxStream<'static, io::Result<String>> {
    let state = (Box::pin(pieces), Some(writer));
    let chunks = futures::stream::try_unfold(state, |(mut pieces, mut writer)| async move {
        let Some(mut at_work) = writer.take() else { return Ok(None) };
        match pieces.next().await {
            Some(Ok(piece)) => Ok(Some((at_work.piece(piece), (pieces, Some(at_work))))),
            Some(Err(error)) => {
                tracing::error!(error = causes(&error), "an export broke off");
                Err(io::Error::other(error))
            }
            None => Ok(Some((at_work.end(), (pieces, None)))),
        }
    });
    chunks.boxed()
}
