"""Webhook endpoints: a dealer's URLs, their subscriptions and signing secrets."""

from collections.abc import Sequence
from typing import Any, Self, cast

import peewee

import config
from errors import Invalid, NotFound, Refusal
from models import vault
from models.base import JsonText, Row, new_id
from models.batches import yield_to_writers
from models.clock import DAY_MS, format_rfc3339, now
from models.database import db
from models.dealer import Actor, Dealer
from models.delivery import endpoint_mails
from models.delivery.event_types import PATTERNS, PING, matches
from models.delivery.webhook_url import is_simulated, validate_url
from models.statement import row_statement
from webhooks import guard, signing
from webhooks.name_lookup import resolve_in_time

MAX_PER_DEALER = 5
MAX_GRACE_MS = 7 * DAY_MS
DEFAULT_GRACE_MS = DAY_MS
MODES = ("test", "live", "both")
ROTATED_ALREADY = "This secret has been rotated already. Open the endpoint to rotate it again."

EXPEDITE_BATCH = 1000  # one transaction per batch, so that workers and writers get their turn in between
EXPEDITE = f"""
UPDATE delivery SET due_at = {db.param} WHERE id IN (
  SELECT id FROM delivery WHERE endpoint_id = {db.param} AND completed_at IS NULL AND state = 'pending'
  AND due_at > {db.param} LIMIT {EXPEDITE_BATCH})
"""
DELETE_BATCH = 300
HAS_MANY_DELIVERIES = f"SELECT 1 FROM delivery WHERE endpoint_id = {db.param} LIMIT 1 OFFSET {{}}"
DELETE_DELIVERIES = f"""
DELETE FROM delivery WHERE id IN (
  SELECT id FROM delivery WHERE endpoint_id = {db.param} ORDER BY created_at, id LIMIT {{}})
"""


