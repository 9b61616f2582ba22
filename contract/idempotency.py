"""Idempotency-Key: a POST is carried out once; repeated, it gets its first answer.

Record and change commit in one transaction. Of two requests at once with the same key the second is told that the
first is still running.
"""

import hashlib
from collections.abc import Callable
from functools import partial

from starlette.types import Scope

from contract.errors import response_to
from contract.response import JsonResponse
from contract.validation import ARGUMENTS, RAW_BODY
from errors import Refusal
from models import idempotency
from models.database import db
from models.dealer import Actor
from models.idempotency import IdempotencyRecord
from models.thread_pool import run_in_thread
from spec.catalogue import status_of, type_of

REPLAYED = (b"idempotent-replay", b"true")
NEVER_STORED = frozenset({401, 403, 429})


class IdempotencyLayer:
    """Carries out POSTs of one process; `wake_worker(dealer_id)` is called after each commit."""

    def __init__(self, wake_worker: Callable[[str], None]) -> None:
        self.wake_worker = wake_worker
        self.running: set[str] = set()

    async def answer(self, scope: Scope, actor: Actor, call: Callable[[], JsonResponse]) -> JsonResponse:
        """Raises `idempotency_key_in_use`, `key_reused_with_different_body`, and what `call` raises."""
        key = scope["extensions"][ARGUMENTS]["idempotency_key"]
        named = idempotency.IdempotencyKey(actor.dealer, actor.is_test, scope["method"], scope["path"], key)
        if named.digest in self.running:
            raise idempotency.key_in_use()
        self.running.add(named.digest)
        try:
            return await run_in_thread(partial(self._answer, scope, named, call))
        finally:
            self.running.discard(named.digest)

    def _answer(
        self, scope: Scope, named: idempotency.IdempotencyKey, call: Callable[[], JsonResponse]
    ) -> JsonResponse:
        body_hash = hashlib.sha256(scope["extensions"].get(RAW_BODY, b"")).hexdigest()
        request_id = scope["state"]["request_id"]
        with db.atomic():
            stored = IdempotencyRecord.find(named, body_hash)
            if stored is not None:
                scope["state"]["request_id"] = stored.request_id
                return JsonResponse(stored.status, stored.body.encode(), (REPLAYED,))
            answer = self._carry_out(request_id, call)
            IdempotencyRecord.store(
                named, body_hash, status=answer.status, body=answer.body.decode(), request_id=request_id
            )
        self.wake_worker(named.dealer.id)
        return answer

    def _carry_out(self, request_id: str, call: Callable[[], JsonResponse]) -> JsonResponse:
        """The handler's answer, or its definite refusal with the handler's changes undone."""
        try:
            with db.atomic():
                return call()
        except Refusal as refusal:
            if not _is_definite(refusal):
                raise
            return response_to(refusal, request_id)


def _is_definite(refusal: Refusal) -> bool:
    """Whether the same request would be refused again: a missing row, a conflict."""
    status = status_of(refusal.code)
    return status < 500 and status not in NEVER_STORED and type_of(refusal.code) != "validation_error"
