"""Orders: one immediate transaction writes the order, its events and deliveries, and the idempotency record."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from bench.peers.fastapi_arq.database import customer, dealer, idempotency_record, listing, order_item, sales_order
from bench.peers.fastapi_arq.outbox import Caller, Change, record_events
from bench.peers.fastapi_arq.schemas import ListingOut, OrderBody, OrderOut
from bench.peers.values import DAY_MS, fold, new_id, now, search_text, sha256

CONFLICT = '{"error":{"type":"conflict_error","code":"%s"}}'


@dataclass
class Placed:
    """The response of a write, with the deliveries to enqueue."""

    status: int
    body: str
    delivery_ids: list[str] = field(default_factory=list)


def place_once(session: Session, caller: Caller, key: str, request_body: bytes, order: OrderBody) -> Placed:
    """Place an order once per key, and return the stored response to a repeated request."""
    parts = (caller.dealer_id, str(caller.is_test), "POST", "/api/v1/orders", key)
    digest, body_hash = sha256("\n".join(parts)), sha256(request_body)
    stored = session.get(idempotency_record, digest)
    if stored is not None and stored.created_at > now() - DAY_MS:
        is_repeat = stored.body_hash == body_hash
        return Placed(stored.status, stored.body) if is_repeat else Placed(409, CONFLICT % "key_reused")
    placed = _place(session, caller, order)
    if placed.status == 201:
        record = {"status": 201, "body": placed.body, "request_id": caller.request_id, "created_at": now()}
        session.add(idempotency_record(digest=digest, dealer_id=caller.dealer_id, body_hash=body_hash, **record))
        _count_written(session, caller, len(request_body) + len(placed.body.encode()))
    return placed


def _count_written(session: Session, caller: Caller, size: int) -> None:
    day = now() // DAY_MS
    written = case((dealer.written_day == day, dealer.written_bytes), else_=0) + size
    session.execute(update(dealer).where(dealer.id == caller.dealer_id).values(written_bytes=written, written_day=day))


def _place(session: Session, caller: Caller, order: OrderBody) -> Placed:
    at = _lock_dealer(session, caller)
    scope = (listing.dealer_id == caller.dealer_id, listing.is_test == caller.is_test)
    ids = [item.listing_id for item in order.items]
    found = {row.id: row for row in session.scalars(select(listing).where(listing.id.in_(ids), *scope))}
    watches = [found[listing_id] for listing_id in ids if listing_id in found]
    if len(watches) < len(ids) or not all(row.is_published and row.status == "in_stock" for row in watches):
        return Placed(409, CONFLICT % "listing_not_available")
    buyer = _find_or_create_customer(session, caller, order.customer.email, at)
    row, items = _create_rows(session, caller, buyer, watches, order.note, at)
    for watch in watches:
        watch.status, watch.held_by, watch.updated_at, watch.sold_at = "sold", row.id, at, at
    body = OrderOut.model_validate({**row.__dict__, "customer": buyer, "items": items})
    sold = [("listing.sold", ListingOut.model_validate(watch).model_dump()) for watch in watches]
    changes: list[Change] = [("order.received", body.model_dump()), *sold]
    return Placed(201, body.model_dump_json(), record_events(session, caller, changes, at))


def _lock_dealer(session: Session, caller: Caller) -> int:
    later = func.max(dealer.written_at + 1, now())
    statement = update(dealer).where(dealer.id == caller.dealer_id).values(written_at=later)
    at: int = session.scalar(statement.returning(dealer.written_at))
    return at


def _find_or_create_customer(session: Session, caller: Caller, email: str, at: int) -> Any:
    scope = {"dealer_id": caller.dealer_id, "is_test": caller.is_test, "email_folded": fold(email)}
    found = session.scalars(select(customer).filter_by(**scope).limit(2)).first()
    if found is not None:
        return found
    row = customer(id=new_id("cus"), email=email, custom={}, claimed_at=at, created_at=at, updated_at=at, **scope)
    row.search_text = search_text(row.id, email)
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def _create_rows(
    session: Session, caller: Caller, buyer: Any, watches: list[Any], note: str | None, at: int
) -> tuple[Any, list[Any]]:
    row = sales_order(
        id=new_id("ord"), dealer_id=caller.dealer_id, is_test=caller.is_test, status="received", origin="api",
        customer_id=buyer.id, total_cents=sum(watch.asking_price_cents for watch in watches), note=note, custom={},
        created_at=at, updated_at=at,
    )  # fmt: skip
    row.search_text = search_text(row.id)
    session.add(row)
    session.flush()
    items = [_create_item(row.id, position, watch) for position, watch in enumerate(watches)]
    session.add_all(items)
    session.refresh(row)
    return row, items


def _create_item(order_id: str, position: int, watch: Any) -> Any:
    copied = {"brand": watch.brand, "model": watch.model, "reference": watch.reference}
    text = search_text(watch.id, *copied.values())
    ids = {"order_id": order_id, "position": position, "listing_id": watch.id}
    return order_item(**ids, **copied, price_cents=watch.asking_price_cents, search_text=text)
