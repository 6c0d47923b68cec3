# What a person does here, one line each: `make` lists them. DATA and LISTEN may be set: make run LISTEN=0.0.0.0:8080
CARGO ?= cargo
LISTEN ?= 127.0.0.1:8080
DEMO_FLAGS = $(if $(DATA),--data $(DATA)) --listen $(LISTEN)

.DEFAULT_GOAL := help
.PHONY: help run build test quick check bench fmt doc fuzz needs assets stories shots

# What the pages load, built by Node.js from web/ and compiled into the program.
ASSETS = web/dist/DIGEST
ASSET_SOURCES = web/package-lock.json web/build.mjs $(wildcard web/styles/* web/scripts/*) \
  $(shell find src/http/pages -name '*.html')

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(ASSETS) ## build the program and serve the sample town
	$(CARGO) run --release --locked -- demo $(DEMO_FLAGS)

build: $(ASSETS) ## build target/release/tabularium
	$(CARGO) build --release --locked

test: needs $(ASSETS) ## everything CI asks: needs, format, lints, all tests
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) test --locked
	$(MAKE) stories

stories: $(ASSETS) ## play the stories of the pages in a real browser
	$(CARGO) build --locked
	scripts/stories

quick: $(ASSETS) ## only the unit tests beside the code
	$(CARGO) test --locked --lib

check: $(ASSETS) ## format and lints, no tests
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

bench: $(ASSETS) ## measure, and write benches/RESULTS.md
	$(CARGO) bench --locked --bench figures

fuzz: $(ASSETS) ## break readers and parsers with random input, FUZZ_SECONDS each (60); make fuzz NAMES="rtf query"
	scripts/fuzz $(NAMES)

assets: $(ASSETS) ## build what the pages load, into web/dist (needs Node.js; installs it from Debian if it may)

$(ASSETS): $(ASSET_SOURCES)
	scripts/build-assets

fmt: ## format the code
	$(CARGO) fmt

doc: $(ASSETS) ## build the documentation of the code and say where it is
	$(CARGO) doc --locked --no-deps --document-private-items
	@echo "open target/doc/tabularium/index.html"

needs:
	@scripts/install-test-needs
