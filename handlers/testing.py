"""Test operations, for test keys."""

from typing import Any

from models.dealer import Actor
from models.delivery.ping import send_ping
from models.jobs.sandbox_reset import start_reset
from models.trigger import trigger_event
from spec import types


def send_webhook_ping(actor: Actor, body: types.PingInput | None) -> tuple[dict[str, Any], int]:
    message = body.get("message") if body else None
    return send_ping(actor, message), 201


def trigger_test_event(actor: Actor, body: types.TestEventInput) -> tuple[dict[str, Any], int]:
    return {"object": "list", "data": trigger_event(actor, body["type"], body.get("data"))}, 201


def reset_sandbox(actor: Actor, body: types.SandboxResetInput | None) -> tuple[types.SandboxReset, int]:
    return start_reset(actor), 202
