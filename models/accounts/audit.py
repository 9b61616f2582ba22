"""Audit log: who changed what in the dashboard."""

from typing import Any, Self

import peewee

from models.base import Row, new_id
from models.clock import format_rfc3339
from models.compared_text import SearchText
from models.dealer import Actor, Dealer


class AuditEntry(Row):
    """One change by one user, written in the same transaction.

    `email` is the user's address at that time.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    email = peewee.TextField()
    action = peewee.TextField()
    subject_id = peewee.TextField(null=True)
    summary = peewee.TextField()
    is_test = peewee.BooleanField()
    created_at = peewee.BigIntegerField()
    search_text = SearchText("email", "action", "subject_id", "summary")

    @classmethod
    def record(cls, actor: Actor, email: str, action: str, subject_id: str | None, summary: str) -> Self:
        """Insert an entry in the transaction of its change.

        `action` is `noun.past_participle`; `summary` is a phrase for people and contains no secrets. Raises
        RuntimeError outside `actor.dealer.locked()`.
        """
        return cls.create(
            id=new_id("aud"),
            dealer=actor.dealer,
            email=email,
            action=action,
            subject_id=subject_id,
            summary=summary,
            is_test=actor.is_test,
            created_at=actor.dealer.locked_at,
        )

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == dealer)

    def to_dict(self) -> dict[str, Any]:
        return {**self.columns(), "created_at": format_rfc3339(self.created_at)}
