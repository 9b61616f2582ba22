"""Authentication by API key, authorization, and the rate limit of the integration."""

import secrets
from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.throttling import SimpleRateThrottle

from bench.peers.drf_celery.models import Channel, Key
from bench.peers.values import sha256


@dataclass
class Client:
    """The dealer and mode of an API key."""

    channel: Any
    is_test: bool
    request_id: str

    is_authenticated = True

    @property
    def dealer_id(self) -> str:
        return str(self.channel.account_id)

    def scope(self) -> dict[str, Any]:
        """Filter rows by dealer and mode.

        With `__in`, because Django writes `is_test=True` as a bare column, for which SQLite uses no index.
        """
        return {"dealer_id": self.dealer_id, "is_test__in": [self.is_test]}


class KeyAuthentication(BaseAuthentication):
    """Authenticates `Authorization: Bearer wth_…`."""

    def authenticate(self, request: Any) -> tuple[Client, Any] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return None
        row = Key.objects.filter(hash=sha256(key)).first()
        if row is None:
            raise AuthenticationFailed("invalid_api_key")
        channel = Channel.objects.select_related("account").get(account_id=row.account_id)
        return Client(channel, row.is_test, f"req_{secrets.token_hex(16)}"), row

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class HasIntegration(BasePermission):
    """Allows the clients of an enabled integration."""

    def has_permission(self, request: Any, view: Any) -> bool:
        channel = request.user and request.user.channel
        return bool(channel and channel.is_enabled and channel.account.tier == "business")


class IntegrationThrottle(SimpleRateThrottle):
    """Counts requests in windows of one minute; Django's cache counts atomically."""

    rate = "1/min"  # the integration has its own limit

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle-{request.user.dealer_id}-{int(self.timer() // 60)}"

    def allow_request(self, request: Any, view: Any) -> bool:
        key = self.get_cache_key(request, view)
        self.cache.get_or_set(key, 0, 120)
        request.user.remaining = request.user.channel.rate_limit - self.cache.incr(key)
        return bool(request.user.remaining >= 0)

    def wait(self) -> float:
        return 60 - self.timer() % 60