class Endpoint(Row):
    """One URL of a dealer.

    `slots` is the concurrency limit, which adapts to the endpoint's speed. A disabled endpoint keeps its pending
    deliveries.
    """

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

    # Queries

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Query the dealer's endpoints, oldest first."""
        return cls.select().where(cls.dealer == dealer).order_by(cls.created_at, cls.id)

    @classmethod
    def find(cls, dealer: Dealer, endpoint_id: str) -> Self:
        """Find one of the dealer's endpoints. Raises NotFound."""
        endpoint = cls.of(dealer).where(cls.id == endpoint_id).first()
        if endpoint is None:
            raise NotFound("endpoint")
        return cast("Self", endpoint)

    @classmethod
    def subscribed_to(cls, actor: Actor, event_type: str) -> list[Self]:
        """List the endpoints that receive an event of this actor.

        Includes disabled endpoints, which catch up later.
        """
        return [endpoint for endpoint in cls.of_mode(actor) if endpoint.is_subscribed_to(event_type, actor.origin)]

    @classmethod
    def of_mode(cls, actor: Actor) -> list[Self]:
        """List the endpoints that receive events of the actor's mode, oldest first."""
        endpoints = cast("list[Self]", LIST_OF_DEALER.fetch_all(dealer=actor.dealer.id))
        return [endpoint for endpoint in endpoints if endpoint.accepts_mode(is_test=actor.is_test)]

    def accepts_mode(self, *, is_test: bool) -> bool:
        return self.mode in ("both", "test" if is_test else "live")

    def is_subscribed_to(self, event_type: str, origin: str) -> bool:
        if event_type == PING:
            return True
        if self.skips_echoes and origin == "api":
            return False
        return any(matches(event_type, pattern) for pattern in self.events)

    # Changes

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
        """Create an endpoint. Returns it with its secret, which is never shown again.

        Call `check_host` first, outside the transaction. Raises `validation_failed`, `endpoint_limit_reached`.
        """
        _validate(url, events, mode)
        secret = signing.new_secret()
        with dealer.locked() as at:
            if cls.of(dealer).count() >= MAX_PER_DEALER:
                raise Refusal(
                    "endpoint_limit_reached",
                    f"A dealer has at most {MAX_PER_DEALER} endpoints. Delete one to add another.",
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
        """Resume sending and make scheduled retries due now."""
        self.activate()
        self.expedite()

    def activate(self) -> None:
        """Resume sending; scheduled retries keep their time until `expedite`."""
        with self.dealer.locked():
            self.is_enabled, self.disabled_reason = True, None
            self.consecutive_failures, self.failing_since, self.warned_percent, self.slots = 0, None, 0, 1
            self.save()

    def expedite(self) -> None:
        """Make scheduled retries due now, in batches.

        Do not call it inside a transaction.
        """
        at = now()
        while db.execute_sql(EXPEDITE, (at, self.id, at)).rowcount == EXPEDITE_BATCH:
            yield_to_writers()

    def disable(self, reason: str) -> None:
        """Stop sending and keep pending deliveries.

        `reason` is a sentence for the dealer.
        """
        with self.dealer.locked():
            self.is_enabled, self.disabled_reason = False, reason
            self.save()

    def change(self, *, url: str, events: Sequence[str], mode: str, skips_echoes: bool) -> None:
        """Change the endpoint for events recorded from now on.

        Open deliveries go to the new URL. Call `check_host` first, outside the transaction. Raises `validation_failed`.
        """
        _validate(url, events, mode)
        with self.dealer.locked():
            self.url, self.events, self.mode, self.skips_echoes = url, list(events), mode, skips_echoes
            self.save()

    def delete_deliveries(self) -> None:
        """Delete all but the newest few hundred deliveries, in short transactions.

        Do not call it inside a transaction.
        """
        statement = DELETE_DELIVERIES.format(DELETE_BATCH)
        while db.execute_sql(HAS_MANY_DELIVERIES.format(DELETE_BATCH), (self.id,)).fetchone():
            db.execute_sql(statement, (self.id,))
            yield_to_writers()

    def remove(self) -> None:
        """Delete the endpoint with all its deliveries, open ones included.

        Call `delete_deliveries` first, so that few are left.
        """
        with self.dealer.locked():
            self.delete_instance()

    def rotate_secret(self, grace_ms: int = DEFAULT_GRACE_MS) -> str:
        """Replace the secret and return the new one.

        During the grace period (ms), the previous secret signs too. Raises `rotation_running` while it does,
        `validation_failed` for more than seven days, `secret_changed` if another call has replaced the secret.
        """
        if not 0 <= grace_ms <= MAX_GRACE_MS:
            raise Invalid("The previous secret can stay valid for 0 to 7 days.", param="grace")
        secret = signing.new_secret()
        with self.dealer.locked() as at:
            current = Endpoint.find(self.dealer, self.id)
            if current.has_two_secrets():
                raise Refusal(
                    "rotation_running",
                    f"A rotation is in progress until {format_rfc3339(current.previous_secret_expires_at)}. "
                    "Revoke the previous secret to rotate again.",
                )
            if current.secret != self.secret:
                raise Refusal("secret_changed", ROTATED_ALREADY)
            previous = (current.secret, at + grace_ms) if grace_ms else (None, None)
            (self.previous_secret, self.previous_secret_expires_at), self.secret = previous, vault.encrypt(secret)
            self.save()
            endpoint_mails.report_new_secret(self.dealer, self.url)
        return secret

    @property
    def secret_version(self) -> str:
        """Identify the current secret without revealing it."""
        return vault.digest(self.secret)[:16]

    def revoke_previous_secret(self) -> None:
        """End the grace period: only the current secret signs from now on."""
        with self.dealer.locked():
            self.previous_secret, self.previous_secret_expires_at = None, None
            self.save()

    def has_two_secrets(self) -> bool:
        return self.previous_secret is not None and (self.previous_secret_expires_at or 0) > now()

    def to_dict(self) -> dict[str, Any]:
        """Serialize for operators and dealers, without the secret."""
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


LIST_OF_DEALER = row_statement(
    Endpoint,
    lambda dealer: Endpoint.select().where(Endpoint.dealer == dealer).order_by(Endpoint.created_at, Endpoint.id),
)


def check_host(url: str) -> None:
    """Resolve the host of a URL and reject one with an address that is not public.

    It takes up to five seconds, so never call it in a transaction. A name without an address passes: it may get one
    before the first delivery, and every attempt checks the address again. Raises `validation_failed`.
    """
    validate_url(url)
    if config.ALLOW_PRIVATE_WEBHOOKS or is_simulated(url):
        return
    try:
        guard.check_name(url, allow_private=False, resolver=resolve_in_time)
    except guard.InvalidUrl as error:
        raise Invalid(str(error), param="url") from None


def _validate(url: str, events: Sequence[str], mode: str) -> None:
    validate_url(url)
    unknown = [pattern for pattern in events if pattern not in PATTERNS]
    if unknown or not events:
        problem = f"Unknown event type {unknown[0]!r}" if unknown else "No event types"
        raise Invalid(f"{problem}: must be exact types, `listing.*`, or `*`.", param="events")
    if mode not in MODES:
        raise Invalid(f"Invalid mode {mode!r}: must be test, live or both.", param="mode")
    if is_simulated(url) and mode != "test":
        raise Invalid("A simulated receiver gets test data only: the mode must be test.", param="mode")
