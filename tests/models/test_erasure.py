"""Erasure knows every kind of object that an event can carry, and which of its fields are personal."""

from typing import Any, get_args

import orjson
import pytest

from models.erasure import PERSONAL_FIELDS, redact_event
from spec import types
from spec.document import read_document

EVENT_TYPES: tuple[str, ...] = get_args(types.WebhookEventType)
KEPT_FIELDS = {
    "customer": {"id", "object", "is_test", "metadata", "created_at", "updated_at"},
    "order": {
        "id", "object", "is_test", "external_id", "status", "origin", "customer", "items", "total_eur", "metadata",
        "created_at", "updated_at", "fulfilled_at", "cancelled_at",
    },
}  # fmt: skip


def example_event(event_type: str) -> dict[str, Any]:
    content = read_document()["webhooks"][event_type]["post"]["requestBody"]["content"]["application/json"]
    event: dict[str, Any] = orjson.loads(orjson.dumps(content["examples"]["event"]["value"]))
    return event


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_event_type_is_redacted_without_its_personal_fields(event_type: str) -> None:
    event = example_event(event_type)
    redacted = redact_event(event)
    assert redacted["event"] == event_type
    assert set(redacted["data"]) == set(event["data"])
    kind = event_type.partition(".")[0]
    assert {redacted["data"].get(name) for name in PERSONAL_FIELDS[kind]} <= {None}
    if kind not in KEPT_FIELDS:
        assert redacted == event


def test_customer_inside_an_order_is_redacted() -> None:
    event = example_event("order.received")
    event["data"]["metadata"] = {"object": "card", "text": "For Greta"}
    order = redact_event(event)["data"]
    assert order["metadata"] == order["customer"]["metadata"] == {}
    assert {order["customer"][name] for name in PERSONAL_FIELDS["customer"]} == {None}
    assert order["customer"]["id"] == event["data"]["customer"]["id"]


@pytest.mark.parametrize("kind", KEPT_FIELDS)
def test_every_field_of_the_spec_is_either_personal_or_kept(kind: str) -> None:
    fields = set(read_document()["components"]["schemas"][kind.capitalize()]["properties"])
    assert set(PERSONAL_FIELDS[kind]) | KEPT_FIELDS[kind] == fields
    assert not set(PERSONAL_FIELDS[kind]) & KEPT_FIELDS[kind]


@pytest.mark.parametrize(
    "data",
    [
        {"id": "apr_1", "object": "appraisal", "owner": "Greta"},
        {"id": "apr_1", "object": "order", "customer": {"object": "person", "name": "Greta"}},
        {"id": "apr_1", "object": "order", "items": [{"object": "person", "name": "Greta"}]},
    ],
)
def test_unknown_kind_of_object_is_rejected(data: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match=r"appraisal|person"):
        redact_event({"event": f"{data['object']}.finished", "data": data})
