"""Hostile values: every operation rejects or stores them, and none causes an internal error."""

import copy
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from models.accounts.integration import Integration
from spec.document import read_document, resolve
from tests.cast import Cast
from tests.contract.wire import read_response
from tests.hub import Server
from tests.spec.reading import Operation, operations, parameters

Headers = Sequence[tuple[str, str]]

DOCUMENT = read_document()
OPERATIONS = [operation for operation in operations(DOCUMENT) if not operation.is_webhook]

TIMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59-23:59",
    "10000-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-06-30T23:59:60Z",
    "1969-12-31T23:59:59Z",
    "2026-05-08T08:41:33.999999999999999999Z",
]
NUMBERS = ["9" * 18, "9" * 19, "-" + "9" * 19, "9" * 400, "9223372036854775808", "1e400", "NaN", "0x10", "%D9%A3"]
TEXTS = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%ED%BF%BF",
    "%FF",
    "%C0%80",
    "%F4%90%80%80",
    "%EF%BF%BF",
    "%",
    "%u0000",
    "%F0%9F%95%B0",
]
HEADERS = ["", "\xff", "a\x7fb", "\xed\xa0\x80", "x" * 20_000, '"' * 5000, "é", ",,,,", "a;q=NaN", "a;q=" + "9" * 400]
JSON = {
    "NUL": b'"\\u0000"',
    "escaped surrogate": b'"\\ud800"',
    "raw surrogate": b'"\xed\xa0\x80"',
    "noncharacter": b'"\\uffff"',
    "huge integer": b"9" * 400,
    "more than 64 bits": b"18446744073709551616",
    "huge number": b"1e308",
    "number beyond doubles": b"1e400",
    "tiny number": b"1e-400",
    "NaN": b"NaN",
    "year 1": b'"0001-01-01T00:00:00+23:59"',
    "year 10000": b'"10000-01-01T00:00:00Z"',
    "nested lists": b"[" * 99 + b"]" * 99,
    "nested objects": b'{"a":' * 90 + b"1" + b"}" * 90,
}


class Sender:
    """Sends raw requests with the owner's test key, over one connection while the hub keeps it open."""

    def __init__(self, server: Server, key: str, stack: ExitStack) -> None:
        self.server = server
        self.key = key
        self.stack = stack
        self.connection: socket.socket | None = None

    def send(self, operation: Operation, target: str, headers: Headers = (), body: bytes = b"") -> None:
        """Send a request, and check that it causes no internal error."""
        fields = {
            "Host": "hub.test",
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": "one",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **dict(headers),
        }
        lines = [f"{operation.verb.upper()} /api/v1{target} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items())]
        if self.connection is None:
            address = ("127.0.0.1", self.server.port)
            self.connection = self.stack.enter_context(socket.create_connection(address, timeout=20))
        self.connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        response = read_response(self.connection)
        if response.headers.get("Connection") == "close":
            self.connection = None
        assert response.status_code < 500, (target[:300], headers, body[:300], response.text)


@pytest.fixture
def sender(server: Server, cast: Cast) -> Iterator[Sender]:
    Integration.update(rate_limit=1_000_000).execute()
    with ExitStack() as stack:
        yield Sender(server, cast.owner.test_key, stack)


def paths(operation: Operation) -> Iterator[str]:
    if "{" in operation.route:
        before, _, rest = operation.route.partition("{")
        after = rest.partition("}")[2]
        yield from (before + value + after for value in [*TEXTS, *TIMES, *NUMBERS])


def names(operation: Operation, place: str) -> list[str]:
    return [parameter["name"] for parameter in parameters(DOCUMENT, operation) if parameter["in"] == place]


def body_of(operation: Operation) -> Any:
    content = resolve(DOCUMENT, operation.node["requestBody"])["content"]["application/json"]
    return next(iter(content["examples"].values()))["value"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], token: bytes) -> bytes:
    if not path:
        return token
    value = copy.deepcopy(value)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = "PLACE"
    return json.dumps(value).encode().replace(b'"PLACE"', token)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.node["operationId"])
def test_hostile_parameters_and_headers(sender: Sender, operation: Operation) -> None:
    route = operation.route.replace("{", "x").replace("}", "")
    for path in paths(operation):
        sender.send(operation, path)
    for name in names(operation, "query"):
        for value in [*TEXTS, *NUMBERS, *TIMES]:
            sender.send(operation, f"{route}?{name}={value}")
    for name in {*names(operation, "header"), "Authorization", "Accept", "If-None-Match", "Content-Type"}:
        for value in HEADERS:
            sender.send(operation, route, [(name, value)])


WRITES = [operation for operation in OPERATIONS if "requestBody" in operation.node]


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.node["operationId"])
def test_hostile_bodies(sender: Sender, operation: Operation) -> None:
    example, route = body_of(operation), operation.route.replace("{", "x").replace("}", "")
    number = 0
    for place in places(example):
        for token in JSON.values():
            number += 1
            sender.send(operation, route, [("Idempotency-Key", str(number))], replaced(example, place, token))
