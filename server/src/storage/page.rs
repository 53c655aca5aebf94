//! Pages of lists that are sorted by id, or by anything else that a cursor leads to.

use domain::{Cursor, Page};

/// `items`, read in the direction of the cursor and one more than fit where there are more, as a page in list order.
pub fn page_of<T, Id>(mut items: Vec<T>, cursor: Cursor<Id>, size: u32) -> Page<T> {
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
