# `make` lists what there is to do. Everything follows CARGO_TARGET_DIR where that is set.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
TOOLS := $(or $(PARLOR_TOOLS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/parlor-tools)
export PATH := $(TOOLS)/bin:$(PATH):$(HOME)/.cargo/bin

# The server embeds the site folder, so the site is always built first. Debug and release have one each: sharing it,
# every switch between the two would rebuild both.
SITE_DEBUG := $(TARGET_DIR)/site-debug
SITE_RELEASE := $(TARGET_DIR)/site

# Folders stand beside their files so that a deleted file counts as a change.
SITE_SOURCES := $(shell find $(wildcard app domain frontend public style)) Cargo.toml Cargo.lock

# The browser crate stays out of host builds: it would switch on `hydrate` in the crates that the server needs `ssr` of.
HOST := --workspace --exclude frontend
TESTED := $(HOST) --exclude bench

.PHONY: help run build dev test test-rust test-e2e test-fuzz test-faults faults lint bench clean setup-build setup-test FORCE

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: build ## build, then serve a demo (ARGS="--listen 127.0.0.1:4000")
	exec $(TARGET_DIR)/release/parlor demo $(ARGS)

build: setup-build $(SITE_RELEASE).stamp ## build target/release/parlor, the whole product in one file
	PARLOR_SITE_DIR=$(SITE_RELEASE) cargo build --release -p server --bin parlor

# cargo-leptos builds site and server at the same time here, so this server embeds nothing: it finds LEPTOS_SITE_ROOT in
# its environment and serves the files from there.
dev: setup-build ## serve a demo, rebuilt and reloaded as files change (ARGS as for run)
	mkdir -p $(TARGET_DIR)/site-none
	PARLOR_SITE_DIR=$(TARGET_DIR)/site-none LEPTOS_SITE_ROOT=$(TARGET_DIR)/site-dev cargo leptos watch -- demo $(ARGS)

test: test-rust test-e2e test-fuzz test-faults ## run every test

test-rust: setup-test $(SITE_DEBUG).stamp ## run the Rust tests only, the stories on both databases (ARGS="name")
	PARLOR_SITE_DIR=$(SITE_DEBUG) cargo test $(TESTED) $(ARGS)
	PARLOR_SITE_DIR=$(SITE_DEBUG) scripts/postgres.sh cargo test $(TESTED) --test it $(ARGS)

# Built with everything that the Rust tests select, so that the binary has the very dependencies compiled for them.
test-e2e: setup-test $(SITE_DEBUG).stamp ## run the browser tests only (ARGS="tests/chat --project no-js")
	PARLOR_SITE_DIR=$(SITE_DEBUG) cargo build $(TESTED) --all-targets
	cd end2end && PARLOR_BIN=$(TARGET_DIR)/debug/parlor npm test --silent -- $(ARGS)

test-fuzz: setup-test $(SITE_DEBUG).stamp ## call the API with all that its description allows, and more (ARGS="--examples 500")
	PARLOR_SITE_DIR=$(SITE_DEBUG) cargo build $(TESTED) --all-targets
	PARLOR_BIN=$(TARGET_DIR)/debug/parlor scripts/fuzz.py $(ARGS)
	PARLOR_BIN=$(TARGET_DIR)/debug/parlor scripts/postgres.sh scripts/fuzz.py --seed 2 $(ARGS)

test-faults: setup-test $(SITE_DEBUG).stamp ## kill, cut, fill and turn back clocks in the middle of the load, for a few minutes (ARGS="--only NATS")
	PARLOR_SITE_DIR=$(SITE_DEBUG) cargo build $(TESTED) --all-targets
	PARLOR_BIN=$(TARGET_DIR)/debug/parlor scripts/postgres.sh $(TARGET_DIR)/debug/faults --short $(ARGS)

faults: build setup-test ## the same with the release build, with more faults, again and again (ARGS="--times 10 --seed 7")
	cargo build --release -p faults
	SYNC=on PARLOR_BIN=$(TARGET_DIR)/release/parlor scripts/postgres.sh $(TARGET_DIR)/release/faults $(ARGS)

# A folder that isn't there at all would count as changed every time.
lint: setup-build ## check format, lints and docs
	cargo fmt --all --check
	mkdir -p $(SITE_DEBUG)
	PARLOR_SITE_DIR=$(SITE_DEBUG) cargo clippy $(HOST) --all-targets -- -D warnings
	PARLOR_SITE_DIR=$(SITE_DEBUG) RUSTDOCFLAGS="-D warnings" cargo doc $(HOST) --no-deps --quiet
	cargo clippy -p frontend --target wasm32-unknown-unknown --target-dir $(TARGET_DIR)/front -- -D warnings

# PostgreSQL shares the servers' core, as SQLite does by itself, and syncs as it does for people.
bench: build setup-test ## measure the release build (ARGS="send history postgresql")
	cargo build --release -p bench
	SYNC=on PARLOR_BIN=$(TARGET_DIR)/release/parlor taskset -c 0 scripts/postgres.sh taskset -c 0,1 $(TARGET_DIR)/release/bench $(ARGS)

clean: ## remove everything that was built
	cargo clean
	rm -rf end2end/test-results end2end/playwright-report

setup-build setup-test: setup-%:
	@scripts/setup.sh $*

# The stamps stand beside the folders, which cargo-leptos empties and whose every file is served.
$(SITE_DEBUG).stamp: $(SITE_SOURCES) $(TARGET_DIR)/site-tools.txt | setup-build
	LEPTOS_SITE_ROOT=$(SITE_DEBUG) cargo leptos build --frontend-only
	touch $@

$(SITE_RELEASE).stamp: $(SITE_SOURCES) $(TARGET_DIR)/site-tools.txt | setup-build
	LEPTOS_SITE_ROOT=$(SITE_RELEASE) cargo leptos build --release --frontend-only
	touch $@

# Newer only if another compiler, or a checkout elsewhere, is to use the same target folder.
$(TARGET_DIR)/site-tools.txt: FORCE
	@mkdir -p $(@D)
	@{ rustc --version; pwd; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
