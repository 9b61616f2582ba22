"""Requests of the collection: the live ones with variables, and literal ones that stand with saved answers."""

import json
from collections.abc import Mapping
from typing import Any

from postman.scenario import Step
from postman.spec_reader import Json, Operation

FROM_SCRIPT = {"Idempotency-Key": "{{idempotencyKey}}"}


def live(operation: Operation, step: Step) -> Json:
    """What is sent: ids are variables, optional parameters are there but switched off."""
    names = [parameter["name"] for parameter in operation.parameters("path")]
    ids = {name: "{{" + name + "}}" for name in names}
    url = _url(operation, ids, step.query)
    headers = _headers(operation, {**FROM_SCRIPT, **step.headers})
    body = step.body if step.body is not None else _example(operation)
    return {**_request(operation, url, headers, body), "description": _about(operation)}


def literal(operation: Operation) -> Json:
    """The document's own example of the request, with what is required only."""
    url = _url(operation, {}, {})
    url.pop("query", None)
    headers = [header for header in _headers(operation, {}) if not header.get("disabled")]
    return _request(operation, url, headers, _example(operation))


def raw_body(value: Any) -> Json:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _request(operation: Operation, url: Json, headers: list[Json], body: Any) -> Json:
    request: Json = {"method": operation.method.upper(), "header": headers, "url": url}
    if operation.is_public:
        request["auth"] = {"type": "noauth"}
    if body is not None:
        headers.append({"key": "Content-Type", "value": "application/json"})
        request["body"] = raw_body(body)
    return request


def _url(operation: Operation, ids: Mapping[str, str], chosen: Mapping[str, str]) -> Json:
    segments = [":" + part[1:-1] if part.startswith("{") else part for part in operation.path.strip("/").split("/")]
    query = [_parameter(parameter, chosen) for parameter in operation.parameters("query")]
    sent = "&".join(f"{row['key']}={row['value']}" for row in query if not row.get("disabled"))
    url: Json = {"raw": "{{baseUrl}}/" + "/".join(segments) + (f"?{sent}" if sent else "")}
    url |= {"host": ["{{baseUrl}}"], "path": segments}
    if query:
        url["query"] = query
    if path := operation.parameters("path"):
        url["variable"] = [_parameter(parameter, ids) for parameter in path]
    return url


def _headers(operation: Operation, chosen: Mapping[str, str]) -> list[Json]:
    declared = [_parameter(parameter, chosen) for parameter in operation.parameters("header")]
    return [{"key": "Accept", "value": "application/json"}, *declared]


def _parameter(parameter: Json, chosen: Mapping[str, str]) -> Json:
    name, example = parameter["name"], parameter.get("example", "")
    text = example if isinstance(example, str) else json.dumps(example)
    row = {"key": name, "value": chosen.get(name, text), "description": parameter.get("description", "")}
    return row if parameter.get("required") or name in chosen else {**row, "disabled": True}


def _example(operation: Operation) -> Any:
    bodies = operation.bodies()
    return bodies[0].value if bodies else None


def _about(operation: Operation) -> str:
    text = str(operation.raw.get("description") or operation.raw.get("summary", ""))
    tokens = operation.raw.get("x-rate-limit-tokens")
    return f"{text}\n\nRate limit tokens: {tokens}." if tokens else text
