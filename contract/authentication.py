"""`Authorization: Bearer wth_…`, exactly, and the lock-out of addresses that keep guessing."""

import math
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from connexion.security import BearerSecurityHandler
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

import config
from errors import Refusal

FORM = re.compile(rb"Bearer (wth_[A-Za-z0-9]{32})")
LOCKED_FOR = RateLimitItemPerMinute(1, namespace="locked")


class Lockout:
    """Counts failures per address; the tenth within a minute locks the address out for a minute."""

    def __init__(self, limiter: MovingWindowRateLimiter) -> None:
        self.limiter = limiter
        self.failures = RateLimitItemPerMinute(config.AUTH_FAILURES_PER_MINUTE, namespace="failures")

    async def refuse_locked(self, address: str) -> None:
        """Raises `too_many_failed_attempts`."""
        if not await self.limiter.test(LOCKED_FOR, address):
            ends_at, _ = await self.limiter.get_window_stats(LOCKED_FOR, address)
            raise Refusal(
                "too_many_failed_attempts",
                "Too many requests with bad keys came from this address; wait a minute.",
                headers={"Retry-After": str(max(1, math.ceil(ends_at - time.time())))},
            )

    async def note_failure(self, address: str) -> None:
        await self.limiter.hit(self.failures, address)
        if not await self.limiter.test(self.failures, address):
            await self.limiter.hit(LOCKED_FOR, address)


def bearer_security_handler(lockout: Lockout) -> type[BearerSecurityHandler]:
    """The class for connexion's `security_map`, bound to one lock-out."""

    class Bearer(BearerSecurityHandler):  # type: ignore[misc] # connexion ships no types
        def _get_verify_func(
            self, authenticate: Callable[[str], Awaitable[dict[str, Any]]]
        ) -> Callable[[Any], Awaitable[dict[str, Any]]]:
            async def verify(request: Any) -> dict[str, Any]:
                address = (request.scope.get("client") or ("", 0))[0]
                await lockout.refuse_locked(address)
                try:
                    return await authenticate(_key(request.scope["headers"]))
                except Refusal as refusal:
                    if refusal.code != "service_unavailable":
                        await lockout.note_failure(address)
                    raise

            return verify

    return Bearer


def _key(headers: list[tuple[bytes, bytes]]) -> str:
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise Refusal("missing_authorization", "Send your API key as `Authorization: Bearer wth_…`.")
    form = FORM.fullmatch(given[0])
    if form is None or len(given) > 1:
        raise Refusal(
            "malformed_authorization",
            "The Authorization header is `Bearer`, one space and an API key: wth_ and 32 letters and digits.",
        )
    return form[1].decode()
