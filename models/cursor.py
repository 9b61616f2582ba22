"""Signed pagination cursors, bound to list, dealer, mode and filters."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, TypedDict

import orjson

from errors import Refusal
from models import vault
from models.dealer import Actor

SIGNATURE_SIZE = 16  # bytes

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
        return _to_text(vault.sign("cursor", self._binding + payload)[:SIGNATURE_SIZE] + payload)

    def decode(self, cursor: str) -> Position:
        """Return the position of a cursor.

        Raises `invalid_cursor` unless this list issued it for these filters.
        """
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise _invalid_cursor() from None
        signature, payload = raw[:SIGNATURE_SIZE], raw[SIGNATURE_SIZE:]
        if not vault.is_signature(signature, "cursor", self._binding + payload, size=SIGNATURE_SIZE):
            raise _invalid_cursor()
        if cursor != _to_text(raw):  # base64 can be written in several ways, a cursor in one
            raise _invalid_cursor()
        at, row_id = orjson.loads(payload)
        return at, row_id


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _invalid_cursor() -> Refusal:
    return Refusal(
        "invalid_cursor",
        "This cursor does not belong to this list with these filters. Start again without `after`.",
        param="after",
    )
