"""Listings: one watch each, in stock or sold."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import peewee

from errors import Refusal
from inventory.identifiers import to_compared_sku
from models.base import JsonText, new_id
from models.compared_text import CopiedText, SearchText
from models.cursor import ListPage
from models.dealer import Actor
from models.delivery.event import Change, Event
from models.keyset import KeysetQuery
from models.listing_count import ListingCount
from models.listing_representation import serialize_listing, serialize_listings
from models.representation_cache import RepresentationCache
from models.scoped import ScopedRow
from models.statement import row_statement
from spec import types
from spec.characters import fold_text

MAX_TITLE_LENGTH = 300
IN_STOCK, SOLD = "in_stock", "sold"


class Listing(ScopedRow):
    """A watch in the dealer's inventory. Once published, the API shows it."""

    is_published = peewee.BooleanField()
    status = peewee.TextField()
    brand = peewee.TextField()
    model = peewee.TextField()
    reference = peewee.TextField(null=True)
    title = peewee.TextField()
    description = peewee.TextField(null=True)
    condition = peewee.TextField(null=True)
    year = peewee.IntegerField(null=True)
    case_material = peewee.TextField(null=True)
    case_diameter_mm = peewee.DoubleField(null=True)
    bracelet_material = peewee.TextField(null=True)
    dial_color = peewee.TextField(null=True)
    movement = peewee.TextField(null=True)
    caliber = peewee.TextField(null=True)
    power_reserve_h = peewee.IntegerField(null=True)
    water_resistance_m = peewee.IntegerField(null=True)
    complications = JsonText()
    has_box = peewee.BooleanField(null=True)
    has_papers = peewee.BooleanField(null=True)
    asking_price_cents = peewee.BigIntegerField()
    vat_regime = peewee.TextField()
    location_country = peewee.TextField(null=True)
    photos = JsonText()
    sku = peewee.TextField(null=True)
    cost_price_cents = peewee.BigIntegerField(null=True)
    serial_number = peewee.TextField(null=True)
    supplier = peewee.TextField(null=True)
    held_by = peewee.TextField(null=True)  # id of the open order that contains this watch
    created_at = peewee.BigIntegerField()
    updated_at = peewee.BigIntegerField()
    published_at = peewee.BigIntegerField(null=True)
    sold_at = peewee.BigIntegerField(null=True)
    brand_folded = CopiedText("brand", fold_text)
    reference_folded = CopiedText("reference", fold_text)
    sku_normalized = CopiedText("sku", to_compared_sku)
    search_text = SearchText("id", "brand", "model", "reference", "title", "sku", "serial_number")

    # Queries

    @classmethod
    def find_on_channel(cls, actor: Actor, listing_id: str) -> Self:
        """Return a listing that the API may show. Raises `listing_not_found`."""
        rows = cls.find_all_on_channel(actor, [cls.resolve_id(actor, listing_id)])
        return cls.require(rows[0] if rows else None)

    @classmethod
    def find_all_on_channel(cls, actor: Actor, listing_ids: list[str]) -> list[Self]:
        """Return those of the listings that the API may show, in any order."""
        rows = FIND_ON_CHANNEL.fetch_all(dealer=actor.dealer.id, is_test=actor.is_test, listing_ids=listing_ids)
        return cast("list[Self]", rows)

    @classmethod
    def on_channel(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        """Select the listings that the API may show: those ever published."""
        return cls.of(actor).where(cls.published_at.is_null(False))

    @classmethod
    def with_skus(cls, actor: Actor, skus: Sequence[str]) -> "peewee.ModelSelect[Self]":
        """Select the listings with these SKUs, also with decoration of spreadsheets."""
        equal = cls.of(actor).where(cls.sku_normalized.in_(list(map(to_compared_sku, skus)))).select(cls.id)
        same = cls.of(actor).where(cls.sku.in_(list(skus))).select(cls.id)  # their copies may not be filled yet
        return cls.select().where(cls.id.in_(equal | same))

    @classmethod
    def page(
        cls, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int, since: int | None
    ) -> ListPage:
        """Return one page of the API's list; `since` is in ms.

        Filters: `status` (str), `published` (bool), `brand` and `reference` (str, case-insensitive); None matches all.
        """
        return LIST_QUERY.page(actor, filters, after=after, limit=limit, since=since, serialize=serialize_listings)

    @classmethod
    def counts(cls, actor: Actor) -> types.InventoryCount:
        """Count watches in stock, the published ones among them, and the plan's limit."""
        count, limit = ListingCount.of(actor), actor.dealer.plan.inventory_limit
        return {"published": count.published, "in_stock": count.in_stock, "limit": limit}

    # Changes

    @classmethod
    def create_for(cls, actor: Actor, values: Mapping[str, Any]) -> Self:
        """Create a watch in stock, not yet published.

        Raises `inventory_limit_reached` in live mode.
        """
        with actor.dealer.locked():
            cls.require_inventory_capacity(actor, 1)
            return cls.create(**cls.build(actor, values).__data__)

    @classmethod
    def build(cls, actor: Actor, values: Mapping[str, Any]) -> Self:
        """Return a watch in stock that is not inserted yet. Call inside `locked()`."""
        return cls(**{**_defaults(actor, actor.dealer.locked_at), **values, "title": _title(values)})

    @classmethod
    def require_inventory_capacity(cls, actor: Actor, count: int) -> None:
        """Raise `inventory_limit_reached` for live watches beyond the plan."""
        limit = actor.dealer.plan.inventory_limit
        if not actor.is_test and cls.counts(actor)["in_stock"] + count > limit:
            raise Refusal(
                "inventory_limit_reached",
                f"Your plan includes {limit} watches in stock. Sell or remove one, or upgrade, to add another.",
            )

    def change(self, actor: Actor, values: Mapping[str, Any]) -> Self:
        """Write the values that differ.

        Records `listing.updated` if public data of a published watch has changed. Raises `sku_taken`.
        """
        with actor.dealer.locked() as at:
            listing = Listing.find(actor, self.id)
            listing._require_unused_sku(actor, values.get("sku"))
            before = listing.to_dict()
            for name, value in values.items():
                if getattr(listing, name) != value:
                    setattr(listing, name, value)
            listing._save_change(actor, before, at)
            return cast("Self", listing)

    def _require_unused_sku(self, actor: Actor, sku: str | None) -> None:
        if sku not in (None, self.sku) and Listing.with_skus(actor, [sku]).where(Listing.id != self.id).exists():
            raise Refusal("sku_taken", "Another watch already has this SKU. Give this one a different SKU.")

    def _save_change(self, actor: Actor, before: Mapping[str, Any], at: int) -> None:
        after: Mapping[str, Any] = self.to_dict()
        previous = {name: value for name, value in before.items() if after[name] != value}
        if previous:
            self.updated_at = at
        self.save()
        if previous and self.is_published:
            Event.record(actor, "listing.updated", {**self.to_dict(), "previous_attributes": previous})

    def publish(self, actor: Actor) -> Self:
        """Put the watch on the custom channel. Raises `plan_required`."""
        self.require_channel(actor)
        return self._set_published(actor, is_published=True)

    @staticmethod
    def require_channel(actor: Actor) -> None:
        """Raise `plan_required` unless the dealer's plan includes the custom channel."""
        if not actor.dealer.plan.has_custom_integration:
            raise Refusal("plan_required", "The custom channel is part of the Business plan. Upgrade to use it.")

    def unpublish(self, actor: Actor) -> Self:
        """Take the watch off the custom channel; the API still shows it, as unpublished."""
        return self._set_published(actor, is_published=False)

    def _set_published(self, actor: Actor, *, is_published: bool) -> Self:
        with actor.dealer.locked() as at:
            listing = Listing.find(actor, self.id)
            if listing.is_published != is_published:
                listing.is_published, listing.updated_at = is_published, at
                if is_published:
                    listing.published_at = at
                listing.save()
                Event.record(actor, f"listing.{'' if is_published else 'un'}published", listing.to_dict())
            return cast("Self", listing)

    def sell(self, actor: Actor) -> Self:
        """Mark the watch as sold outside the hub. Raises `listing_not_available`."""
        with actor.dealer.locked() as at:
            listing = Listing.find(actor, self.id)
            if listing.status != IN_STOCK:
                raise Refusal("listing_not_available", "This watch is already sold.")
            listing.set_status(SOLD, at)
            listing.record_status(actor)
            return cast("Self", listing)

    def restock(self, actor: Actor) -> Self:
        """Return a sold watch to stock.

        Raises `listing_not_available` while an open order contains it.
        """
        with actor.dealer.locked() as at:
            listing = Listing.find(actor, self.id)
            if listing.held_by is not None:
                raise Refusal("listing_not_available", "An open order contains this watch. Cancel the order instead.")
            if listing.status != IN_STOCK:
                listing.set_status(IN_STOCK, at)
                listing.record_status(actor)
            return cast("Self", listing)

    def set_status(self, status: str, at: int, *, held_by: str | None = None) -> None:
        """Write status and times under the dealer's lock; then call `record_status`."""
        self.status, self.updated_at, self.held_by = status, at, held_by
        self.sold_at = at if status == SOLD else None
        self.save()

    def record_status(self, actor: Actor) -> None:
        """Record `listing.sold` or `listing.in_stock` if the watch was ever published."""
        Event.record_all(actor, self.status_changes())

    def status_changes(self) -> list[Change]:
        """Return the event of the new status, none for a watch that was never published."""
        return [(f"listing.{self.status}", self.to_dict())] if self.published_at is not None else []

    def to_dict(self) -> types.Listing:
        return serialize_listing(self.columns())


def _title(values: Mapping[str, Any]) -> str:
    parts = filter(None, (values.get("brand"), values.get("model"), values.get("reference")))
    return str(values.get("title") or " ".join(parts))[:MAX_TITLE_LENGTH]


def _defaults(actor: Actor, at: int) -> dict[str, Any]:
    return {
        "id": new_id("inv"),
        "dealer": actor.dealer,
        "is_test": actor.is_test,
        "is_published": False,
        "status": IN_STOCK,
        "complications": [],
        "photos": [],
        "vat_regime": "margin",
        "location_country": actor.dealer.country,
        "created_at": at,
        "updated_at": at,
    }


FIND_ON_CHANNEL = row_statement(
    Listing,
    lambda dealer, is_test, listing_ids: Listing.select().where(
        Listing.dealer == dealer,
        Listing.is_test == is_test,
        Listing.id.in_(listing_ids),
        Listing.published_at.is_null(False),
    ),
)
LIST_QUERY = KeysetQuery(
    Listing,
    conditions={
        "status": "status = {}",
        "published": "is_published = {}",
        "brand": "brand_folded = {}",
        "reference": "reference_folded = {}",
    },
    base_condition="published_at IS NOT NULL",
    to_compared={"brand": fold_text, "reference": fold_text},
    cache=RepresentationCache(),
)
