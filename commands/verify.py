"""`wth verify`: names the cause why a signature does not verify."""

import base64
import time
from typing import BinaryIO

import click

from commands.api_options import api_options, call_api, render_response
from commands.output import CommandOutput, HubCommand, example
from webhooks.diagnosis import diagnose


@click.command(cls=HubCommand, epilog=example("wth verify --signature 't=1778229693,v1=…' --secret 'whsec_…' -"))
@click.option("--signature", required=True, help="Value of the WTH-Signature header.")
@click.option("--secret", help="Secret of the endpoint. The check is then made here, without a request.")
@click.argument("body", type=click.File("rb"), default="-")
@api_options
def verify(signature: str, secret: str | None, body: BinaryIO, api_key: str | None, base_url: str) -> CommandOutput:
    """Check a signature and name the cause if it is invalid.

    BODY is a file with the raw body, or standard input. Without --secret, the hub checks with the secrets and bodies
    that it knows, for which a test key is needed.
    """
    content = body.read()
    if secret is None:
        fields = {"signature": signature, "body_base64": base64.b64encode(content).decode()}
        response = call_api("POST", "/test/verify", fields, api_key=api_key, base_url=base_url)
        if response.failure:
            return render_response(response)
        return _output(response.document)
    result = diagnose(header=signature, body=content, secrets=[secret], now=int(time.time()))
    document = {"valid": result.is_valid, "cause": result.cause, "explanation": result.explanation}
    return _output({"object": "signature_check", **document})


def _output(document: dict[str, object]) -> CommandOutput:
    text = f"{document['cause']}: {document['explanation']}"
    return CommandOutput(document, text if document["valid"] else "", None if document["valid"] else text)
