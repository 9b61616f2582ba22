"""Who calls, and what a valid key may do."""

from functools import partial
from typing import Any

from errors import Refusal
from models.accounts.caller import Caller
from models.thread_pool import run_in_thread


async def authenticate(key: str) -> dict[str, Any]:
    """For connexion: the caller of an API key as `sub`. Raises `invalid_api_key`."""
    return {"sub": await run_in_thread(partial(Caller.authenticate, key))}


def authorize(caller: Caller, operation_id: str, method: str) -> None:
    """Raises `plan_required`, `integration_disabled`, `test_key_required`, `test_mode_active`."""
    caller.require_access()
    if operation_id == "sendWebhookPing" and not caller.is_test:
        raise Refusal("test_key_required", "The ping takes a test key; use the key that was made for test mode.")
    if method == "POST":
        caller.reject_live_writes_in_test_mode()
