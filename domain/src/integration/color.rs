//! Colours, as settings and links name them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A colour of 3 or 6 hex digits, without `#`. The only form in which a colour ever reaches a style sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", example = "65758e"))]
pub struct Color([u8; 3]);

impl Color {
    /// Black or white, whichever reads better on this colour (the higher WCAG contrast; always at least 4.5 to 1).
    pub fn ink(self) -> &'static str {
        // Relative luminance with the square for the sRGB curve: close enough to choose between two, and no floats of note.
        let [r, g, b] = self.0.map(|c| (f32::from(c) / 255.0).powf(2.2));
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if luminance > 0.179 { "#000000" } else { "#ffffff" }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "{r:02x}{g:02x}{b:02x}")
    }
}

impl fmt::Debug for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{self}")
    }
}

/// A text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be a colour of 3 or 6 hexadecimal digits without #")]
pub struct NotAColor;

impl FromStr for Color {
    type Err = NotAColor;
    fn from_str(text: &str) -> Result<Self, NotAColor> {
        if !text.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(NotAColor);
        }
        let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotAColor);
        let single = |at: usize| u8::from_str_radix(&text[at..=at], 16).map(|digit| digit * 17).map_err(|_| NotAColor);
        match text.len() {
            3 => Ok(Self([single(0)?, single(1)?, single(2)?])),
            6 => Ok(Self([pair(0)?, pair(2)?, pair(4)?])),
            _ => Err(NotAColor),
        }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! colors {
    ($($(#[$doc:meta])* $name:ident = $default:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Color);

        impl Default for $name {
            fn default() -> Self {
                Self(Color($default))
            }
        }
    )*};
}

colors! {
    /// The header; `65758e` unless set.
    BrandColor = [0x65, 0x75, 0x8e];
    /// The user's messages, and actions; `0099ff` unless set.
    ActionColor = [0x00, 0x99, 0xff];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_digits_and_nothing_else() {
        assert_eq!("0AF".parse::<Color>().unwrap().to_string(), "00aaff");
        for bad in ["", "#00aaff", "00aaf", "red", "00aaff;}", "é0aa"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ink_contrasts() {
        assert_eq!("ffee00".parse::<Color>().unwrap().ink(), "#000000");
        assert_eq!("20304a".parse::<Color>().unwrap().ink(), "#ffffff");
    }
}
