use domain::content::File;
use domain::is_link;
use leptos::prelude::*;

use super::rich::paragraph;
use crate::components::ui::{Icon, IconShape};
use crate::i18n::Texts;
use crate::text::file_size;

/// A file: its name and size, to be fetched.
pub fn file(file: &File, texts: &Texts) -> impl IntoView + use<> {
    let name = file.alt_text.clone().filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| last_part(&file.media_url));
    let size = file.media_size.map(|bytes| file_size(bytes, texts));
    let href = is_link(&file.media_url).then(|| file.media_url.clone());
    view! {
        <a class="file" href=href target="_blank" rel="noopener noreferrer nofollow" download>
            <span class="file-icon"><Icon shape=IconShape::File /></span>
            <span class="file-words">
                <span class="file-name" dir="auto">{name}</span>
                {size.map(|size| view! { <span class="file-size">{size}</span> })}
            </span>
            <Icon shape=IconShape::Download />
        </a>
        {file.text.as_deref().filter(|text| !text.is_empty()).map(paragraph)}
    }
}

/// The last part of an address's path, which mostly is a name.
fn last_part(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::last_part;

    #[test]
    fn a_file_without_a_name_is_called_by_its_address() {
        assert_eq!(last_part("https://a.example/x/Bill%20of%20May.pdf?sig=1#p"), "Bill of May.pdf");
        assert_eq!(last_part("https://a.example/"), "a.example");
    }
}
