"""Inventory pages: forms, actions on one or many watches, import and export."""

import pytest

from inventory.cell_parser import PRIVATE_LIMITS
from models import listing_export
from models.delivery.event import Event
from models.jobs.run import MAX_STORED_ERRORS
from models.listing import Listing
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.imports import finish_import, import_file
from tests.workbooks import make_workbook

WATCH = {
    "brand": "Omega",
    "model": "Seamaster",
    "reference": "210.30",
    "asking_price_cents": "4.890,50",
    "vat_regime": "margin",
}


def test_a_watch_is_created_and_published_in_one_step(owner: Browser, cast: Cast) -> None:
    response = owner.post(
        "/inventory/new", {**WATCH, "then": "publish", "complications": "Date, GMT", "has_box": "yes"}
    )
    assert "Watch added to your inventory." in page(response).text
    listing = Listing.get()
    assert (listing.asking_price_cents, listing.complications, listing.has_box) == (489_050, ["Date", "GMT"], True)
    assert (listing.is_test, listing.is_published, listing.title) == (True, True, "Omega Seamaster 210.30")
    assert [event.type for event in Event.select()] == ["listing.published"]


def test_an_invalid_form_keeps_its_input_and_shows_errors_beside_the_fields(owner: Browser) -> None:
    typed = {
        **WATCH,
        "brand": "",
        "year": "long ago",
        "asking_price_cents": "cheap",
        "title": "x" * 301,
        "photos": "ftp://a",
    }
    result = page(owner.post("/inventory/new", typed), 422)
    assert result.value("model") == "Seamaster"
    assert result.value("year") == "long ago"
    wrong = {found["name"] for _, found in result.elements if found.get("aria-invalid") == "true"}
    assert wrong == {"brand", "year", "asking_price_cents", "title", "photos"}
    for sentence in (
        "This field is required.",
        "Enter a whole number.",
        "This has 301 characters. Shorten it to 300 characters.",
        "https://",
    ):
        assert sentence in result.text
    described = {found["aria-describedby"].split()[-1] for _, found in result.elements if found.get("aria-invalid")}
    assert described <= {found.get("id") for _, found in result.elements}
    assert Listing.select().count() == 0


@pytest.mark.parametrize("field", PRIVATE_LIMITS)
def test_private_field_has_the_limit_of_the_import(owner: Browser, cast: Cast, field: str) -> None:
    max_length = PRIVATE_LIMITS[field].max_length
    too_long = page(owner.post("/inventory/new", {**WATCH, field: "é" * (max_length + 1)}), 422)
    assert f"This has {max_length + 1} characters. Shorten it to {max_length} characters." in too_long.text
    assert "Enter this on one line." in page(owner.post("/inventory/new", {**WATCH, field: "a\nb"}), 422).text
    owner.post("/inventory/new", {**WATCH, field: "é" * max_length})
    assert getattr(Listing.get(), field) == "é" * max_length


@pytest.mark.parametrize("url", ["https://photos.example/ü.jpg", "https://photos.example/%zz", "https://", "ftp://a"])
def test_photo_that_the_api_and_the_import_reject_is_rejected(owner: Browser, url: str) -> None:
    errors = page(owner.post("/inventory/new", {**WATCH, "photos": f"https://photos.example/1.jpg\n{url}"}), 422)
    assert f"&#34;{url}&#34; is not a photo URL" in errors.source
    assert Listing.select().count() == 0


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 422)])
def test_a_watch_has_at_most_fifty_photos(owner: Browser, cast: Cast, count: int, status: int) -> None:
    urls = "\n".join(f"https://photos.example/{number}.jpg" for number in range(count))
    assert owner.post("/inventory/new", {**WATCH, "photos": urls}).status_code == status
    assert [len(listing.photos) for listing in Listing.select()] == ([count] if status == 200 else [])


