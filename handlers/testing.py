"""Test operations, for test keys."""

import base64
import binascii
from typing import Any

from errors import Invalid
from models.dealer import Actor
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


def reset_sandbox(actor: Actor, body: types.SandboxResetInput | None) -> tuple[types.SandboxReset, int]:
    return start_reset(actor), 202


def verify_signature(actor: Actor, body: types.SignatureCheckInput) -> types.SignatureCheck:
    result = check_signature(actor, header=body["signature"], body=_raw_body(body), secret=body.get("secret"))
    return {
        "object": "signature_check",
        "valid": result.is_valid,
        "cause": result.cause,
        "explanation": result.explanation,
    }


def _raw_body(body: types.SignatureCheckInput) -> bytes:
    text, encoded = body.get("body"), body.get("body_base64")
    if (text is None) == (encoded is None):
        raise Invalid("Send either body or body_base64.", param="$.body")
    try:
        return base64.b64decode(encoded, validate=True) if encoded is not None else str(text).encode()
    except binascii.Error:
        raise Invalid("This is not base64.", param="$.body_base64") from None
