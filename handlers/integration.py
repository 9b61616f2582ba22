"""The integration that a key belongs to."""

from typing import Any

from models.dealer import Actor
from models.integration import Caller
from models.portrait import portrait


def get_me(actor: Actor, caller: Caller) -> dict[str, Any]:
    return portrait(actor, caller)
