# Needs Python 3.11 or newer with pip and venv, and make; everything else is installed into
# .venv and node_modules. `make` alone lists the tasks.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The first of these that is new enough; PYTHON=/path/to/python3 overrules it.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$candidate; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
# One more than the cores of a small machine: tests wait for browsers, servers and locks.
PYTEST_ARGS ?= -n 3 --dist loadfile
BUILD_INPUTS := pyproject.toml package-lock.json hatch_build.py translations/languages.toml

.PHONY: help
help: ## List these tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s%s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: .venv/.development assets ## Install everything for development into .venv

.PHONY: demo
demo: .venv/.runtime assets ## Set up and serve the whole product on 127.0.0.1:8000
	@exec $(BIN)/intake demo $(DEMO_ARGS)

.PHONY: test
test: setup system check ## Everything that CI runs: the checks, then every test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: check
check: setup ## Style, types, imports between layers, translations
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary hatch_build.py
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m translations.catalogues check

.PHONY: translations
translations: setup ## Bring the catalogues up to date with the sources, compile and check them
	@$(BIN)/python -m translations.catalogues extract
	@$(BIN)/python -m translations.catalogues update
	@$(BIN)/python -m translations.catalogues compile
	@$(BIN)/python -m translations.catalogues check

.PHONY: bench
bench: .venv/.runtime assets ## Measure signing and PDFs; prints JSON
	@$(BIN)/intake bench sign --json
	@$(BIN)/intake bench pdf --json

.PHONY: wheel
wheel: setup ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --outdir dist . > .setup/wheel.log 2>&1 \
	|| { tail -n 20 .setup/wheel.log; exit 1; }
	@ls -l dist/*.whl

.PHONY: clean
clean: ## Remove everything that these tasks made, but not the demo's data
	rm -rf .venv .setup node_modules dist build .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis intake/web/static/fonts intake/web/static/vendor
	rm -f pdf/fonts/*.ttf pdf/fonts/*.txt translations/*/LC_MESSAGES/*.mo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment that an interrupted run left half made has no working pip.
.PHONY: environment
environment:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed, and none was found; \
	PYTHON=/path/to/python3 says where one is." >&2; exit 1; }; \
		rm -rf .venv; \
		"$(PYTHON)" -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
			echo "$(PYTHON) can't make virtual environments: on Debian or Ubuntu, \
	apt-get install python3-venv" >&2; exit 1; }; \
	fi

.venv/.runtime: $(BUILD_INPUTS) | environment
	@echo "Installing the product into .venv"
	@$(PIP) install --editable .
	@touch $@

.venv/.development: $(BUILD_INPUTS) | environment
	@echo "Installing the product and its development tools into .venv"
	@$(PIP) install --editable '.[dev]'
	@touch .venv/.runtime $@

# Looks at its inputs itself, in a tenth of a second, and makes only what is missing.
.PHONY: assets
assets: | environment
	@$(BIN)/python hatch_build.py

# What tests need and PyPI doesn't have: a browser, and a second opinion on our PDFs.
.PHONY: system
system:
	@if ! { command -v chromium && command -v pdftotext && command -v pdfsig; } >/dev/null; then \
		if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
			echo "Tests need Chromium and poppler: install the packages \
	chromium and poppler-utils (or your system's names for them)." >&2; exit 1; \
		fi; \
		echo "Installing chromium and poppler-utils"; \
		mkdir -p .setup; \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
			--no-install-recommends chromium poppler-utils fonts-liberation; } \
			> .setup/apt.log 2>&1 || { tail -n 5 .setup/apt.log >&2; exit 1; }; \
	fi
