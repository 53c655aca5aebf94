//! A messenger that holds still in a state that only comes about at work.

use leptos::prelude::*;

use super::shown::{self, Line, Writing};
use super::{Book, Desk};
use crate::state::{Pending, Upload, rows};

/// What a messenger shows besides its first state.
#[derive(Debug, Clone, Default)]
pub struct Pose {
    pub line: Line,
    pub typing: Option<Writing>,
    /// Messages further down.
    pub unseen: u32,
    /// What is on its way, or did not get there.
    pub outbox: Vec<Pending>,
    pub uploads: Vec<Upload>,
    pub over: Option<Over>,
}

/// What covers the page: a picture, or a page of the business's.
#[derive(Debug, Clone)]
pub struct Over {
    pub address: String,
    pub name: String,
    /// How much of the screen a page takes: `compact`, `tall` or `full`. `None` for a picture.
    pub size: Option<&'static str>,
}

impl Desk {
    /// Takes `pose`.
    pub fn pose(self, pose: Pose) {
        let rows = self.book.try_update_value(|Book { start, transcript, outbox, uploads }| {
            pose.outbox.into_iter().for_each(|pending| outbox.push(pending));
            uploads.extend(pose.uploads);
            rows(transcript, outbox, uploads, &start.business, &start.texts, 0)
        });
        let (rows, _) = shown::reconcile(&[], rows.unwrap_or_default());
        self.rows.set(rows);
        self.show(|shown| {
            shown.line = pose.line;
            shown.typing = pose.typing;
            shown.unseen = pose.unseen;
        });
    }
}
