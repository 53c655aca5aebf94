//! Pages by offset, as the older API has them for short lists: what comes before a page is read along.

use domain::{Cursor, Invalid, Page, PageRequest};

use crate::api::v2::error::ApiError;
use crate::api::v2::extract::Query;
use crate::chat::ChatError;

pub struct Offset {
    pub offset: usize,
    limit: usize,
}

impl Offset {
    /// `limit` (1 to 100, else 25) and `offset` (else 0).
    /// # Errors
    /// For anything but such numbers.
    pub fn parse(query: &Query) -> Result<Self, Invalid> {
        let number = |name: &'static str, default| match query.one(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| Invalid::new(name, "should be a number, 0 or more")),
        };
        let (offset, limit) = (number("offset", 0)?, number("limit", 25)?);
        if (1..=100).contains(&limit) {
            Ok(Self { offset, limit })
        } else {
            Err(Invalid::new("limit", "should be a number from 1 to 100"))
        }
    }

    /// The same of a list that is read a page at a time; `read` reads one, and `id` tells where the next begins.
    pub async fn walk<T, Id, F>(
        &self,
        id: impl Fn(&T) -> Id,
        mut read: impl FnMut(PageRequest<Id>) -> F,
    ) -> Result<(Vec<T>, bool), ApiError>
    where
        F: Future<Output = Result<Page<T>, ChatError>>,
    {
        let (mut records, mut cursor) = (Vec::new(), Cursor::Start);
        loop {
            let page = read(PageRequest { cursor, size: 100 }).await?;
            records.extend(page.items);
            let is_enough = records.len() > self.offset.saturating_add(self.limit);
            match records.last() {
                Some(last) if page.more_after && !is_enough => cursor = Cursor::After(id(last)),
                _ => return Ok(self.cut(records)),
            }
        }
    }

    /// The page of `list`, and whether there is more behind it.
    pub fn cut<T>(&self, list: Vec<T>) -> (Vec<T>, bool) {
        let has_more = list.len() > self.offset.saturating_add(self.limit);
        (list.into_iter().skip(self.offset).take(self.limit).collect(), has_more)
    }
}
