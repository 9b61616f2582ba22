"""Pages that the contract document writes: the error catalogue and the event catalogue, as Markdown."""

import json
from collections.abc import Iterator
from typing import Any

from spec.document import read_document

KINDS = {
    "authentication_error": ("Authentication", "Who is calling is not clear."),
    "permission_error": ("Permission", "The caller is known, but may not do this."),
    "validation_error": ("Validation", "The request breaks a rule of the contract. Nothing was done; correct it."),
    "not_found_error": ("Not found", "What the path or the body names is not there for this key."),
    "conflict_error": ("Conflict", "The request is sound, but the state of things does not allow it."),
    "idempotency_error": ("Idempotency", "The `Idempotency-Key` was used before."),
    "rate_limit_error": ("Rate limit", "Too much at once. Wait as long as `Retry-After` says."),
    "api_error": ("The hub's own errors", "Nothing is wrong with the request. Repeat it with the same key."),
}

ERRORS = """# Error catalogue

Every answer that is not a success has the same envelope:

```json
%(example)s
```

Let programs look at `code`, and show people `message`. `param` is the place of the fault: a JSON path into the body, or
the name of the parameter or header; it is `null` when there is no single place. Quote `request_id` to support.
`doc_url` leads to the entry on this page.

Codes are never renamed; new ones may be added. Treat one that you do not know by its HTTP status.
"""

EVENTS = """# Event catalogue

Ten types of events. Each is delivered to the endpoints that subscribe to it, and stands in `GET /events` for 30 days.
How deliveries are signed, ordered and repeated is on the page about [webhooks](/docs/webhooks).

All of them have the same envelope:

| Field | Meaning |
|---|---|
%(fields)s

"""


def errors() -> str:
    """An anchor for each code, with cause and cure."""
    envelope = _error_examples()["listing_not_available"]
    return ERRORS % {"example": json.dumps(envelope, indent=2, ensure_ascii=False)} + "\n".join(_kinds())


def events() -> str:
    document = read_document()
    first = document["components"]["schemas"]["ListingPublishedEvent"]["properties"]
    told = {**first, "data": {"description": "The listing, order or customer as it was then, or the test message."}}
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
