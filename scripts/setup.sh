#!/usr/bin/env bash
# Installs what this machine lacks for building Parlor (`setup.sh build`), and for testing it too (`setup.sh test`).
#
# Every step looks first and returns at once if there is nothing to do, so a second call costs a fraction of a second
# and can't be misled by a stale stamp. Each tool is got the ordinary way first; where only package registries are in
# reach, from what they carry. Compiled and npm tools go to one folder, which the Makefile puts on the PATH.
set -euo pipefail

# Newer cargo-leptos releases want a newer compiler than the workspace's rust-version.
readonly CARGO_LEPTOS=0.3.9
readonly BINARYEN=132.0.0
# Older releases don't know the WebAssembly features that rustc turns on by default.
readonly BINARYEN_MIN=121
readonly NODE_MIN=20
readonly WASM=wasm32-unknown-unknown

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=${PARLOR_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/parlor-tools}
export PATH="$tools/bin:$PATH:$HOME/.cargo/bin"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Networks that block rather than refuse would hang a download for ever.
bounded() {
    local seconds=$1
    shift
    if have timeout; then timeout --kill-after=5 "$seconds" "$@"; else "$@"; fi
}

as_root() {
    if [[ $(id -u) == 0 ]]; then "$@"; elif have sudo; then sudo "$@"; else return 1; fi
}

# A second setup waits for the first instead of installing the same things beside it.
take_lock() {
    mkdir -p "$tools/bin"
    have flock || return 0
    exec 9>"$tools/.lock"
    flock --nonblock 9 && return
    say 'waiting for another setup to finish'
    flock 9
}

apt_updated=
apt_install() {
    have apt-get || return 1
    say "apt-get install $*"
    # One broken third-party list must not stop the rest; a package that can't be found will.
    [[ $apt_updated ]] || as_root apt-get -qq update || true
    apt_updated=yes
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >/dev/null
}

rust_compiler() {
    if have cargo && have rustc; then return; fi
    die 'no Rust here: install rustup and a stable toolchain, then run this again'
}

