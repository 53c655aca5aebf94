//! The architecture, held by more than good will.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Files below `folder` (from the root) that contain `word`, but for those below one of `homes`.
fn strays(folder: &str, word: &str, homes: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    rust_files(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} holds code");
    let relative = files.into_iter().map(|file| (file.strip_prefix(root()).unwrap().display().to_string(), file));
    let strays = relative.filter(|(name, _)| !homes.iter().any(|home| name.starts_with(home)));
    strays.filter(|(_, file)| fs::read_to_string(file).unwrap().contains(word)).map(|(name, _)| name).collect()
}

#[test]
fn imports_go_one_way() {
    for (folder, word, homes) in [
        ("server/src", "sqlx::", &["server/src/storage"][..]),
        (
            "server/src",
            "axum::",
            &[
                "server/src/api",
                "server/src/demo",
                "server/src/web",
                "server/src/live",
                "server/src/router.rs",
                "server/src/serve.rs",
                "server/src/lib.rs",
                "server/src/state.rs",
                "server/src/telemetry.rs",
            ],
        ),
        ("server/src", "object_store::", &["server/src/files"]),
        ("server/src", "leptos::", &["server/src/web"]),
        ("server/src", "reqwest::", &["server/src/webhooks", "server/src/demo"]),
        ("server/src/chat", "crate::web::", &[]),
        ("server/src/chat", "crate::api", &[]),
        // It knows no more of the server than a program elsewhere.
        ("server/src/demo", "crate::chat", &[]),
        ("server/src/demo", "crate::storage", &[]),
        ("server/src/storage", "crate::chat", &[]),
        ("server/src/storage", "crate::live", &[]),
        ("server/src/storage", "crate::webhooks", &[]),
        ("server/src/storage", "crate::files", &[]),
        ("server/src/files", "crate::storage", &[]),
        ("server/src/files", "crate::chat", &[]),
        ("app/src", "sqlx", &[]),
        ("app/src", "axum", &[]),
    ] {
        assert_eq!(strays(folder, word, homes), [""; 0], "{word} outside its home");
    }
}

#[test]
fn the_vocabulary_knows_nobody() {
    let manifest = fs::read_to_string(root().join("domain/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names: Vec<&str> = dependencies
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("optional = true"))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, ["serde", "serde_json", "thiserror"]);
    let app = fs::read_to_string(root().join("app/Cargo.toml")).unwrap();
    for stranger in ["sqlx", "axum", "tokio", "server ="] {
        assert!(!app.contains(stranger), "app must not know {stranger}");
    }
}

#[test]
fn there_is_one_sqlx_and_one_sqlite() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in ["sqlx", "sqlx-core", "sqlx-sqlite", "libsqlite3-sys"] {
        assert_eq!(lock.matches(&format!("name = \"{name}\"\n")).count(), 1, "{name}");
    }
}

#[test]
fn style_sheets_know_no_left_and_right() {
    let mut folders = vec![root().join("style")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The notch is where it is, whatever the language.
            let text = fs::read_to_string(&path)
                .unwrap()
                .replace("safe-area-inset-left", "")
                .replace("safe-area-inset-right", "");
            for word in [
                "left:",
                "right:",
                "-left",
                "-right",
                "margin-top",
                "padding-top",
                "text-align: left",
                "text-align: right",
            ] {
                assert!(!text.contains(word), "{}: {word}; say start and end", path.display());
            }
        }
    }
}
