//! QR codes: dark on light whatever the page's colours, with the quiet zone that readers ask for.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::str::FromStr;

use image::{ImageResult, Rgb, RgbImage};
use qrcode::types::QrResult;
use qrcode::{Color, EcLevel, QrCode};

use super::mark::{Mark, png};

/// Pixels in a row.
const SIZES: RangeInclusive<u32> = 64..=2048;
/// Modules of the quiet zone: readers may ask for four, more is a matter of taste.
const MARGINS: RangeInclusive<u32> = 4..=16;
/// The share of the width that the logo takes: with its white edge at most 7 % of the area, of which level H forgives 30 %.
const LOGO: (u32, u32) = (1, 4);
/// Pixels of a module below which there is no room for a logo.
const LOGO_PIXELS: u32 = 3;

const LIGHT: Rgb<u8> = Rgb([255; 3]);
const DARK: Rgb<u8> = Rgb([0; 3]);

/// How much of a code may be lost before it can't be read: 7, 15, 25 or 30 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    L,
    M,
    Q,
    H,
}

/// A text that names no level of correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("should be L, M, Q or H")]
pub struct NotACorrection;

impl FromStr for Correction {
    type Err = NotACorrection;
    fn from_str(text: &str) -> Result<Self, NotACorrection> {
        match text {
            "L" | "l" => Ok(Self::L),
            "M" | "m" => Ok(Self::M),
            "Q" | "q" => Ok(Self::Q),
            "H" | "h" => Ok(Self::H),
            _ => Err(NotACorrection),
        }
    }
}

impl Correction {
    fn level(self) -> EcLevel {
        match self {
            Self::L => EcLevel::L,
            Self::M => EcLevel::M,
            Self::Q => EcLevel::Q,
            Self::H => EcLevel::H,
        }
    }
}

/// What a code should look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QrLook {
    /// Width and height in pixels.
    pub size: u32,
    pub correction: Correction,
    /// Whether the mark stands in the middle; the correction is H then.
    pub has_logo: bool,
    /// Of the quiet zone, in modules.
    pub margin: u32,
}

impl Default for QrLook {
    fn default() -> Self {
        Self { size: 512, correction: Correction::M, has_logo: true, margin: *MARGINS.start() }
    }
}

/// A code, ready to be drawn.
#[derive(Debug)]
pub struct Qr {
    /// Row by row; whether it is dark.
    modules: Vec<bool>,
    /// Modules in a row.
    width: u32,
    margin: u32,
    size: u32,
    /// Modules in a row that the logo takes.
    logo: Option<u32>,
    mark: Mark,
}

impl Qr {
    /// The code of `text`. Sizes and margins that can't be are the nearest that can.
    /// # Errors
    /// When `text` is too long for any code: beyond 1200 bytes.
    pub fn new(text: &str, look: QrLook, mark: Mark) -> QrResult<Self> {
        let correction = if look.has_logo { Correction::H } else { look.correction };
        let code = QrCode::with_error_correction_level(text, correction.level())?;
        let width = u32::try_from(code.width()).unwrap_or_default();
        let modules: Vec<bool> = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        // Odd, as the width is: it covers whole modules.
        let logo = look.has_logo.then_some((width * LOGO.0 / LOGO.1 - 1) | 1);
        let clamp = |value: u32, range: RangeInclusive<u32>| value.clamp(*range.start(), *range.end());
        let (size, margin) = (clamp(look.size, SIZES), clamp(look.margin, MARGINS));
        Ok(Self { modules, width, margin, size, logo, mark })
    }

    /// Modules in a row, quiet zone and all.
    fn total(&self) -> u32 {
        self.width + 2 * self.margin
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        self.modules[(y * self.width + x) as usize]
    }

    /// Where the logo begins, in modules from the corner of the code.
    fn logo_start(&self, logo: u32) -> u32 {
        (self.width - logo) / 2
    }

    /// Lines of dark modules: where one begins, and how long it is.
    fn lines(&self) -> Vec<(u32, u32, u32)> {
        let mut lines: Vec<(u32, u32, u32)> = Vec::new();
        for y in 0..self.width {
            for x in (0..self.width).filter(|x| self.is_dark(*x, y)) {
                match lines.last_mut() {
                    Some((start, row, length)) if *row == y && *start + *length == x => *length += 1,
                    _ => lines.push((x, y, 1)),
                }
            }
        }
        lines
    }

    pub fn svg(&self) -> String {
        let (size, total, margin) = (self.size, self.total(), self.margin);
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {total} {total}"><rect width="{total}" height="{total}" fill="#fff"/><path fill="#000" shape-rendering="crispEdges" d=""##
        );
        for (x, y, length) in self.lines() {
            let _infallible = write!(svg, "M{} {}h{length}v1h-{length}z", x + margin, y + margin);
        }
        svg.push_str(r#""/>"#);
        if let Some(logo) = self.logo {
            let start = margin + self.logo_start(logo);
            let _infallible = write!(
                svg,
                r##"<rect x="{start}" y="{start}" width="{logo}" height="{logo}" fill="#fff" shape-rendering="crispEdges"/>"##
            );
            let [start, logo] = [start, logo].map(|modules| f32::from(u16::try_from(modules).unwrap_or_default()));
            svg.push_str(&self.mark.svg(start + 0.5, start + 0.5, logo - 1.0));
        }
        svg.push_str("</svg>");
        svg
    }

