"""Finds where a list of events without a cursor starts."""

from models.clock import parse_rfc3339_parameter
from models.dealer import Actor, Dealer
from models.delivery.listed_events import find_last_until


def find_sequence_before(actor: Actor, since: str) -> int:
    """Find the sequence behind which a list starts.

    `since` is that of the API: a sequence, a time or `latest`. Raises `validation_failed` for a date that does not
    exist.
    """
    if since == "latest":
        return Dealer.sequences([actor.dealer.id]).get((actor.dealer.id, actor.is_test), 0)
    if since.isdecimal():
        return max(int(since) - 1, 0)
    return find_last_until(actor, parse_rfc3339_parameter(since, param="since") or 0)
