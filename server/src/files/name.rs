//! File names as they may be shown, put in an address and in a header.

/// The most characters of a name.
const MOST: usize = 150;

/// `given` without folders, control characters and marks that turn the reading direction, else a name made from `media_type`.
/// Everything else is kept, whatever the script.
pub fn sound_name(given: Option<&str>, media_type: &str) -> String {
    let given = given.unwrap_or_default();
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !is_misleading(*c)).collect();
    let kept = kept.trim();
    if kept.chars().all(|c| c == '.') {
        return format!("attachment{}", ending(media_type));
    }
    if kept.chars().count() <= MOST {
        return kept.to_owned();
    }
    // What people see first and what says how to open it.
    let ending: String = match kept.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 10 => format!(".{ending}"),
        _ => String::new(),
    };
    let stem: String = kept.chars().take(MOST - ending.chars().count()).collect();
    format!("{stem}{ending}")
}

/// Marks that change how the text around them reads, or that cannot be seen at all.
fn is_misleading(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        "audio/mpeg" => ".mp3",
        "video/mp4" => ".mp4",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_are() {
        for name in ["photo.jpg", "Überweisung #3 (50%).pdf", "写真.png", "it's \"it\".txt", ".profile", "a b"] {
            assert_eq!(sound_name(Some(name), "text/plain"), name);
        }
    }

    #[test]
    fn what_leaves_a_folder_or_misleads_is_taken_out() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\cv.pdf", "cv.pdf"),
            ("line\r\nbreak\0.txt", "linebreak.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("..", "attachment.png"),
            ("a/", "attachment.png"),
            ("\u{200b}", "attachment.png"),
            ("", "attachment.png"),
        ] {
            assert_eq!(sound_name(Some(given), "image/png"), name, "{given:?}");
        }
        assert_eq!(sound_name(None, "application/octet-stream"), "attachment");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = sound_name(Some(&format!("{}.pdf", "é".repeat(300))), "application/pdf");
        assert_eq!(name.chars().count(), MOST);
        assert!(name.ends_with("é.pdf"));
    }
}
