"""Imports in the dashboard: upload, preview, choices, result."""

from models.jobs.run import MAX_STORED_ERRORS
from models.listing import Listing
from tests.dashboard.browser import Browser, page
from tests.dashboard.imports import finish_import, import_file
from tests.workbooks import make_workbook


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
