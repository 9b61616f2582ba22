"""The integration that the API key belongs to."""

from models.accounts.caller import Caller
from models.dealer import Actor
from models.integration_summary import summarize_integration
from spec import types


def get_me(actor: Actor, caller: Caller) -> types.Me:
    return summarize_integration(actor, caller)
