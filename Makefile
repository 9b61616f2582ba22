PYTHON ?= python3
PORT ?= 8080
WORKERS ?= auto
SECONDS ?= 600
ENGINE ?= docker
ROWS ?= 1000000
SEEDS ?= 200
DEALERS ?= 100000
T :=
K :=
VENV := .venv
# Tests start hundreds of Python processes, which would compile the hub each time where the environment forbids bytecode.
export PYTHONDONTWRITEBYTECODE :=
BIN := $(VENV)/bin
# A single test file runs in the foreground, where a debugger works. Redis has databases for eight processes.
# With worksteal, a file's tests stay in one process, so its servers start once. A process without work takes from another.
PYTEST := $(BIN)/python -m pytest -q $(if $(findstring .py,$(T)),-n 0,-n $(WORKERS) --maxprocesses 8 --dist worksteal)
PROGRAMS := tests/clients/test_installed_cli.py tests/clients/test_mcp.py tests/clients/test_mcp_command.py
LONG := tests/commands/test_backup.py tests/commands/test_imports.py tests/commands/test_listen_outages.py tests/commands/test_move.py tests/commands/test_program.py tests/contract/test_fuzz.py tests/test_handbook_recipes.py tests/monitoring/test_metrics_of_processes.py tests/monitoring/test_logs_of_processes.py tests/monitoring/test_traces_of_processes.py tests/monitoring/test_operators_files.py
JOURNEYS := tests/journeys tests/browser tests/mirror/test_campaign.py tests/mirror/test_flask_shop.py tests/docs/test_accessibility.py tests/docs/test_browser.py tests/docs/test_quickstart.py tests/postman/test_run.py tests/postman/test_bruno.py $(PROGRAMS) $(LONG)
TOOLED := $(addprefix tests/clients/,test_generated.py test_newer_hub.py test_linters.py test_workflow.py test_recipes.py test_typescript_package.py mirror)
CRASH := $(BIN)/python -m pytest -q -rP -m crash tests/crash
MIRROR := WTH_TEST_MIRROR_SEEDS=$(SEEDS) $(BIN)/python -m pytest -q -rP -n 2 tests/mirror/test_campaign.py
ATTACK := $(BIN)/python -m pytest -q -rP --tb=short -m attack tests/attack
UNIT := tests/models tests/inventory tests/webhooks tests/spec tests/postman/test_collection.py tests/test_architecture.py tests/test_docstrings.py tests/test_language.py
SELECTED := $(or $(T),$(TOOLED:%=--ignore=%) $(JOURNEYS:%=--ignore=%) tests) $(if $(K),-k "$(K)")

.PHONY: help setup run test quick journeys test-services clients contract release-spec check format fix lint language types generate unchanged smoke fuzz crash soak mirror image attack bench bench-quick bench-simulation bench-growth screenshots lock lock-peers

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## Build .venv from the lock file and install `wth` in it

$(VENV)/.ready: $(VENV)/.locked pyproject.toml clients/python/pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable clients/python
	@touch $@

$(VENV)/.locked: requirements-dev.lock
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "$(PYTHON) is not Python 3.11 or newer with venv. Install it (on Debian: python3-venv) or choose another: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: setup ## Run the hub with demo data: API, dashboard, worker, webhook receiver (PORT=8080)
	@$(BIN)/wth serve --demo --port $(PORT)

test: setup ## Run the tests on SQLite; select some with T=tests/handlers/test_orders.py and K=cancel
	$(PYTEST) $(SELECTED)

quick: format lint types ## Check formatting, lint, types and unit tests in half a minute
	$(PYTEST) $(UNIT)

journeys: setup ## Run the long tests: processes, a browser, Schemathesis, Newman, Bruno, the quickstart
	$(PYTEST) -rs $(JOURNEYS)

test-services: setup ## Run the tests on PostgreSQL and Redis; T and K select as in test
	@$(BIN)/python tests/services.py -- $(PYTEST) $(SELECTED)
	$(if $(T)$(K),,@$(BIN)/python tests/services.py -- $(PYTEST) -rs tests/journeys tests/mirror/test_campaign.py $(LONG) tests/clients/mirror)

clients: setup ## Generate the documented clients, order with each, also at a newer hub, run the linters (needs Node and Java)
	$(PYTEST) -rs $(TOOLED)

