"""The plan's inventory limit applies to new watches, not to those that return to stock."""

import pytest

from errors import Refusal
from models.listing import Listing
from tests.cast import Cast, Person, create_person


def fill_inventory(person: Person, count: int = 249) -> None:
    """Insert live watches in stock in bulk, up to `count`."""
    template = person.listing(is_test=False, published=False).columns()
    rows = [{**template, "id": f"inv_{number:024}"} for number in range(1, count)]
    Listing.insert_many(rows).execute()


def rejection_code(person: Person, *, is_test: bool = False) -> str | None:
    try:
        person.listing(is_test=is_test)
    except Refusal as error:
        return error.code
    return None


def test_watch_250_is_accepted_and_watch_251_rejected(cast: Cast) -> None:
    fill_inventory(cast.owner)
    assert rejection_code(cast.owner) is None
    assert rejection_code(cast.owner) == "inventory_limit_reached"
    assert Listing.counts(cast.owner.actor(is_test=False))["in_stock"] == 250


def test_sold_watches_do_not_count_and_may_return_over_the_limit(cast: Cast) -> None:
    fill_inventory(cast.owner)
    live = cast.owner.actor(is_test=False)
    sold = cast.owner.listing(is_test=False).sell(live)
    assert rejection_code(cast.owner) is None
    sold.restock(live)
    assert Listing.counts(live)["in_stock"] == 251
    assert rejection_code(cast.owner) == "inventory_limit_reached"


def test_test_listings_are_neither_counted_nor_limited(cast: Cast) -> None:
    fill_inventory(cast.owner, 250)
    assert rejection_code(cast.owner, is_test=True) is None
    assert rejection_code(cast.owner) == "inventory_limit_reached"
    assert rejection_code(cast.stranger) is None


def test_starter_plan_has_a_lower_limit() -> None:
    starter = create_person("Small Shop", tier="starter")
    live = starter.actor(is_test=False)
    for _ in range(50):
        starter.listing(is_test=False, published=False)
    with pytest.raises(Refusal, match="50 watches"):
        Listing.create_for(live, {"brand": "Omega", "model": "Seamaster", "asking_price_cents": 1})
