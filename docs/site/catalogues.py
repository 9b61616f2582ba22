"""Pages that the contract document writes: the error catalogue and the event catalogue, as Markdown."""

import json
from collections.abc import Iterator
from typing import Any

from spec.document import read_document

KINDS = {
    "authentication_error": ("Authentication", "The request does not identify its caller."),
    "permission_error": ("Permission", "The key is valid but not authorized for this request."),
    "validation_error": ("Validation", "The request is invalid and changed nothing. Correct it."),
    "not_found_error": ("Not found", "The path or the body refers to an object that does not exist for this key."),
    "conflict_error": ("Conflict", "The request is valid but conflicts with the current state."),
    "idempotency_error": (
        "Idempotency",
        "The `Idempotency-Key` was used for another request, or its request is still running.",
    ),
    "rate_limit_error": ("Rate limit", "There were too many requests. Wait as long as `Retry-After` says."),
    "api_error": ("Server errors", "The hub failed, not your request. Retry with the same `Idempotency-Key`."),
}

ERRORS = """# Error catalogue

Every error response has the same envelope:

```json
%(example)s
```

Branch on `code` in your program, and show `message` to people. `param` locates the error: a JSON path into the body, or
the name of a parameter or header. It is `null` if the error has no single location. Give `request_id` to support.
`doc_url` links to the entry on this page.

A code never changes its name within a version. New codes can be added: treat an unknown code by its HTTP status.
"""

EVENTS = """# Event catalogue

There are ten event types. The hub delivers each event to the endpoints that subscribe to it, and lists it in
`GET /events` for 30 days. [Receiving webhooks](/docs/webhooks) explains signatures, order, and retries.

All events have the same envelope:

| Field | Meaning |
|---|---|
%(fields)s

"""


def errors() -> str:
    """Render the error catalogue, with one anchor per code."""
    envelope = _error_examples()["listing_not_available"]
    return ERRORS % {"example": json.dumps(envelope, indent=2, ensure_ascii=False)} + "\n".join(_kinds())


def events() -> str:
    document = read_document()
    first = document["components"]["schemas"]["ListingPublishedEvent"]["properties"]
    told = {**first, "data": {"description": "The listing, order, or customer at `created_at`, or the test message."}}
    fields = "\n".join(f"| `{name}` | {_cell(schema)} |" for name, schema in told.items())
    return EVENTS % {"fields": fields} + "\n".join(_event(name, item["post"]) for name, item in _webhooks().items())


def _kinds() -> Iterator[str]:
    catalogue = read_document()["components"]["schemas"]["ErrorCode"]
    examples = _error_examples()
    for kind, (title, about) in KINDS.items():
        yield f"\n## {title}\n\n{about} `type` is `{kind}`.\n"
        for code in catalogue["enum"]:
            if catalogue["x-error-type"][code] == kind:
                message = examples.get(code, {}).get("error", {}).get("message")
                said = f"\n> {message}\n" if message else ""
                status, cure = catalogue["x-http-status"][code], catalogue["x-enumDescriptions"][code]
                yield f"### {code}\n\n**HTTP {status}** · {cure}\n{said}"


def _error_examples() -> dict[str, Any]:
    """One envelope per code, from the document's answers."""
    found: dict[str, Any] = {}
    for answer in read_document()["components"]["responses"].values():
        for example in answer.get("content", {}).get("application/json", {}).get("examples", {}).values():
            found.setdefault(example["value"]["error"]["code"], example["value"])
    return found


def _webhooks() -> dict[str, Any]:
    hooks: dict[str, Any] = read_document()["webhooks"]
    return hooks


def _event(event_type: str, operation: dict[str, Any]) -> str:
    media = operation["requestBody"]["content"]["application/json"]
    schema = media["schema"]["$ref"].rsplit("/", 1)[1]
    data = read_document()["components"]["schemas"][schema]["properties"]["data"]["$ref"].rsplit("/", 1)[1]
    example = json.dumps(media["examples"]["event"]["value"], indent=2, ensure_ascii=False)
    about = operation["description"].split(" The `User-Agent`")[0]
    return f"## {event_type}\n\n{about} `data` is a `{data}`.\n\n```json\n{example}\n```\n"


def _cell(schema: dict[str, Any]) -> str:
    return str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")
