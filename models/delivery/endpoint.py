"""Webhook endpoints: where a dealer's events go, what each wants, and the secrets that sign them."""

from collections.abc import Sequence
from typing import Any, Self, cast, get_args

import peewee

import config
from errors import Invalid, NotFound, Refusal
from models import vault
from models.base import JsonText, Row, new_id
from models.clock import format_rfc3339, now
from models.database import db
from models.dealer import Actor, Dealer
from spec import types
from webhooks import guard, signing

MOST_PER_DEALER = 5
LONGEST_GRACE_MS = 7 * 24 * 3600 * 1000
DEFAULT_GRACE_MS = 24 * 3600 * 1000
MODES = ("test", "live", "both")
EVENT_TYPES: tuple[str, ...] = get_args(types.WebhookEventType)
PATTERNS = frozenset({"*", *EVENT_TYPES, *(event_type.split(".")[0] + ".*" for event_type in EVENT_TYPES)})
PING = "integration.test_event"

HURRIED_AT_ONCE = 1000  # each batch a transaction of its own, so that workers and writers get in between
HURRY = f"""
UPDATE delivery SET due_at = {db.param} WHERE id IN (
  SELECT id FROM delivery WHERE endpoint_id = {db.param} AND completed_at IS NULL AND state = 'pending'
  AND due_at > {db.param} LIMIT {HURRIED_AT_ONCE})
"""


