"""Each process imports only what it uses."""

import os
import subprocess
import sys

import pytest
from watchtraderhub_cli.lazy import LazyCommand

import config
from cli import COMMANDS

SERVER = {
    "connexion",
    "huey",
    "models",
    "peewee",
    "psycopg",
    "redis",
    "requests",
    "spec",
    "starlette",
    "uvicorn",
    "yaml",
}
WEB_STACK = {"connexion", "dashboard", "docs", "handlers", "httpx", "jinja2", "jsonschema", "starlette", "uvicorn"}
VALIDATORS = {"openapi_spec_validator", "pydantic"}
METRICS = {"prometheus_client", "wsgiref"}
EMBEDDED = {
    "WTH_DATABASE_URL": f"sqlite://{config.DATA_DIR}/hub.db",
    "WTH_QUEUE_URL": f"sqlite://{config.DATA_DIR}/q.db",
}
ON_SERVERS = {"WTH_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "WTH_QUEUE_URL": "redis://127.0.0.1:9/0"}
REPORT = "import sys; print(*sorted({name.split('.')[0] for name, module in sys.modules.items() if module}))"


def imported_by(code: str, **settings: str) -> set[str]:
    """Run code in a new process; return the packages that it has imported."""
    environment = {**os.environ, "WTH_RATE_LIMIT_URL": "", "PYTHONPATH": str(config.ROOT), **settings}
    command = [sys.executable, "-W", "ignore", "-c", f"{code}\n{REPORT}"]
    process = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return set(process.stdout.splitlines()[-1].split())


def run_wth(*arguments: str) -> str:
    return f"import cli\nfrom contextlib import suppress\nwith suppress(SystemExit):\n    cli.wth({arguments!r})"


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("worker", "--help")], ids=" ".join)
def test_help_imports_no_server_code(arguments: tuple[str, ...]) -> None:
    assert imported_by(run_wth(*arguments), **EMBEDDED) & SERVER == set()


def test_calling_the_api_and_printing_the_document_need_no_database() -> None:
    imported = imported_by("import cli, commands.spec, watchtraderhub_cli.api, watchtraderhub_cli.listen", **EMBEDDED)
    assert imported & SERVER == {"requests", "spec"}


def test_worker_imports_no_web_stack_and_no_driver_that_it_does_not_need() -> None:
    imported = imported_by("import cli, commands.startup, tasks.worker", **EMBEDDED)
    assert imported & (WEB_STACK | VALIDATORS | METRICS | {"asyncio", "psycopg", "redis"}) == set()
    assert {"huey", "peewee", "requests"} <= imported


def test_web_process_imports_no_driver_that_it_does_not_need() -> None:
    imported = imported_by("import cli, commands.hub, app\napp.create_app()", **EMBEDDED)
    assert imported & (VALIDATORS | METRICS | {"psycopg", "redis"}) == set()
    assert imported >= WEB_STACK


def test_processes_on_servers_import_their_drivers() -> None:
    imported = imported_by("import cli, tasks.worker, app\napp.create_app()", **ON_SERVERS)
    assert {"psycopg", "redis"} <= imported


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_list_of_commands_has_the_first_sentence_of_their_help(command: LazyCommand) -> None:
    loaded, sentence = command.load(), command.help or "missing"
    assert (loaded.help or "").startswith(sentence)
    assert (loaded.name, loaded.hidden) == (command.name, command.hidden)
