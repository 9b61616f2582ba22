"""`wth inventory`: import and export of inventory files."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from models.dealer import Dealer
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Cast
from tests.commands.conftest import CommandResult, Wth
from tests.workbooks import make_workbook

GOOD = "SKU,Brand,Model,Price\nA1,Rolex,Submariner,9.500\nA2,Omega,Seamaster,4200\n"
ONE_ERROR = "SKU,Brand,Model,Price\nA1,Rolex,Submariner,9500\nA2,Omega,Seamaster,cheap\n"


def import_csv(wth: Wth, cast: Cast, content: str, *options: str, mode: str = "test") -> CommandResult:
    dealer = ("--dealer", cast.owner.dealer.id, "--mode", mode)
    return wth("inventory", "import", "-", *dealer, *options, stdin=content.encode())


def import_json(wth: Wth, cast: Cast, content: str, *options: str) -> Any:
    return import_csv(wth, cast, content, "--json", *options).document


def test_import_returns_the_new_listings_in_file_order(wth: Wth, cast: Cast) -> None:
    result = import_json(wth, cast, GOOD)
    listings = [Listing.get_by_id(listing_id) for listing_id in result["listing_ids"]]
    assert [(row.brand, row.asking_price_cents, row.is_test) for row in listings] == [
        ("Rolex", 950_000, True),
        ("Omega", 420_000, True),
    ]
    assert {name: result[name] for name in ("imported", "updated", "failed", "errors")} == {
        "imported": 2,
        "updated": 0,
        "failed": 0,
        "errors": [],
    }


def test_import_with_publish_records_events_with_origin_import(wth: Wth, cast: Cast) -> None:
    import_csv(wth, cast, GOOD, "--publish")
    events = Event.listed(cast.owner.actor())
    assert [(event.type, event.origin) for event in events] == [("listing.published", "import")] * 2


def test_known_sku_updates_its_watch_and_keeps_fields_missing_from_the_file(wth: Wth, cast: Cast) -> None:
    first = import_json(wth, cast, "SKU,Brand,Model,Price,Location\nA1,Rolex,Submariner,9500,DE\n")
    second = import_json(wth, cast, GOOD)
    assert (second["imported"], second["updated"]) == (1, 1)
    assert second["listing_ids"][0] == first["listing_ids"][0]
    assert Listing.get_by_id(first["listing_ids"][0]).location_country == "DE"


def test_rows_with_errors_are_listed_and_the_others_imported(wth: Wth, cast: Cast) -> None:
    result = import_csv(wth, cast, ONE_ERROR, "--json")
    assert result.status == 0
    result = result.document
    assert (result["imported"], result["failed"]) == (1, 1)
    [error] = result["errors"]
    assert {name: error[name] for name in ("line", "column", "value")} == {
        "line": 3,
        "column": "Price",
        "value": "cheap",
    }
    assert error["reason"].startswith("This is not an amount")


def test_all_or_nothing_imports_nothing_after_an_error(wth: Wth, cast: Cast) -> None:
    result = import_csv(wth, cast, ONE_ERROR, "--all-or-nothing")
    assert result.status == 1
    assert "cheap" in result.stdout
    assert result.stderr.startswith("Nothing was imported")
    assert Listing.of(cast.owner.actor()).count() == 0


@pytest.mark.parametrize("content", ["SKU,Brand,Model,Price\n", "SKU,Brand,Model,Price\nA1,Rolex,Submariner,cheap\n"])
def test_import_without_valid_rows_exits_with_status_1_and_the_result(wth: Wth, cast: Cast, content: str) -> None:
    result = import_csv(wth, cast, content, "--json")
    assert result.status == 1
    assert result.document["imported"] == 0


def test_unreadable_file_is_rejected(wth: Wth, cast: Cast) -> None:
    assert import_csv(wth, cast, "Colour,Size\nred,40\n", "--json").error == (1, "unreadable_file")


def test_missing_column_error_names_the_option(wth: Wth, cast: Cast) -> None:
    assert "Choose the column with --map COLUMN=brand." in import_csv(wth, cast, "Colour,Size\nred,40\n").stderr


def test_report_names_the_option_for_exchange_rates(wth: Wth, cast: Cast) -> None:
    priced_in = "Brand,Model,Price\nCartier,Tank,{}1000\n"
    assert "--currency-rate USD=0.92" in import_csv(wth, cast, priced_in.format("$")).stdout
    assert "--currency-rate" not in import_csv(wth, cast, priced_in.format("€")).stdout


def test_columns_and_currency_rates_can_be_set(wth: Wth, cast: Cast) -> None:
    content = "Maison,Model,Price USD\nCartier,Tank,1000\n"
    result = import_json(wth, cast, content, "--map", "Maison=brand", "--currency-rate", "USD=0.92")
    [listing_id] = result["listing_ids"]
    listing = Listing.get_by_id(listing_id)
    assert (listing.brand, listing.asking_price_cents) == ("Cartier", 92_000)


@pytest.mark.parametrize("option", [("--map", "no equals sign"), ("--currency-rate", "USD=much")])
def test_invalid_option_is_a_usage_error(wth: Wth, cast: Cast, option: tuple[str, str]) -> None:
    assert import_csv(wth, cast, GOOD, "--json", *option).error == (2, "wrong_usage")


def test_encoding_is_reported_and_can_be_set(wth: Wth, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "watches.csv"
    file.write_bytes("SKU,Brand,Model,Price\nA1,Hermčs,Cape Cod,2900\n".encode("cp1250"))
    command = ("inventory", "import", str(file), "--dealer", cast.owner.dealer.id, "--mode", "test", "--json")
    assert wth(*command).document["encoding"] == "Windows-1252"
    assert wth(*command, "--encoding", "windows-1250").document["encoding"] == "Windows-1250"
    assert Listing.get().brand == "Hermčs"
    assert wth(*command, "--encoding", "klingon").error == (2, "wrong_usage")
    assert wth(*command, "--encoding", "utf-8").error == (1, "unreadable_file")


def test_live_import_beyond_the_plan_fails_row_by_row(wth: Wth, cast: Cast) -> None:
    limit = cast.owner.dealer.plan.inventory_limit
    rows = "".join(f"S{number},Rolex,Model {number},5000\n" for number in range(limit + 1))
    result = import_csv(wth, cast, f"SKU,Brand,Model,Price\n{rows}", "--json", mode="live")
    assert (result.document["imported"], result.document["failed"]) == (limit, 1)
    assert f"{limit} watches" in result.document["errors"][0]["reason"]


def test_exported_csv_imports_without_a_change(wth: Wth, cast: Cast) -> None:
    photos = [{"url": "https://img.example/1.jpg", "position": 0}]
    cast.owner.listing(sku="A1", photos=photos, complications=["Date", "GMT"], case_diameter_mm=40.5, has_box=True)
    cast.owner.listing(sku="A2", description="=SUM(1,2)", cost_price_cents=100_050)
    before = [row.columns() for row in Listing.of(cast.owner.actor()).order_by(Listing.sku)]
    exported = wth("inventory", "export", "--dealer", cast.owner.dealer.id, "--mode", "test").stdout
    assert exported.startswith("\ufeffsku,")
    assert import_json(wth, cast, exported)["updated"] == 2
    assert [row.columns() for row in Listing.of(cast.owner.actor()).order_by(Listing.sku)] == before


def test_exported_json_lines_have_private_fields(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(sku="A1", cost_price_cents=100_050)
    cast.owner.listing(is_test=False)
    cast.stranger.listing()
    dealer = ("--dealer", cast.owner.dealer.id, "--mode", "test")
    lines = wth("inventory", "export", *dealer, "--format", "jsonl").stdout.splitlines()
    [row] = [orjson.loads(line) for line in lines]
    assert (row["id"], row["cost_price_eur"], row["sku"]) == (listing.id, 1000.5, "A1")
    assert wth("inventory", "export", *dealer, "--json").document == {"object": "list", "data": [row]}


def test_rejected_row_names_its_watch_and_a_file_without_sku_warns(wth: Wth, cast: Cast, tmp_path: Path) -> None:
    Dealer.update(tier="starter").where(Dealer.id == cast.owner.dealer.id).execute()
    file = tmp_path / "watches.csv"
    file.write_text("brand,model,reference,price\nOmega,Speedmaster,310.30,6000\n")
    result = wth("inventory", "import", str(file), "--dealer", cast.owner.dealer.id, "--mode", "test")
    assert "importing this file again creates its watches again" in result.stdout
    result = wth(
        "inventory", "import", str(file), "--dealer", cast.owner.dealer.id, "--mode", "test", "--publish", "--json"
    )
    assert [(row["line"], row["value"]) for row in result.document["errors"]] == [(2, "Omega Speedmaster 310.30")]


def test_workbook_is_imported_from_the_chosen_sheet(wth: Wth, cast: Cast) -> None:
    header = ["SKU", "Brand", "Model", "Price"]
    sheets = {"Old": [header, ["A1", "Rolex", "Explorer", 1]], "New": [header, ["A2", "Omega", "Seamaster", 4200.0]]}
    dealer = ("--dealer", cast.owner.dealer.id, "--mode", "test")
    options = (*dealer, "--sheet", "New", "--json")
    result = wth("inventory", "import", "-", *options, stdin=make_workbook(sheets)).document
    assert (result["imported"], result["sheet"], result["encoding"]) == (1, "New", "")
    assert [(row.sku, row.asking_price_cents) for row in Listing.select()] == [("A2", 420_000)]
