"""Rate limit: a sliding window of one minute per integration.

Every authenticated response reports its state in headers.
"""

import math
import time
from collections import Counter
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errors import Refusal
from spec.document import SAFE_METHODS, Node, operations

WINDOW_SECONDS = 60
FREE_PER_TOKEN = 10  # free 304 responses per minute and web process, for each token of the integration's limit


class RateLimitMiddleware:
    """Charges the tokens of each operation; a 304 response costs none.

    A dealer that gets very many 304 responses pays for the surplus. Raises `too_many_requests`.
    """

    def __init__(self, app: ASGIApp, raw: Node, limiter: MovingWindowRateLimiter) -> None:
        self.app = app
        self.limiter = limiter
        self.free = FreeResponses()
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
            is_start = message["type"] == "http.response.start"
            if is_start and (message["status"] != 304 or not self.free.take(meter)):
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


class FreeResponses:
    """Counts the 304 responses of each integration in the current minute.

    It counts those of this process only. The count bounds the work, not the bill, so it need not be exact across
    processes, and it costs no storage operation.
    """

    def __init__(self) -> None:
        self.minute = -1
        self.counts: Counter[str] = Counter()

    def take(self, meter: TokenMeter) -> bool:
        """Count a response; return False if it is no longer free."""
        minute = int(time.monotonic() // WINDOW_SECONDS)
        if minute != self.minute:
            self.minute, self.counts = minute, Counter()
        self.counts[meter.dealer_id] += 1
        return self.counts[meter.dealer_id] <= FREE_PER_TOKEN * meter.item.amount


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