contract: setup ## Test the spec: house rules, linters, compatibility, delivered bodies, Schemathesis
	$(PYTEST) -rs tests/spec tests/contract tests/clients/test_linters.py

release-spec: setup ## Save the spec as the released edition of its version
	$(BIN)/python -m spec.tools.release

check: setup format lint types unchanged test journeys test-services clients ## Run everything that CI runs

format: setup ## Check the formatting
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --quiet dashboard docs/site

fix: setup ## Format the code and apply safe lint fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet dashboard docs/site

lint: setup ## Run the linters, the spell checker and the check of terms
	$(BIN)/ruff check .
	$(BIN)/codespell
	@$(BIN)/python -m tests.language
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/kubernetes-validate --strict --quiet deploy/kubernetes/*.yaml

language: setup ## Report words that the field does not use, with their replacements
	@$(BIN)/python -m tests.language

types: setup ## Check the types
	$(BIN)/mypy

generate: setup ## Write spec/types.py, the client packages, the Postman collection and the reference pages
	$(BIN)/wth generate

unchanged: setup ## Check that the generated files are up to date
	$(BIN)/wth generate --check

smoke: setup ## Follow the README on a fresh hub: list, order, signed event, delivery log
	$(BIN)/python tests/smoke.py

fuzz: setup ## Run Schemathesis against a running hub (takes long)
	$(BIN)/python tests/fuzz.py --max-examples 400

crash: setup ## Kill workers, wipe queues and lock databases, on SQLite, then on PostgreSQL and Redis
	$(CRASH)
	@$(BIN)/python tests/services.py -- $(CRASH)

mirror: setup ## Mirror a hub while deliveries are lost and processes killed, on SQLite, then on PostgreSQL and Redis (SEEDS=200)
	$(MIRROR)
	@$(BIN)/python tests/services.py -- env $(MIRROR)

image: setup ## Build the image, run its containers and compose.yaml (needs Docker and ports 80 and 443, or ENGINE=podman)
	WTH_TEST_ENGINE=$(ENGINE) $(BIN)/python -m pytest -q -n 0 -m image tests/image

soak: setup ## Kill processes of a hub under load for ten minutes, on PostgreSQL and Redis (SECONDS=600)
	@WTH_TEST_SOAK_SECONDS=$(SECONDS) $(BIN)/python tests/services.py -- $(BIN)/python -m pytest -q -rP -n 0 tests/soak

attack: setup ## Attack a hub and measure what another dealer notices, on SQLite, then on PostgreSQL and Redis
	$(ATTACK)
	@$(BIN)/python tests/services.py -- $(ATTACK)

bench: setup ## Run all benchmarks, write bench/results, the plot and the tables (peers need Node and Redis; takes long)
	$(BIN)/python -m bench; status=$$?; $(BIN)/python -m bench.publish && exit $$status

bench-quick: setup ## Compare the hub with its peers in one round, in less than two minutes
	$(BIN)/python -m bench --quick

bench-growth: setup ## Fill a hub and measure every page, retention and claims (ROWS=1000000, WTH_DATABASE_URL)
	$(BIN)/python -m bench.growth --rows $(ROWS)

bench-simulation: setup ## Simulate claims and fairness with many dealers (DEALERS=100000)
	$(BIN)/python -m bench.simulation --dealers $(DEALERS)

screenshots: setup ## Save every dashboard page to screenshots/: light and dark, desktop and phone
	$(BIN)/python -m tests.browser.screenshots

lock: ## Resolve pyproject.toml into the lock files, keeping existing pins (needs uv)
	uv pip compile -q pyproject.toml --extra tracing --universal --generate-hashes --no-emit-index-url --no-emit-package watchtraderhub-client --python-version 3.11 \
	  --custom-compile-command 'make lock' -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --extra build --extra tracing -c requirements.lock --universal --generate-hashes \
	  --no-emit-index-url --no-emit-package watchtraderhub-client --python-version 3.11 --custom-compile-command 'make lock' -o requirements-dev.lock

lock-peers: ## Resolve the dependencies of the benchmark's peers into their lock files (needs uv and npm)
	$(foreach peer,fastapi_arq drf_celery,uv pip compile -q bench/peers/$(peer)/requirements.in --universal --generate-hashes \
	  --no-emit-index-url --python-version 3.11 --custom-compile-command 'make lock-peers' -o bench/peers/$(peer)/requirements.lock &&) \
	  npm install --prefix bench/peers/node --package-lock-only
