"""Interruption: when a request that waits for something must end early."""

import asyncio
from contextlib import suppress

from starlette.types import Receive, Scope

from contract.http_protocol import STOPPING
from errors import Refusal


async def wait_for_interruption(scope: Scope, receive: Receive) -> None:
    """Return when the client disconnects or the server begins to stop."""
    reasons = [asyncio.ensure_future(_wait_for_disconnect(receive))]
    if STOPPING in scope["extensions"]:
        reasons.append(asyncio.ensure_future(scope["extensions"][STOPPING].wait()))
    try:
        await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for reason in reasons:
            reason.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    with suppress(Refusal):  # a body that is too large
        while (await receive())["type"] != "http.disconnect":
            pass
