# Every way to start is here: `make run`, `make test`; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Cargo uses all cores by itself; two of them at once would only wait for each other.
.NOTPARALLEL:

# A shell that was open when rustup was installed has no cargo in its PATH yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

LISTEN ?= 127.0.0.1:8080
TARGET := $(or $(CARGO_TARGET_DIR),target)
DENY := $(CURDIR)/target/tools/deny-0.20.2

.PHONY: help
help: ## list what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' | expand -t 16

# --- running ---

.PHONY: run
run: release ## build everything and serve it on http://127.0.0.1:8080 (LISTEN=address:port)
	exec $(TARGET)/release/socklab serve --listen $(LISTEN)

.PHONY: release
release: site ## build target/release/socklab with the page in it
	cargo build --release -p socklab-server

.PHONY: site
site: setup ## build the page into target/site
	cargo run --release --quiet -p socklab-bundle

.PHONY: setup
setup: ## install what running needs
	@./setup.sh run

# --- inner loop ---

.PHONY: dev
dev: page ## serve a debug build; the page is read from disk, so `make page` and a reload show a change
	cargo run -p socklab-server -- serve --listen $(LISTEN) --assets target/site-dev

.PHONY: page
page: setup ## build the page quickly, for `make dev`
	cargo run --release --quiet -p socklab-bundle -- --dev

# --- checking, what fails fast first; the tests last, so that the end of the output is theirs ---

.PHONY: test
test: setup-test fmt-check deny clippy release ## check everything
	cargo test --workspace

.PHONY: test-browser
test-browser: setup-test release ## only the tests in a browser
	cargo test -p socklab-tests --test browser

.PHONY: bench
bench: setup-bench ## print how fast the engine is, as ratios; nothing else should run meanwhile
	cargo bench -p socklab-tests --bench speed

.PHONY: bench-ui
bench-ui: setup-test release ## print how fast the page is in Chromium; nothing else should run meanwhile
	SOCKLAB_BIN=$(abspath $(TARGET))/release/socklab cargo bench -p socklab-tests --bench ui

.PHONY: setup-test
setup-test: ## install what testing needs
	@./setup.sh test

.PHONY: setup-bench
setup-bench:
	@./setup.sh bench

.PHONY: fmt
fmt: ## format the code
	cargo fmt --all

.PHONY: fmt-check
fmt-check:
	cargo fmt --all --check

.PHONY: clippy
clippy: ## lint the code
	cargo clippy --workspace --all-targets -- -D warnings

.PHONY: deny
deny: $(DENY)/bin/cargo-deny ## check licences and sources of the dependencies, and known vulnerabilities where reachable
	$< check licenses bans sources
	@if timeout 60 $< fetch db >/dev/null 2>&1; \
	then $< check --disable-fetch advisories; \
	else echo 'deny: known vulnerabilities NOT checked, their database cannot be reached from here'; fi

# Built quickly rather than to be quick: it runs for seconds. A new version is a new folder.
$(DENY)/bin/cargo-deny:
	cargo install cargo-deny --version $(patsubst deny-%,%,$(notdir $(DENY))) --locked --quiet \
		--root $(DENY) --target-dir target/tools/build \
		--config profile.release.opt-level=0 --config profile.release.lto=false
	@rm -rf target/tools/build

.PHONY: clean
clean: ## delete everything that was built
	rm -rf target static/node_modules
