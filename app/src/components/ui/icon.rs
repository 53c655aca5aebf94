use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconShape {
    /// An arrow upwards: off it goes.
    Send,
    /// An arrow downwards: to the newest.
    Newest,
}

impl IconShape {
    const fn path(self) -> &'static str {
        match self {
            Self::Send => "M12 19V5M5.5 11.5 12 5l6.5 6.5",
            Self::Newest => "M12 5v14M5.5 12.5 12 19l6.5-6.5",
        }
    }
}

/// A line drawing in the colour of the text around it; whatever it adorns has a name of its own.
#[component]
pub fn Icon(shape: IconShape) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=shape.path() />
        </svg>
    }
}
