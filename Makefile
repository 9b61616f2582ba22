PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q -n 2
CODE := app.py cli.py config.py errors.py commands contract dashboard demo docs handlers inventory migrations models postman spec tasks webhooks tests bench

.PHONY: help setup run test test-services check format lint types generate unchanged smoke fuzz crash bench lock

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## build .venv from the lock file, with `wth` in it

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## the hub with demo data: API, dashboard, worker, receiver (PORT=8080)
	@$(BIN)/wth serve --demo --port $(PORT)

test: setup ## the tests, on SQLite
	$(PYTEST)

test-services: setup ## the same tests on PostgreSQL and Redis
	@$(BIN)/python tests/services.py -- $(PYTEST)

check: setup format lint types unchanged test test-services ## everything that CI wants

format: setup ## fails when a file is not formatted
	$(BIN)/ruff format --check $(CODE)

lint: setup
	$(BIN)/ruff check $(CODE)

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

crash: setup ## kills workers, wipes queues, locks databases
	$(BIN)/python -m pytest -q -m crash tests/crash

bench: setup ## ratios against floors, one run each
	$(BIN)/python -m bench

lock: ## resolves pyproject.toml into the lock files (needs uv)
	uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --custom-compile-command 'make lock' -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --extra build -c requirements.lock --universal --generate-hashes \
	  --no-emit-index-url --python-version 3.11 --custom-compile-command 'make lock' -o requirements-dev.lock
