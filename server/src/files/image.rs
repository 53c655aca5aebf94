//! Images: decoded whole within limits, freed of what is not the image, turned upright, and made small once more.
//!
//! The rule: what is stored are the bytes as uploaded, if they decode and carry nothing but the image; those bytes without what
//! they carried beside ([`strip`]), if that can be taken out; else an image encoded anew from the pixels, as also for a photo
//! that says in its metadata which way is up.

use std::io::Cursor;

use domain::Pixels;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::error::{LimitError, LimitErrorKind};
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageResult, Limits,
};

use super::strip::stripped;

/// No side of an image may be longer.
const MOST_SIDE: u32 = 16_384;
/// What one image may take while it is decoded: 50 million pixels of a photo.
const MOST_MEMORY: u64 = 192 * 1024 * 1024;
/// All frames of an animation together.
const MOST_FRAME_PIXELS: u64 = 250_000_000;
/// The longest side of a thumbnail.
const THUMBNAIL_SIDE: u32 = 480;
const QUALITY: u8 = 90;
const THUMBNAIL_QUALITY: u8 = 80;

/// What became of an image.
pub struct Sound {
    /// `None` when it can't be decoded: it is a file to download then.
    pub pixels: Option<Pixels>,
    /// What to store instead of what was uploaded; `None` when that is good as it is.
    pub changed: Option<bytes::Bytes>,
    /// Media type and bytes.
    pub thumbnail: Option<(&'static str, bytes::Bytes)>,
    /// Whether looking at it would take more than anybody should be asked to give.
    pub is_too_large: bool,
}

/// The format of images that every browser shows; `None` for anything else.
pub fn format(media_type: &str) -> Option<ImageFormat> {
    match media_type {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Looks at an image of `format`. Takes up to [`MOST_MEMORY`] and a few seconds: not for an async thread.
pub fn examine(format: ImageFormat, bytes: &[u8]) -> Sound {
    let clean = stripped(format, bytes);
    let unsound = |clean: Option<Vec<u8>>, is_too_large| Sound {
        pixels: None,
        changed: clean.filter(|clean| *clean != bytes).map(Into::into),
        thumbnail: None,
        is_too_large,
    };
    let decoded = match decode(format, bytes) {
        Ok(decoded) => decoded,
        Err(error) => return unsound(clean, matches!(error, ImageError::Limits(_))),
    };
    let needs_encoding = clean.is_none() || decoded.orientation != Orientation::NoTransforms;
    let changed = match clean {
        _ if needs_encoding && decoded.is_animated => return unsound(None, false),
        _ if needs_encoding => match encoded(format, &decoded) {
            Ok(bytes) => Some(bytes),
            Err(_) => return unsound(None, false),
        },
        clean => clean.filter(|clean| *clean != bytes),
    };
    let image = &decoded.image;
    Sound {
        pixels: Some(Pixels { width: image.width(), height: image.height() }),
        changed: changed.map(Into::into),
        thumbnail: thumbnail(image),
        is_too_large: false,
    }
}

struct Decoded {
    /// The first frame, upright.
    image: DynamicImage,
    /// As the file says it.
    orientation: Orientation,
    icc_profile: Option<Vec<u8>>,
    is_animated: bool,
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

/// Decodes every pixel of every frame.
fn decode(format: ImageFormat, bytes: &[u8]) -> ImageResult<Decoded> {
    let reader = || Cursor::new(bytes);
    match format {
        ImageFormat::Png => {
            let is_animated = PngDecoder::with_limits(reader(), limits())?.is_apng()?;
            if is_animated {
                watch(PngDecoder::with_limits(reader(), limits())?.apng()?)?;
            }
            still(PngDecoder::with_limits(reader(), limits())?, is_animated)
        }
        ImageFormat::Jpeg => still(JpegDecoder::new(reader())?, false),
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(reader())?;
            decoder.set_limits(limits())?;
            let frames = watch(decoder)?;
            still(GifDecoder::new(reader())?, frames > 1)
        }
        _ => {
            let mut decoder = WebPDecoder::new(reader())?;
            decoder.set_limits(limits())?;
            let is_animated = decoder.has_animation();
            if is_animated {
                within_memory(&decoder)?;
                watch(decoder)?;
            }
            still(WebPDecoder::new(reader())?, is_animated)
        }
    }
}

fn still(mut decoder: impl ImageDecoder, is_animated: bool) -> ImageResult<Decoded> {
    decoder.set_limits(limits())?;
    within_memory(&decoder)?;
    let orientation = decoder.orientation()?;
    // A profile for inks says nothing about the red, green and blue that come out.
    let has_own_colors = matches!(decoder.original_color_type(), ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16);
    let icc_profile = decoder.icc_profile()?.filter(|_| !has_own_colors);
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(Decoded { image, orientation, icc_profile, is_animated })
}

/// Not every decoder counts the picture it hands out.
fn within_memory(decoder: &impl ImageDecoder) -> ImageResult<()> {
    if decoder.total_bytes() > MOST_MEMORY { Err(too_large()) } else { Ok(()) }
}

/// Decodes all frames; gives how many there are.
fn watch<'a>(animation: impl AnimationDecoder<'a>) -> ImageResult<u64> {
    let (mut pixels, mut count) = (0, 0);
    for frame in animation.into_frames() {
        let frame = frame?;
        count += 1;
        pixels += u64::from(frame.buffer().width()) * u64::from(frame.buffer().height());
        if pixels > MOST_FRAME_PIXELS {
            return Err(too_large());
        }
    }
    Ok(count)
}

fn too_large() -> ImageError {
    ImageError::Limits(LimitError::from_kind(LimitErrorKind::InsufficientMemory))
}

fn encoded(format: ImageFormat, decoded: &Decoded) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let image = &decoded.image;
    match format {
        ImageFormat::Jpeg => {
            write(image, JpegEncoder::new_with_quality(&mut bytes, QUALITY), decoded.icc_profile.as_ref())
        }
        ImageFormat::WebP => {
            let image = DynamicImage::from(image.to_rgba8());
            write(&image, WebPEncoder::new_lossless(&mut bytes), decoded.icc_profile.as_ref())
        }
        ImageFormat::Gif => image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Gif),
        _ => write(image, PngEncoder::new(&mut bytes), decoded.icc_profile.as_ref()),
    }?;
    Ok(bytes)
}

