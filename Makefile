# make demo   audit Nocturne, a fictional music service on this machine, and write its report
# make test   everything that must hold, with a real Chromium
# make check  format, vet, staticcheck
# make bench  speed and memory, as ratios within one run

CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
LISTS    := $(wildcard /usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist/*.txt)
NPM      := $(shell command -v npm)
POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin/postgres) $(shell command -v postgres))
LONG     := ^Benchmark(Respawn|Consent)$$
SUDO     := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

INSTALL  := $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

.PHONY: demo test check bench setup chromium lists npm postgres

demo: setup
	rm -rf build/demo
	go run ./cmd/diapason demo --out build/demo

test: setup postgres
	go vet ./...
	go test -timeout 30m ./...

check: setup
	@bad=$$(go tool gofumpt -l .); [ -z "$$bad" ] || { echo "gofumpt: $$bad"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

bench: setup lists npm postgres
	go test -run '^$$' -bench . -skip '$(LONG)' -benchtime 3x -timeout 30m ./...
	go test -run '^$$' -bench '$(LONG)' -benchtime 1x -timeout 90m ./does

setup: chromium
	@go mod download

chromium:
ifeq ($(CHROMIUM),)
	@echo "Chromium is missing: installing it from the system's packages"
	$(INSTALL) chromium
endif

# The tests start a server of their own, in a temporary folder; the cluster
# that the package would make is not needed.
postgres:
ifeq ($(POSTGRES),)
	@echo "PostgreSQL is missing: installing it from the system's packages"
	$(INSTALL) postgresql
endif

# What the benchmark of the filter matcher needs: lists, and node for the
# engines that it is compared with.
lists:
ifeq ($(LISTS),)
	@echo "Filter lists are missing: installing them from the system's packages"
	$(INSTALL) webext-ublock-origin-chromium
endif

npm:
ifeq ($(NPM),)
	@echo "npm is missing: installing it from the system's packages"
	$(INSTALL) nodejs npm
endif
