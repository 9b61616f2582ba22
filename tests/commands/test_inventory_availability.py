"""`wth inventory import` puts nothing on sale that its file calls sold, reserved, draft or out of stock."""

from pathlib import Path

import pytest

from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Cast
from tests.commands.conftest import Wth
from tests.commands.test_inventory import import_csv, import_json

FILES = Path(__file__).parents[1] / "inventory" / "files"
STOCK = "SKU,Brand,Model,Price,Status\nA1,Rolex,Explorer,7000,{}\nA2,Omega,Seamaster,5000,{}\n"


def states(cast: Cast, *, is_test: bool = True) -> dict[str | None, tuple[str, bool]]:
    """Status and whether it is published, by SKU."""
    return {row.sku: (row.status, row.is_published) for row in Listing.of(cast.owner.actor(is_test=is_test))}


def event_types(cast: Cast) -> list[str]:
    return [event.type for event in Event.listed(cast.owner.actor())]


def test_sold_row_is_created_as_sold_and_not_published(wth: Wth, cast: Cast) -> None:
    result = import_json(wth, cast, (FILES / "sold-status.csv").read_text(), "--publish")
    assert states(cast) == {"ST-1": ("sold", False), "ST-2": ("in_stock", True)}
    assert event_types(cast) == ["listing.published"]
    assert (result["imported"], result["not_for_sale"], result["ignored_columns"]) == (2, 1, [])
    assert Listing.get(Listing.sku == "ST-1").sold_at is not None


@pytest.mark.parametrize("status", ["reserved", "draft", "archived", "hidden", "who knows"])
def test_withheld_row_is_created_unpublished(wth: Wth, cast: Cast, status: str) -> None:
    import_csv(wth, cast, STOCK.format(status, "in stock"), "--publish")
    assert states(cast) == {"A1": ("in_stock", False), "A2": ("in_stock", True)}


def test_published_watch_is_sold_or_unpublished_when_its_row_says_so(wth: Wth, cast: Cast) -> None:
    import_csv(wth, cast, STOCK.format("active", "active"), "--publish")
    before = len(event_types(cast))
    result = import_json(wth, cast, STOCK.format("sold", "reserved"), "--publish")
    assert (result["updated"], result["not_for_sale"]) == (2, 2)
    assert states(cast) == {"A1": ("sold", True), "A2": ("in_stock", False)}
    assert event_types(cast)[before:] == ["listing.sold", "listing.unpublished"]
    import_csv(wth, cast, STOCK.format("sold", "reserved"), "--publish")
    assert len(event_types(cast)) == before + 2


def test_import_never_returns_a_sold_watch_to_stock(wth: Wth, cast: Cast) -> None:
    cast.owner.listing(sku="A1").sell(cast.owner.actor())
    import_csv(wth, cast, STOCK.format("in stock", "in stock"), "--publish")
    assert states(cast)["A1"] == ("sold", True)


def test_sold_rows_do_not_count_toward_the_plan(wth: Wth, cast: Cast) -> None:
    limit = cast.owner.dealer.plan.inventory_limit
    rows = "".join(f"S{number},Rolex,Model {number},5000,{int(number < limit)}\n" for number in range(limit + 5))
    content = f"SKU,Brand,Model,Price,Quantity\n{rows}"
    for options in (("--all-or-nothing",), ()):
        result = import_csv(wth, cast, content, "--json", "--publish", *options, mode="live")
        assert (result.status, result.document["failed"]) == (0, 0)
    assert sum(state == ("in_stock", True) for state in states(cast, is_test=False).values()) == limit


def test_unread_columns_and_warnings_are_named(wth: Wth, cast: Cast) -> None:
    content = "Brand,Model,Price,Status,Shelf,Tags\nRolex,Explorer,7000,perhaps,B4,x\n"
    result = import_csv(wth, cast, content)
    assert "Ignored columns: Shelf, Tags." in result.stdout
    assert "Not put on sale, because their rows say so: 1." in result.stdout
    document = import_json(wth, cast, content)
    assert document["ignored_columns"] == ["Shelf", "Tags"]
    [warning] = document["warnings"]
    assert (warning["line"], warning["column"], warning["value"]) == (2, "Status", "perhaps")


def test_export_keeps_sold_and_unpublished_watches_off_sale_elsewhere(wth: Wth, cast: Cast) -> None:
    cast.owner.listing(sku="A1").sell(cast.owner.actor())
    cast.owner.listing(sku="A2", published=False)
    cast.owner.listing(sku="A3")
    exported = wth("inventory", "export", "--dealer", cast.owner.dealer.id, "--mode", "test").stdout
    import_csv(wth, cast, exported, "--publish", mode="live")
    assert states(cast, is_test=False) == {
        "A1": ("sold", False), "A2": ("in_stock", False), "A3": ("in_stock", True),
    }  # fmt: skip
