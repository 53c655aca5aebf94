//! Puts the built frontend into the binary: `target/site` (or `PARLOR_SITE_DIR`), each file plain, brotli and gzip, those in
//! `pkg/` under a name that carries a hash of what they hold. Without a built frontend the table is empty: the server then
//! serves plain HTML, which is enough to check and to test it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

fn main() {
    println!("cargo:rerun-if-env-changed=PARLOR_SITE_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let site = env::var_os("PARLOR_SITE_DIR").map_or_else(|| root.join("target/site"), PathBuf::from);
    println!("cargo:rerun-if-changed={}", site.display());

    let mut files = Vec::new();
    collect(&site, &site, &mut files);
    files.sort();
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let mut code = String::from("static ASSETS: &[Asset] = &[\n");
    let mut built = [("css", None), ("js", None), ("wasm", None)];
    for relative in &files {
        let content = fs::read(site.join(relative)).expect("a file of the site can be read");
        let hash: String = Sha256::digest(&content).iter().take(8).fold(String::new(), |mut hash, byte| {
            let _infallible = write!(hash, "{byte:02x}");
            hash
        });
        let extension = relative.rsplit('.').next().unwrap_or_default();
        let is_hashed = relative.starts_with("pkg/");
        let path = if is_hashed {
            let stem = relative.trim_end_matches(extension).trim_end_matches('.').trim_end_matches("_bg");
            let path = format!("/{stem}.{hash}.{extension}");
            if let Some((_, name)) = built.iter_mut().find(|(kind, _)| *kind == extension) {
                *name = Some(path.trim_start_matches("/pkg/").to_owned());
            }
            path
        } else {
            format!("/{relative}")
        };
        let variants =
            [("plain", content.clone()), ("br", brotli(&content, is_release)), ("gz", gzip(&content, is_release))];
        let names = variants.map(|(kind, bytes)| {
            let file = out.join(format!("{hash}.{kind}"));
            fs::write(&file, bytes).expect("the output folder can be written");
            file.display().to_string()
        });
        let [plain, brotli, gzip] = names;
        let _infallible = writeln!(
            code,
            "Asset {{ path: {path:?}, content_type: {:?}, etag: {:?}, is_hashed: {is_hashed}, plain: include_bytes!({plain:?}), \
             brotli: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }},",
            content_type(extension),
            format!("\"{hash}\""),
        );
    }
    code.push_str("];\nconst BUILT: Option<Assets> = ");
    if let [(_, Some(css)), (_, Some(js)), (_, Some(wasm))] = built {
        let _infallible = writeln!(code, "Some(Assets {{ css: {css:?}, js: {js:?}, wasm: {wasm:?} }});");
    } else {
        code.push_str("None;\n");
    }
    fs::write(out.join("assets.rs"), code).expect("the output folder can be written");
}

fn collect(site: &Path, folder: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(site, &path, files);
        } else if !content_type(path.extension().and_then(|end| end.to_str()).unwrap_or_default()).is_empty() {
            let relative = path.strip_prefix(site).expect("below the site");
            files.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// Empty for what is not served.
fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wav" => "audio/wav",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "",
    }
}

/// The smallest form for a release; a quick one else.
fn brotli(content: &[u8], is_release: bool) -> Vec<u8> {
    let mut compressed = Vec::new();
    let quality = if is_release { 11 } else { 3 };
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 64 * 1024, quality, 22);
    writer.write_all(content).expect("memory can be written");
    drop(writer);
    compressed
}

fn gzip(content: &[u8], is_release: bool) -> Vec<u8> {
    let level = if is_release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
    writer.write_all(content).expect("memory can be written");
    writer.finish().expect("memory can be written")
}
