"""Delivery attempts, inserted before the HTTP request and completed after it."""

from typing import Any

import orjson
import peewee

from models.base import JsonText, Row
from models.clock import format_rfc3339
from models.delivery.delivery import Delivery

UNREADABLE = "(unreadable)"


class ResponseHeaders(JsonText):
    """Response headers as JSON.

    Rows of earlier builds can hold text that is not JSON, because headers were redacted after they were serialized.
    """

    def python_value(self, value: str | None) -> Any:
        try:
            return super().python_value(value)
        except orjson.JSONDecodeError:
            return {UNREADABLE: value}


class Attempt(Row):
    """One attempt of a delivery.

    Without `finished_at`, it waits for a thread, is in progress, or was interrupted by a crash.
    """

    delivery = peewee.ForeignKeyField(Delivery)
    number = peewee.IntegerField()
    trigger = peewee.TextField()
    started_at = peewee.BigIntegerField()
    finished_at = peewee.BigIntegerField(null=True)
    status = peewee.IntegerField(null=True)
    error = peewee.TextField(null=True)
    error_detail = peewee.TextField(null=True)
    address = peewee.TextField(null=True)
    timings = JsonText(null=True)
    url = peewee.TextField(null=True)
    request_headers = JsonText(null=True)
    response_headers = ResponseHeaders(null=True)
    response_preview = peewee.TextField(null=True)
    next_attempt_at = peewee.BigIntegerField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("delivery", "number")

    @classmethod
    def of(cls, delivery: Delivery) -> list["Attempt"]:
        """List the attempts of a delivery, first to last."""
        return list(cls.select().where(cls.delivery == delivery).order_by(cls.number))

    def to_dict(self) -> dict[str, Any]:
        """Serialize for operators and dealers, without the body, which is the event's."""
        return {
            "number": self.number,
            "trigger": self.trigger,
            "started_at": format_rfc3339(self.started_at),
            "finished_at": format_rfc3339(self.finished_at),
            "duration_ms": None if self.finished_at is None else self.finished_at - self.started_at,
            "status": self.status,
            "error": self.error,
            "error_detail": self.error_detail,
            "address": self.address,
            "timings": self.timings,
            "url": self.url,
            "request_headers": self.request_headers,
            "response_headers": self.response_headers,
            "response_preview": self.response_preview,
            "next_attempt_at": format_rfc3339(self.next_attempt_at),
        }