c_toolchain() {
    local missing=()
    have cc || missing+=(gcc libc6-dev)
    have make || missing+=(make)
    have pkg-config || missing+=(pkg-config)
    ((${#missing[@]})) || return 0
    apt_install "${missing[@]}" || die 'install a C compiler, make and pkg-config by hand, then run this again'
}

# --- the WebAssembly standard library ---

wasm_lib_dir() { printf '%s/lib/rustlib/%s/lib' "$(rustc --print sysroot)" "$WASM"; }
has_wasm_std() { compgen -G "$1/libstd-*.rlib" >/dev/null; }

wasm_std() {
    local lib
    lib=$(wasm_lib_dir)
    has_wasm_std "$lib" && return
    say "adding the standard library for $WASM"
    if have rustup && bounded 180 rustup target add "$WASM" && has_wasm_std "$lib"; then return; fi
    say 'not to be had from rustup: building it from source'
    build_wasm_std "$lib" || die "add the $WASM standard library of $(rustc --version) by hand, then run this again"
}

build_wasm_std() (
    lib=$1
    work=$(mktemp -d)
    library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
    made_link=
    trap '[[ -z $made_link ]] || rm -f "$library"
        rm -rf "$work"
        rmdir --parents "${library%/*}" 2>/dev/null || true' EXIT

    # -Zbuild-std looks for the source in the sysroot and nowhere else.
    if [[ ! -e $library/Cargo.lock ]]; then
        unpack_rust_src "$work" || exit 1
        mkdir -p "${library%/*}"
        rm -f "$library"
        ln -s "$(echo "$work"/src/usr/src/rustc-*/library)" "$library"
        made_link=yes
    fi

    mkdir -p "$work/std/src"
    printf '[package]\nname = "empty"\nedition = "2021"\n[workspace]\n' >"$work/std/Cargo.toml"
    : >"$work/std/src/lib.rs"
    cd "$work/std" || exit 1
    # The same release as the compiler, so the unstable flag is used on exactly the source it was made for.
    env -u RUSTFLAGS RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" cargo build --quiet --release \
        -Zbuild-std=std,panic_abort,panic_unwind,test --target "$WASM" || exit 1

    rm -f "$work/target/$WASM/release/deps"/libempty-*
    rm -rf "$lib.new"
    mkdir -p "$lib.new"
    cp "$work/target/$WASM/release/deps"/*.rlib "$lib.new/" || exit 1
    rm -rf "$lib"
    mv "$lib.new" "$lib"
)

# Debian backports carry the source of current compiler releases. It is only unpacked, from a private package list,
# so nothing of the machine's own apt settings changes.
unpack_rust_src() {
    local work=$1 version mirror apt
    version=$(rustc --version | cut -d' ' -f2)
    have apt-get && have dpkg || return 1
    # shellcheck disable=SC2016 # apt's own placeholder
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 -E '/debian/?$') || return 1
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    printf 'deb %s trixie-backports main\n' "$mirror" >"$work/sources.list"
    # Run by root, apt would fetch as a user who may not write here, and warn about it.
    apt=(apt-get -qq -o APT::Sandbox::User=root
        -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache")
    "${apt[@]}" update || return 1
    (cd "$work" && "${apt[@]}" download "rust-src=$version*") || return 1
    mkdir "$work/src"
    dpkg -x "$work"/rust-src_*.deb "$work/src"
}

# --- tools that cargo installs ---

# Prebuilt where that can be had. Otherwise compiled cheaply: these tools run for seconds, and at their own release
# profile the compiler would run for over half an hour.
install_cargo_tool() {
    local crate=$1 version=$2
    say "installing $crate $version"
    if have cargo-binstall && bounded 300 cargo binstall --no-confirm --disable-strategies compile \
        --root "$tools" "$crate@$version"; then return; fi
    say "compiling $crate, once for this machine: minutes"
    local build=$tools/build
    # A lock file can name a dependency that was withdrawn since; then the newest ones that this compiler builds do.
    compile_cargo_tool "$build" "$crate" "$version" --locked || compile_cargo_tool "$build" "$crate" "$version" ||
        die "could not install $crate $version: put it on the PATH by hand, then run this again"
    rm -rf "$build"
}

compile_cargo_tool() {
    local build=$1 crate=$2 version=$3
    env -u RUSTFLAGS CARGO_TARGET_DIR="$build" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
        cargo install "$crate" --version "$version" --force --quiet --root "$tools" "${@:4}"
}

cargo_leptos() {
    # A later patch that somebody has already is as good.
    [[ $(cargo-leptos --version 2>/dev/null) =~ \ 0\.3\.([0-9]+) ]] &&
        ((BASH_REMATCH[1] >= ${CARGO_LEPTOS##*.})) && return
    install_cargo_tool cargo-leptos "$CARGO_LEPTOS"
}

# The tool and the crate must agree to the patch, so the lock file says which.
wasm_bindgen() {
    local version
    version=$(grep -A1 -x 'name = "wasm-bindgen"' "$root/Cargo.lock" | sed -n 's/^version = "\(.*\)"$/\1/p')
    [[ $version ]] || die 'Cargo.lock names no wasm-bindgen'
    [[ $(wasm-bindgen --version 2>/dev/null) == "wasm-bindgen $version" ]] && return
    install_cargo_tool wasm-bindgen-cli "$version"
}

# --- tools that npm installs ---

wasm_opt() {
    local package=$tools/npm/node_modules/binaryen
    # Asking our own for its version would start a whole engine; its package file says it for nothing.
    if [[ -x $tools/bin/wasm-opt ]] && grep -q "\"version\": \"$BINARYEN\"" "$package/package.json" 2>/dev/null; then
        return
    fi
    [[ $(wasm-opt --version 2>/dev/null) =~ version\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= BINARYEN_MIN)) && return
    if ! have npm; then
        say 'neither wasm-opt nor npm here: leaving wasm-opt to cargo-leptos, which downloads it'
        return
    fi
    say "installing wasm-opt (binaryen $BINARYEN)"
    npm install --silent --ignore-scripts --no-save --prefix "$tools/npm" "binaryen@$BINARYEN"
    ln -sf "$package/bin/wasm-opt" "$tools/bin/wasm-opt"
}

has_node() {
    have npm && [[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= NODE_MIN))
}

node_js() {
    has_node && return
    apt_install nodejs npm || true
    has_node || die "install Node.js $NODE_MIN or newer with npm by hand, then run this again"
}

npm_packages() {
    local dir=$root/end2end
    # A copy of the lock file that was installed tells whether it is still the one that is wanted.
    cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed-lock.json" && return
    say 'installing the browser tests'\'' npm packages'
    npm --prefix "$dir" ci --silent
    cp "$dir/package-lock.json" "$dir/node_modules/.installed-lock.json"
}

# --- the browser ---

has_browser() {
    [[ -x ${PARLOR_CHROMIUM:-/usr/bin/chromium} ]] && return
    local bundled
    bundled=$(cd "$root/end2end" && node -p "require('playwright-core').chromium.executablePath()") && [[ -x $bundled ]]
}

browser() {
    has_browser && return
    say 'installing Chromium'
    if (cd "$root/end2end" && PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=10000 bounded 600 \
        npx --no-install playwright install chromium) >/dev/null 2>&1; then
        # The bundled browser brings no system libraries.
        (cd "$root/end2end" && npx --no-install playwright install-deps chromium >/dev/null) || true
    else
        say 'not to be had from Playwright'
        apt_install chromium || true
    fi
    has_browser || die 'install Chromium by hand (PARLOR_CHROMIUM may name it), then run this again'
}

# --- what joins nodes ---

# Only unpacked: the package proper would start a service, where all a test wants is a program.
nats_server() (
    have nats-server && exit
    say 'installing nats-server'
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    fetch() { apt-get -qq -o APT::Sandbox::User=root download nats-server 2>/dev/null; }
    { have apt-get && have dpkg && { fetch || { as_root apt-get -qq update && fetch; }; } &&
        dpkg -x nats-server_*.deb . && mv usr/sbin/nats-server "$tools/bin/"; } ||
        die 'put nats-server 2.9 or newer on the PATH by hand, then run this again'
)

# --- the fuzzer ---

# A copy of the list that was installed tells whether it is still the one that is wanted.
fuzzer() {
    local wanted=$root/scripts/requirements.txt place=$tools/fuzz
    cmp -s "$wanted" "$place/.installed.txt" && [[ -x $place/bin/schemathesis ]] && return
    say 'installing the API fuzzer'
    have python3 || apt_install python3 || true
    rm -rf "$place"
    # Debian keeps what makes such a place in a package of its own.
    python3 -m venv "$place" 2>/dev/null || { apt_install python3-venv && python3 -m venv "$place"; } ||
        die 'install Python 3.10 or newer with venv by hand, then run this again'
    "$place/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" ||
        die 'could not install what scripts/requirements.txt lists'
    ln -sf "$place/bin/schemathesis" "$tools/bin/schemathesis"
    cp "$wanted" "$place/.installed.txt"
}

# --- the other database ---

# `scripts/postgres.sh` starts one of its own for the tests; the package's own server is left alone.
postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    have initdb && return
    apt_install postgresql || true
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
        die 'install PostgreSQL 15 or newer (initdb on the PATH) by hand, then run this again'
}

# --- clocks that jump ---

# The fault suite leaves them out without it.
fake_time() {
    compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null && return
    [[ -e /usr/lib/faketime/libfaketime.so.1 ]] && return
    apt_install libfaketime || say 'going on without libfaketime: clocks do not jump in the fault suite'
}

# Screenshots of right-to-left, Japanese and emoji text show empty boxes without them; no test fails.
fonts() {
    local fonts=/usr/share/fonts missing=()
    have apt-get || return 0
    [[ -e $fonts/truetype/noto/NotoSansArabic-Regular.ttf ]] || missing+=(fonts-noto-core)
    [[ -e $fonts/truetype/noto/NotoColorEmoji.ttf ]] || missing+=(fonts-noto-color-emoji)
    [[ -e $fonts/opentype/ipafont-gothic/ipag.ttf ]] || missing+=(fonts-ipafont-gothic)
    ((${#missing[@]})) || return 0
    apt_install "${missing[@]}" || say 'going on without fonts for all scripts'
}

main() {
    [[ ${1:-build} =~ ^(build|test)$ ]] || die 'usage: setup.sh [build|test]'
    cd "$root"
    take_lock
    rust_compiler
    c_toolchain
    wasm_std
    cargo_leptos
    wasm_bindgen
    wasm_opt
    [[ ${1:-build} == test ]] || return 0
    node_js
    npm_packages
    browser
    fonts
    nats_server
    fuzzer
    postgres
    fake_time
}

main "$@"
