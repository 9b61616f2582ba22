"""Saved answers: one for each example that the document gives for a status."""

import json
from http import HTTPStatus
from typing import Any

from postman.checks import SOMETIMES
from postman.request import literal
from postman.spec_reader import Example, Json, Operation, examples, uid
from spec.document import resolve

NO_BODY = Example("empty", "", None)


def saved_answers(operation: Operation, seed: str) -> list[Json]:
    """Successes first, then each documented refusal, in the order of the document."""
    request = literal(operation)
    return [
        _saved(operation, status, answer, example, request, seed)
        for status, answer in operation.answers().items()
        for example in examples(operation.document, answer.get("content", {})) or [NO_BODY]
    ]


def _saved(operation: Operation, status: str, answer: Json, example: Example, request: Json, seed: str) -> Json:
    code = int(status) if status.isdigit() else _status_of(operation.document, example.value)
    phrase = HTTPStatus(code).phrase
    return {
        "id": uid("answer", seed, status, example.name),
        "name": f"{code} {example.summary or phrase}",
        "originalRequest": request,
        "status": phrase,
        "code": code,
        "_postman_previewlanguage": "json",
        "header": _headers(operation, answer, example),
        "cookie": [],
        "body": "" if example is NO_BODY else json.dumps(example.value, indent=2, ensure_ascii=False),
    }


def _status_of(document: Json, envelope: Any) -> int:
    """Under `default`, the catalogue of the document knows a code's status."""
    statuses = document["components"]["schemas"]["ErrorCode"]["x-http-status"]
    return int(statuses[envelope["error"]["code"]])


def _headers(operation: Operation, answer: Json, example: Example) -> list[Json]:
    rows = [] if example is NO_BODY else [{"key": "Content-Type", "value": "application/json"}]
    for name, reference in answer.get("headers", {}).items():
        shown = resolve(operation.document, reference).get("example", "")
        if name not in SOMETIMES:
            rows.append({"key": name, "value": shown if isinstance(shown, str) else json.dumps(shown)})
    return rows