fn write(
    image: &DynamicImage,
    mut encoder: impl image::ImageEncoder,
    icc_profile: Option<&Vec<u8>>,
) -> ImageResult<()> {
    if let Some(profile) = icc_profile {
        // An encoder that keeps none writes the same pixels without it.
        let _kept = encoder.set_icc_profile(profile.clone());
    }
    image.write_with_encoder(encoder)
}

/// `image` with no side above [`THUMBNAIL_SIDE`]; `None` when it is no larger itself.
fn thumbnail(image: &DynamicImage) -> Option<(&'static str, bytes::Bytes)> {
    if image.width().max(image.height()) <= THUMBNAIL_SIDE {
        return None;
    }
    let small = image.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE);
    let is_opaque = !small.color().has_alpha() || small.to_rgba8().pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let mut bytes = Vec::new();
    if is_opaque {
        let small = DynamicImage::from(small.to_rgb8());
        small.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY)).ok()?;
        Some(("image/jpeg", bytes.into()))
    } else {
        let small = DynamicImage::from(small.to_rgba8());
        small.write_with_encoder(PngEncoder::new(&mut bytes)).ok()?;
        Some(("image/png", bytes.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use image::codecs::gif::{GifEncoder, Repeat};
    use image::{Frame, Rgb, RgbImage, RgbaImage};

    use super::*;

    const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
    const SECRET: &[u8] = b"GPS 48.85 N 2.35 E";

    /// 4 wide, 2 high, every pixel another color.
    fn picture(format: ImageFormat) -> Vec<u8> {
        let image =
            RgbImage::from_fn(4, 2, |x, y| Rgb([u8::try_from(x * 60).unwrap(), u8::try_from(y * 200).unwrap(), 80]));
        let mut bytes = Vec::new();
        DynamicImage::from(image).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn film() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.set_repeat(Repeat::Infinite).unwrap();
        for shade in [0, 100, 200] {
            encoder.encode_frame(Frame::new(RgbaImage::from_pixel(4, 2, image::Rgba([shade, 0, 0, 255])))).unwrap();
        }
        drop(encoder);
        bytes
    }

    /// EXIF that says which way is up, and holds [`SECRET`].
    fn exif(orientation: u8) -> Vec<u8> {
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        exif.extend(SECRET);
        exif
    }

    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let crc = !kind.iter().chain(data).fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (0_u32.wrapping_sub(crc & 1))))
        });
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &crc.to_be_bytes()].concat()
    }

    fn with(bytes: &[u8], at: usize, piece: &[u8]) -> Vec<u8> {
        [&bytes[..at], piece, &bytes[at..]].concat()
    }

    /// The picture with metadata in it.
    fn laden(format: ImageFormat, orientation: u8) -> Vec<u8> {
        let plain = picture(format);
        let exif = exif(orientation);
        match format {
            ImageFormat::Png => with(&plain, 33, &[chunk(b"eXIf", &exif), chunk(b"tEXt", SECRET)].concat()),
            ImageFormat::Jpeg => {
                let segment = |marker: u8, data: &[u8]| {
                    [&[0xff, marker], &u16::try_from(data.len() + 2).unwrap().to_be_bytes()[..], data].concat()
                };
                with(&plain, 2, &[segment(0xe1, &[b"Exif\0\0", &exif[..]].concat()), segment(0xfe, SECRET)].concat())
            }
            ImageFormat::Gif => {
                let comment = [b"!\xfe", &[u8::try_from(SECRET.len()).unwrap()][..], SECRET, b"\0"].concat();
                with(&plain, 13 + 3 * (2 << (plain[10] & 7)), &comment)
            }
            _ => {
                let riff = |kind: &[u8], data: &[u8]| {
                    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
                    [kind, &length, data, if data.len() % 2 == 1 { b"\0" } else { b"" }].concat()
                };
                let extended = riff(b"VP8X", &[0x08, 0, 0, 0, 3, 0, 0, 1, 0, 0]);
                let mut bytes = [&plain[..12], &extended, &plain[12..], &riff(b"EXIF", &exif)].concat();
                let length = u32::try_from(bytes.len() - 8).unwrap();
                bytes[4..8].copy_from_slice(&length.to_le_bytes());
                bytes
            }
        }
    }

    fn holds_secret(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|part| part == SECRET)
    }

    fn pixels_of(format: ImageFormat, bytes: &[u8]) -> RgbaImage {
        image::load_from_memory_with_format(bytes, format).unwrap().to_rgba8()
    }

    #[test]
    fn an_image_that_is_nothing_else_stays_bit_by_bit() {
        for format in FORMATS {
            let sound = examine(format, &picture(format));
            assert_eq!(sound.pixels, Some(Pixels { width: 4, height: 2 }), "{format:?}");
            assert_eq!(sound.changed, None, "{format:?}");
            assert!(sound.thumbnail.is_none(), "it is small itself");
        }
        let sound = examine(ImageFormat::Gif, &film());
        assert!(sound.pixels.is_some() && sound.changed.is_none(), "an animation too");
    }

    #[test]
    fn what_is_not_the_image_is_taken_out_and_the_pixels_stay() {
        for format in FORMATS {
            let laden = laden(format, 1);
            assert!(holds_secret(&laden));
            let changed = examine(format, &laden).changed.unwrap_or_else(|| panic!("{format:?} is changed"));
            assert!(!holds_secret(&changed), "{format:?}");
            assert_eq!(pixels_of(format, &changed), pixels_of(format, &picture(format)), "{format:?}");
            if format != ImageFormat::WebP {
                assert_eq!(changed, picture(format), "{format:?}");
            }
        }
    }

    #[test]
    fn nothing_hangs_on_the_end() {
        for format in FORMATS {
            let polyglot = [&picture(format)[..], b"PK\x03\x04<script>alert(1)</script>"].concat();
            assert_eq!(examine(format, &polyglot).changed.as_deref(), Some(&picture(format)[..]), "{format:?}");
        }
    }

    #[test]
    fn a_photo_is_turned_the_way_its_metadata_says() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let sound = examine(format, &laden(format, 6));
            assert_eq!(sound.pixels, Some(Pixels { width: 2, height: 4 }), "{format:?}");
            let changed = sound.changed.unwrap();
            assert!(!holds_secret(&changed), "{format:?}");
            let (turned, plain) = (pixels_of(format, &changed), pixels_of(format, &picture(format)));
            assert_eq!(turned.dimensions(), (2, 4));
            let (a, b) = (turned.get_pixel(1, 0).0, plain.get_pixel(0, 0).0);
            assert!(a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 60), "{format:?}: {a:?} {b:?}");
        }
    }

    #[test]
    fn a_large_image_gets_a_small_one() {
        let mut bytes = Vec::new();
        RgbImage::new(960, 300).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        let (media_type, small) = examine(ImageFormat::Png, &bytes).thumbnail.unwrap();
        assert_eq!(media_type, "image/jpeg");
        assert_eq!(image::load_from_memory(&small).unwrap().into_rgb8().dimensions(), (480, 150));
        let mut bytes = Vec::new();
        RgbaImage::new(300, 960).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        assert_eq!(examine(ImageFormat::Png, &bytes).thumbnail.unwrap().0, "image/png", "what shows through stays so");
    }

    #[test]
    fn what_can_not_be_decoded_is_no_image() {
        for format in FORMATS {
            let whole = picture(format);
            for (why, bytes) in [
                ("cut", whole[..whole.len() * 2 / 3].to_vec()),
                ("head only", whole[..16].to_vec()),
                ("empty", Vec::new()),
            ] {
                let sound = examine(format, &bytes);
                // A decoder may make do with less than all, but then what is stored is whole again.
                let is_whole = sound.changed.as_ref().is_some_and(|changed| stripped(format, changed).is_some());
                assert!(sound.pixels.is_none() || is_whole, "{format:?} {why}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        let begun = Instant::now();
        let side = |side: u32| side.to_be_bytes();
        for (width, height) in [(30_000, 30_000), (16_000, 16_000), (u32::MAX >> 1, 1)] {
            let head = [&side(width)[..], &side(height), &[8, 6, 0, 0, 0]].concat();
            let bomb =
                [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &head)[..], &chunk(b"IDAT", &[0; 64]), &chunk(b"IEND", b"")];
            let sound = examine(ImageFormat::Png, &bomb.concat());
            assert!(sound.pixels.is_none() && sound.is_too_large, "{width} by {height}");
        }
        let mut gif = picture(ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0xff; 4]);
        assert!(examine(ImageFormat::Gif, &gif).is_too_large);
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn hostile_bytes_only_ever_give_an_answer() {
        for format in FORMATS {
            let laden = laden(format, 6);
            for at in 0..laden.len() {
                for value in [0, 1, 0x7f, 0xff] {
                    let mut bytes = laden.clone();
                    bytes[at] = value;
                    let sound = examine(format, &bytes);
                    assert!(
                        sound.pixels.is_none()
                            || sound.changed.as_ref().is_none_or(|it| stripped(format, it).is_some())
                    );
                }
            }
        }
    }
}
