"""`wth verify`: names the cause why a signature does not verify."""

from __future__ import annotations

import base64
import json
import time
from typing import Any, BinaryIO

import click

from watchtraderhub.diagnosis import diagnose
from watchtraderhub_cli.api import render_response
from watchtraderhub_cli.connection import ApiCommand, HubAccess, hub_options
from watchtraderhub_cli.output import CommandOutput, example


@click.command(cls=ApiCommand, epilog=example("wth verify --signature 't=1778229693,v1=…' --secret 'whsec_…' -"))
@click.option("--signature", required=True, help="Value of the WTH-Signature header.")
@click.option("--secret", help="Secret of the endpoint. The check is then made here, without a request.")
@click.argument("body", type=click.File("rb"), default="-")
@hub_options
def verify(signature: str, secret: str | None, body: BinaryIO, hub: HubAccess) -> CommandOutput:
    """Check a signature and name the cause if it is invalid.

    BODY is a file with the raw body, or standard input. Without --secret, the hub checks with the secrets and bodies
    that it knows, for which a test key is needed.
    """
    content = body.read()
    if secret is None:
        fields = {"signature": signature, "body_base64": base64.b64encode(content).decode()}
        with hub.connect() as client:
            response = client.request("POST", "/test/verify", json.dumps(fields).encode())
        return _output(response.parse()) if response.is_success else render_response(response)
    result = diagnose(header=signature, body=content, secrets=[secret], now=int(time.time()))
    document = {"valid": result.is_valid, "cause": result.cause, "explanation": result.explanation}
    return _output({"object": "signature_check", **document})


def _output(document: dict[str, Any]) -> CommandOutput:
    text = f"{document['cause']}: {document['explanation']}"
    return CommandOutput(document, text if document["valid"] else "", None if document["valid"] else text)
