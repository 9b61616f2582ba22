"""Transactional outbox: events, and their deliveries to the subscribed endpoints."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bench.peers.fastapi_arq.database import dealer, delivery, endpoint, event_row
from bench.peers.values import format_time, is_subscribed, new_id, now

Change = tuple[str, dict[str, Any]]  # the type of the event, and its subject


@dataclass(frozen=True)
class Caller:
    """The dealer and mode of an API key."""

    dealer_id: str
    is_test: bool
    rate_limit: int
    api_version: str
    request_id: str


def record_events(session: Session, caller: Caller, changes: list[Change], at: int) -> list[str]:
    """Insert the events of changes, and deliveries to the subscribed endpoints. Returns the ids of the deliveries."""
    last = _reserve_sequences(session, caller, len(changes))
    events = [
        _build_event(caller, change, sequence, at)
        for sequence, change in enumerate(changes, start=last - len(changes) + 1)
    ]
    session.flush()
    session.execute(insert(event_row), events)
    modes = ("test" if caller.is_test else "live", "both")
    subscribers = select(endpoint).where(
        endpoint.dealer_id == caller.dealer_id, endpoint.is_enabled, endpoint.mode.in_(modes)
    )
    endpoints = session.scalars(subscribers).all()
    rows = [
        _build_delivery(session, event, target)
        for event in events
        for target in endpoints
        if is_subscribed(target.events, event["type"])
    ]
    if rows:
        session.execute(insert(delivery), rows)
    return [row["id"] for row in rows]


def _reserve_sequences(session: Session, caller: Caller, count: int) -> int:
    column = dealer.test_sequence if caller.is_test else dealer.live_sequence
    statement = update(dealer).where(dealer.id == caller.dealer_id).values({column: column + count})
    last: int = session.scalar(statement.returning(column))
    return last


def _build_event(caller: Caller, change: Change, sequence: int, at: int) -> dict[str, Any]:
    event_type, subject = change
    event_id = new_id("evt")
    body = {
        "id": event_id,
        "object": "event",
        "event": event_type,
        "sequence": sequence,
        "api_version": caller.api_version,
        "created_at": format_time(at),
        "livemode": not caller.is_test,
        "origin": "api",
        "request_id": caller.request_id,
        "data": subject,
    }
    scope = {"dealer_id": caller.dealer_id, "is_test": caller.is_test, "sequence": sequence, "origin": "api"}
    text = to_json(body).decode()
    return {**scope, "id": event_id, "type": event_type, "resource_id": subject["id"], "body": text, "created_at": at}


def _build_delivery(session: Session, event: dict[str, Any], target: Any) -> dict[str, Any]:
    open_ones = select(delivery.id).where(
        delivery.endpoint_id == target.id,
        delivery.resource_id == event["resource_id"],
        delivery.completed_at.is_(None),
        delivery.is_passed.is_(False),
    )
    is_queued = session.scalars(open_ones.limit(1)).first() is not None
    copied = {name: event[name] for name in ("dealer_id", "is_test", "sequence", "resource_id", "created_at")}
    return {
        **copied,
        "id": new_id("dlv"),
        "endpoint_id": target.id,
        "event_id": event["id"],
        "event_type": event["type"],
        "state": "queued" if is_queued else "pending",
        "due_at": now(),
        "generation": 0,
        "trigger": "automatic",
        "step": 0,
        "attempts": 0,
        "is_passed": False,
        "signs_newest_only": False,
    }
