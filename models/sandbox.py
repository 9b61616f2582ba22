"""The sandbox: sample test rows, which the dealer can restore."""

from collections.abc import Iterator

import peewee

from models.base import fetch_tuples
from models.batches import TimeLimit, yield_to_writers
from models.customer import Customer
from models.dealer import Actor, Dealer
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem
from models.sample_ids import FIRST, SAMPLE_NUMBERS, SECOND

BATCH = 500

SAMPLES = (
    ("Rolex", "Submariner", "124060", 2023, "very_good", "steel", 41, "black", 1_450_000),
    ("Omega", "Speedmaster Moonwatch", "310.30.42.50.01.001", 2022, "good", "steel", 42, "black", 589_000),
    ("Patek Philippe", "Nautilus", "5712/1A-001", 2019, "very_good", "steel", 40, "blue", 8_950_000),
    ("Audemars Piguet", "Royal Oak", "15500ST.OO.1220ST.01", 2021, "unworn", "steel", 41, "blue", 4_290_000),
    ("Tudor", "Black Bay Fifty-Eight", "79030N", 2020, "good", "steel", 39, "black", 289_550),
    ("Cartier", "Santos de Cartier", "WSSA0018", 2023, "unworn", "steel", 39.8, "silver", 649_000),
    ("Jaeger-LeCoultre", "Reverso Classic", "Q3848420", 2018, "very_good", "steel", 27.4, "silver", 545_000),
    ("IWC", "Portugieser Chronograph", "IW371605", 2021, "good", "steel", 41, "blue", 569_000),
    ("Grand Seiko", "Snowflake", "SBGA211", 2022, "very_good", "titanium", 41, "white", 419_000),
    ("Vacheron Constantin", "Overseas", "4500V/110A-B128", 2020, "very_good", "steel", 41, "blue", 2_349_000),
    ("Breitling", "Navitimer B01", "AB0138211B1A1", 2023, "unworn", "steel", 43, "black", 679_000),
    ("A. Lange & Söhne", "Lange 1", "191.032", 2017, "good", "rose gold", 38.5, "silver", 2_690_000),
)


SOLD_SAMPLE = {"brand": "Zenith", "model": "Chronomaster", "reference": "03.3100.3600", "asking_price_cents": 899_000}
CUSTOMERS = (
    {"external_id": FIRST, "email": "ada@sandbox.example", "first_name": "Ada", "last_name": "Sample"},
    {"external_id": SECOND, "email": "ben@sandbox.example", "first_name": "Ben", "last_name": "Sample"},
)


def fill(dealer: Dealer) -> None:
    """Create the sample listings, customers and order."""
    with dealer.locked():
        _create_listings(dealer)
        create_order(dealer)


def _create_listings(dealer: Dealer) -> None:
    actor = Actor(dealer, is_test=True, origin="system")
    for sku, (brand, name, reference, year, condition, material, diameter, dial, cents) in zip(
        SAMPLE_NUMBERS, SAMPLES, strict=True
    ):
        identity = {"brand": brand, "model": name, "reference": reference, "year": year, "condition": condition}
        case = {"case_material": material, "case_diameter_mm": float(diameter), "dial_color": dial}
        offer = {"movement": "automatic", "has_box": True, "has_papers": True, "asking_price_cents": cents}
        Listing.create_for(actor, {**identity, **case, **offer, "sku": sku}).publish(actor)


def create_order(dealer: Dealer) -> None:
    """Create the sample customers and order, unless they are there."""
    actor = Actor(dealer, is_test=True, origin="system")
    with dealer.locked():
        if Order.of(actor).where(Order.external_id == FIRST).exists():  # by another reset at the same time
            return
        customers = [Customer.upsert(actor, fields)[0] for fields in CUSTOMERS]
        listing = Listing.create_for(actor, SOLD_SAMPLE).publish(actor)
        items = [{"listing_id": listing.id}]
        Order.place(actor, {"external_id": FIRST, "customer": {"id": customers[0].id}, "items": items})


def reset(dealer: Dealer) -> None:
    """Delete test listings, customers and orders, and create the samples again.

    Test events stay. Do not call it inside a transaction.
    """
    finish_reset(dealer, restore_listings(dealer))


def restore_listings(dealer: Dealer) -> int:
    """Create the sample listings beside the other rows; return their time in ms."""
    with dealer.locked() as at:
        older = (Listing.dealer == dealer, Listing.is_test, Listing.sku.in_(list(SAMPLE_NUMBERS)))
        Listing.update(sku=None).where(*older).execute()
        _create_listings(dealer)
        return at


def finish_reset(dealer: Dealer, at: int) -> None:
    """Delete test rows created before a time (ms), then create the other samples.

    It deletes in short transactions with pauses. Rows that an order placed in the meantime refers to stay. Do not call
    it inside a transaction.
    """
    for _ in delete_older(dealer, at):
        pass
    create_order(dealer)


def delete_older(dealer: Dealer, at: int) -> Iterator[None]:
    """Delete test rows created before a time (ms).

    Yields after each short transaction but the last.
    """
    while _delete_in_time(dealer, at):
        yield
        yield_to_writers()


def _delete_in_time(dealer: Dealer, at: int) -> bool:
    """Delete rows for the time of one transaction. Returns False if none are left."""
    limit = TimeLimit()
    with dealer.locked():
        while _delete_some(dealer, at):
            if limit.has_passed:
                return True
    return False


def _delete_some(dealer: Dealer, at: int) -> bool:
    for model, is_unused in (
        (Order, True),
        (Customer, ~peewee.fn.EXISTS(Order.select(Order.id).where(Order.customer == Customer.id))),
        (Listing, ~peewee.fn.EXISTS(OrderItem.select(OrderItem.order_id).where(OrderItem.listing == Listing.id))),
    ):
        query = model.select(model.id).where(model.dealer == dealer, model.is_test, model.created_at < at, is_unused)
        ids = [row_id for (row_id,) in fetch_tuples(query.limit(BATCH))]
        if ids:
            OrderItem.delete().where(OrderItem.order_id.in_(ids)).execute()
            model.delete().where(model.id.in_(ids)).execute()
            return True
    return False
