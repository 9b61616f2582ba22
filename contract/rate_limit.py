"""Rate limit: a sliding window of one minute per integration.

Every authenticated response reports its state in headers.
"""

import math
import time
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errors import Refusal
from spec.document import SAFE_METHODS, Node, operations

WINDOW_SECONDS = 60


class RateLimitMiddleware:
    """Charges the tokens of each operation; a 304 response costs none.

    Raises `too_many_requests`.
    """

    def __init__(self, app: ASGIApp, raw: Node, limiter: MovingWindowRateLimiter) -> None:
        self.app = app
        self.limiter = limiter
        self.tokens = {
            operation["operationId"]: operation.get("x-rate-limit-tokens", 0) for _, _, operation in operations(raw)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
        if scope["type"] != "http" or caller is None:
            await self.app(scope, receive, send)
            return
        meter = TokenMeter(self.limiter, caller.dealer.id, caller.rate_limit)
        tokens = self.tokens[scope["extensions"][ROUTING_CONTEXT]["operation_id"]]
        if _is_conditional(scope):
            await self._charge_unless_304(meter, tokens, scope, receive, send)
            return
        await meter.take(tokens, scope)
        await self.app(scope, receive, send)

    async def _charge_unless_304(
        self, meter: "TokenMeter", tokens: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def charge_on_response(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != 304:
                await meter.take(tokens, scope)
            await send(message)

        await meter.check(tokens, scope)
        try:
            await self.app(scope, receive, charge_on_response)
        except Refusal:
            await meter.take(tokens, scope)
            raise


class TokenMeter:
    """Counter of the tokens that one integration has left in the window."""

    def __init__(self, limiter: MovingWindowRateLimiter, dealer_id: str, limit: int) -> None:
        self.limiter = limiter
        self.dealer_id = dealer_id
        self.item = RateLimitItemPerMinute(limit, namespace="tokens")

    async def take(self, tokens: int, scope: Scope) -> None:
        """Charge tokens; if too few are left, charge none and raise `too_many_requests`."""
        await self._report(await self.limiter.hit(self.item, self.dealer_id, cost=tokens), scope)

    async def check(self, tokens: int, scope: Scope) -> None:
        """Charge nothing, but raise `too_many_requests` if too few tokens are left."""
        await self._report(await self.limiter.test(self.item, self.dealer_id, cost=tokens), scope)

    async def _report(self, is_within: bool, scope: Scope) -> None:
        resets_at, remaining = await self.limiter.get_window_stats(self.item, self.dealer_id)
        wait_seconds = max(0, math.ceil(resets_at - time.time()))
        scope["state"]["headers"] = _headers(self.item.amount, remaining, wait_seconds, math.ceil(resets_at))
        if not is_within:
            raise Refusal(
                "too_many_requests",
                f"You have used all {self.item.amount} tokens of this minute. Wait as long as Retry-After says.",
                headers={"Retry-After": str(max(1, wait_seconds))},
            )


def _is_conditional(scope: Scope) -> bool:
    return scope["method"] in SAFE_METHODS and any(name == b"if-none-match" for name, _ in scope["headers"])


def _headers(limit: int, remaining: int, wait_seconds: int, resets_at: int) -> list[tuple[bytes, bytes]]:
    """Build X-RateLimit headers and those of draft-ietf-httpapi-ratelimit-headers."""
    headers: dict[str, Any] = {
        "x-ratelimit-limit": limit,
        "x-ratelimit-remaining": remaining,
        "x-ratelimit-reset": resets_at,
        "ratelimit-policy": f'"default";q={limit};w={WINDOW_SECONDS}',
        "ratelimit": f'"default";r={remaining};t={wait_seconds}',
    }
    return [(name.encode(), str(value).encode()) for name, value in headers.items()]
