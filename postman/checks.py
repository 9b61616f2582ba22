"""Builds the test script of a request: status, headers, schema, assertions."""

import json
from typing import Any

from postman import scripts
from postman.scenario import Step
from postman.schemas import definitions, schema_name
from postman.spec_reader import Json, Operation
from spec.document import resolve

# Documented for a status, but not sent with every response of that status.
OPTIONAL_HEADERS = {"Idempotent-Replay", "Retry-After", "Allow", "WWW-Authenticate"}


def build_test_script(operation: Operation, step: Step) -> str:
    statuses = (step.status,) if step.status else operation.success_statuses()
    response = operation.responses()[str(statuses[0])]
    parts = [
        scripts.CHECK_STATUS_AND_HEADERS
        % {"statuses": _js(list(statuses)), "headers": _js(_header_patterns(operation, response))}
    ]
    if name := schema_name(operation.document, response):
        schema = {"$ref": f"#/definitions/{name}", "definitions": definitions(operation.document, {name})}
        parts.append(scripts.CHECK_SCHEMA % {"schema": _js(schema), "name": name})
        parts.append(scripts.CHECK_ERROR % {"code": step.code} if step.code else scripts.STORE_IDS)
    return "".join([*parts, step.after])


def _header_patterns(operation: Operation, response: Json) -> dict[str, str]:
    documented = {name: resolve(operation.document, header) for name, header in response.get("headers", {}).items()}
    return {name: _pattern(header["schema"]) for name, header in documented.items() if name not in OPTIONAL_HEADERS}


def _pattern(schema: Json) -> str:
    if schema["type"] == "integer":
        return "^[0-9]+$"
    return str(schema.get("pattern", "."))


def _js(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
