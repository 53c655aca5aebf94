//! The files that the bot shows: uploaded on the first start, and remembered in the app's metadata.
//!
//! The pictures are drawn from the SVG files beside them, 960 by 640 pixels.

use serde_json::{Value, json};

use super::api::{Api, CallError};

/// Where each file is read.
#[derive(Debug, Default)]
pub struct Files {
    pub sea: String,
    pub forest: String,
    pub dunes: String,
    pub peaks: String,
    pub packing_list: String,
}

impl Files {
    /// The files, those uploaded that `site` does not serve already. `root` is where the server is called from here.
    /// # Errors
    /// When the API can't be called, or refuses.
    pub async fn uploaded(api: &Api, site: &str, root: &str) -> Result<Self, CallError> {
        let before = api.get("").await?["app"]["metadata"].take();
        let mut metadata = if before.is_object() { before.clone() } else { json!({}) };
        let mut files = Self::default();
        for (place, name, bytes) in [
            (&mut files.sea, "sea.webp", &include_bytes!("files/sea.webp")[..]),
            (&mut files.forest, "forest.webp", include_bytes!("files/forest.webp")),
            (&mut files.dunes, "dunes.webp", include_bytes!("files/dunes.webp")),
            (&mut files.peaks, "peaks.webp", include_bytes!("files/peaks.webp")),
            (&mut files.packing_list, "packing-list.pdf", include_bytes!("files/packing-list.pdf")),
        ] {
            let remembered = &mut metadata[format!("demo/{name}")];
            // Since it was uploaded, the server may have moved to another address, or the file may be gone.
            let known = remembered.as_str().unwrap_or_default();
            let path = known.strip_prefix(site).filter(|path| path.starts_with('/'));
            let is_served = match path {
                Some(path) => api.is_served(&format!("{root}{path}")).await,
                None => false,
            };
            *place = if is_served { known.to_owned() } else { api.upload(name, bytes).await? };
            *remembered = Value::from(place.as_str());
        }
        if metadata != before {
            api.patch("", &json!({ "metadata": metadata })).await?;
        }
        Ok(files)
    }
}