class Endpoint(Row):
    """One URL of a dealer. A paused or disabled endpoint keeps its pending deliveries."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    url = peewee.TextField()
    mode = peewee.TextField()
    events = JsonText()
    skips_echoes = peewee.BooleanField()
    is_enabled = peewee.BooleanField()
    disabled_reason = peewee.TextField(null=True)
    secret = peewee.TextField()
    previous_secret = peewee.TextField(null=True)
    previous_secret_expires_at = peewee.BigIntegerField(null=True)
    slots = peewee.IntegerField()
    consecutive_failures = peewee.IntegerField()
    failing_since = peewee.BigIntegerField(null=True)
    last_success_at = peewee.BigIntegerField(null=True)
    last_failure_at = peewee.BigIntegerField(null=True)
    warned_percent = peewee.IntegerField()
    created_at = peewee.BigIntegerField()

    # finders

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == dealer).order_by(cls.created_at, cls.id)

    @classmethod
    def find(cls, dealer: Dealer, endpoint_id: str) -> Self:
        endpoint = cls.of(dealer).where(cls.id == endpoint_id).first()
        if endpoint is None:
            raise NotFound("endpoint")
        return cast("Self", endpoint)

    @classmethod
    def subscribed_to(cls, actor: Actor, event_type: str) -> list[Self]:
        """The endpoints that an event of this actor goes to; disabled ones too, for they catch up later."""
        reached = [endpoint for endpoint in cls.of(actor.dealer) if endpoint.accepts_mode(is_test=actor.is_test)]
        return [endpoint for endpoint in reached if endpoint.is_subscribed_to(event_type, actor.origin)]

    def accepts_mode(self, *, is_test: bool) -> bool:
        return self.mode in ("both", "test" if is_test else "live")

    def is_subscribed_to(self, event_type: str, origin: str) -> bool:
        if event_type == PING:
            return True
        if self.skips_echoes and origin == "api":
            return False
        return any(pattern in ("*", event_type, event_type.split(".")[0] + ".*") for pattern in self.events)

    # verbs

    @classmethod
    def register(
        cls,
        dealer: Dealer,
        url: str,
        *,
        events: Sequence[str] = ("*",),
        mode: str = "both",
        skips_echoes: bool = False,
    ) -> tuple[Self, str]:
        """A new endpoint and its secret, shown this one time. Raises `validation_failed`, `endpoint_limit_reached`."""
        _refuse_unfit(url, events, mode)
        secret = signing.new_secret()
        with dealer.locked() as at:
            if cls.of(dealer).count() >= MOST_PER_DEALER:
                raise Refusal(
                    "endpoint_limit_reached", f"A dealer has at most {MOST_PER_DEALER} endpoints; delete one."
                )
            endpoint = cls.create(
                id=new_id("we"),
                dealer=dealer,
                url=url,
                mode=mode,
                events=list(events),
                skips_echoes=skips_echoes,
                is_enabled=True,
                secret=vault.encrypt(secret),
                slots=1,
                consecutive_failures=0,
                warned_percent=0,
                created_at=at,
            )
        return endpoint, secret

    def enable(self) -> None:
        """Deliveries leave again, at once also those that were to wait for a later retry."""
        self.activate()
        self.expedite()

    def activate(self) -> None:
        """What waits for a later retry keeps its time until `hurry`."""
        with self.dealer.locked():
            self.is_enabled, self.disabled_reason = True, None
            self.consecutive_failures, self.failing_since, self.warned_percent, self.slots = 0, None, 0, 1
            self.save()

    def expedite(self) -> None:
        """Makes due what waits for a later retry, in batches: not for the inside of a transaction."""
        at = now()
        while db.execute_sql(HURRY, (at, self.id, at)).rowcount:
            pass

    def disable(self, reason: str) -> None:
        """Stops sending; pending deliveries stay. `reason` is a sentence for the dealer."""
        with self.dealer.locked():
            self.is_enabled, self.disabled_reason = False, reason
            self.save()

    def change(self, *, url: str, events: Sequence[str], mode: str, skips_echoes: bool) -> None:
        """Holds for what is recorded from now on; what waits goes to the new URL. Raises `validation_failed`."""
        _refuse_unfit(url, events, mode)
        with self.dealer.locked():
            self.url, self.events, self.mode, self.skips_echoes = url, list(events), mode, skips_echoes
            self.save()

    def remove(self) -> None:
        """Its deliveries go with it, those that wait too."""
        with self.dealer.locked():
            self.delete_instance()

    def rotate_secret(self, grace_ms: int = DEFAULT_GRACE_MS) -> str:
        """A new secret now; the old one signs too until the grace is over.

        Raises `rotation_running` while an earlier one runs, `validation_failed` for a grace over seven days.
        """
        if not 0 <= grace_ms <= LONGEST_GRACE_MS:
            raise Invalid("The old secret can stay valid for 0 to 7 days.", param="grace")
        secret = signing.new_secret()
        with self.dealer.locked() as at:
            fresh = Endpoint.find(self.dealer, self.id)
            if fresh.has_two_secrets():
                raise Refusal(
                    "rotation_running",
                    "A rotation is running until "
                    f"{format_rfc3339(fresh.previous_secret_expires_at)}; revoke the previous secret to rotate again.",
                )
            self.previous_secret = fresh.secret if grace_ms else None
            self.previous_secret_expires_at = at + grace_ms if grace_ms else None
            self.secret = vault.encrypt(secret)
            self.save()
        return secret

    def revoke_previous_secret(self) -> None:
        with self.dealer.locked():
            self.previous_secret, self.previous_secret_expires_at = None, None
            self.save()

    def has_two_secrets(self) -> bool:
        return self.previous_secret is not None and (self.previous_secret_expires_at or 0) > now()

    def to_dict(self) -> dict[str, Any]:
        """For operators and dealers; the secret is not in it."""
        return {
            "id": self.id,
            "object": "webhook_endpoint",
            "url": self.url,
            "mode": self.mode,
            "events": self.events,
            "skips_echoes": self.skips_echoes,
            "is_enabled": self.is_enabled,
            "disabled_reason": self.disabled_reason,
            "previous_secret_expires_at": format_rfc3339(self.previous_secret_expires_at)
            if self.has_two_secrets()
            else None,
            "last_success_at": format_rfc3339(self.last_success_at),
            "last_failure_at": format_rfc3339(self.last_failure_at),
            "consecutive_failures": self.consecutive_failures,
            "created_at": format_rfc3339(self.created_at),
        }


def _refuse_unfit(url: str, events: Sequence[str], mode: str) -> None:
    try:
        guard.check_url(url, allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
        if not config.ALLOW_PRIVATE_WEBHOOKS:
            guard.check_name(url, allow_private=False)
    except guard.InvalidUrl as reason:
        raise Invalid(str(reason), param="url") from None
    unknown = [pattern for pattern in events if pattern not in PATTERNS]
    if unknown or not events:
        named = repr(unknown[0]) if unknown else "An empty list"
        raise Invalid(f"{named} is no event type; give exact types, `listing.*`, or `*`.", param="events")
    if mode not in MODES:
        raise Invalid("The mode of an endpoint is test, live or both.", param="mode")
