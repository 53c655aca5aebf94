//! A speech bubble on a rounded square of the business's colour, as vectors and as pixels.

use std::fmt::Write as _;
use std::io::Cursor;

use domain::Color;
use image::{ImageFormat, ImageResult, Rgb, RgbImage};

/// Width and height of the square in which the mark is drawn.
const GRID: f32 = 24.0;
const CORNER: f32 = 6.0;
/// The bubble: its first and last corner, and how round they are …
const BUBBLE: ([f32; 2], [f32; 2], f32) = ([5.0, 6.0], [19.0, 16.0], 4.0);
/// … its tail, which points down to the side of whoever speaks …
const TAIL: [[f32; 2]; 3] = [[8.0, 14.0], [8.0, 19.5], [13.0, 15.5]];
/// … and the dots in it.
const DOTS: [[f32; 2]; 3] = [[8.75, 11.0], [12.0, 11.0], [15.25, 11.0]];
const DOT: f32 = 1.15;
/// Samples a pixel in each direction, for smooth edges.
const SAMPLES: u16 = 4;

/// Width and height of a preview in pixels: what messengers and social networks show at full size.
const PREVIEW: [u32; 2] = [1200, 630];

#[derive(Debug, Clone, Copy)]
pub struct Mark {
    ground: Color,
}

impl Mark {
    pub fn new(ground: Color) -> Self {
        Self { ground }
    }

    /// As a group of an SVG, `size` wide, with its corner at `x` and `y`.
    pub fn svg(self, x: f32, y: f32, size: f32) -> String {
        let (ground, ink) = (self.ground, self.ground.ink());
        let scale = size / GRID;
        let ([left, top], [right, bottom], round) = BUBBLE;
        let (width, height) = (right - left, bottom - top);
        let [[ax, ay], [bx, by], [cx, cy]] = TAIL;
        let mut svg = format!(
            r##"<g transform="translate({x} {y}) scale({scale})"><rect width="{GRID}" height="{GRID}" rx="{CORNER}" fill="#{ground}"/><rect x="{left}" y="{top}" width="{width}" height="{height}" rx="{round}" fill="{ink}"/><path d="M{ax} {ay}L{bx} {by}L{cx} {cy}z" fill="{ink}"/>"##
        );
        for [x, y] in DOTS {
            let _infallible = write!(svg, r##"<circle cx="{x}" cy="{y}" r="{DOT}" fill="#{ground}"/>"##);
        }
        svg.push_str("</g>");
        svg
    }

    /// The colour at `x` and `y`, both 0 to 1; `None` beyond the round corners.
    fn at(self, x: f32, y: f32) -> Option<[u8; 3]> {
        let point = [x * GRID, y * GRID];
        if !is_in_rounded(point, [0.0, 0.0], [GRID, GRID], CORNER) {
            return None;
        }
        let (start, end, round) = BUBBLE;
        let is_dot = DOTS.iter().any(|[x, y]| (point[0] - x).hypot(point[1] - y) <= DOT);
        let is_ink = !is_dot && (is_in_rounded(point, start, end, round) || is_in_triangle(point, TAIL));
        Some(if is_ink { ink(self.ground) } else { self.ground.channels() })
    }

    /// Draws it over `image`, `size` pixels wide, with its corner at `left` and `top`.
    pub fn draw(self, image: &mut RgbImage, left: u32, top: u32, size: u32) {
        let samples = f32::from(SAMPLES);
        for y in 0..size {
            for x in 0..size {
                let pixel = image.get_pixel_mut(left + x, top + y);
                let mut sum = [0u16; 3];
                for sample in 0..SAMPLES * SAMPLES {
                    let part =
                        |pixel: u32, at: u16| (coordinate(pixel) + (f32::from(at) + 0.5) / samples) / coordinate(size);
                    let color = self.at(part(x, sample % SAMPLES), part(y, sample / SAMPLES)).unwrap_or(pixel.0);
                    for (sum, channel) in sum.iter_mut().zip(color) {
                        *sum += u16::from(channel);
                    }
                }
                *pixel = Rgb(sum.map(|sum| u8::try_from(sum / (SAMPLES * SAMPLES)).unwrap_or(u8::MAX)));
            }
        }
    }
}

/// What a preview of a chat page shows: the mark on a ground of its colour. A PNG.
/// # Errors
/// Never: there is memory to write to.
pub fn preview(ground: Color) -> ImageResult<Vec<u8>> {
    let [width, height] = PREVIEW;
    let size = height * 2 / 3;
    let mut image = RgbImage::from_pixel(width, height, Rgb(ground.channels()));
    Mark::new(ground).draw(&mut image, (width - size) / 2, (height - size) / 2, size);
    png(&image)
}

pub(super) fn png(image: &RgbImage) -> ImageResult<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn ink(ground: Color) -> [u8; 3] {
    if ground.ink() == "#000000" { [0; 3] } else { [255; 3] }
}

#[expect(clippy::cast_precision_loss, reason = "a picture has a few thousand pixels in a row")]
fn coordinate(pixel: u32) -> f32 {
    pixel as f32
}

fn is_in_rounded([x, y]: [f32; 2], start: [f32; 2], end: [f32; 2], round: f32) -> bool {
    // How far the point lies outside the rectangle of the corners' centres.
    let beyond = |at: f32, start: f32, end: f32| (start + round - at).max(at - (end - round)).max(0.0);
    beyond(x, start[0], end[0]).hypot(beyond(y, start[1], end[1])) <= round
}

fn is_in_triangle([x, y]: [f32; 2], corners: [[f32; 2]; 3]) -> bool {
    let [first, second, third] = corners;
    let side = |[ax, ay]: [f32; 2], [bx, by]: [f32; 2]| (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    let sides = [side(first, second), side(second, third), side(third, first)];
    sides.iter().all(|side| *side <= 0.0) || sides.iter().all(|side| *side >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pixels_are_those_of_the_vectors() {
        let mark = Mark::new("1d4d4f".parse().unwrap());
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">{}</svg>"#,
            mark.svg(0.0, 0.0, 96.0)
        );
        let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
        let mut vectors = resvg::tiny_skia::Pixmap::new(96, 96).unwrap();
        vectors.fill(resvg::tiny_skia::Color::WHITE);
        resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut vectors.as_mut());
        let mut pixels = RgbImage::from_pixel(96, 96, Rgb([255; 3]));
        mark.draw(&mut pixels, 0, 0, 96);
        let far = vectors
            .pixels()
            .iter()
            .zip(pixels.pixels())
            .filter(|(vector, pixel)| vector.red().abs_diff(pixel.0[0]) > 48);
        assert!(far.count() < 12, "both draw the same");
    }

    #[test]
    fn a_preview_has_the_colour_of_the_business() {
        let png = preview("1d4d4f".parse().unwrap()).unwrap();
        let image = image::load_from_memory(&png).unwrap().into_rgb8();
        assert_eq!((image.dimensions(), image.get_pixel(0, 0).0), ((1200, 630), [0x1d, 0x4d, 0x4f]));
        assert_eq!(image.get_pixel(600, 250).0, [255; 3], "the bubble");
    }
}
