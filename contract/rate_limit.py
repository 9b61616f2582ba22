"""The rate limit: tokens per integration over a rolling minute, told on every authenticated answer."""

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
    """Takes an operation's tokens; raises `too_many_requests`. A 304 costs none."""

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
        if not _may_be_unchanged(scope):
            await meter.take(tokens, scope)
            await self.app(scope, receive, send)
            return

        async def charge(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != 304:
                await meter.take(tokens, scope)
            await send(message)

        await meter.look(tokens, scope)
        try:
            await self.app(scope, receive, charge)
        except Refusal:
            await meter.take(tokens, scope)
            raise


class TokenMeter:
    """One integration's tokens."""

    def __init__(self, limiter: MovingWindowRateLimiter, dealer_id: str, limit: int) -> None:
        self.limiter = limiter
        self.dealer_id = dealer_id
        self.item = RateLimitItemPerMinute(limit, namespace="tokens")

    async def take(self, tokens: int, scope: Scope) -> None:
        await self._judge(await self.limiter.hit(self.item, self.dealer_id, cost=tokens), scope)

    async def look(self, tokens: int, scope: Scope) -> None:
        await self._judge(await self.limiter.test(self.item, self.dealer_id, cost=tokens), scope)

    async def _judge(self, is_within: bool, scope: Scope) -> None:
        resets_at, remaining = await self.limiter.get_window_stats(self.item, self.dealer_id)
        wait = max(0, math.ceil(resets_at - time.time()))
        scope["state"]["headers"] = _headers(self.item.amount, remaining, wait, math.ceil(resets_at))
        if not is_within:
            raise Refusal(
                "too_many_requests",
                f"More than {self.item.amount} tokens were used within a minute; wait as long as Retry-After says.",
                headers={"Retry-After": str(max(1, wait))},
            )


def _may_be_unchanged(scope: Scope) -> bool:
    return scope["method"] in SAFE_METHODS and any(name == b"if-none-match" for name, _ in scope["headers"])


def _headers(limit: int, remaining: int, wait: int, resets_at: int) -> list[tuple[bytes, bytes]]:
    """The X- trio, and the IETF pair (draft-ietf-httpapi-ratelimit-headers)."""
    named: dict[str, Any] = {
        "x-ratelimit-limit": limit,
        "x-ratelimit-remaining": remaining,
        "x-ratelimit-reset": resets_at,
        "ratelimit-policy": f'"default";q={limit};w={WINDOW_SECONDS}',
        "ratelimit": f'"default";r={remaining};t={wait}',
    }
    return [(name.encode(), str(value).encode()) for name, value in named.items()]
