"""Renders the error and event catalogues from the OpenAPI document, as Markdown."""

import json
from collections.abc import Iterator
from typing import Any

from spec.document import operations, read_document

# Title and summary by error type.
ERROR_TYPES = {
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

ERROR_CATALOGUE = """# Error catalogue

Every error response has the same envelope:

```json
%(example)s
```

Branch on `code` in your program, and show `message` to people. `param` locates the error: a JSON path into the body, or
the name of a parameter or header. It is `null` if the error has no single location. Give `request_id` to support.
`doc_url` links to the entry on this page.

A code never changes its name within a version. New codes can be added: treat an unknown code by its HTTP status.
"""

EVENT_CATALOGUE = """# Event catalogue

There are ten event types. The hub delivers each event to the endpoints that subscribe to it, and lists it in
`GET /events` for 30 days. [Receiving webhooks](/docs/webhooks) explains signatures, order, and retries.

All events have the same envelope:

| Field | Meaning |
|---|---|
%(fields)s

"""


def render_errors() -> str:
    """Render the error catalogue, with one anchor per code."""
    envelope = _error_examples()["listing_not_available"]
    return ERROR_CATALOGUE % {"example": json.dumps(envelope, indent=2, ensure_ascii=False)} + "\n".join(
        _error_sections()
    )


def render_events() -> str:
    """Render the event catalogue, with one anchor per event type."""
    document = read_document()
    # Every event has these fields; only the schema of `data` differs.
    envelope = document["components"]["schemas"]["ListingPublishedEvent"]["properties"]
    properties = {
        **envelope,
        "data": {"description": "The listing, order, or customer at `created_at`, or the test message."},
    }
    fields = "\n".join(f"| `{name}` | {_table_cell(schema)} |" for name, schema in properties.items())
    return EVENT_CATALOGUE % {"fields": fields} + "\n".join(
        _event(name, operation) for name, _, operation in operations(document, "webhooks")
    )


def _error_sections() -> Iterator[str]:
    catalogue = read_document()["components"]["schemas"]["ErrorCode"]
    examples = _error_examples()
    for error_type, (title, summary) in ERROR_TYPES.items():
        yield f"\n## {title}\n\n{summary} `type` is `{error_type}`.\n"
        for code in catalogue["enum"]:
            if catalogue["x-error-type"][code] == error_type:
                message = examples.get(code, {}).get("error", {}).get("message")
                quote = f"\n> {message}\n" if message else ""
                status, description = catalogue["x-http-status"][code], catalogue["x-enumDescriptions"][code]
                yield f"### {code}\n\n**HTTP {status}** · {description}\n{quote}"


def _error_examples() -> dict[str, Any]:
    """The first example of an error response for each code."""
    envelopes: dict[str, Any] = {}
    for response in read_document()["components"]["responses"].values():
        for example in response.get("content", {}).get("application/json", {}).get("examples", {}).values():
            envelopes.setdefault(example["value"]["error"]["code"], example["value"])
    return envelopes


def _event(event_type: str, operation: dict[str, Any]) -> str:
    media = operation["requestBody"]["content"]["application/json"]
    schema = media["schema"]["$ref"].rsplit("/", 1)[1]
    data = read_document()["components"]["schemas"][schema]["properties"]["data"]["$ref"].rsplit("/", 1)[1]
    example = json.dumps(media["examples"]["event"]["value"], indent=2, ensure_ascii=False)
    description = operation["description"].split(" The `User-Agent`")[0]  # the same for every event
    return f"## {event_type}\n\n{description} `data` is a `{data}`.\n\n```json\n{example}\n```\n"


def _table_cell(schema: dict[str, Any]) -> str:
    return str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")
