"""Builds saved responses: one for each example of a status in the document."""

import json
from http import HTTPStatus
from typing import Any

from postman.checks import OPTIONAL_HEADERS
from postman.request import build_example_request
from postman.spec_reader import Example, Json, Operation, examples, stable_id
from spec.document import resolve

NO_BODY = Example("empty", "", None)


def build_saved_responses(operation: Operation, seed: str) -> list[Json]:
    """Build saved responses for all examples, in the order of the document."""
    request = build_example_request(operation)
    return [
        _build_saved_response(operation, status, response, example, request, seed)
        for status, response in operation.responses().items()
        for example in examples(operation.document, response.get("content", {})) or [NO_BODY]
    ]


def _build_saved_response(
    operation: Operation, status: str, response: Json, example: Example, request: Json, seed: str
) -> Json:
    code = int(status) if status.isdigit() else _status_of(operation.document, example.value)
    phrase = HTTPStatus(code).phrase
    return {
        "id": stable_id("response", seed, status, example.name),
        "name": f"{code} {example.summary or phrase}",
        "originalRequest": request,
        "status": phrase,
        "code": code,
        "_postman_previewlanguage": "json",
        "header": _headers(operation, response, example),
        "cookie": [],
        "body": "" if example is NO_BODY else json.dumps(example.value, indent=2, ensure_ascii=False),
    }


def _status_of(document: Json, envelope: Any) -> int:
    """Find the status of an error under `default` in the error catalogue."""
    statuses = document["components"]["schemas"]["ErrorCode"]["x-http-status"]
    return int(statuses[envelope["error"]["code"]])


def _headers(operation: Operation, response: Json, example: Example) -> list[Json]:
    rows = [] if example is NO_BODY else [{"key": "Content-Type", "value": "application/json"}]
    for name, reference in response.get("headers", {}).items():
        value = resolve(operation.document, reference).get("example", "")
        if name not in OPTIONAL_HEADERS:
            rows.append({"key": name, "value": value if isinstance(value, str) else json.dumps(value)})
    return rows
