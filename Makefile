PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q -n 2
JOURNEYS := tests/journeys tests/browser tests/docs/test_accessibility.py tests/docs/test_browser.py tests/docs/test_quickstart.py tests/postman/test_run.py
TOOLED := $(addprefix tests/clients/,test_generated.py test_linters.py test_workflow.py)
CRASH := $(BIN)/python -m pytest -q -rP -m crash tests/crash
CODE := app.py cli.py errors.py commands config contract dashboard demo docs handlers inventory migrations models postman spec tasks webhooks tests bench

.PHONY: help setup run test journeys test-services clients contract release-spec check format lint types generate unchanged smoke fuzz crash bench screenshots lock

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## build .venv from the lock file, with `wth` in it

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "$(PYTHON) is no Python 3.11 or newer with venv. Install one (on Debian: python3-venv), or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## the hub with demo data: API, dashboard, worker, receiver (PORT=8080)
	@$(BIN)/wth serve --demo --port $(PORT)

test: setup ## the tests, on SQLite
	$(PYTEST) $(TOOLED:%=--ignore=%) $(JOURNEYS:%=--ignore=%)

journeys: setup ## longer tests: real processes that are killed, a browser, Newman, the quickstart
	$(PYTEST) -rs $(JOURNEYS)

test-services: setup ## the same tests on PostgreSQL and Redis
	@$(BIN)/python tests/services.py -- $(PYTEST) $(TOOLED:%=--ignore=%) $(JOURNEYS:%=--ignore=%) tests
	@$(BIN)/python tests/services.py -- $(PYTEST) -rs tests/journeys

clients: setup ## four generators make clients of the served document, which sell a watch; linters (needs Node)
	$(PYTEST) -rs $(TOOLED)

contract: setup ## the document: house rules, linters, released edition, delivered bodies, schemathesis
	$(PYTEST) -rs tests/spec tests/contract tests/clients/test_linters.py

release-spec: setup ## writes the document down as the released edition of its version
	$(BIN)/python -m spec.tools.breaking --release

check: setup format lint types unchanged test journeys test-services clients ## everything that CI wants

format: setup ## fails when a file is not formatted
	$(BIN)/ruff format --check $(CODE)

lint: setup
	$(BIN)/ruff check $(CODE)
	$(BIN)/codespell

types: setup
	$(BIN)/mypy

generate: setup ## writes spec/types.py, the Postman collection and the reference pages
	$(BIN)/wth generate

unchanged: setup ## fails when a generated file is not what the generator writes
	$(BIN)/wth generate --check

smoke: setup ## walks a fresh hub as the README does: list, order, signed event, delivery log
	$(BIN)/python tests/smoke.py

fuzz: setup ## schemathesis against a running hub, long
	$(BIN)/python tests/fuzz.py --max-examples 400

crash: setup ## kills workers, wipes queues, locks databases; on SQLite, then on PostgreSQL and Redis
	$(CRASH)
	@$(BIN)/python tests/services.py -- $(CRASH)

bench: setup ## ratios against floors, one run each
	$(BIN)/python -m bench

screenshots: setup ## every page of the dashboard, light and dark, desktop and phone, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

lock: ## resolves pyproject.toml into the lock files (needs uv)
	uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --custom-compile-command 'make lock' -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --extra build -c requirements.lock --universal --generate-hashes \
	  --no-emit-index-url --python-version 3.11 --custom-compile-command 'make lock' -o requirements-dev.lock