def test_saving_without_a_change_records_no_event(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing(complications=["Date"], case_diameter_mm=39.5, description="Two\nlines")
    before = Event.select().count()
    shown = page(owner.get(f"/inventory/{listing.id}"))
    names = [field["name"] for _, field in shown.elements if field.get("name", "csrf_token") != "csrf_token"]
    texts = {
        name: shown.value(name)
        for name in set(names)
        & {
            "brand",
            "model",
            "reference",
            "title",
            "description",
            "complications",
            "case_diameter_mm",
            "asking_price_cents",
            "location_country",
        }
    }
    owner.post(f"/inventory/{listing.id}", {**texts, "vat_regime": "margin"})
    assert Event.select().count() == before
    owner.post(f"/inventory/{listing.id}", {**texts, "vat_regime": "margin", "asking_price_cents": "6000"})
    assert Event.select().order_by(Event.sequence.desc()).get().type == "listing.updated"


def test_a_watch_goes_through_its_life(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing(published=False)
    for verb in ("publish", "sell", "restock", "unpublish"):
        assert owner.post(f"/inventory/{listing.id}/{verb}").status_code == 200
    types = [event.type for event in Event.select().order_by(Event.sequence)]
    assert types == ["listing.published", "listing.sold", "listing.in_stock", "listing.unpublished"]


def test_a_watch_cannot_be_sold_twice(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    owner.post(f"/inventory/{listing.id}/sell")
    assert "already sold" in page(owner.post(f"/inventory/{listing.id}/sell"), 409).text


def test_selected_watches_are_published_all_or_none(owner: Browser, cast: Cast) -> None:
    listings = [cast.owner.listing(published=False, model=f"M{number}") for number in range(3)]
    foreign = cast.stranger.listing(published=False)
    ids = [("id", listing.id) for listing in listings]
    assert owner.post("/inventory/bulk", [*ids, ("id", foreign.id), ("verb", "publish")]).status_code == 404
    assert Listing.select().where(Listing.is_published).count() == 0
    response = owner.post("/inventory/bulk", [*ids, ("verb", "publish"), ("query", "status=in_stock")])
    assert "3 watches published." in page(response).text
    assert response.url.endswith("?status=in_stock")


def test_search_filters_and_page_are_in_the_url(owner: Browser, cast: Cast) -> None:
    cast.owner.listings(60, published=False)
    cast.owner.listing(brand="Zenith", model="El Primero")
    first = page(owner.get("/inventory"))
    assert "1–50 of 61 watches" in first.text
    assert "51–61 of 61 watches" in page(owner.get("/inventory?page=2")).text
    found = page(owner.get("/inventory?q=zenith+primero&published=yes"))
    assert "1–1 of 1 watch" in found.text
    assert found.value("q") == "zenith primero"
    assert "No watch matches" in page(owner.get("/inventory?q=100%25_")).text


def test_live_inventory_respects_the_plan(owner: Browser, cast: Cast) -> None:
    owner.view("live")
    for number in range(250):
        cast.owner.listing(is_test=False, published=False, model=f"M{number}")
    result = page(owner.post("/inventory/new", WATCH), 422)
    assert "250 watches in stock" in result.text
    assert result.value("model") == "Seamaster"


def test_a_file_is_previewed_then_imported_without_its_invalid_rows(owner: Browser) -> None:
    rows = ("SKU;Marke;Modell;Preis", "A1;Rolex;Explorer;7.200,00", "A2;Tudor;Ranger;oops", "A3;IWC;Mark XX;5100")
    path = import_file(owner, "\n".join(rows).encode("utf-8-sig"))
    preview = page(owner.get(path))
    assert "Ready 2" in preview.text
    assert "oops" in preview.text
    assert Listing.select().count() == 0
    owner.post(path, {"then": "import", "publish": "yes"})
    done = finish_import(owner, path)
    assert "Created 2 Updated 0 Failed 1" in done
    assert {row.sku: row.asking_price_cents for row in Listing.select()} == {"A1": 720_000, "A3": 510_000}
    again = owner.post(path, {"then": "import"})
    assert Listing.select().count() == 2, again.status_code


def test_preview_says_what_is_not_for_sale_and_names_every_unread_column(owner: Browser) -> None:
    unread = [f"Extra {number}" for number in range(70)]
    rows = ("A1,Rolex,Explorer,7200,sold", "A2,Tudor,Ranger,2500,in stock", "A3,IWC,Mark XX,5100,perhaps")
    path = import_file(owner, "\n".join([",".join(["SKU,Brand,Model,Price,Status", *unread]), *rows]).encode())
    preview = page(owner.get(path))
    assert "Ready 3 With errors 0 Not for sale 2" in preview.text
    assert "1 warning" in preview.text
    assert all(name in preview.text.partition("Ignored columns:")[2].partition(".")[0] for name in unread)
    owner.post(path, {"then": "import", "publish": "yes"})
    finish_import(owner, path)
    states = {row.sku: (row.status, row.is_published) for row in Listing.select()}
    assert states == {"A1": ("sold", False), "A2": ("in_stock", True), "A3": ("in_stock", False)}


def test_strict_preview_rejects_rows_with_any_unreadable_cell(owner: Browser) -> None:
    path = import_file(owner, b"brand,model,price,year\nOmega,Speedmaster,6000,soon\nTudor,Ranger,2500,2020\n")
    shown = page(owner.get(path)).text
    assert "Ready 2 With errors 0" in shown
    assert "1 warning" in shown
    assert "Ready 1 With errors 1" in page(owner.post(path, {"then": "preview", "strict": "yes"})).text
    owner.post(path, {"then": "import", "strict": "yes"})
    finish_import(owner, path)
    assert [row.brand for row in Listing.select()] == ["Tudor"]


def test_cells_that_were_left_out_are_shown_when_the_import_is_complete(owner: Browser) -> None:
    rows = [f"Omega,Speedmaster {number},6000,soon-{number}" for number in range(MAX_STORED_ERRORS + 1)]
    path = import_file(owner, "\n".join(["brand,model,price,year", *rows]).encode())
    owner.post(path, {"then": "import"})
    done = finish_import(owner, path)
    assert "Created 201 Updated 0 Failed 0" in done
    assert "Warnings" in done
    assert "Errors" not in done
    assert "soon-199" in done
    assert "soon-200" not in done
    assert "Only the first 200 are shown." in done


def test_encoding_is_shown_and_chosen_in_the_preview(owner: Browser) -> None:
    path = import_file(owner, "brand,model,price\nHermčs,Cape Cod,2900\n".encode("cp1250"))
    shown = page(owner.get(path))
    assert "Encoding: Windows-1252" in shown.text
    assert "Hermès" in shown.text
    chosen = page(owner.post(path, {"then": "preview", "encoding": "cp1250"}))
    assert "Encoding: Windows-1250" in chosen.text
    assert '<option value="cp1250" selected>' in chosen.source
    owner.post(path, {"then": "import", "encoding": "cp1250"})
    finish_import(owner, path)
    assert Listing.get().brand == "Hermčs"


def test_encoding_that_is_not_detected_is_chosen_in_the_preview(owner: Browser) -> None:
    path = import_file(owner, b"brand,model,price\nOmega,S\x81\xff,2900\n")
    assert "Choose the encoding below." in page(owner.get(path), 422).text
    assert "Ready 1" in page(owner.post(path, {"then": "preview", "encoding": "cp850"})).text


def test_unrecognized_columns_are_mapped_by_the_user(owner: Browser) -> None:
    path = import_file(owner, b"Maker,Type,Ask\nRolex,Explorer,7200\n")
    assert "Choose the column below." in page(owner.get(path), 422).text
    columns = [
        ("column", "Maker"),
        ("field", "brand"),
        ("column", "Type"),
        ("field", "model"),
        ("column", "Ask"),
        ("field", "asking_price_eur"),
    ]
    assert "Ready 1" in page(owner.post(path, [*columns, ("then", "preview")])).text
    owner.post(path, [*columns, ("then", "import")])
    finish_import(owner, path)
    assert Listing.get().brand == "Rolex"


def test_all_or_nothing_writes_nothing_when_a_row_is_bad(owner: Browser) -> None:
    path = import_file(owner, b"brand,model,price\nRolex,Explorer,7200\nTudor,,900\n")
    owner.post(path, {"then": "import", "all_or_nothing": "yes"})
    finish_import(owner, path)
    assert Listing.select().count() == 0


def test_a_workbook_is_imported_from_the_sheet_chosen_in_the_preview(owner: Browser) -> None:
    header = ["brand", "model", "price"]
    sheets = {"Old": [header, ["Tudor", "Royal", 900]], "New": [header, ["Rolex", "Explorer", 7200.0]]}
    path = import_file(owner, make_workbook(sheets))
    assert 'The sheet "Old" was read. Not read: "New".' in page(owner.get(path)).text
    assert "Rolex" in page(owner.post(path, {"then": "preview", "sheet": "New"})).text
    assert owner.post(path, {"then": "preview", "sheet": "No\0ne"}).status_code == 422
    owner.post(path, {"then": "import", "sheet": "New"})
    finish_import(owner, path)
    assert [row.brand for row in Listing.select()] == ["Rolex"]


def test_a_file_that_is_not_csv_is_rejected(owner: Browser) -> None:
    assert import_file(owner, b"PK\x03\x04workbook") == "/inventory/import"


def test_the_export_is_what_the_import_reads(owner: Browser, cast: Cast) -> None:
    cast.owner.listing(sku="A1", title="=HYPERLINK(1)", published=False)
    exported = owner.get("/inventory/export.csv")
    assert "attachment" in exported.headers["Content-Disposition"]
    assert exported.content.startswith(b"\xef\xbb\xbfsku,")
    Listing.delete().execute()
    path = import_file(owner, exported.content)
    owner.post(path, {"then": "import"})
    finish_import(owner, path)
    assert (Listing.get().sku, Listing.get().title) == ("A1", "=HYPERLINK(1)")


def test_resetting_the_sandbox_keeps_live_data(owner: Browser, cast: Cast) -> None:
    live = cast.owner.listing(is_test=False)
    cast.owner.listing(model="Tried out")
    owner.post("/inventory/sandbox")
    assert Listing.get_by_id(live.id)
    assert "Tried out" not in [row.model for row in Listing.select()]
    assert Listing.select().where(Listing.is_test, Listing.is_published).count() >= 10


def test_previewing_again_keeps_the_import_options(owner: Browser) -> None:
    path = import_file(owner, b"brand,model,price\nOmega,Speedmaster,6000\n")
    result = page(owner.post(path, {"then": "preview", "all_or_nothing": "yes"}))
    ticked = {box["name"] for box in result.of("input", type="checkbox") if "checked" in box}
    assert ticked == {"all_or_nothing"}


def test_a_file_that_cannot_be_read_is_an_error_beside_its_field(owner: Browser) -> None:
    result = page(owner.post("/inventory/import"), 422)
    field = result.of("input", type="file")[0]
    assert field["aria-describedby"] == "file-error"
    assert "Choose a CSV file" in result.source.partition('type="file"')[2]


def test_an_export_of_several_batches_is_complete(owner: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_export, "BATCH", 2)
    cast.owner.listings(5)
    cast.owner.listing(model="Other", published=False)
    lines = owner.get("/inventory/export.csv?published=yes").text.splitlines()
    assert [f"Model {number}" in line for number, line in enumerate(lines[1:])] == [True] * 5
