//! A badge that says where to chat, for pages that allow no frame: a picture, to be put into a link.

use domain::Color;

use super::Mark;

const HEIGHT: f32 = 40.0;
const MARK: f32 = 32.0;
const PADDING: f32 = 8.0;
const FONT: f32 = 15.0;
/// Characters of the text that are shown.
const CHARACTERS: usize = 60;

/// Of a badge that leads nowhere.
const GREY: &str = "6b7280";

/// The badge as an SVG: `text`, written from right to left if it `is_rtl`, on a ground of this colour.
pub fn badge(text: &str, is_rtl: bool, ground: Color) -> String {
    let text = shortened(text);
    let words = text_width(&text);
    let start = PADDING + MARK;
    let (width, ink) = ((start + words + PADDING * 2.25).ceil(), ground.ink());
    let (mark, text) = (Mark::new(ground).svg(PADDING, (HEIGHT - MARK) / 2.0, MARK), escaped(&text));
    let baseline = HEIGHT / 2.0 + FONT * 0.35;
    let (middle, direction) = (start + words / 2.0, if is_rtl { "rtl" } else { "ltr" });
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" role="img" aria-label="{text}"><title>{text}</title><rect width="{width}" height="{HEIGHT}" rx="{}" fill="#{ground}"/>{mark}<text x="{middle}" y="{baseline}" text-anchor="middle" direction="{direction}" textLength="{words}" lengthAdjust="spacingAndGlyphs" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif" font-size="{FONT}" font-weight="600" fill="{ink}">{text}</text></svg>"##,
        HEIGHT / 2.0
    )
}

/// A badge that leads nowhere, and says so.
/// # Panics
/// Never: its colour is one.
pub fn closed_badge(text: &str, is_rtl: bool) -> String {
    badge(text, is_rtl, GREY.parse().expect("six hexadecimal digits are a colour"))
}

/// `text` on one line, cut where it is too long.
fn shortened(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(CHARACTERS) {
        line.truncate(at);
        line.push('…');
    }
    line
}

/// About how wide `text` is in most fonts; the badge stretches it to exactly that.
fn text_width(text: &str) -> f32 {
    let widths = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | '(' | ')' | ' ' => 0.34,
        'm' | 'w' | 'M' | 'W' | '@' | '…' => 0.9,
        'A'..='Z' | '&' => 0.68,
        // From Hangul on, letters fill a square; so do pictures.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{ffef}' | '\u{1f000}'.. => 1.0,
        _ => 0.56,
    });
    (widths.sum::<f32>() * FONT).round()
}

/// `text` for an element or an attribute; characters that no XML may hold are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_text() {
        let svg = badge("\"><script>alert(1)</script>\u{0}\u{ffff} & 'Co' ]]>", false, "65758e".parse().unwrap());
        assert!(!svg.contains("<script"), "{svg}");
        let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default());
        assert!(tree.is_ok(), "{svg}");
        assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &apos;Co&apos;"), "{svg}");
    }

    #[test]
    fn a_long_name_is_cut() {
        let svg = badge(&"ü ".repeat(200), true, "ffee00".parse().unwrap());
        assert_eq!(svg.matches('…').count(), 3);
        assert!(svg.contains(r##"fill="#000000">ü ü"##), "the ink can be read: {svg}");
    }
}
