"""Generates the Postman collection (format 2.1), the same for the same document.

Folders are the tags of the document. A run of the whole collection, in order, plays the scenario.
"""

import json
from collections.abc import Iterable
from typing import Any

from postman import events, scripts
from postman.checks import build_test_script
from postman.request import build_request
from postman.responses import build_saved_responses
from postman.scenario import SCENARIO, Step
from postman.spec_reader import Json, Operation, operations, stable_id, webhooks
from postman.variables import build_variables

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

USAGE = """

## How to use this collection
1. Set `baseUrl` to your hub and `apiKey` to a **test key**, in the variables of the collection or in the environment \
that the hub serves beside it.
2. Run the whole collection, in order, or one folder. The collection gets the integration and the listings, upserts \
customers, places an order, repeats the request, causes a conflict, cancels the order, reads the events and sends a \
ping. With a live key the run stops at the first request that gets `me`, so that no real watch is sold.
3. Each folder finds or creates what its requests need. Requests are skipped, with the reason, if the sandbox has no \
watch for sale, or no enabled webhook endpoint for the ping.
4. The last folder sends all webhook events to `receiverUrl`, signed with `webhookSecret`. It is skipped while \
`webhookSecret` is empty.

Each request stores its ids in variables for the next one. The collection's pre-request script sets a new \
`Idempotency-Key` for each write."""


def render_collection(document: dict[str, Any]) -> str:
    """The collection as JSON text."""
    info = {
        "_postman_id": stable_id("collection", document["info"]["title"]),
        "name": document["info"]["title"],
        "description": document["info"]["description"].rstrip() + USAGE,
        "version": document["info"]["version"],
        "schema": SCHEMA,
    }
    content = {
        "info": info,
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}]},
        "variable": build_variables(document),
        "event": _scripts("collection", ("prerequest", scripts.SET_IDEMPOTENCY_KEY), ("test", scripts.LOG_ERROR)),
        "item": list(_folders(document)),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _folders(document: Json) -> Iterable[Json]:
    by_id = {operation.id: operation for operation in operations(document)}
    for tag in document["tags"]:
        steps = [step for step in _steps(by_id) if (step.folder or by_id[step.operation].tag) == tag["name"]]
        if steps:
            yield _folder(tag, [_item(by_id[step.operation], step) for step in steps])
    for tag in document["tags"]:
        items = [events.build_webhook_request(webhook) for webhook in webhooks(document) if webhook.tag == tag["name"]]
        if items:
            folder = _folder({**tag, "description": tag["description"] + events.DESCRIPTION}, items)
            yield {**folder, "event": _scripts(tag["name"], *events.FOLDER_SCRIPTS)}


def _steps(operation_ids: Iterable[str]) -> list[Step]:
    """The scenario, followed by one plain step for each other operation."""
    known = set(operation_ids)
    in_scenario = {step.operation for step in SCENARIO}
    steps = [step for step in SCENARIO if step.operation in known]
    return steps + [Step(operation_id) for operation_id in operation_ids if operation_id not in in_scenario]


def _folder(tag: Json, items: list[Json]) -> Json:
    return {
        "id": stable_id("folder", tag["name"]),
        "name": tag["name"],
        "description": tag["description"],
        "item": items,
    }


def _item(operation: Operation, step: Step) -> Json:
    """One request.

    Only the first step of an operation in the folder of its tag carries saved responses.
    """
    seed = f"{operation.id}/{step.name}"
    of_tag = (other for other in SCENARIO if other.operation == operation.id and not other.folder)
    is_first = next(of_tag, step) is step
    skip = scripts.SKIP_WITHOUT % vars(step.needs) if step.needs else ""
    before = [("prerequest", skip + step.before)] if skip or step.before else []
    return {
        "id": stable_id("item", seed),
        "name": step.name or operation.raw["summary"],
        "request": build_request(operation, step),
        "response": build_saved_responses(operation, seed) if is_first else [],
        "event": _scripts(seed, *before, ("test", build_test_script(operation, step))),
    }


def _scripts(seed: str, *sources: tuple[str, str]) -> list[Json]:
    return [
        {
            "listen": listen,
            "script": {
                "id": stable_id("script", seed, listen),
                "type": "text/javascript",
                "exec": source.strip("\n").split("\n"),
            },
        }
        for listen, source in sources
    ]
