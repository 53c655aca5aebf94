//! Finds addresses in a text: of the web, of mail, of telephones.

const TELEPHONE: &str = "tel:";
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", TELEPHONE];
/// No telephone has a shorter number.
const TELEPHONE_DIGITS: usize = 3;

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    /// An `http`, `https`, `mailto` or `tel` address, spelled as the author spelled it.
    Link(&'a str),
}

/// Cuts `text` into plain stretches and links; put together again they are `text`.
pub fn links(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut plain_from, mut at) = (0, 0);
    while let Some(found) = text[at..].find(':') {
        let colon = at + found;
        at = colon + 1;
        let Some((from, to)) = link_around(text, plain_from, colon) else { continue };
        if plain_from < from {
            parts.push(Part::Text(&text[plain_from..from]));
        }
        parts.push(Part::Link(&text[from..to]));
        (plain_from, at) = (to, to);
    }
    if plain_from < text.len() {
        parts.push(Part::Text(&text[plain_from..]));
    }
    parts
}

/// The link whose scheme ends at `colon`, as a range of bytes; nothing before `floor` belongs to it.
fn link_around(text: &str, floor: usize, colon: usize) -> Option<(usize, usize)> {
    let (from, scheme) = SCHEMES.iter().find_map(|scheme| {
        let name = scheme.find(':')?;
        let from = colon.checked_sub(name).filter(|from| *from >= floor)?;
        let spelled = text.as_bytes().get(from..from + scheme.len())?;
        spelled.eq_ignore_ascii_case(scheme.as_bytes()).then_some((from, *scheme))
    })?;
    let begins_a_word = !text[..from].ends_with(|c: char| c.is_ascii_alphanumeric());
    let after_scheme = from + scheme.len();
    let end = text[after_scheme..].find(ends_a_link).map_or(text.len(), |end| after_scheme + end);
    let to = after_scheme + without_closing_marks(&text[after_scheme..end]).len();
    let target = &text[after_scheme..to];
    let points_somewhere = if scheme == TELEPHONE {
        target.starts_with(|c: char| c.is_ascii_digit() || c == '+')
            && target.bytes().filter(u8::is_ascii_digit).count() >= TELEPHONE_DIGITS
    } else {
        target.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || c == '[')
    };
    (begins_a_word && points_somewhere).then_some((from, to))
}

/// Invisible and direction-changing characters end a link too: its text must not look like another address.
fn ends_a_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `link` without the punctuation of the sentence around it; a bracket that was opened inside stays.
fn without_closing_marks(mut link: &str) -> &str {
    loop {
        let Some(last) = link.chars().next_back() else { return link };
        let opening = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '。' | '،' | '؟' => None,
            ')' => Some('('),
            ']' => Some('['),
            '}' => Some('{'),
            _ => return link,
        };
        let count = |wanted: char| link.chars().filter(|c| *c == wanted).count();
        if opening.is_some_and(|opening| count(opening) >= count(last)) {
            return link;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, links};

    fn found(text: &str) -> Vec<&str> {
        let parts = links(text);
        let whole: String = parts.iter().map(|(Part::Text(part) | Part::Link(part))| *part).collect();
        assert_eq!(whole, text, "no character may be lost");
        parts.into_iter().filter_map(|part| if let Part::Link(link) = part { Some(link) } else { None }).collect()
    }

    #[test]
    fn addresses_become_links() {
        for (text, wanted) in [
            ("see https://shop.example/a?b=c&d#e now", vec!["https://shop.example/a?b=c&d#e"]),
            ("HTTP://Shop.Example", vec!["HTTP://Shop.Example"]),
            ("https://a.example,https://b.example", vec!["https://a.example,https://b.example"]),
            ("https://a.example https://b.example", vec!["https://a.example", "https://b.example"]),
            ("mailto:ann@shop.example.", vec!["mailto:ann@shop.example"]),
            ("call tel:+49-30-1234567.", vec!["tel:+49-30-1234567"]),
            ("TEL:110", vec!["TEL:110"]),
            ("https://पेंसिल.example/क", vec!["https://पेंसिल.example/क"]),
            ("at https://shop.example:8080/x:y", vec!["https://shop.example:8080/x:y"]),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn the_sentence_around_stays_outside() {
        for (text, wanted) in [
            ("Is it https://shop.example/a?", "https://shop.example/a"),
            ("(https://shop.example/a)", "https://shop.example/a"),
            ("https://wiki.example/Rust_(language)", "https://wiki.example/Rust_(language)"),
            ("(see https://wiki.example/Rust_(language)).", "https://wiki.example/Rust_(language)"),
            ("<https://shop.example>", "https://shop.example"),
            ("“https://shop.example/…”", "https://shop.example/…”"),
            ("**https://shop.example**", "https://shop.example"),
        ] {
            assert_eq!(found(text), [wanted], "{text}");
        }
    }

    #[test]
    fn everything_else_stays_text() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,<b>",
            "xhttps://shop.example",
            "https://",
            "https:// shop.example",
            "http:/shop.example",
            "mailto:",
            "tel:",
            "tel: 110",
            "tel:ann",
            "tel:12",
            "hotel:110",
            "10:30: ok",
            ":",
            "",
            "é:https",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_link_ends_where_its_looks_could_deceive() {
        assert_eq!(found("https://shop.example/\u{202e}gpj.exe"), ["https://shop.example/"]);
        assert_eq!(found("https://shop.example\u{200b}.evil.example"), ["https://shop.example"]);
    }
}
