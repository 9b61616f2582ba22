"""Builds requests: with variables to send, with examples for saved responses."""

import json
from collections.abc import Mapping
from typing import Any

from postman.scenario import Step
from postman.spec_reader import Json, Operation

SCRIPT_HEADERS = {"Idempotency-Key": "{{idempotencyKey}}"}


def build_request(operation: Operation, step: Step) -> Json:
    """Build the request to send.

    Ids are variables. Optional parameters are listed but disabled.
    """
    names = [parameter["name"] for parameter in operation.parameters("path")]
    ids = {name: "{{" + name + "}}" for name in names}
    url = _url(operation, ids, step.query)
    headers = _headers(operation, {**SCRIPT_HEADERS, **step.headers})
    body = step.body if step.body is not None else _example(operation)
    return {**_build(operation, url, headers, body), "description": _describe(operation)}


def build_example_request(operation: Operation) -> Json:
    """The example request of the document, with required parameters only."""
    url = _url(operation, {}, {})
    url.pop("query", None)
    headers = [header for header in _headers(operation, {}) if not header.get("disabled")]
    return _build(operation, url, headers, _example(operation))


def raw_body(value: Any) -> Json:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _build(operation: Operation, url: Json, headers: list[Json], body: Any) -> Json:
    request: Json = {"method": operation.method.upper(), "header": headers, "url": url}
    if operation.is_public:
        request["auth"] = {"type": "noauth"}
    if body is not None:
        headers.append({"key": "Content-Type", "value": "application/json"})
        request["body"] = raw_body(body)
    return request


def _url(operation: Operation, ids: Mapping[str, str], values: Mapping[str, str]) -> Json:
    segments = [":" + part[1:-1] if part.startswith("{") else part for part in operation.path.strip("/").split("/")]
    query = [_parameter(parameter, values) for parameter in operation.parameters("query")]
    sent = "&".join(f"{row['key']}={row['value']}" for row in query if not row.get("disabled"))
    url: Json = {"raw": "{{baseUrl}}/" + "/".join(segments) + (f"?{sent}" if sent else "")}
    url |= {"host": ["{{baseUrl}}"], "path": segments}
    if query:
        url["query"] = query
    if path := operation.parameters("path"):
        url["variable"] = [_parameter(parameter, ids) for parameter in path]
    return url


def _headers(operation: Operation, values: Mapping[str, str]) -> list[Json]:
    declared = [_parameter(parameter, values) for parameter in operation.parameters("header")]
    return [{"key": "Accept", "value": "application/json"}, *declared]


def _parameter(parameter: Json, values: Mapping[str, str]) -> Json:
    name, example = parameter["name"], parameter.get("example", "")
    text = example if isinstance(example, str) else json.dumps(example)
    row = {"key": name, "value": values.get(name, text), "description": parameter.get("description", "")}
    return row if parameter.get("required") or name in values else {**row, "disabled": True}


def _example(operation: Operation) -> Any:
    bodies = operation.body_examples()
    return bodies[0].value if bodies else None


def _describe(operation: Operation) -> str:
    text = str(operation.raw.get("description") or operation.raw.get("summary", ""))
    tokens = operation.raw.get("x-rate-limit-tokens")
    return f"{text}\n\nRate limit tokens: {tokens}." if tokens else text
