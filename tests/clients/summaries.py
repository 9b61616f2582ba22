"""What the programs in programs/ print."""

from typing import Any


def shop_summary(listing_id: str, order_id: str, error_code: str) -> dict[str, Any]:
    """The result of `shop`: an order of a watch for €6,250.50, repeated, rejected and cancelled."""
    return {
        "listing": listing_id,
        "order": order_id,
        "total": 6250.5,
        "is_replay_equal": True,
        "replayed": "true",
        "error_status": 409,
        "error_code": error_code,
        "param": "$.items[0].listing_id",
        "status": "cancelled",
    }


def summarize(body: dict[str, Any]) -> list[Any]:
    """The result of `parse` and `events` for one body: its type, its number, and one field of its payload."""
    fields = {"integration.test_event": "message", "customer.matched": "matched_by"}
    kinds = {"order": "total_eur", "listing": "asking_price_eur"}
    field = fields.get(body["event"]) or kinds[body["event"].partition(".")[0]]
    return [body["event"], body["sequence"], body["data"][field]]
