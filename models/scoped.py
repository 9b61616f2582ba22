"""Base class of tables whose rows belong to one dealer and mode.

Every query starts from an Actor, so no query can forget the scope.
"""

from functools import lru_cache
from typing import Any, Self, TypeVar

import peewee

from errors import NotFound
from models.base import Row
from models.dealer import Actor, Dealer
from models.sample_ids import SAMPLE_ROWS
from models.statement import Statement, row_statement

M = TypeVar("M", bound="ScopedRow")


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
        found = _find_by_id(cls).fetch_one(
            dealer=actor.dealer.id, is_test=actor.is_test, row_id=cls.resolve_id(actor, row_id)
        )
        return cls.require(found, param=param)

    def find_related(self, model: type[M], row_id: str) -> M:
        """Return a row of the same dealer and mode that this one refers to."""
        found = _find_by_id(model).fetch_one(dealer=self.__data__["dealer"], is_test=self.is_test, row_id=row_id)
        return model.require(found)

    @classmethod
    def resolve_id(cls, actor: Actor, row_id: str) -> str:
        """Return the ID of the sample for a documented ID, other IDs unchanged."""
        column, samples = SAMPLE_ROWS.get(cls._meta.table_name, ("", {}))
        if not actor.is_test or row_id not in samples:
            return row_id
        sample = cls.of(actor).where(getattr(cls, column) == samples[row_id]).first()
        return row_id if sample is None else str(sample.id)

    @classmethod
    def require(cls, row: "Self | None", *, param: str | None = None) -> Self:
        """Return the row. Raises `…_not_found` if there is none."""
        if row is None:
            raise NotFound(cls.__name__.lower(), param=param)
        return row


@lru_cache(16)
def _find_by_id(model: type[M]) -> Statement[M]:
    def build(dealer: Any, is_test: Any, row_id: Any) -> Any:
        return model.select().where(model.dealer == dealer, model.is_test == is_test, model.id == row_id)

    return row_statement(model, build)
