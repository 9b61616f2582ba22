"""Signed pagination cursors, bound to list, dealer, mode and filters."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypedDict

import orjson

import config
from errors import Refusal
from models.dealer import Actor

Position = tuple[int, str]  # sort value and id of the last row of a page


class ListPage(TypedDict):
    """The list envelope of the API; clients send `next_cursor` back as `after`."""

    object: str
    data: list[Any]
    has_more: bool
    next_cursor: str | None


class CursorCodec:
    """Codec for the cursors of one list: base64url of signature and JSON."""

    def __init__(self, name: str, actor: Actor, filters: Mapping[str, Any]) -> None:
        binding = [
            name,
            actor.dealer.id,
            actor.is_test,
            sorted((k, v) for k, v in filters.items() if v is not None),
        ]
        self._binding = hashlib.sha256(orjson.dumps(binding)).digest()

    def encode(self, position: Position) -> str:
        payload = orjson.dumps(position)
        return base64.urlsafe_b64encode(self._signature(payload) + payload).rstrip(b"=").decode()

    def decode(self, cursor: str) -> Position:
        """Return the position of a cursor.

        Raises `invalid_cursor` unless this list issued it for these filters.
        """
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise _invalid_cursor() from None
        signature, payload = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise _invalid_cursor()
        at, row_id = orjson.loads(payload)
        if cursor != self.encode((at, row_id)):  # base64 can be written in several ways, a cursor in one
            raise _invalid_cursor()
        return at, row_id

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(_cursor_key(), self._binding + payload, "sha256")[:16]


@lru_cache(1)
def _cursor_key() -> bytes:
    return hmac.digest(config.secret_key().encode(), b"cursor", "sha256")


def _invalid_cursor() -> Refusal:
    return Refusal(
        "invalid_cursor",
        "This cursor does not belong to this list with these filters. Start again without `after`.",
        param="after",
    )
