//! Where a text goes into HTML by our own hand, because Leptos does not escape there.

/// The inner HTML of a `<textarea>` that shows exactly `text`.
///
/// Leptos writes the children of a `<textarea>` as they are. And a browser drops one line break right after the opening
/// tag, so one is put there for it to drop.
pub fn textarea_html(text: &str) -> String {
    ["\n", &html_escape::encode_text(text)].concat()
}

#[cfg(test)]
mod tests {
    use super::textarea_html;

    #[test]
    fn a_text_cannot_close_its_textarea() {
        assert_eq!(
            textarea_html("</textarea><script>alert(1)</script>"),
            "\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
        );
    }

    #[test]
    fn a_first_line_break_survives_the_browser() {
        assert_eq!(textarea_html("\nsecond line"), "\n\nsecond line");
        assert_eq!(textarea_html("a & b"), "\na &amp; b");
    }
}
