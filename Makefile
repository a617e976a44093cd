# Two commands do everything: `make demo` and `make test`. Each step says what it does and is
# skipped when its result is there. Settings: docs/operations.md.
SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo serve test check prove bench wheel screens

help: ## Show the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "  make demo RESET=1 begins anew, FEED=0 keeps quiet, PIANQU_PORT=8001 moves it"

setup: ## Get what the product needs: PostGIS, Python packages, the built front end
	@scripts/setup-system
	@scripts/setup-python
	@scripts/setup-web

setup-tests: ## Get what the tests need too: Chromium, development tools
	@scripts/setup-system tests
	@scripts/setup-python tests
	@scripts/setup-web

demo: setup ## Open the live map with an invented day of cases
	@.venv/bin/pianqu demo

serve: setup ## Run server and worker on your own data
	@.venv/bin/pianqu serve --with-worker

test: setup-tests ## Run all tests
	$(PYTHON) -m pytest -n 2 --dist loadfile --ignore=tests/journeys --ignore=tests/browser --ignore=tests/prove
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/browser tests/journeys
	scripts/with-node npm --prefix web/app run --silent test

check: setup-tests ## Check style, types and the floors of the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	scripts/with-node npm --prefix web/app run --silent check

prove: setup-tests ## Run what is too long for `make test`, into docs/evidence/
	@scripts/prove

bench: setup-tests ## Measure against the named opponents, into benchmarks/results/
	for each in benchmarks/[a-z]*.py; do $(PYTHON) -m benchmarks.$$(basename $$each .py) || exit 1; done
	$(PYTHON) -m benchmarks.geocoding

wheel: setup-tests ## Build the wheel, front end included, into dist/
	"$$(scripts/tool uv)" build --wheel

screens: setup-tests ## Take the README's pictures from a running `make demo`
	@$(PYTHON) scripts/screens.py
