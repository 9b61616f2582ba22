"""Idempotency layer: a write runs once, and repeats get its stored response.

The record and the change commit in one transaction. Of two concurrent requests with the same key, the second is
rejected with `idempotency_key_in_use`.
"""

import hashlib
from collections.abc import Callable
from functools import partial

from starlette.types import Scope

from contract.errors import error_response
from contract.response import JsonResponse
from contract.validation import ARGUMENTS, RAW_BODY
from errors import Refusal
from models import idempotency
from models.database import db
from models.dealer import Actor
from models.idempotency import IdempotencyKey, IdempotencyRecord
from models.write import run_write
from spec.catalogue import status_of, type_of

REPLAYED = (b"idempotent-replay", b"true")
NEVER_STORED = frozenset({401, 403, 429})


class IdempotencyLayer:
    """Runs writes, and calls `wake_worker(dealer_id)` after each commit."""

    def __init__(self, wake_worker: Callable[[str], None]) -> None:
        self.wake_worker = wake_worker
        self.running: set[str] = set()

    async def run(self, scope: Scope, actor: Actor, call: Callable[[], JsonResponse]) -> JsonResponse:
        """Run `call` in a transaction on a thread, or return the stored response.

        Raises `idempotency_key_in_use`, `key_reused_with_different_body` and what `call` raises.
        """
        header = scope["extensions"][ARGUMENTS]["idempotency_key"]
        key = IdempotencyKey(actor.dealer, actor.is_test, scope["method"], scope["path"], header)
        if key.digest in self.running:
            raise idempotency.key_in_use()
        self.running.add(key.digest)
        try:
            return await run_write(
                partial(self._run_once, scope, key, call),
                dealer_id=actor.dealer.id,
                after_commit=partial(self.wake_worker, actor.dealer.id),
            )
        finally:
            self.running.discard(key.digest)

    def _run_once(
        self, scope: Scope, key: IdempotencyKey, call: Callable[[], JsonResponse]
    ) -> tuple[JsonResponse, bool]:
        """Return the response, and whether it is a new one."""
        body = scope["extensions"].get(RAW_BODY, b"")
        body_hash = hashlib.sha256(body).hexdigest()
        request_id = scope["state"]["request_id"]
        record = IdempotencyRecord.find(key, body_hash)
        if record is not None:
            scope["state"]["request_id"] = record.request_id
            return JsonResponse(record.status, record.body.encode(), (REPLAYED,)), False
        response = self._call(request_id, call)
        IdempotencyRecord.store(
            key, body_hash, status=response.status, body=response.body.decode(), request_id=request_id
        )
        key.dealer.count_written(len(body) + len(response.body))
        return response, True

    def _call(self, request_id: str, call: Callable[[], JsonResponse]) -> JsonResponse:
        """Call the handler; a definite refusal becomes the response.

        A refusal rolls the handler's changes back. One that is not definite is raised, so that it is not stored.
        """
        try:
            with db.atomic():
                return call()
        except Refusal as refusal:
            if not _is_definite(refusal):
                raise
            return error_response(refusal, request_id)


def _is_definite(refusal: Refusal) -> bool:
    """Return True if a repeat would fail in the same way: a missing row, a conflict."""
    status = status_of(refusal.code)
    return status < 500 and status not in NEVER_STORED and type_of(refusal.code) != "validation_error"
