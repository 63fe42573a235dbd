# Overcoat. `make demo` shows it, `make test` proves it, `make bench` measures it. Each target does its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-bench ui demo test test-rust test-ui test-browser lint bench build clean

TARGET := $(or $(CARGO_TARGET_DIR),target)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# What a fresh Debian lacks: pingora builds with cmake; clang and mold link; redis-server, chromium and venv are for the tests.
PACKAGES := build-essential pkg-config cmake clang mold redis-server chromium python3-venv fonts-noto-cjk ca-certificates
BENCH_PACKAGES := nginx libnginx-mod-http-lua lua-cjson wrk
UI_SOURCES := $(shell find approval-ui -path approval-ui/node_modules -prune -o -path approval-ui/dist -prune -o -type f -print 2>/dev/null)
export CARGO_BUILD_JOBS ?= 2
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

help: ## this text
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# Installs the packages named in $(1) that are missing; says so and stops if it cannot.
define install
	missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' "$$p" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; $(SUDO) apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

setup: ## system packages that building and testing need
	@command -v cargo >/dev/null || { echo "no Rust toolchain found: install one (rustup), 1.89 or newer"; exit 1; }
	@command -v npm >/dev/null || { echo "no Node.js found: install version 20 or newer with npm"; exit 1; }
	@$(call install,$(PACKAGES))

setup-bench: setup
	@$(call install,$(BENCH_PACKAGES))

approval-ui/node_modules/.installed: approval-ui/package.json approval-ui/package-lock.json
	cd approval-ui && npm ci --no-audit --no-fund --loglevel=error
	touch $@

approval-ui/dist/index.html: approval-ui/node_modules/.installed $(UI_SOURCES)
	cd approval-ui && npm run --silent build
	@# The files are embedded at compile time, and cargo does not see new ones by itself.
	touch src/control/assets.rs

ui: approval-ui/dist/index.html ## builds the approval page

build: setup ui ## release build
	cargo build --release --locked

demo: build ## demo CRM, Overcoat before it and the approval page, on this machine
	@exec $(TARGET)/release/overcoat demo

.cache/tryton/complete-8.0-1: tests/tryton/install.sh tests/tryton/fill.py
	tests/tryton/install.sh "$$PWD/.cache/tryton"

test: test-rust test-ui test-browser ## every test: Rust, UI, browser, end to end

test-rust: setup ui .cache/tryton/complete-8.0-1
	cargo test --locked

test-ui: setup ui
	cd approval-ui && npm test --silent

test-browser: setup ui
	cargo build --locked
	cd approval-ui && OVERCOAT_BIN="$$(realpath ../$(TARGET) 2>/dev/null || realpath $(TARGET))/debug/overcoat" npm run --silent e2e

lint: setup ui ## formatting, clippy, UI lint and types
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd approval-ui && npm run --silent lint && npm run --silent typecheck

bench: setup-bench ui ## measures beside the peers and prints the table of bench/README.md
	cargo build --release --locked --bins --example peers
	python3 bench/run.py

clean: ## removes what was built and downloaded here
	rm -rf $(TARGET) .cache approval-ui/node_modules approval-ui/dist
