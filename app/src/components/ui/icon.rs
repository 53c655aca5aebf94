use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "most of them are drawn by the server alone"))]
pub enum IconShape {
    /// An arrow upwards: off it goes.
    Send,
    /// An arrow downwards: to the newest.
    Newest,
    /// A pin on a map.
    Place,
    File,
    Image,
    /// A paper clip.
    Attach,
    Download,
    /// A check mark.
    Done,
    /// A cross.
    Close,
    /// An arrow towards where a line begins.
    Back,
    /// A pen on paper.
    Write,
    /// An arrow out of a frame.
    Out,
}

impl IconShape {
    const fn path(self) -> &'static str {
        match self {
            Self::Send => "M12 19V5M5.5 11.5 12 5l6.5 6.5",
            Self::Newest => "M12 5v14M5.5 12.5 12 19l6.5-6.5",
            Self::Place => {
                "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11ZM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z"
            }
            Self::File => "M6.5 3.5h7l4.5 4.5v12.5H6.5ZM13.5 3.5V8H18",
            Self::Image => "M4 5.5h16v13H4ZM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.6h.01",
            Self::Attach => {
                "m20 11.5-8.1 8.1a5 5 0 0 1-7.1-7.1l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.4a1.7 1.7 0 0 1-2.4-2.4l7.8-7.7"
            }
            Self::Download => "M12 4.5v11M7 11l5 5 5-5M5 19.5h14",
            Self::Back => "M14.5 5 7.5 12l7 7",
            Self::Write => "M12 20h8M4.5 15.5 15 5l4 4L8.5 19.5l-5 1Z",
            Self::Out => "M14 4h6v6M20 4 10.5 13.5M18 14v5.5H4.5V6H10",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Done => "m5 12.5 4.5 4.5L19 7.5",
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
