//! HTML and Markdown of strangers, made harmless.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What may stand in a message: words and how they hang together. No pictures, which would tell their owner who reads; no
/// classes, ids or styles, which would reach the rest of the page; no `h1`, of which a page has one.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .tags(HashSet::from([
            "a",
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "dd",
            "del",
            "details",
            "div",
            "dl",
            "dt",
            "em",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "ins",
            "kbd",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "summary",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "u",
            "ul",
            "var",
        ]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href", "title"])), ("ol", HashSet::from(["start"]))]))
        .generic_attributes(HashSet::from(["dir", "lang"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::Deny)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

/// `html` of a stranger as it may be put into the page.
pub fn from_html(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// `markdown` of a stranger as HTML that may be put into the page. HTML inside of it is cleaned like any other.
pub fn from_markdown(markdown: &str) -> String {
    let events =
        Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES).map(|event| match event {
            // A first heading of a message is no heading of the page.
            Event::Start(Tag::Heading { level: HeadingLevel::H1, id, classes, attrs }) => {
                Event::Start(Tag::Heading { level: HeadingLevel::H2, id, classes, attrs })
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => Event::End(TagEnd::Heading(HeadingLevel::H2)),
            // Whoever breaks a line in a chat means it.
            Event::SoftBreak => Event::HardBreak,
            other => other,
        });
    let mut text = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut text, events);
    from_html(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_shape() {
        assert_eq!(
            from_markdown("# Hi\n**bold** [shop](https://a.example)\nnext"),
            "<h2>Hi</h2>\n<p><strong>bold</strong> <a href=\"https://a.example\" target=\"_blank\" \
             rel=\"noopener noreferrer nofollow\">shop</a><br>\nnext</p>\n"
        );
        assert_eq!(from_html("<p>a <b>b</b></p><ul><li>c</ul>"), "<p>a <b>b</b></p><ul><li>c</li></ul>");
    }

    #[test]
    fn nothing_of_it_acts() {
        for hostile in [
            "<p onclick=\"x()\">hi <a href=\"javascript:x()\">x</a><iframe src=\"javascript:x()\"></iframe><style>*{}</style></p>",
            "<img src=x onerror=x()><svg><script>x()</script></svg><form action=/a><input name=press></form>",
            "<a href=\" java\nscript:x()\">a</a><a href=\"/logout\">b</a><a href=\"data:text/html,x\">c</a>",
            "<div class=\"message\" id=\"log\" style=\"position:fixed\" hidden>a</div><base href=//evil><meta http-equiv=refresh>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x()&gt;\">",
        ] {
            for clean in [from_html(hostile), from_markdown(hostile)] {
                let lower = clean.to_lowercase();
                for bad in [
                    "script", "onclick", "onerror", "<img", "<iframe", "<style", "<form", "<input", "<base", "<meta",
                    "class=", "id=", "style=", "href=\"/", "data:",
                ] {
                    assert!(!lower.contains(bad) || lower.contains("&lt;"), "{bad} in {clean}");
                }
            }
        }
    }
}
