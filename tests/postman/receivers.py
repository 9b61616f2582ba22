"""A receiver that verifies signatures."""

import time

from tests.receiver import Delivered, Receiver, StubResponse
from webhooks import signing


def verifying(secret: str) -> Receiver:
    """A receiver that responds with 400 to a delivery that `secret` did not sign."""

    def respond(delivered: Delivered) -> StubResponse:
        header, now = delivered.headers.get("WTH-Signature", ""), int(time.time())
        verdict = signing.verify(header=header, body=delivered.body, secrets=[secret], now=now)
        return 200 if verdict.is_valid else 400

    return Receiver(respond)