    /// As a PNG. A module has the same number of pixels everywhere; what is left over is quiet zone. A code of more modules than
    /// pixels were asked for is larger, and where modules are tiny there is no logo.
    /// # Errors
    /// Never: there is memory to write to.
    pub fn png(&self) -> ImageResult<Vec<u8>> {
        let module = (self.size / self.total()).max(1);
        let size = self.size.max(self.total());
        let start = (size - module * self.width) / 2;
        let mut image = RgbImage::from_pixel(size, size, LIGHT);
        for (x, y, length) in self.lines() {
            for row in 0..module {
                for column in 0..length * module {
                    image.put_pixel(start + x * module + column, start + y * module + row, DARK);
                }
            }
        }
        if let Some(logo) = self.logo.filter(|_| module >= LOGO_PIXELS) {
            let (corner, width) = (start + self.logo_start(logo) * module, logo * module);
            for y in corner..corner + width {
                for x in corner..corner + width {
                    image.put_pixel(x, y, LIGHT);
                }
            }
            let edge = module / 2;
            self.mark.draw(&mut image, corner + edge, corner + edge, width - 2 * edge);
        }
        png(&image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an independent reader sees in a picture of `width`.
    fn read(width: u32, height: u32, brightness: impl Fn(u32, u32) -> u8) -> Option<String> {
        let (width, height) = (width as usize, height as usize);
        let at = |x: usize, y: usize| brightness(u32::try_from(x).unwrap(), u32::try_from(y).unwrap());
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
        let grids = picture.detect_grids();
        Some(grids.first()?.decode().ok()?.1)
    }

    fn read_png(png: &[u8]) -> Option<String> {
        let image = image::load_from_memory(png).unwrap().into_luma8();
        read(image.width(), image.height(), |x, y| image.get_pixel(x, y).0[0])
    }

    fn read_svg(svg: &str) -> Option<String> {
        let tree = resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).unwrap();
        let side = tree.size().to_int_size().width();
        let mut picture = resvg::tiny_skia::Pixmap::new(side, side).unwrap();
        resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut picture.as_mut());
        read(side, side, |x, y| {
            let pixel = picture.pixel(x, y).unwrap();
            u8::try_from((u32::from(pixel.red()) + u32::from(pixel.green()) + u32::from(pixel.blue())) / 3).unwrap()
        })
    }

    #[test]
    fn every_code_can_be_read() {
        let long = format!("https://chat.example/{}/l/k3fq8hzt2wk3fq8hzt2w", "prefix/".repeat(20));
        let [short, page] = ["https://c.example/l/k3fq8hzt2w", "http://127.0.0.1:3000/chat/65f0a1b2c3d4e5f6aabbccdd"];
        let plain = |size, correction| QrLook { size, correction, has_logo: false, margin: 4 };
        let with_logo = |size| QrLook { size, ..QrLook::default() };
        for (text, look, color) in [
            (short, plain(64, Correction::L), "000"),
            (short, plain(100, Correction::M), "000"),
            (page, plain(130, Correction::Q), "000"),
            (page, plain(177, Correction::H), "000"),
            (&long, plain(64, Correction::L), "000"),
            (short, with_logo(64), "000"),
            (short, with_logo(111), "fff"),
            (short, with_logo(256), "65758e"),
            (page, with_logo(200), "ffee00"),
            (page, with_logo(300), "0099ff"),
            (&long, with_logo(256), "fff"),
            (&long, with_logo(400), "000"),
        ] {
            let qr = Qr::new(text, look, Mark::new(color.parse().unwrap())).unwrap();
            assert_eq!(read_png(&qr.png().unwrap()).as_deref(), Some(text), "{look:?} {color}");
            // Modules of vectors fall between pixels: a reader needs a few of them.
            let look = QrLook { size: look.size.max(qr.total() * 3), ..look };
            let qr = Qr::new(text, look, Mark::new(color.parse().unwrap())).unwrap();
            assert_eq!(read_svg(&qr.svg()).as_deref(), Some(text), "{look:?} {color} as vectors");
        }
    }

    #[test]
    fn sizes_are_those_asked_for_within_limits() {
        let mark = Mark::new("000".parse().unwrap());
        for (size, margin, drawn) in [(0, 0, 64), (64, 4, 64), (300, 4, 300), (u32::MAX, u32::MAX, 2048)] {
            let qr = Qr::new("https://c.example", QrLook { size, margin, ..QrLook::default() }, mark).unwrap();
            let image = image::load_from_memory(&qr.png().unwrap()).unwrap().into_luma8();
            assert_eq!((image.width(), image.height()), (drawn, drawn));
            let quiet = image.enumerate_pixels().all(|(x, y, pixel)| (x > 3 && y > 3) || pixel.0[0] == 255);
            assert!(quiet, "the quiet zone is white");
        }
    }
}
