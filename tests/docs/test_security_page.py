"""The security page: its tests and files exist, and its limits are those of the program."""

import ast
import re
from functools import cache

import pytest

import config
from contract import body_limit, client_address, http_protocol, parameters
from dashboard import form_parsing, request_body
from inventory import csv_reader, header_line, table
from models import batches, call_queue, database, quick_read, thread_pool, write_turn
from models.accounts import integration, sign_in_throttle
from models.delivery import claims, endpoint, event_waiters, response_log
from models.jobs import job
from monitoring import hub_collector, readiness
from tasks import in_flight, result_recorder
from tests.docs.reading import FOLDER
from webhooks import name_lookup, send

PAGE = (FOLDER / "security.md").read_text()
NAMED_TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`([a-z]+/[\w./]+)`", PAGE)))
KIB, MIB = 1024, 2**20
SHARES = {0.25: "quarter", 0.5: "half"}
LIMITS = {
    "Request line, headers, and trailers": f"{http_protocol.MAX_HEAD_BYTES // KIB} KiB within",
    "Body of an API request": f"{body_limit.MAX_BODY_BYTES // MIB} MiB",
    "Form of a visitor, of a user, with an inventory file": (
        f"{request_body.MAX_ANONYMOUS_BYTES // KIB} KiB, {request_body.MAX_FORM_BYTES // KIB} KiB, "
        f"{request_body.MAX_UPLOAD_BYTES // MIB} MiB"
    ),
    "Fields of a form": f"{form_parsing.MAX_FIELDS:,}",
    "Query parameters of an API request": f"{parameters.MAX_PARAMETERS}",
    "API requests of an integration": f"{integration.TOKENS_PER_MINUTE} tokens a minute",
    "Failed sign-ins within 15 minutes": (
        f"{sign_in_throttle.MAX_FAILURES_PER_PAIR} per address and email address, "
        f"{sign_in_throttle.MAX_FAILURES_PER_ADDRESS} per address, "
        f"{sign_in_throttle.MAX_FAILURES_PER_EMAIL} per email address"
    ),
    "Passwords checked at a time": f"{thread_pool.PASSWORD_THREADS}, and 1 of an address",
    "Request threads of one dealer": f"{call_queue.MAX_WAITING:,} wait for at most {call_queue.MAX_WAIT_SECONDS:.0f} s",
    "Read of a dealer that the event loop runs on SQLite": f"{quick_read.MAX_SECONDS * 1000:.0f} ms",
    "Waiting writes of a dealer on SQLite": f"{call_queue.MAX_WAITING:,}",
    "Transactions of a dealer on SQLite": f"after more than {write_turn.LONG_SECONDS * 1000:.0f} ms of CPU time",
    "Work that takes long, such as a preview": f"{thread_pool.HEAVY_THREADS} threads",
    "Uploads of a dealer at a time": f"{request_body.MAX_UPLOADS} per web process | 429",
    "Long polls of a dealer": f"{event_waiters.MAX_WAITING} per web process | 429",
    "Requests for `/metrics`": f"every {hub_collector.SHARED_SECONDS:.0f} seconds",
    "Checks of `/ready`": (
        f"shared for {readiness.SHARED_SECONDS:.0f} second; {readiness.LIMIT_SECONDS:.0f} seconds each"
    ),
    "Addresses in `X-Forwarded-For`": f"the {client_address.MAX_HOPS} nearest",
    "Requests that a connection sends ahead of their responses": f"{http_protocol.MAX_PIPELINED} |",
    "Database connections of a process": f"{database.TIMEOUT_SECONDS} seconds, then 503",
    "Inventory file": (
        f"{csv_reader.MAX_FILE_BYTES // MIB} MiB, {table.MAX_ROWS:,} rows, {header_line.MAX_COLUMNS} columns"
    ),
    "Imports that run at a time": f"{job.MAX_RUNNING}, and 1 of a dealer",
    "Transaction of an import or a reset": (
        f"{batches.TRANSACTION_SECONDS * 1000:.0f} ms, then {batches.PAUSE_SECONDS * 1000:.0f} ms for other writers"
    ),
    "Runs of an import that is interrupted": f"{job.MAX_RUNS}",
    "Previews of imports that a dealer keeps": f"{job.MAX_DRAFTS}",
    "Endpoints of a dealer": f"{endpoint.MAX_PER_DEALER}",
    "DNS lookup while an endpoint is saved": f"{name_lookup.TIMEOUT_SECONDS:.0f} seconds",
    "Requests in flight to an endpoint": f"{claims.MAX_IN_FLIGHT}; 1 after",
    "Requests in flight of a worker": f"{in_flight.IN_FLIGHT_PER_THREAD} per thread",
    "Requests in flight to a dealer's endpoints": f"a {SHARES[in_flight.DEALER_SHARE]} of the free ones",
    "Requests in flight to endpoints without a recent fast success": "three quarters of a",
    "Requests in flight to failing endpoints": f"a {SHARES[in_flight.FAILING_SHARE]} of a worker's",
    "Probes of failing endpoints": (
        f"{in_flight.ProbeBudget.MAX:.0f} at once, then {in_flight.ProbeBudget.PER_SECOND:.0f} a second "
        f"and 1/{1 / in_flight.ProbeBudget.SHARE:.0f} of"
    ),
    "Results that wait for the database": f"{result_recorder.MAX_UNWRITTEN} per worker",
    "Response of a receiver": f"{send.MAX_BODY_BYTES // KIB} KiB of body, {send.MAX_RECEIVED_BYTES // KIB} KiB in all",
    "Responses of a receiver in the delivery log": f"{response_log.MAX_BYTES_PER_DAY // MIB} MiB per endpoint, day",
}


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((config.ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_page_names_many_tests() -> None:
    assert len(NAMED_TESTS) >= 60


@pytest.mark.parametrize(("path", "name"), NAMED_TESTS)
def test_named_test_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in functions_of(path)


@pytest.mark.parametrize("path", FILES)
def test_named_file_exists(path: str) -> None:
    assert (config.ROOT / path).exists()


@pytest.mark.parametrize("resource", LIMITS)
def test_limit_is_that_of_the_program(resource: str) -> None:
    [row] = re.findall(rf"^\| {re.escape(resource)} \| (.*)$", PAGE, re.MULTILINE)
    assert LIMITS[resource] in row


def test_every_row_of_a_standard_has_a_mechanism_and_a_test() -> None:
    rows = re.findall(r"^\| ((?:API|V)\d[^|]*) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert len([name for name, _, _ in rows if name.startswith("API")]) == 10
    assert len(rows) >= 50
    assert [name for name, _, tests in rows if "::" not in tests] == []
