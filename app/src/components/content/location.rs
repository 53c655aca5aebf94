use domain::content::Location;
use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::i18n::{Key, Texts};

/// A place: its name where it has one, and the way to a map.
pub fn location(location: &Location, texts: &Texts) -> impl IntoView + use<> {
    let (lat, long) = (&location.coordinates.lat, &location.coordinates.long);
    let map = format!("https://maps.google.com/maps?q={lat},{long}");
    let place = location.location.clone();
    let (name, address) = place.map_or((None, None), |place| (place.name, place.address));
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| texts.get(Key::ShareLocation).to_owned());
    let detail = address.filter(|address| !address.is_empty()).unwrap_or_else(|| format!("{lat}, {long}"));
    view! {
        <a class="place" href=map target="_blank" rel="noopener noreferrer nofollow">
            <span class="place-map"><Icon shape=IconShape::Place /></span>
            <span class="place-words">
                <strong class="place-name" dir="auto">{name}</strong>
                <span class="place-detail" dir="auto">{detail}</span>
            </span>
        </a>
    }
}
