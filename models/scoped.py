"""Base class of tables whose rows belong to one dealer and mode.

Every query starts from an Actor, so no query can forget the scope.
"""

from typing import Self, cast

import peewee

from errors import NotFound
from models.base import Row
from models.dealer import Actor, Dealer
from models.sample_ids import SAMPLE_ROWS


class ScopedRow(Row):
    """A row that only its dealer sees, and only in its mode."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()

    @classmethod
    def of(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        """Select the rows that the actor may see."""
        return cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)

    @classmethod
    def find(cls, actor: Actor, row_id: str, *, param: str | None = None) -> Self:
        """Return one of the actor's rows.

        Raises `…_not_found` with `param`, the location of the id in the request.
        """
        return cls.find_in(cls.of(actor), cls.resolve_id(actor, row_id), param=param)

    @classmethod
    def resolve_id(cls, actor: Actor, row_id: str) -> str:
        """Return the ID of the sample for a documented ID, other IDs unchanged."""
        column, samples = SAMPLE_ROWS.get(cls._meta.table_name, ("", {}))
        if not actor.is_test or row_id not in samples:
            return row_id
        sample = cls.of(actor).where(getattr(cls, column) == samples[row_id]).first()
        return row_id if sample is None else str(sample.id)

    @classmethod
    def find_in(cls, query: "peewee.ModelSelect[Self]", row_id: str, *, param: str | None = None) -> Self:
        """Return the row of a query that has this id. Raises `…_not_found`."""
        row = query.where(cls.id == row_id).first()
        if row is None:
            raise NotFound(cls.__name__.lower(), param=param)
        return cast("Self", row)
