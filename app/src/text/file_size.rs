use crate::i18n::{Key, Texts};

/// `bytes` as people read it: `512 B`, `1.4 kB`, `25 MB`, with the decimal mark of the language.
pub fn file_size(bytes: u64, texts: &Texts) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = (bytes / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        (tenths, unit) = (tenths / 1000, unit + 1);
    }
    if tenths < 100 && tenths % 10 > 0 {
        format!("{}{}{} {}", tenths / 10, texts.get(Key::DecimalMark), tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use domain::integration::CustomText;

    use super::file_size;
    use crate::i18n::{Language, Texts};

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1499, "1.4 kB"),
            (25_000_000, "25 MB"),
            (1_500_000_000, "1.5 GB"),
        ] {
            assert_eq!(file_size(bytes, &Texts::of(Language::English, &CustomText::default())), text);
        }
        assert_eq!(file_size(1499, &Texts::of(Language::German, &CustomText::default())), "1,4 kB");
    }
}
