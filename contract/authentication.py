"""Authentication by API key, with a lockout for addresses that guess keys.

The header is `Authorization: Bearer wth_…` (RFC 6750).
"""

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
from models.network_address import counted_address

BEARER_KEY = re.compile(rb"Bearer (wth_[A-Za-z0-9]{32})")
LOCK = RateLimitItemPerMinute(1, namespace="locked")


class Lockout:
    """Counts wrong keys per address, and locks an address out after too many.

    WTH_AUTH_FAILURES_PER_MINUTE is the limit. Wrong keys are counted over one minute, and a lockout lasts one minute.
    Only wrong keys are locked out: nobody guesses a key of 32 random characters, and addresses are shared.
    """

    def __init__(self, limiter: MovingWindowRateLimiter) -> None:
        self.limiter = limiter
        self.failures = RateLimitItemPerMinute(config.AUTH_FAILURES_PER_MINUTE, namespace="failures")

    async def count_wrong_key(self, address: str) -> None:
        """Count a wrong key.

        Raises `too_many_failed_attempts` for an address that is locked out.
        """
        is_locked = not await self.limiter.test(LOCK, address)
        if is_locked or not await self.limiter.hit(self.failures, address):
            raise await self._refusal(address)
        if not await self.limiter.test(self.failures, address):
            await self.limiter.hit(LOCK, address)

    async def _refusal(self, address: str) -> Refusal:
        ends_at, _ = await self.limiter.get_window_stats(LOCK, address)
        return Refusal(
            "too_many_failed_attempts",
            "Too many requests with invalid API keys came from your address. Wait as long as Retry-After says.",
            headers={"Retry-After": str(max(1, math.ceil(ends_at - time.time())))},
        )


def bearer_security_handler(lockout: Lockout) -> type[BearerSecurityHandler]:
    """Create the class for connexion's `security_map`, bound to one lockout."""

    class Bearer(BearerSecurityHandler):  # type: ignore[misc] # connexion ships no types
        def _get_verify_func(
            self, authenticate: Callable[[str], Awaitable[dict[str, Any]]]
        ) -> Callable[[Any], Awaitable[dict[str, Any]]]:
            async def verify(request: Any) -> dict[str, Any]:
                key = _read_key(request.scope["headers"])  # a missing or malformed key is no guess
                try:
                    return await authenticate(key)
                except Refusal as refusal:
                    if refusal.code == "invalid_api_key":
                        await lockout.count_wrong_key(counted_address((request.scope.get("client") or ("", 0))[0]))
                    raise

            return verify

    return Bearer


def _read_key(headers: list[tuple[bytes, bytes]]) -> str:
    values = [value for name, value in headers if name == b"authorization"]
    if not values:
        raise Refusal(
            "missing_authorization",
            "The Authorization header is missing. Send your API key as `Authorization: Bearer wth_…`.",
        )
    match = BEARER_KEY.fullmatch(values[0])
    if match is None or len(values) > 1:
        raise Refusal(
            "malformed_authorization",
            "The Authorization header is malformed. Send `Bearer`, one space and your API key: wth_ and 32 letters or "
            "digits.",
        )
    return match[1].decode()
