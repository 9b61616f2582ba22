"""Authentication and authorization of API keys."""

from functools import partial
from typing import Any

from errors import Refusal
from models.accounts.caller import Caller
from models.quick_read import run_read
from models.thread_pool import run_lookup
from spec.document import SAFE_METHODS, Node
from telemetry import log_context


async def authenticate(key: str) -> dict[str, Any]:
    """Look up the caller by API key, under `sub` as connexion expects it.

    Raises `invalid_api_key`.
    """
    caller = Caller.find_in_memory(key)
    if caller is None:
        caller = await run_read(partial(Caller.find, key))
    if caller.is_use_due:
        await run_lookup(caller.record_use)
    log_context.bind(dealer=caller.dealer.id, mode="test" if caller.is_test else "live")
    return {"sub": caller}


def authorize(caller: Caller, operation: Node, method: str) -> None:
    """Check that the caller may run an operation.

    The document marks operations for test keys with `x-test-key-only: true`. Raises `plan_required`,
    `integration_disabled`, `test_key_required`, `test_mode_active`.
    """
    caller.require_access()
    if operation.get("x-test-key-only") and not caller.is_test:
        raise Refusal("test_key_required", "This operation requires a test key. Repeat the request with your test key.")
    if method not in SAFE_METHODS:
        caller.reject_live_writes_in_test_mode()
