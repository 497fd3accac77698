# What can be done here. Only Go, git and make are needed for run, test, build.
GO       ?= go
TOOL     := $(GO) tool -modfile=.ci/tools/go.mod
# The race detector needs a C compiler; a machine without one tests without it.
RACE     := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)
DATA     ?= data/demo
LISTEN   ?= 127.0.0.1:8080
export CGO_ENABLED ?= $(if $(RACE),1,0)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: build ## build and start the platform with a demonstration at http://127.0.0.1:8080
	.bin/fanwei serve --demo --listen $(LISTEN) --data $(DATA)

build: ## build the program as .bin/fanwei
	CGO_ENABLED=0 $(GO) build -o .bin/fanwei ./ui-api

test: ## run what Go alone can run
	$(GO) vet ./...
	$(GO) test $(RACE) ./...

test-all: ## the same on PostgreSQL too, and in a real browser (installs nothing)
	.ci/with-postgres $(GO) test $(RACE) ./services/... ./ingest/... ./ui-api/...
	$(GO) test -tags tools -count=1 ./services/label
	$(GO) test -tags browser -count=1 -timeout 20m ./ui-api/e2e

check: lint ## everything a change must pass before it lands
	test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) mod tidy -diff
	$(MAKE) test test-all fuzz

lint: ## static checks, the linter pinned in .ci/tools
	$(TOOL) golangci-lint run ./...

fuzz: ## each fuzz target for FUZZTIME
	.ci/fuzz $(FUZZTIME)

bench: ## speed as ratios against baselines of the same run
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 30m ./ui-api/bench

update: ## write the golden files anew; read the difference before you commit
	$(GO) test ./services/authz ./services/label ./ui-api/web ./ui-api/site -update

clean: ## remove what was built, and the demonstration's data
	rm -rf .bin $(DATA)

.PHONY: help run build test test-all check lint fuzz bench update clean
.DEFAULT_GOAL := help
