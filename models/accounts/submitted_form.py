"""Forms that created something: a double click creates one."""

import re
import secrets
from typing import Any, Final

import peewee

from models.base import Row
from models.clock import DAY_MS
from models.dealer import Dealer

KEPT_MS: Final = 2 * DAY_MS  # nobody submits a form again that was open for longer
TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


class SubmittedBefore(Exception):  # noqa: N818 - the form has succeeded, so this is no error
    """The form was submitted before; `path` is the page with the result."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class SubmittedForm(Row):
    """The token of a submitted form, and the page with its result."""

    dealer = peewee.ForeignKeyField(Dealer)
    token = peewee.TextField()
    path = peewee.TextField()
    created_at = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("dealer", "token")

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(16)

    @classmethod
    def reject_repetition(cls, dealer: Dealer, token: str) -> None:
        """Raise SubmittedBefore for the token of a form that has succeeded.

        Call it in the transaction of the form, under the dealer's lock.
        """
        if (path := cls.find_path(dealer, token)) is not None:
            raise SubmittedBefore(path)

    @classmethod
    def find_path(cls, dealer: Dealer, token: str) -> str | None:
        """Return the page with the result of a form, None if it has not succeeded."""
        form: Any = cls.get_or_none(cls.dealer == dealer, cls.token == token) if token else None
        return None if form is None else str(form.path)

    @classmethod
    def record(cls, dealer: Dealer, token: str, path: str) -> None:
        """Remember a form in its transaction, unless the token is none of ours."""
        if TOKEN.fullmatch(token):
            cls.create(dealer=dealer, token=token, path=path, created_at=dealer.locked_at)
