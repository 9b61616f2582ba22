"""People who sign in: owners and staff of a dealer."""

from typing import Self

import peewee
from argon2 import PasswordHasher

from errors import Invalid, Refusal
from models.base import Row, db, new_id, now
from models.dealer import Dealer

SHORTEST_PASSWORD = 10


class User(Row):
    """A person with an e-mail address and a password (Argon2id); roles are owner and staff."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    email = peewee.TextField(unique=True)
    password_hash = peewee.TextField()
    role = peewee.TextField()
    created_at = peewee.BigIntegerField()

    class Meta:
        table_name = "account"

    @classmethod
    def register(cls, dealer: Dealer, *, email: str, password: str, role: str) -> Self:
        """Raises `validation_failed`, `email_taken`."""
        folded = email.strip().casefold()
        _refuse_unfit(folded, password)
        with db.atomic():
            if cls.select().where(cls.email == folded).exists():
                raise Refusal("email_taken", "Someone signs in with this e-mail address already.")
            return cls.create(
                id=new_id("usr"),
                dealer=dealer,
                email=folded,
                password_hash=PasswordHasher().hash(password),
                role=role,
                created_at=now(),
            )


def _refuse_unfit(email: str, password: str) -> None:
    local, at, host = email.partition("@")
    if not (local and at and "." in host) or len(email) > 254 or any(c.isspace() for c in email):
        raise Invalid("Give an e-mail address such as anna@example.com.", param="email")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.", param="password")
