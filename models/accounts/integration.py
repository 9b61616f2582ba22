"""Settings of a dealer's Custom Integration."""

from typing import Self

import peewee

from models.base import Row
from models.clock import now
from models.dealer import Actor, Dealer
from models.statement import row_statement

# Defaults of new integrations
API_VERSION = "2026-05-07"
TOKENS_PER_MINUTE = 600


class Integration(Row):
    """One dealer's integration.

    `rate_limit` is in tokens per minute. Requests of the API are recorded if `has_request_log`.
    """

    dealer = peewee.ForeignKeyField(Dealer, primary_key=True)
    is_enabled = peewee.BooleanField()
    is_test_mode = peewee.BooleanField()
    api_version = peewee.TextField()
    rate_limit = peewee.IntegerField()
    created_at = peewee.BigIntegerField()
    has_request_log = peewee.BooleanField(default=True)

    @classmethod
    def create_for(cls, dealer: Dealer) -> Self:
        """Create the dealer's integration, enabled and in test mode."""
        return cls.create(
            dealer=dealer,
            is_enabled=True,
            is_test_mode=True,
            api_version=API_VERSION,
            rate_limit=TOKENS_PER_MINUTE,
            created_at=now(),
        )

    @classmethod
    def of(cls, dealer: Dealer) -> Self:
        """Return the dealer's integration.

        Raises `Integration.DoesNotExist` on a plan without one.
        """
        return cls.get(cls.dealer == dealer)

    @staticmethod
    def delivers(actor: Actor) -> bool:
        """Return True if events of the actor's mode are delivered.

        Those of test mode always are. Raises as `of`.
        """
        if actor.is_test:
            return True
        integration = FIND_BY_DEALER.fetch_one(dealer=actor.dealer.id) or Integration.of(actor.dealer)
        return integration.is_live

    @property
    def is_live(self) -> bool:
        """True while live events are delivered."""
        return not self.is_test_mode

    def switch(
        self, *, is_enabled: bool | None = None, is_test_mode: bool | None = None, has_request_log: bool | None = None
    ) -> None:
        """Change the given settings; None leaves a setting as it is."""
        with self.dealer.locked():
            if is_enabled is not None:
                self.is_enabled = is_enabled
            if is_test_mode is not None:
                self.is_test_mode = is_test_mode
            if has_request_log is not None:
                self.has_request_log = has_request_log
            self.save()


FIND_BY_DEALER = row_statement(Integration, lambda dealer: Integration.select().where(Integration.dealer == dealer))
