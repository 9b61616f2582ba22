"""Tools for test keys: they help to build and debug a webhook receiver."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from watchtraderhub import _models as models
from watchtraderhub.client import Client
from watchtraderhub.mcp.presentation import present
from watchtraderhub.mcp.tool import Arguments, Tool, parse_nested


class Trigger(Arguments):
    type: models.WebhookEventType
    data: Annotated[dict[str, Any] | None, BeforeValidator(parse_nested)] = Field(
        None, description="Fields of the action. Omit them for sample data."
    )


class Advance(Arguments):
    delivery_id: str | None = None
    endpoint_id: str | None = None


class Signature(Arguments):
    signature: str = Field(description="Value of the WTH-Signature header.")
    body: str = Field("", description="Raw body as the receiver has it.")


def trigger_event(hub: Client, arguments: Trigger) -> Any:
    recorded = hub.testing.trigger_test_event(cast("models.TestEventInput", arguments.to_body()))
    return {"events": present(recorded["data"])}


def advance_deliveries(hub: Client, arguments: Advance) -> Any:
    due = hub.testing.advance_test_deliveries(cast("models.AdvanceInput", arguments.to_body()))
    return {"deliveries": present(due["data"]), "has_more": due["has_more"]}


def verify_signature(hub: Client, arguments: Signature) -> Any:
    return present(hub.testing.verify_signature({"signature": arguments.signature, "body": arguments.body}))


TOOLS = (
    Tool(
        "trigger_event",
        "Trigger a webhook event by performing its action on new sample data. Needs a test key.",
        Trigger,
        trigger_event,
        is_write=True,
        needs_test_key=True,
    ),
    Tool(
        "advance_deliveries",
        "Make the next retry of failed test deliveries due now: all, those of an endpoint, or one. Needs a test key.",
        Advance,
        advance_deliveries,
        is_write=True,
        needs_test_key=True,
    ),
    Tool(
        "verify_signature",
        "Name the cause why a receiver rejects a webhook signature. The hub knows the secrets, so never ask for one. "
        "Needs a test key.",
        Signature,
        verify_signature,
        needs_test_key=True,
    ),
)
