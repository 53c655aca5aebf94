//! Colours, as settings and links name them.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A colour of 3 or 6 hex digits, without `#`, kept as it was written. The only form in which a colour ever reaches a style sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", example = "65758e"))]
pub struct Color(Written);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Written {
    /// ASCII; the first three where it was written short.
    digits: [u8; 6],
    is_short: bool,
}

impl Color {
    /// Black or white, whichever reads better on this colour (the higher WCAG contrast; always at least 4.5 to 1).
    pub fn ink(self) -> &'static str {
        // Relative luminance with the square for the sRGB curve: close enough to choose between two, and no floats of note.
        let [r, g, b] = self.channels().map(|c| (f32::from(c) / 255.0).powf(2.2));
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if luminance > 0.179 { "#000000" } else { "#ffffff" }
    }

    /// Red, green and blue.
    pub fn channels(self) -> [u8; 3] {
        let value = |at: usize| char::from(self.0.digits[at]).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let value = |at| value(at).unwrap_or_default();
        let channel = |n| if self.0.is_short { value(n) * 17 } else { value(n * 2) * 16 + value(n * 2 + 1) };
        [channel(0), channel(1), channel(2)]
    }

    const fn of(digits: [u8; 6]) -> Self {
        Self(Written { digits, is_short: false })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = &self.0.digits[..if self.0.is_short { 3 } else { 6 }];
        written.iter().try_for_each(|digit| f.write_char(char::from(*digit)))
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
        let mut digits = [b'0'; 6];
        match text.len() {
            length @ (3 | 6) => digits[..length].copy_from_slice(text.as_bytes()),
            _ => return Err(NotAColor),
        }
        Ok(Self(Written { digits, is_short: text.len() == 3 }))
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
                Self(Color::of(*$default))
            }
        }
    )*};
}

colors! {
    /// The header; `65758e` unless set.
    BrandColor = b"65758e";
    /// The user's messages, and actions; `0099ff` unless set.
    ActionColor = b"0099ff";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_digits_and_nothing_else() {
        for good in ["0AF", "00aaff"] {
            assert_eq!(good.parse::<Color>().unwrap().to_string(), good);
        }
        for bad in ["", "#00aaff", "00aaf", "red", "00aaff;}", "é0aa"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ink_contrasts() {
        assert_eq!("ffee00".parse::<Color>().unwrap().ink(), "#000000");
        assert_eq!("20304a".parse::<Color>().unwrap().ink(), "#ffffff");
        assert_eq!(
            ("fe0".parse::<Color>().unwrap().ink(), "234".parse::<Color>().unwrap().ink()),
            ("#000000", "#ffffff")
        );
    }
}
