//! Pages by key: a page begins after or before a record, never at an offset.

use crate::Invalid;

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor<Id> {
    /// At the natural beginning of the list.
    Start,
    /// Right after this record, which is left out.
    After(Id),
    /// Right before this record, which is left out.
    Before(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<Id> {
    pub cursor: Cursor<Id>,
    /// 1 to 100.
    pub size: u32,
}

/// Records in list order, and whether there are more on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub more_before: bool,
    pub more_after: bool,
}

impl<Id: std::str::FromStr> PageRequest<Id> {
    /// Reads `page[after]`, `page[before]` and `page[size]`.
    /// # Errors
    /// Both cursors at once, a cursor that is not an id, a size outside 1 to 100.
    pub fn parse(after: Option<&str>, before: Option<&str>, size: Option<&str>) -> Result<Self, Invalid> {
        let id = |field, text: &str| {
            text.parse().map_err(|_| Invalid::new(field, "should be the id of a record, 24 hexadecimal digits"))
        };
        let cursor = match (after, before) {
            (Some(_), Some(_)) => return Err(Invalid::new("page", "should have after or before, not both")),
            (Some(after), None) => Cursor::After(id("page[after]", after)?),
            (None, Some(before)) => Cursor::Before(id("page[before]", before)?),
            (None, None) => Cursor::Start,
        };
        let size = match size {
            None => 25,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=100).contains(size))
                .ok_or_else(|| Invalid::new("page[size]", "should be a number from 1 to 100"))?,
        };
        Ok(Self { cursor, size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageId;

    #[test]
    fn page_parameters_are_checked() {
        let parse = PageRequest::<MessageId>::parse;
        let id = "65f0a1b2c3d4e5f6aabbccdd";
        assert_eq!(parse(None, None, None).unwrap(), PageRequest { cursor: Cursor::Start, size: 25 });
        assert_eq!(
            parse(None, Some(id), Some("2")).unwrap(),
            PageRequest { cursor: Cursor::Before(id.parse().unwrap()), size: 2 }
        );
        assert_eq!(parse(Some(id), Some(id), None).unwrap_err().field, "page");
        assert_eq!(parse(Some("x"), None, None).unwrap_err().field, "page[after]");
        for size in ["0", "101", "-1", "ten", "1.5"] {
            assert_eq!(parse(None, None, Some(size)).unwrap_err().field, "page[size]", "{size}");
        }
    }
}
