"""`wth inventory import` matches watches by SKU, however it is spelled."""

import unicodedata
from typing import Any

import pytest

from models.listing import Listing
from tests.cast import Cast
from tests.commands.conftest import Wth

NFC = "Größe-1"
NFD = unicodedata.normalize("NFD", NFC)


def import_rows(wth: Wth, cast: Cast, *rows: str, options: tuple[str, ...] = ()) -> Any:
    content = "\n".join(("SKU,Brand,Model,Price", *rows)).encode()
    dealer = ("--dealer", cast.owner.dealer.id, "--mode", "test")
    return wth("inventory", "import", "-", *dealer, "--json", *options, stdin=content).document


@pytest.mark.parametrize("options", [(), ("--all-or-nothing",)])
def test_file_from_another_system_updates_the_same_watch(wth: Wth, cast: Cast, options: tuple[str, ...]) -> None:
    first = import_rows(wth, cast, f"{NFC},Hermès,Cape Cod,2900")
    second = import_rows(wth, cast, f"{NFD},Hermès,Cape Cod,3100", options=options)
    assert (second["imported"], second["updated"], second["listing_ids"]) == (0, 1, first["listing_ids"])
    assert Listing.get_by_id(first["listing_ids"][0]).asking_price_cents == 310_000


def test_sku_in_another_case_is_another_watch(wth: Wth, cast: Cast) -> None:
    import_rows(wth, cast, f"{NFC},Hermès,Cape Cod,2900")
    assert import_rows(wth, cast, f"{NFC.lower()},Hermès,Cape Cod,2900")["imported"] == 1


def test_two_rows_with_one_sku_are_rejected_in_every_form(wth: Wth, cast: Cast) -> None:
    result = import_rows(wth, cast, f"{NFC},Hermès,Cape Cod,2900", f"{NFD},Hermès,Arceau,4900")
    assert (result["imported"], [error["line"] for error in result["errors"]]) == (1, [3])
    assert "Line 2 has the same SKU" in result["errors"][0]["reason"]


def test_of_two_spellings_of_earlier_releases_each_row_updates_its_own_watch(wth: Wth, cast: Cast) -> None:
    first, second = (cast.owner.listing(sku=sku) for sku in (NFC, NFD))
    assert import_rows(wth, cast, f"{NFC},Hermès,Cape Cod,1")["listing_ids"] == [first.id]
    assert import_rows(wth, cast, f"{NFD},Hermès,Cape Cod,2")["listing_ids"] == [second.id]


@pytest.mark.parametrize("stored", ["A\u200b-1", "\ufeffA-1", "'A-1", '="A-1"', "A\u00ad-1 "])
@pytest.mark.parametrize("options", [(), ("--all-or-nothing",)])
def test_watch_that_was_stored_with_decoration_is_updated(
    wth: Wth, cast: Cast, stored: str, options: tuple[str, ...]
) -> None:
    listing = cast.owner.listing(sku=stored)
    cast.stranger.listing(sku="A-1")
    result = import_rows(wth, cast, "A-1,Rolex,Explorer,7000", options=options)
    assert (result["imported"], result["updated"], result["listing_ids"]) == (0, 1, [listing.id])
    assert Listing.get_by_id(listing.id).sku == "A-1"


def test_watch_that_was_stored_with_the_decimals_of_a_spreadsheet_is_updated(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(sku="25970.0")
    assert import_rows(wth, cast, "25970,Rolex,Explorer,7000")["listing_ids"] == [listing.id]


def test_of_two_stored_spellings_the_one_of_the_file_is_updated(wth: Wth, cast: Cast) -> None:
    listings = [cast.owner.listing(sku=sku) for sku in ("A\u200b1", "A1", "A1\ufeff")]
    assert import_rows(wth, cast, "A1,Rolex,Explorer,7000")["listing_ids"] == [listings[1].id]
