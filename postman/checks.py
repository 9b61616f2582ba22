"""The test script of a request: status, headers, schema, and what the story expects."""

import json
from typing import Any

from postman import scripts
from postman.scenario import Step
from postman.schemas import definitions, schema_name
from postman.spec_reader import Json, Operation
from spec.document import resolve

# Documented for a status, yet not on each of its answers.
SOMETIMES = {"Idempotent-Replay", "Retry-After", "Allow", "WWW-Authenticate"}


def test_script(operation: Operation, step: Step) -> str:
    statuses = (step.status,) if step.status else operation.successes()
    answer = operation.answers()[str(statuses[0])]
    parts = [scripts.CHECKS % {"statuses": _js(list(statuses)), "headers": _js(_header_patterns(operation, answer))}]
    if name := schema_name(operation.document, answer):
        schema = {"$ref": f"#/definitions/{name}", "definitions": definitions(operation.document, {name})}
        parts.append(scripts.FITS % {"schema": _js(schema), "name": name})
        parts.append(scripts.HAS_CODE % {"code": step.code} if step.code else scripts.HAND_ON)
    return "".join([*parts, step.after])


def _header_patterns(operation: Operation, answer: Json) -> dict[str, str]:
    documented = {name: resolve(operation.document, header) for name, header in answer.get("headers", {}).items()}
    return {name: _pattern(header["schema"]) for name, header in documented.items() if name not in SOMETIMES}


def _pattern(schema: Json) -> str:
    if schema["type"] == "integer":
        return "^[0-9]+$"
    return str(schema.get("pattern", "."))


def _js(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
