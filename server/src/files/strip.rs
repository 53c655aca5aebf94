//! Takes out of an image file what is not the image: where and when it was taken and by whom, comments, and whatever was hung
//! onto its end. The pixels stay bit by bit as they were, so a file that carries nothing else comes out unchanged.

use image::ImageFormat;

/// `bytes` without what is not the image; `None` when their structure can't be followed to its end.
pub fn stripped(format: ImageFormat, bytes: &[u8]) -> Option<Vec<u8>> {
    match format {
        ImageFormat::Png => png(bytes),
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::Gif => gif(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => None,
    }
}

/// Reads a file from its beginning and keeps what it is told to.
struct Pieces<'a> {
    rest: &'a [u8],
    kept: Vec<u8>,
}

impl<'a> Pieces<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, kept: Vec::with_capacity(bytes.len()) }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(piece)
    }

    fn keep(&mut self, count: usize) -> Option<&'a [u8]> {
        let piece = self.take(count)?;
        self.kept.extend_from_slice(piece);
        Some(piece)
    }
}

const PNG_KEPT: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"hIST", b"acTL", b"fcTL", b"fdAT", b"cICP", b"mDCV", b"cLLI", b"sPLT",
];

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = Pieces::of(bytes);
    pieces.keep(8)?;
    loop {
        let length = u32::from_be_bytes(*pieces.rest.first_chunk()?) as usize;
        let kind: &[u8; 4] = pieces.rest.get(4..8)?.try_into().ok()?;
        let chunk = pieces.take(length.checked_add(12)?)?;
        if PNG_KEPT.contains(&kind) {
            pieces.kept.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            return Some(pieces.kept);
        }
    }
}

/// Whether the segment is needed to show the right colours in the right places.
fn is_jpeg_kept(marker: u8, payload: &[u8]) -> bool {
    match marker {
        0xe0 => payload.starts_with(b"JFIF\0"),
        0xe2 => payload.starts_with(b"ICC_PROFILE\0"),
        0xee => payload.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: u8 = 0xd8;
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut pieces = Pieces::of(bytes);
    if pieces.keep(2)? != [0xff, START] {
        return None;
    }
    loop {
        let [0xff, marker] = *pieces.rest.first_chunk()? else { return None };
        match marker {
            // Filling before a marker.
            0xff => drop(pieces.take(1)?),
            END => {
                pieces.keep(2)?;
                return Some(pieces.kept);
            }
            0xd0..=0xd7 | 0x01 => drop(pieces.keep(2)?),
            _ => {
                let length = usize::from(u16::from_be_bytes(pieces.rest.get(2..4)?.try_into().ok()?));
                let segment = pieces.take(length.checked_add(2)?)?;
                if is_jpeg_kept(marker, segment.get(4..)?) {
                    pieces.kept.extend_from_slice(segment);
                }
                if marker == SCAN {
                    pieces.keep(scan_length(pieces.rest)?)?;
                }
            }
        }
    }
}

/// How long the coded data is: up to a marker that is neither an escaped byte nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7))
}

fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = Pieces::of(bytes);
    let screen = pieces.keep(13)?;
    pieces.keep(color_table_length(screen[10]))?;
    loop {
        match *pieces.rest.first()? {
            b';' => {
                pieces.keep(1)?;
                return Some(pieces.kept);
            }
            b',' => {
                let frame = pieces.keep(10)?;
                pieces.keep(color_table_length(frame[9]) + 1)?;
                let length = sub_blocks_length(pieces.rest)?;
                pieces.keep(length)?;
            }
            b'!' => {
                let is_kept = match *pieces.rest.get(1)? {
                    0xf9 => true,
                    0xff => matches!(pieces.rest.get(3..14)?, b"NETSCAPE2.0" | b"ANIMEXTS1.0"),
                    _ => false,
                };
                let length = 2 + sub_blocks_length(&pieces.rest[2..])?;
                let extension = pieces.take(length)?;
                if is_kept {
                    pieces.kept.extend_from_slice(extension);
                }
            }
            _ => return None,
        }
    }
}

fn color_table_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Blocks that begin with their length, up to and with the empty one.
fn sub_blocks_length(bytes: &[u8]) -> Option<usize> {
    let mut length = 0;
    loop {
        let block = usize::from(*bytes.get(length)?);
        length += block + 1;
        if block == 0 {
            return (length <= bytes.len()).then_some(length);
        }
    }
}

fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let mut pieces = Pieces::of(bytes.get(..length.checked_add(8)?)?);
    let head = pieces.keep(12)?;
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WEBP") {
        return None;
    }
    while !pieces.rest.is_empty() {
        let kind: &[u8; 4] = pieces.rest.first_chunk()?;
        let length = u32::from_le_bytes(pieces.rest.get(4..8)?.try_into().ok()?) as usize;
        let chunk = pieces.take(length.checked_next_multiple_of(2)?.checked_add(8)?)?;
        if KEPT.contains(&kind) {
            let flags = pieces.kept.len() + 8;
            pieces.kept.extend_from_slice(chunk);
            if kind == b"VP8X" {
                *pieces.kept.get_mut(flags)? &= !(HAS_EXIF | HAS_XMP);
            }
        }
    }
    let length = u32::try_from(pieces.kept.len() - 8).ok()?;
    pieces.kept[4..8].copy_from_slice(&length.to_le_bytes());
    Some(pieces.kept)
}
