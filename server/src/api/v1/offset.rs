//! Pages by offset, as the older API has them for short lists: at most a few hundred records, so the whole list is read.

use domain::Invalid;

use crate::api::v2::extract::Query;

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

    /// The page of `list`, and whether there is more behind it.
    pub fn cut<T>(&self, list: Vec<T>) -> (Vec<T>, bool) {
        let has_more = list.len() > self.offset.saturating_add(self.limit);
        (list.into_iter().skip(self.offset).take(self.limit).collect(), has_more)
    }
}
