"""The Postman collection (format 2.1) of the contract: the same document gives the same bytes.

A run of the whole collection in order is one story; the folders are the tags.
"""

import json
from collections.abc import Iterable
from typing import Any

from postman import events, scripts
from postman.checks import test_script
from postman.request import live
from postman.responses import saved_answers
from postman.scenario import STORY, Step
from postman.spec_reader import Json, Operation, operations, uid, webhooks

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LOCAL = "http://localhost:8080"

ABOUT = """

## How to use this collection
1. Set `baseUrl` to your hub and `apiKey` to a **test key**.
2. Run the whole collection, in order. It walks a first day: who am I, what is for sale, a customer, an order, its \
repetition, a conflict, a cancellation, the events, a ping. A live key ends the run at `me`, so that no real watch is \
sold.
3. The ping needs an enabled webhook endpoint that hears test events; add one in the dashboard.
4. The last folder plays all webhook events to `receiverUrl`, signed with `webhookSecret`; while that is empty, it is \
left out.

Ids are handed from one request to the next. Every POST gets a fresh `Idempotency-Key` from the collection's \
pre-request script."""


def collection(document: dict[str, Any]) -> str:
    """The collection as JSON text."""
    about = {
        "_postman_id": uid("collection", document["info"]["title"]),
        "name": document["info"]["title"],
        "description": document["info"]["description"].rstrip() + ABOUT,
        "version": document["info"]["version"],
        "schema": SCHEMA,
    }
    whole = {
        "info": about,
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}]},
        "variable": _variables(document),
        "event": _scripts("collection", ("prerequest", scripts.GIVE_KEY), ("test", scripts.TELL_REFUSALS)),
        "item": list(_folders(document)),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _variables(document: Json) -> list[Json]:
    values = [
        ("baseUrl", _base_url(document), "Where the API is."),
        ("apiKey", "", "Your test key. Keep it in the current value, which is not shared."),
        ("receiverUrl", f"{LOCAL.replace('8080', '8081')}/hooks", "Your webhook receiver."),
        ("webhookSecret", "", "The secret of your webhook endpoint; without it the webhook events are not played."),
        ("orderExternalId", "", "Set by Create an order: your own id of the order."),
        ("orderKey", "", "Set by Create an order: its Idempotency-Key."),
        ("etag", "", "Set by Get a listing."),
    ]
    ids = {p["name"]: p for operation in operations(document) for p in operation.parameters("path")}
    values += [(name, str(p["example"]), "Set by the requests before it.") for name, p in ids.items()]
    return [
        {"id": uid("variable", key), "key": key, "value": value, "type": "string", "description": description}
        for key, value, description in values
    ]


def _base_url(document: Json) -> str:
    url = str(document["servers"][0]["url"])
    return LOCAL + url if url.startswith("/") else url


def _folders(document: Json) -> Iterable[Json]:
    known = {operation.id: operation for operation in operations(document)}
    told = {step.operation for step in STORY}
    steps = [step for step in STORY if step.operation in known]
    steps += [Step(operation_id) for operation_id in known if operation_id not in told]
    for tag in document["tags"]:
        items = [_item(known[step.operation], step) for step in steps if known[step.operation].tag == tag["name"]]
        if items:
            yield _folder(tag, items)
    played = [(operation.tag, events.played(operation)) for operation in webhooks(document)]
    for tag in document["tags"]:
        items = [item for name, item in played if name == tag["name"]]
        if items:
            signed = _folder({**tag, "description": tag["description"] + events.ABOUT}, items)
            yield {**signed, "event": _scripts(tag["name"], *events.FOLDER_SCRIPTS)}


def _folder(tag: Json, items: list[Json]) -> Json:
    return {"id": uid("folder", tag["name"]), "name": tag["name"], "description": tag["description"], "item": items}


def _item(operation: Operation, step: Step) -> Json:
    """A step that repeats an operation has a name of its own; the saved answers stand with the first."""
    seed = f"{operation.id}/{step.name}"
    is_first = next((told for told in STORY if told.operation == operation.id), step) is step
    before = [("prerequest", step.before)] if step.before else []
    return {
        "id": uid("item", seed),
        "name": step.name or operation.raw["summary"],
        "request": live(operation, step),
        "response": saved_answers(operation, seed) if is_first else [],
        "event": _scripts(seed, *before, ("test", test_script(operation, step))),
    }


def _scripts(seed: str, *sources: tuple[str, str]) -> list[Json]:
    return [
        {
            "listen": listen,
            "script": {
                "id": uid("script", seed, listen),
                "type": "text/javascript",
                "exec": source.strip("\n").split("\n"),
            },
        }
        for listen, source in sources
    ]
