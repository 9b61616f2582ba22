"""Orders: one immediate transaction writes the order, its events and deliveries, and the idempotency record."""

from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

from bench.peers.drf_celery.authentication import Client
from bench.peers.drf_celery.models import Account, Buyer, Sale, SaleItem, StoredResponse, Watch
from bench.peers.drf_celery.outbox import record_events
from bench.peers.drf_celery.serializers import SaleSerializer, WatchSerializer
from bench.peers.values import DAY_MS, fold, new_id, now, search_text, sha256


class Conflict(APIException):
    """A rejection by a business rule."""

    status_code = 409


@transaction.atomic
def place_once(client: Client, key: str, request_body: bytes, fields: dict[str, Any]) -> bytes:
    """Place an order once per key, and return the stored response to a repeated request. Raises Conflict."""
    parts = (client.dealer_id, str(client.is_test), "POST", "/api/v1/orders", key)
    digest, body_hash = sha256("\n".join(parts)), sha256(request_body)
    stored = StoredResponse.objects.filter(digest=digest, created_at__gt=now() - DAY_MS).first()
    if stored is not None:
        if stored.body_hash != body_hash:
            raise Conflict("key_reused_with_different_body")
        return str(stored.body).encode()
    body: bytes = JSONRenderer().render(_place(client, fields))
    StoredResponse.objects.create(
        digest=digest, dealer_id=client.dealer_id, body_hash=body_hash, status=201, body=body.decode(),
        request_id=client.request_id, created_at=now(),
    )  # fmt: skip
    _count_written(client, len(request_body) + len(body))
    return body


def _count_written(client: Client, size: int) -> None:
    day = now() // DAY_MS
    written = Case(When(written_day=day, then=F("written_bytes")), default=Value(0)) + size
    Account.objects.filter(id=client.dealer_id).update(written_bytes=written, written_day=day)


def _place(client: Client, fields: dict[str, Any]) -> Any:
    accounts = Account.objects.filter(id=client.dealer_id)
    accounts.update(written_at=Greatest(F("written_at") + 1, now()))
    at = accounts.values_list("written_at", flat=True).get()
    watches = _find_watches(client, [item["listing_id"] for item in fields["items"]])
    buyer = _find_or_create_buyer(client, fields["customer"]["email"], at)
    sale, items = _create_rows(client, buyer, watches, fields.get("note"), at)
    for watch in watches:
        watch.status, watch.held_by, watch.updated_at, watch.sold_at = "sold", sale.id, at, at
        watch.save(update_fields=["status", "held_by", "updated_at", "sold_at"])
    body = SaleSerializer(sale, context={"items": items}).data
    sold = [("listing.sold", WatchSerializer(watch).data) for watch in watches]
    record_events(client, [("order.received", body), *sold], at)
    return body


def _find_watches(client: Client, ids: list[str]) -> list[Watch]:
    found = Watch.objects.filter(**client.scope()).in_bulk(ids)
    watches = [found[listing_id] for listing_id in ids if listing_id in found]
    if len(watches) < len(ids) or not all(row.is_published and row.status == "in_stock" for row in watches):
        raise Conflict("listing_not_available")
    return watches


def _find_or_create_buyer(client: Client, email: str, at: int) -> Buyer:
    buyer = Buyer.objects.filter(**client.scope(), email_folded=fold(email)).first()
    if buyer is None:
        buyer_id = new_id("cus")
        buyer = Buyer.objects.create(
            id=buyer_id, dealer_id=client.dealer_id, is_test=client.is_test, email=email, email_folded=fold(email),
            metadata={}, claimed_at=at, created_at=at, updated_at=at, search_text=search_text(buyer_id, email),
        )  # fmt: skip
    return buyer


def _create_rows(
    client: Client, buyer: Buyer, watches: list[Watch], note: str | None, at: int
) -> tuple[Sale, list[SaleItem]]:
    sale_id = new_id("ord")
    sale = Sale.objects.create(
        id=sale_id, dealer_id=client.dealer_id, is_test=client.is_test, status="received", origin="api",
        customer=buyer, total_cents=sum(watch.asking_price_cents for watch in watches), note=note, metadata={},
        created_at=at, updated_at=at, search_text=search_text(sale_id),
    )  # fmt: skip
    items = [_build_item(sale, position, watch) for position, watch in enumerate(watches)]
    return sale, SaleItem.objects.bulk_create(items)


def _build_item(sale: Sale, position: int, watch: Watch) -> SaleItem:
    copied = {"brand": watch.brand, "model": watch.model, "reference": watch.reference}
    text = search_text(watch.id, *copied.values())
    price = watch.asking_price_cents
    return SaleItem(sale=sale, position=position, listing_id=watch.id, price_cents=price, search_text=text, **copied)
