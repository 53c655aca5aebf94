//! Pages of lists that are sorted by id, or by anything else that a cursor leads to.

use std::fmt::Display;

use domain::{Cursor, Page};

/// `items`, read in the direction of the cursor and one more than fit where there are more, as a page in list order.
pub fn page_of<T, Id>(mut items: Vec<T>, cursor: &Cursor<Id>, size: u32) -> Page<T> {
    let size = size as usize;
    let more = items.len() > size;
    items.truncate(size);
    match cursor {
        Cursor::Start => Page { items, more_before: false, more_after: more },
        Cursor::After(_) => Page { items, more_before: true, more_after: more },
        Cursor::Before(_) => {
            items.reverse();
            Page { items, more_before: more, more_after: true }
        }
    }
}

/// Sorts before every id …
pub const BEFORE_ALL: &str = "";
/// … and after.
pub const AFTER_ALL: &str = "g";

/// Between which two texts the ids of a page lie, in a list that is sorted by id, oldest first. Before a cursor it is read in
/// descending order.
pub fn bounds<Id: Display>(cursor: &Cursor<Id>) -> (String, String) {
    match cursor {
        Cursor::Start => (BEFORE_ALL.to_owned(), AFTER_ALL.to_owned()),
        Cursor::After(id) => (id.to_string(), AFTER_ALL.to_owned()),
        Cursor::Before(id) => (BEFORE_ALL.to_owned(), id.to_string()),
    }
}
