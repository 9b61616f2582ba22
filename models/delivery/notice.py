"""Notices about a dealer's endpoints, shown on the dashboard until dismissed."""

from typing import Any, Self, cast

import peewee

from errors import NotFound
from models.base import Row, new_id
from models.clock import format_rfc3339, now
from models.dealer import Dealer
from models.delivery.endpoint import Endpoint
from models.delivery.endpoint_mails import forward_notice


class Notice(Row):
    """A message to the dealer.

    `kind` is `endpoint_failing` or `endpoint_disabled`.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    endpoint = peewee.ForeignKeyField(Endpoint, null=True)
    kind = peewee.TextField()
    message = peewee.TextField()
    created_at = peewee.BigIntegerField()
    dismissed_at = peewee.BigIntegerField(null=True)

    @classmethod
    def post(cls, endpoint: Endpoint, kind: str, message: str) -> Self:
        """Insert a notice for the endpoint's dealer, with mails to its owners."""
        forward_notice(endpoint.dealer, endpoint.url, kind, message)
        return cls.create(
            id=new_id("ntc"), dealer=endpoint.dealer, endpoint=endpoint, kind=kind, message=message, created_at=now()
        )

    @classmethod
    def open_for(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Query the notices that are not dismissed, newest first."""
        notices = cls.select().where(cls.dealer == dealer, cls.dismissed_at.is_null())
        return notices.order_by(cls.created_at.desc(), cls.id)

    @classmethod
    def find(cls, dealer: Dealer, notice_id: str) -> Self:
        """Find one of the dealer's notices. Raises NotFound."""
        notice = cls.select().where(cls.dealer == dealer, cls.id == notice_id).first()
        if notice is None:
            raise NotFound("notice")
        return cast("Self", notice)

    def dismiss(self) -> None:
        with self.dealer.locked() as at:
            self.dismissed_at = at
            self.save()

    def to_dict(self) -> dict[str, Any]:
        """Serialize for operators and dealers."""
        return {
            "id": self.id,
            "object": "notice",
            "kind": self.kind,
            "message": self.message,
            "endpoint_id": self.__data__["endpoint"],
            "created_at": format_rfc3339(self.created_at),
        }
