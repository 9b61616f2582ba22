"""Test operations, for test keys."""

import base64
from typing import Any

from models.dealer import Actor
from models.delivery.advance import advance_deliveries
from models.delivery.ping import send_ping
from models.delivery.signature_check import check_signature
from models.jobs.sandbox_reset import start_reset
from models.trigger import trigger_event
from spec import types


def send_webhook_ping(actor: Actor, body: types.PingInput | None) -> tuple[dict[str, Any], int]:
    message = body.get("message") if body else None
    return send_ping(actor, message), 201


def trigger_test_event(actor: Actor, body: types.TestEventInput) -> tuple[dict[str, Any], int]:
    return {"object": "list", "data": trigger_event(actor, body["type"], body.get("data"))}, 201


def reset_sandbox(actor: Actor) -> tuple[types.SandboxReset, int]:
    return start_reset(actor), 202


def advance_test_deliveries(actor: Actor, body: types.AdvanceInput | None) -> dict[str, Any]:
    fields = body or {}
    advanced, has_more = advance_deliveries(
        actor, delivery_id=fields.get("delivery_id"), endpoint_id=fields.get("endpoint_id")
    )
    return {"object": "list", "data": advanced, "has_more": has_more}


def verify_signature(actor: Actor, body: types.SignatureCheckInput) -> types.SignatureCheck:
    result = check_signature(actor, header=body["signature"], body=_raw_body(body), secret=body.get("secret"))
    return {
        "object": "signature_check",
        "valid": result.is_valid,
        "cause": result.cause,
        "explanation": result.explanation,
    }


def _raw_body(body: types.SignatureCheckInput) -> bytes:
    encoded = body.get("body_base64")
    return (body.get("body") or "").encode() if encoded is None else base64.b64decode(encoded)
